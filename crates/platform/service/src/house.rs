//! Everything that a running Galen has: one value, shared by all handlers.

use crate::graph::Graph;
use crate::guard::Guard;
use crate::limits::Limits;
use crate::live::Live;
use crate::settings::Settings;
use crate::strictness::FacilityStrictness;
use crate::watched::Watched;
use galen_access::Access;
use galen_bus::Bus;
use galen_fhir::ResourceType;
use galen_kernel::{Clock, Entropy};
use galen_outbound::Outbound;
use galen_records::Records;
use galen_store::Store;
use galen_telemetry::Metrics;
use std::collections::HashMap;
use std::sync::Arc;

/// A running Galen.
pub struct House {
    /// The store.
    pub store: Store,
    /// FHIR resources on it.
    pub records: Records,
    /// Who is who and may what.
    pub access: Access,
    /// Wakes the relay after commits.
    pub bus: Arc<Bus>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of chance.
    pub entropy: Arc<dyn Entropy>,
    /// What somebody is to be told about.
    pub watched: Watched,
    /// Who listens for changes.
    pub live: Arc<Live>,
    /// Calls to others' servers.
    pub outbound: Outbound,
    /// What is counted.
    pub metrics: Metrics,
    /// How much a client may ask for.
    pub limits: Limits,
    /// How strictly what is written is checked.
    pub strictness: FacilityStrictness,
    /// What is set for single services.
    pub settings: Settings,
    /// Address under which clients reach this server, for links: `http://127.0.0.1:8080`.
    pub origin: String,
    /// Rules of the types that a domain owns.
    pub guards: HashMap<ResourceType, &'static dyn Guard>,
    /// What the services that run show to GraphQL.
    pub graph: Graph,
    /// The OpenAPI description of the services that run.
    pub openapi: bytes::Bytes,
    /// Names of the services that run.
    pub services: Vec<&'static str>,
}

impl House {
    /// The base of FHIR addresses.
    pub fn fhir_base(&self) -> String {
        format!("{}/fhir", self.origin)
    }
}
