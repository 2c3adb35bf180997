//! Whom a write is told to: run by the relay behind every commit, so nothing is missed and nothing is queued twice.

use crate::criteria::{Channel, Status, Wanted};
use crate::owner::{HOME, Owner, sight};
use crate::queue::{self, Notice, Segment, WAITING_MAX};
use crate::status;
use galen_bus::Delivery;
use galen_fhir::ResourceType;
use galen_kernel::{Contract, Fault, Instant};
use galen_records::{Change, Sight, Stored};
use galen_service::House;
use galen_service::reaction::Reaction;
use galen_service::watched::{self, ResourcesWrittenV1};
use galen_store::Operation;
use std::collections::{BTreeMap, BTreeSet};

/// Versions looked at together: what a large transaction holds in memory here.
const VERSIONS_AT_ONCE: usize = 100;

/// Queues notifications.
pub(crate) const MATCH: Reaction = Reaction {
    name: "subscriptions-match",
    events: &[ResourcesWrittenV1::NAME],
    react: |house, delivery| Box::pin(react(house, delivery)),
};

/// A subscription that may want what was written.
struct Watcher {
    id: String,
    wanted: Wanted,
    sight: Sight,
    notices: Vec<Notice>,
}

async fn react(house: &House, delivery: &Delivery) -> Result<Option<Change>, Fault> {
    let Some(announced) = ResourcesWrittenV1::read(&delivery.envelope) else { return Ok(None) };
    let now = house.clock.now();
    let types: BTreeSet<ResourceType> =
        announced.written.iter().filter_map(|(name, ..)| ResourceType::parse(name)).collect();
    let mut watchers = Vec::new();
    for resource_type in types {
        watchers.extend(watchers_of(house, resource_type, &delivery.id, now).await?);
    }
    if watchers.is_empty() {
        return Ok(None);
    }
    for some in announced.written.chunks(VERSIONS_AT_ONCE) {
        let versions = versions(house, some).await?;
        for watcher in &mut watchers {
            watcher.look(house, &versions, now).await?;
        }
    }
    let mut change = Change::new();
    for watcher in watchers.iter().filter(|watcher| !watcher.notices.is_empty()) {
        for operation in watcher.queued(house, &delivery.id).await? {
            change.push(HOME, operation);
        }
    }
    Ok((!change.is_empty()).then_some(change))
}

/// The subscriptions of a type that are active, with what their owners may see now.
async fn watchers_of(
    house: &House,
    resource_type: ResourceType,
    request: &str,
    now: Instant,
) -> Result<Vec<Watcher>, Fault> {
    let mut watchers = Vec::new();
    for stored in watched::live(house, Some(resource_type)).await? {
        let Some(resource) = stored.resource()? else { continue };
        let id = stored.document.id;
        let wanted = match Wanted::of(&resource, house) {
            Ok(wanted) => wanted,
            // It was acceptable once; the operator's rules, or this program, are others by now.
            Err(rejection) => {
                status::set(house, &id, Status::Error, Some(&rejection.message)).await?;
                continue;
            }
        };
        let is_on = matches!(wanted.status, Status::Active | Status::Error) && !wanted.is_over(now);
        if !is_on || wanted.query.resource_type != resource_type {
            continue;
        }
        let owner = match Owner::read(house, &id).await? {
            Some(owner) => owner.context(house, request).await?,
            None => None,
        };
        let Some(context) = owner else {
            status::set(
                house,
                &id,
                Status::Error,
                Some("The owner's account or application may not act any more"),
            )
            .await?;
            continue;
        };
        let sight = sight(house, &context, &wanted.types()).await?;
        if sight.of(resource_type).is_none() {
            let reason = format!("The owner may not search {resource_type} any more");
            status::set(house, &id, Status::Error, Some(&reason)).await?;
            continue;
        }
        watchers.push(Watcher { id, wanted, sight, notices: Vec::new() });
    }
    Ok(watchers)
}

/// The versions that were written. Most are the current ones and come together.
async fn versions(house: &House, written: &[(String, String, u64)]) -> Result<Vec<Stored>, Fault> {
    let asked: Vec<(ResourceType, String, u64)> = written
        .iter()
        .filter_map(|(name, id, version)| Some((ResourceType::parse(name)?, id.clone(), *version)))
        .collect();
    let names: Vec<(ResourceType, String)> =
        asked.iter().map(|(resource_type, id, _)| (*resource_type, id.clone())).collect();
    let mut current: BTreeMap<(ResourceType, String), Stored> = house
        .records
        .get_many(&names)
        .await?
        .into_iter()
        .map(|stored| ((stored.resource_type, stored.document.id.clone()), stored))
        .collect();
    let mut found = Vec::with_capacity(asked.len());
    for (resource_type, id, version) in asked {
        match current.remove(&(resource_type, id.clone())) {
            Some(stored) if stored.document.version == version => found.push(stored),
            _ => found.extend(house.records.version(resource_type, &id, version).await?),
        }
    }
    Ok(found)
}

impl Watcher {
    async fn look(&mut self, house: &House, versions: &[Stored], now: Instant) -> Result<(), Fault> {
        for stored in versions.iter().filter(|one| one.resource_type == self.wanted.query.resource_type) {
            match house.records.matches(&self.wanted.query, &self.sight, stored, now).await? {
                Ok(true) => self.notices.push(Notice {
                    resource_type: stored.resource_type.name().to_owned(),
                    id: stored.document.id.clone(),
                    version: stored.document.version,
                }),
                Ok(false) => {}
                Err(rejection) => {
                    let reason = format!("The criteria cannot be answered: {}", rejection.message);
                    return status::set(house, &self.id, Status::Error, Some(&reason)).await;
                }
            }
        }
        Ok(())
    }

    async fn queued(&self, house: &House, origin: &str) -> Result<Vec<Operation>, Fault> {
        match self.wanted.channel {
            Channel::WebSocket => Ok(vec![queue::matched(&self.id)]),
            Channel::RestHook { .. } => {
                if queue::waiting(&house.store, &self.id).await? >= WAITING_MAX {
                    let reason = format!("More than {WAITING_MAX} notifications waited: it was turned off");
                    status::set(house, &self.id, Status::Off, Some(&reason)).await?;
                    return Ok(Vec::new());
                }
                Segment::queue(origin, &self.id, &self.notices)
            }
        }
    }
}
