//! The shape of a command: what a domain author writes. Everything around it is the shell's.

use crate::house::House;
use crate::refusal::Refusal;
use galen_access::{Category, Context, Target};
use galen_audit::Interaction;
use galen_kernel::{Fault, Instant, Rejection, RejectionKind};
use galen_records::Change;
use galen_store::Conflict;
use serde::{Serialize, de::DeserializeOwned};
use std::future::Future;

/// How often a command is decided anew, unless it says otherwise.
pub const ATTEMPTS_MAX: u32 = 3;

/// What rules may know of the world beside the aggregate: time and chance, as values.
#[derive(Debug, Clone)]
pub struct Facts {
    /// When the command is decided.
    pub now: Instant,
    /// Chance for ids and numbers; fresh in every attempt.
    pub chance: [u8; 32],
    /// Who asks.
    pub actor: galen_kernel::UserId,
}

impl Facts {
    /// The first half of the chance: enough for one id.
    pub fn chance_for_id(&self) -> [u8; 16] {
        let mut out = [0; 16];
        out.copy_from_slice(self.chance.get(..16).unwrap_or(&[0; 16]));
        out
    }
}

/// A command: load, decide, save. It may run more than once before it commits.
pub trait Command: Send + Sync {
    /// What it reads.
    type Loaded: Send + Sync;
    /// What happens.
    type Event: Send + Sync;
    /// What the caller gets. Small: it is kept with the idempotency key.
    type Answer: Serialize + DeserializeOwned + Send;
    /// Its name: the policy's action, the audit's operation.
    const NAME: &'static str;
    /// Its class for the audit.
    const INTERACTION: Interaction;
    /// What it is about, before anything is read: kind and category. Whoever may never do this to any such thing is
    /// refused before `load`, and so learns nothing of what is there.
    const ABOUT: (&'static str, Category);

    /// How often it is decided anew after somebody else changed what it had read.
    const ATTEMPTS: u32 = ATTEMPTS_MAX;

    /// Reads what the decision needs.
    fn load(
        &self,
        house: &House,
        context: &Context,
    ) -> impl Future<Output = Result<Self::Loaded, Refusal>> + Send;

    /// What policy is asked about.
    fn target(&self, loaded: &Self::Loaded) -> Target;

    /// The rules: pure.
    fn decide(&self, loaded: &Self::Loaded, facts: &Facts) -> Result<Vec<Self::Event>, Rejection>;

    /// Turns what happens into changes and the answer: pure, too.
    fn save(
        &self,
        house: &House,
        loaded: Self::Loaded,
        events: Vec<Self::Event>,
        facts: &Facts,
        change: &mut Change,
    ) -> Result<Saved<Self::Answer>, Fault>;

    /// The refusal that a clash in the database means; version clashes come here only after several tries.
    fn clash(&self, conflict: &Conflict) -> Rejection {
        clash(conflict)
    }
}

/// What a command did.
pub struct Saved<A> {
    /// For the caller.
    pub answer: A,
    /// For the audit: `Type/id` of what was touched.
    pub entities: Vec<String>,
    /// For the audit: patients, beyond those of the target.
    pub patients: Vec<String>,
}

impl<A> Saved<A> {
    /// An answer about these things.
    pub fn new(answer: A, entities: Vec<String>) -> Self {
        Self { answer, entities, patients: Vec::new() }
    }
}

/// What a clash means when a command has nothing better to say.
pub fn clash(conflict: &Conflict) -> Rejection {
    match conflict {
        Conflict::Version { current: Some(current), .. } => {
            Rejection::version_conflict("this", "it", *current)
        }
        Conflict::Version { current: None, .. } => {
            Rejection::new(RejectionKind::Conflict, "version-conflict", "This is no longer there")
                .next("Read it again and decide again")
        }
        Conflict::Claimed { scope, .. } => {
            Rejection::new(RejectionKind::Conflict, "taken", format!("This {scope} is in use already"))
        }
        Conflict::BelowFloor { .. } => {
            Rejection::new(RejectionKind::Conflict, "not-enough-left", "There is not enough left")
        }
        Conflict::Unbalanced => {
            Rejection::new(RejectionKind::Unprocessable, "unbalanced", "The entries do not sum to zero")
        }
        Conflict::Erased { .. } => Rejection::new(
            RejectionKind::Gone,
            "erased",
            "This patient's data was erased; nothing can be added",
        ),
    }
}
