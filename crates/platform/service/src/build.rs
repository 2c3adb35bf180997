//! Building a running Galen out of a configuration and a list of services.

use crate::graph::Graph;
use crate::guard::Guard;
use crate::house::House;
use crate::journal_view::AuditEvents;
use crate::limits::{LimitFigures, Limits};
use crate::live::Live;
use crate::observe::events_of;
use crate::reaction::{HouseCell, subscription};
use crate::service::Service;
use crate::settings::Settings;
use crate::strictness::FacilityStrictness;
use crate::watched::Watched;
use futures_util::future::BoxFuture;
use galen_access::Access;
use galen_access::policy::{Policies, PolicySource};
use galen_access::roles::RoleCatalogue;
use galen_access::signing::{self, KeyUse, SigningKey};
use galen_bus::Bus;
use galen_fhir::ResourceType;
use galen_kernel::{Clock, Entropy, Fault, Instant};
use galen_outbound::{Outbound, Rules};
use galen_records::{JournalView, Records};
use galen_store::{ShardId, Store, WriteSet};
use galen_telemetry::Metrics;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

/// What a house is built from.
pub struct Plan {
    /// An open store.
    pub store: Store,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of chance.
    pub entropy: Arc<dyn Entropy>,
    /// Figures of the limits.
    pub limits: LimitFigures,
    /// How strictly what is written is checked.
    pub strictness: FacilityStrictness,
    /// Address under which clients reach it.
    pub origin: String,
    /// What is set for single services.
    pub settings: Settings,
    /// Whom this server may call.
    pub outbound: Rules,
    /// Roles and activities.
    pub catalogue: RoleCatalogue,
    /// All services of this program, whose policies hold whether or not they run here.
    pub all: Vec<&'static Service>,
    /// The services that run here.
    pub run: Vec<&'static Service>,
}

/// Checks what services say of themselves: names, kinds and types are each one service's, needs are met.
pub fn check(all: &[&'static Service], run: &[&'static Service]) -> Result<(), String> {
    let mut kinds: BTreeMap<u16, &str> = BTreeMap::new();
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    for service in all {
        for (_, kind) in service.kinds {
            if let Some(other) = kinds.insert(kind.0, service.name) {
                return Err(format!(
                    "services {other} and {} both own document kind {}",
                    service.name, kind.0
                ));
            }
        }
        for name in service.owns {
            if let Some(other) = owners.insert(name, service.name) {
                return Err(format!("services {other} and {} both own {name}", service.name));
            }
        }
        for guard in service.guards {
            if !service.owns.contains(&guard.resource_type()) {
                return Err(format!("{} guards {} but does not own it", service.name, guard.resource_type()));
            }
        }
    }
    for service in run {
        for need in service.needs {
            if !run.iter().any(|s| s.name == *need) {
                return Err(format!("service {} needs {need}, which does not run here", service.name));
            }
        }
    }
    Ok(())
}

/// The policies of these services and of access itself, compiled and strictly validated.
pub fn policies(all: &[&'static Service]) -> Result<Policies, String> {
    let own = PolicySource { name: "access", actions: galen_access::ACTIONS, text: galen_access::POLICY };
    let sources: Vec<PolicySource> = all.iter().filter_map(|s| s.policy).chain([own]).collect();
    Policies::compile(&sources)
}

/// Builds the house. The relay is built but not running: `house.bus.run(stop)` runs it.
pub fn house(plan: Plan) -> BoxFuture<'static, Result<Arc<House>, Fault>> {
    Box::pin(build(plan))
}

async fn build(plan: Plan) -> Result<Arc<House>, Fault> {
    let fault = |e: String| Fault::new("build", e);
    check(&plan.all, &plan.run).map_err(fault)?;
    let policies = policies(&plan.all).map_err(fault)?;
    ensure_key(&plan.store, KeyUse::Token, plan.clock.now()).await?;
    ensure_key(&plan.store, KeyUse::Checkpoint, plan.clock.now()).await?;
    let access = Access::open(plan.store.clone(), policies, plan.catalogue).await?;
    let view = AuditEvents::new().map(|view| Arc::new(view) as Arc<dyn JournalView>);
    let records = Records::new(plan.store.clone(), view);
    records.ensure_indexed(false, plan.clock.now()).await?;
    records.refresh_parameters(plan.clock.now()).await?;
    let mut guards: HashMap<ResourceType, &'static dyn Guard> = HashMap::new();
    for guard in plan.all.iter().flat_map(|s| s.guards) {
        let name = guard.resource_type();
        let resource_type =
            ResourceType::parse(name).ok_or_else(|| fault(format!("{name} is no resource type")))?;
        guards.insert(resource_type, *guard);
    }
    let cell: HouseCell = Arc::new(OnceLock::new());
    let subscriptions = plan.run.iter().flat_map(|s| s.reactions).map(|r| subscription(*r, &cell)).collect();
    let epoch = data_encoding::HEXLOWER.encode(&plan.entropy.sixteen());
    let house = Arc::new(House {
        bus: Arc::new(Bus::new(plan.store.clone(), events_of, subscriptions)),
        store: plan.store,
        records,
        access,
        clock: plan.clock,
        entropy: plan.entropy,
        watched: Watched::default(),
        live: Arc::new(Live::new(epoch)),
        outbound: Outbound::new(plan.outbound),
        metrics: Metrics::default(),
        limits: Limits::new(plan.limits),
        strictness: plan.strictness,
        settings: plan.settings,
        origin: plan.origin,
        guards,
        graph: Graph::new(plan.run.iter().filter_map(|s| Some((s.name, s.subgraph?))).collect()),
        openapi: bytes::Bytes::from(
            crate::openapi::document(&plan.run, env!("CARGO_PKG_VERSION")).to_string(),
        ),
        services: plan.run.iter().map(|s| s.name).collect(),
    });
    let _first = cell.set(Arc::downgrade(&house));
    Ok(house)
}

/// Makes a signing key of this use when there is none or the newest has signed long enough.
async fn ensure_key(store: &Store, usage: KeyUse, now: Instant) -> Result<(), Fault> {
    let keys = signing::list(store, usage).await?;
    if keys.first().is_some_and(|key| key.is_fresh(now)) {
        return Ok(());
    }
    let (_, put) = SigningKey::generate(usage, now)?;
    store.commit(WriteSet { shard: ShardId(0), at: now, operations: vec![put], journal: None }).await?;
    Ok(())
}
