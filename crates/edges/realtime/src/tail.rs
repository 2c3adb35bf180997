//! Reads the journal as it grows, while somebody listens, and tells what it says was changed: by this process or another.

use galen_access::{Category, Target};
use galen_audit::{Interaction, JournalBody, Outcome};
use galen_fhir::ResourceType;
use galen_kernel::{Fault, PatientId};
use galen_records::{SealedPatients, target_of};
use galen_service::House;
use galen_store::{ChainId, JournalPosition, ShardId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Journal entries read at a time.
const ENTRIES_READ_AT_ONCE: u32 = 500;
/// How often the journal is looked at without a commit of this process: others write too.
const POLL_EVERY: Duration = Duration::from_secs(1);
/// Rest between two looks: what is committed meanwhile is told together.
const GATHER: Duration = Duration::from_millis(20);
/// Wait after a fault.
const RETRY: Duration = Duration::from_secs(1);

/// How far the journals were read.
type Positions = BTreeMap<(ShardId, ChainId), u64>;

/// Tells of changes until `stop` says so.
pub async fn run(house: Arc<House>, mut stop: watch::Receiver<bool>) {
    let mut demand = house.live.demand();
    while !*stop.borrow() {
        if !*demand.borrow_and_update() {
            tokio::select! {
                _ = demand.changed() => {}
                _ = stop.changed() => {}
            }
            continue;
        }
        if let Err(fault) = tell(&house, &mut demand, &mut stop).await {
            tracing::warn!(context = fault.context(), "changes are not told after a fault");
            tokio::select! {
                () = tokio::time::sleep(RETRY) => {}
                _ = stop.changed() => {}
            }
        }
        house.live.set_ready(false);
        // What was not told is not known: whoever still listens reads everything again.
        house.live.tell_all();
    }
}

async fn tell(
    house: &House,
    demand: &mut watch::Receiver<bool>,
    stop: &mut watch::Receiver<bool>,
) -> Result<(), Fault> {
    let mut commits = house.live.commits();
    let mut read = heads(house).await?;
    house.live.set_ready(true);
    while *demand.borrow_and_update() && !*stop.borrow() {
        tokio::select! {
            _ = commits.changed() => tokio::time::sleep(GATHER).await,
            () = tokio::time::sleep(POLL_EVERY) => {}
            _ = demand.changed() => continue,
            _ = stop.changed() => break,
        }
        commits.borrow_and_update();
        let changed = changes(house, &mut read).await?;
        announce(house, changed).await?;
    }
    Ok(())
}

/// The ends of the journals that carry changes; those of reads are not looked at.
async fn heads(house: &House) -> Result<Positions, Fault> {
    let mut heads = Positions::new();
    for shard in (0..house.store.shards()).map(ShardId) {
        for head in house.store.journal_heads(shard).await? {
            if !house.store.is_of_notes(head.position.chain) {
                heads.insert((shard, head.position.chain), head.position.sequence);
            }
        }
    }
    Ok(heads)
}

/// What was changed, and in whose records.
#[derive(Debug, Default)]
struct Changes {
    things: BTreeMap<(ResourceType, String), BTreeSet<PatientId>>,
    /// Whether an entry names less than it changed.
    is_partial: bool,
}

async fn changes(house: &House, read: &mut Positions) -> Result<Changes, Fault> {
    let mut changes = Changes::default();
    for ((shard, chain), head) in heads(house).await? {
        let at = read.entry((shard, chain)).or_insert(0);
        while *at < head {
            let from = JournalPosition { chain, sequence: *at };
            let rows = house.store.journal(shard, from, ENTRIES_READ_AT_ONCE).await?;
            let Some(last) = rows.last() else { break };
            for row in &rows {
                if let Some(body) = row.body.as_deref().and_then(JournalBody::parse) {
                    changes.add(&body);
                }
            }
            *at = last.position.sequence;
        }
    }
    Ok(changes)
}

impl Changes {
    fn add(&mut self, body: &JournalBody) {
        let entry = &body.audit;
        if entry.outcome != Outcome::Done || entry.interaction == Interaction::Read {
            return;
        }
        let patients: Vec<PatientId> =
            entry.patients.iter().filter_map(|id| PatientId::parse(id.as_str()).ok()).collect();
        for thing in &entry.entities {
            let Some((kind, id)) = thing.split_once('/') else {
                self.is_partial |= thing.starts_with('+');
                continue;
            };
            let Some(resource_type) = ResourceType::parse(kind) else { continue };
            let id = id.split('/').next().unwrap_or_default().to_owned();
            self.things.entry((resource_type, id)).or_default().extend(patients.iter().cloned());
        }
    }
}

/// Tells what somebody wants to hear; who may hear it is asked with the resource as it is now.
async fn announce(house: &House, changes: Changes) -> Result<(), Fault> {
    if changes.is_partial {
        house.live.tell_all();
    }
    let is_wanted = |(resource_type, _): &(ResourceType, String), patients: &BTreeSet<PatientId>| {
        let patients: Vec<PatientId> = patients.iter().cloned().collect();
        house.live.is_wanted(*resource_type, &patients)
    };
    let wanted: BTreeMap<_, _> =
        changes.things.into_iter().filter(|(thing, patients)| is_wanted(thing, patients)).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let sealed = house.records.sealed(house.clock.now()).await?;
    let things: Vec<_> = wanted.keys().cloned().collect();
    let mut targets = BTreeMap::new();
    for stored in house.records.get_many(&things).await? {
        let key = (stored.resource_type, stored.document.id.clone());
        if let Some(resource) = stored.resource()? {
            targets.insert(key, target_of(&resource, &sealed));
        }
    }
    for (thing, patients) in wanted {
        let target = targets.remove(&thing).unwrap_or_else(|| of_deleted(thing.0, patients, &sealed));
        house.live.tell(thing.0, thing.1, target);
    }
    Ok(())
}

/// Of what is gone no more is known than in whose record it was.
fn of_deleted(resource_type: ResourceType, patients: BTreeSet<PatientId>, sealed: &SealedPatients) -> Target {
    let label = patients.iter().map(|patient| sealed.label(patient)).max().unwrap_or_default();
    let name = resource_type.name();
    Target::plain(name, Category::of_type(name)).of(patients.into_iter().collect()).labelled(label)
}
