//! Which resource types somebody is to be told about: writes of these are announced in their own commit.

use crate::house::House;
use galen_fhir::{ResourceType, search_parameter};
use galen_kernel::{Contract, Fault, Instant, MICROS_PER_SECOND};
use galen_records::{Change, Stored, code_prefix, kind_of, string_prefix, type_of};
use galen_store::{Condition, Match, Operation, Order, PAGE_ROWS_MAX, Param, Put, Scan, ShardId, TermMatch};
use parking_lot::RwLock;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::watch;

/// How old the list of types may be: what another process added is known here after that.
pub const WATCHED_MICROS_MAX: i64 = MICROS_PER_SECOND;
/// The type whose resources say what is watched.
const SUBSCRIPTION: &str = "Subscription";

/// Resources were written whose types somebody watches: versions, in the order of the commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourcesWrittenV1 {
    /// Type, id and version of each.
    pub written: Vec<(String, String, u64)>,
}

impl Contract for ResourcesWrittenV1 {
    const NAME: &'static str = "records.ResourcesWrittenV1";
    fn subject(&self) -> String {
        match self.written.as_slice() {
            [(kind, id, _)] => format!("{kind}/{id}"),
            several => format!("{} resources", several.len()),
        }
    }
}

type Types = Arc<BTreeSet<ResourceType>>;

/// The types that are watched, remembered for a moment; and the news that a reaction did something.
#[derive(Debug)]
pub struct Watched {
    known: RwLock<Option<(Instant, Types)>>,
    news: watch::Sender<u64>,
}

impl Default for Watched {
    fn default() -> Self {
        Self { known: RwLock::default(), news: watch::Sender::new(0) }
    }
}

impl Watched {
    /// To be told after something was committed that may have changed what is watched.
    pub fn forget(&self) {
        *self.known.write() = None;
    }

    /// Changes whenever a reaction of this process committed something.
    pub fn news(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }

    /// Tells those who wait for news.
    pub fn tell(&self) {
        self.news.send_modify(|count| *count = count.wrapping_add(1));
    }
}

/// The announcement of what a change writes, if somebody watches it.
pub(crate) async fn announced(house: &House, change: &Change) -> Result<Option<ResourcesWrittenV1>, Fault> {
    let is_resource = |operation: &Operation| match operation {
        Operation::Put(put) => type_of(put.kind).is_some(),
        _ => false,
    };
    if !change.operations().any(is_resource) {
        return Ok(None);
    }
    let types = types(house).await?;
    if types.is_empty() {
        return Ok(None);
    }
    let written: Vec<(String, String, u64)> = change
        .operations()
        .filter_map(|operation| match operation {
            Operation::Put(put) => {
                let resource_type = type_of(put.kind).filter(|one| types.contains(one))?;
                let version = put.expected.next();
                Some((resource_type.name().to_owned(), put.id.clone(), version))
            }
            _ => None,
        })
        .collect();
    Ok((!written.is_empty()).then_some(ResourcesWrittenV1 { written }))
}

async fn types(house: &House) -> Result<Types, Fault> {
    let now = house.clock.now();
    if let Some((at, types)) = &*house.watched.known.read()
        && now >= *at
        && now.since(*at) <= WATCHED_MICROS_MAX
    {
        return Ok(Arc::clone(types));
    }
    let types = Arc::new(read(house).await?);
    *house.watched.known.write() = Some((now, Arc::clone(&types)));
    Ok(types)
}

/// The types that the criteria of live subscriptions begin with.
async fn read(house: &House) -> Result<BTreeSet<ResourceType>, Fault> {
    let mut types = BTreeSet::new();
    for stored in live(house, None).await? {
        let Some(resource) = stored.resource()? else { continue };
        let criteria = resource.json().str("criteria").unwrap_or_default();
        types.extend(criteria.split('?').next().and_then(ResourceType::parse));
    }
    Ok(types)
}

/// The subscriptions that are not off; those whose criteria begin with `watched`, where one type is meant.
pub async fn live(house: &House, watched: Option<ResourceType>) -> Result<Vec<Stored>, Fault> {
    let mut found = Vec::new();
    let Some(resource_type) = ResourceType::parse(SUBSCRIPTION) else { return Ok(found) };
    let Some(status) = search_parameter(resource_type, "status") else { return Ok(found) };
    let off = Match::Term(Param(status.id.0), TermMatch::Prefix(code_prefix("off")));
    let mut all = vec![Condition::None(vec![off])];
    if let (Some(watched), Some(criteria)) = (watched, search_parameter(resource_type, "criteria")) {
        let start = string_prefix(watched.name());
        all.push(Condition::Any(vec![Match::Term(Param(criteria.id.0), TermMatch::Prefix(start))]));
    }
    for shard in (0..house.store.shards()).map(ShardId) {
        let order = Order::Key { descending: false };
        let mut scan = Scan::new(kind_of(resource_type), all.clone(), order, PAGE_ROWS_MAX);
        loop {
            let page = house.store.scan(shard, &scan).await?;
            found.extend(page.documents.into_iter().map(|document| Stored {
                resource_type,
                shard,
                document,
            }));
            match page.next {
                Some(next) => scan.after = Some(next),
                None => break,
            }
        }
    }
    Ok(found)
}

/// Whether a change may change what is watched.
pub(crate) fn touches(change: &Change) -> bool {
    change.operations().any(|operation| {
        let (Operation::Put(Put { kind, .. }) | Operation::Delete { kind, .. }) = operation else {
            return false;
        };
        type_of(*kind).is_some_and(|one| one.name() == SUBSCRIPTION)
    })
}
