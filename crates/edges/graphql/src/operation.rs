//! One operation while it runs: who asks, what was shown and refused, how much is left.

use crate::answer::{GraphError, Path};
use crate::lexical::too_much;
use crate::limits::{ERRORS_MAX, THINGS_MAX};
use async_graphql::Pos;
use galen_access::Context;
use galen_kernel::Rejection;
use galen_service::graph::{Evidence, Load, load};
use galen_service::{House, Refusal};
use parking_lot::Mutex;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A thing, or why it is not shown.
pub type Thing = Result<Arc<Value>, GraphError>;

/// One operation.
pub struct Operation<'o> {
    /// The house.
    pub house: &'o House,
    /// Who asks.
    pub context: &'o Context,
    /// What was shown and refused.
    pub evidence: Evidence,
    things: Mutex<HashMap<(&'static str, String), Thing>>,
    errors: Mutex<Vec<GraphError>>,
    shown: AtomicUsize,
}

impl<'o> Operation<'o> {
    /// Of this caller.
    pub fn new(house: &'o House, context: &'o Context) -> Self {
        Self {
            house,
            context,
            evidence: Evidence::default(),
            things: Mutex::default(),
            errors: Mutex::default(),
            shown: AtomicUsize::new(0),
        }
    }

    /// Things by their ids: those that were not read yet in one read of the store.
    pub async fn things(&self, how: &Load, ids: &BTreeSet<String>) -> HashMap<String, Thing> {
        let mut found = HashMap::with_capacity(ids.len());
        let mut open = Vec::new();
        {
            let known = self.things.lock();
            for id in ids {
                match known.get(&(how.kind, id.clone())) {
                    Some(thing) => _ = found.insert(id.clone(), thing.clone()),
                    None => open.push(id.clone()),
                }
            }
        }
        if open.is_empty() {
            return found;
        }
        match load(self.house, self.context, how, &open, &self.evidence).await {
            Ok(loaded) => {
                let mut known = self.things.lock();
                for (id, one) in loaded {
                    let thing = one.map(Arc::new).map_err(|refusal| self.error(&refusal));
                    known.insert((how.kind, id.clone()), thing.clone());
                    found.insert(id, thing);
                }
            }
            Err(refusal) => {
                let error = self.error(&refusal);
                found.extend(open.into_iter().map(|id| (id, Err(error.clone()))));
            }
        }
        found
    }

    /// What was read before is read again: a command may have changed it.
    pub fn forget(&self) {
        self.things.lock().clear();
    }

    /// An error of this operation.
    pub fn error(&self, refusal: &Refusal) -> GraphError {
        GraphError::of(refusal, self.context.request.as_str())
    }

    /// Tells of an error at a place.
    pub fn tell(&self, error: GraphError, path: &Path, place: Pos) {
        let mut errors = self.errors.lock();
        if errors.len() < ERRORS_MAX {
            errors.push(error.at(path, place));
        }
    }

    /// Counts things that the answer will hold.
    pub fn draw(&self, things: usize) -> Result<(), Rejection> {
        if self.shown.fetch_add(things, Ordering::Relaxed).saturating_add(things) <= THINGS_MAX {
            return Ok(());
        }
        let message = format!("The answer would hold more than {THINGS_MAX} things");
        Err(too_much("answer-too-large", message))
    }

    /// All errors that were told.
    pub fn errors(self) -> Vec<GraphError> {
        self.errors.into_inner()
    }
}
