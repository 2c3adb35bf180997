//! What of ours a partner has: which of theirs it is, and the version that we wrote there.

use super::HOME;
use super::naming::hash;
use galen_kernel::Fault;
use galen_service::House;
use galen_store::{
    Condition, Document, Expected, IndexRows, Kind, Match, Operation, Order, PAGE_ROWS_MAX, Param, Put, Scan,
    StoreError, WriteSet,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;

/// The kind of a link.
pub(crate) const LINK: Kind = Kind(1203);
/// By what is theirs.
const PARAM_REMOTE: Param = Param(1);
const HASH_BYTES: usize = 24;

/// A resource of ours that a partner has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Link {
    /// `Type/id` here.
    pub(super) local: String,
    /// The version here that was sent.
    pub(super) version: u64,
    /// `Type/id` there.
    pub(super) remote: String,
    /// The ETag it had there when we wrote it.
    pub(super) etag: Option<String>,
}

impl Link {
    /// The link of a resource of ours with the partner at this base.
    pub(super) async fn of_local(house: &House, base: &str, local: &str) -> Result<Option<Self>, Fault> {
        match house.store.get(HOME, LINK, &id_of(base, local)).await? {
            Some(document) => read(&document),
            None => Ok(None),
        }
    }

    /// The links of some resources of theirs, by what they are there; read at once.
    pub(super) async fn of_remotes(
        house: &House,
        base: &str,
        remotes: &[&str],
    ) -> Result<HashMap<String, Self>, Fault> {
        let terms: Arc<[Vec<u8>]> = remotes.iter().map(|remote| term(base, remote)).collect();
        let among = Condition::Any(vec![Match::TermIn(PARAM_REMOTE, terms)]);
        let scan = Scan::new(LINK, vec![among], Order::Key { descending: true }, PAGE_ROWS_MAX);
        let mut links = HashMap::new();
        for document in house.store.scan(HOME, &scan).await.map_err(Fault::from)?.documents {
            // Of two for the same thing there, which only a mistake there makes, the older holds.
            links.extend(read(&document)?.map(|link| (link.remote.clone(), link)));
        }
        Ok(links)
    }

    /// Writes it down at once: a write over there that nobody remembers here would look like somebody else's. The audit
    /// entry of the page that was sent tells of it.
    pub(super) async fn keep(&self, house: &House, base: &str) -> Result<(), Fault> {
        let id = id_of(base, &self.local);
        let known = house.store.get(HOME, LINK, &id).await?;
        let expected = known.map_or(Expected::Absent, |document| Expected::Version(document.version));
        let body = serde_json::to_vec(self).map_err(|e| Fault::new("exchange link", e))?;
        let index =
            IndexRows { terms: vec![(PARAM_REMOTE, term(base, &self.remote))], ..IndexRows::default() };
        let put = Put { kind: LINK, id, expected, owner: String::new(), body, index };
        let operations = vec![Operation::Put(put)];
        let set = WriteSet { shard: HOME, at: house.clock.now(), operations, journal: None };
        match house.store.commit(set).await {
            // Another pushed the same at the same time, and knows as much.
            Ok(_) | Err(StoreError::Conflict(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

fn read(document: &Document) -> Result<Option<Link>, Fault> {
    let Some(body) = &document.body else { return Ok(None) };
    serde_json::from_slice(body).map(Some).map_err(|e| Fault::new("exchange link", e))
}

fn id_of(base: &str, local: &str) -> String {
    hash(&[base, local], HASH_BYTES)
}

fn term(base: &str, remote: &str) -> Vec<u8> {
    hash(&[base, remote], HASH_BYTES).into_bytes()
}
