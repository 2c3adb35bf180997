//! Registration in the graph: thin. The same reads as over REST.

use crate::fhir::demographics;
use crate::queries::{FindPatients, ListAccesses};
use crate::rest::{self, AccessPage, ActedForPage, PatientPage, PatientView, ProxyPage};
use galen_access::{Category, Context};
use galen_audit::Interaction::{Execute, Read as Reads};
use galen_fhir::Resource;
use galen_records::target_of;
use galen_service::Refusal;
use galen_service::graph::{Entity, Link, Load, Read, Subgraph, given, taken};
use galen_service::openapi::schema;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

/// Registration's part of the graph.
pub static SUBGRAPH: Subgraph = Subgraph {
    names: &[("ActedForView", "ActedForPatient")],
    sizes: &[
        ("PatientPage.patients", 20),
        ("AccessPage.accesses", 50),
        ("Patient.given", 2),
        ("Patient.otherNames", 2),
        ("Patient.address", 4),
    ],
    entities,
    queries,
    mutations: Vec::new,
    operations: &[("FindPatients", FIND_PATIENTS)],
};

const FIND_PATIENTS: &str = "query FindPatients($text: String!, $page: String) { patients(text: $text, page: $page) { next \
    patients { id version mrn nhsNumber family given birthDate gender deceased replacedBy } } }";

/// What is asked of one patient.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OfPatient {
    /// The patient (id).
    pub patient: String,
}

/// Who saw a patient's record.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccessesOfPatient {
    /// The patient (id).
    pub patient: String,
    /// Where the page before ended.
    pub page: Option<String>,
}

fn show(resource: &Resource, version: u64, _: &Context) -> Result<Option<Value>, Refusal> {
    let id = resource.id().unwrap_or_default();
    given(&PatientView::new(id, version, &demographics(resource))).map(Some)
}

const PATIENT: Load = Load {
    view: schema::<PatientView>,
    action: "ReadPatient",
    kind: "Patient",
    category: Category::Demographic,
    target: target_of,
    show,
};

fn entities() -> Vec<Entity> {
    vec![Entity {
        name: "Patient",
        load: Some(PATIENT),
        links: vec![
            Link::new("patient", "Patient", "For whom").of("Proxy"),
            Link::new("patient", "Patient", "For whom").of("ActedForPatient"),
        ],
        reads: vec![PROXIES, ACCESSES],
    }]
}

const PROXIES: Read = Read {
    name: "proxies",
    about: "Who acts for the patient",
    operation: "ListProxies",
    interaction: Reads,
    arguments: Some(schema::<OfPatient>),
    of: Some("patient"),
    answers: schema::<ProxyPage>,
    read: |house, context, arguments, draft| {
        Box::pin(async move {
            let OfPatient { patient } = taken(&arguments)?;
            given(&rest::proxies_of(house, context, &patient, draft).await?)
        })
    },
};

const ACCESSES: Read = Read {
    name: "accesses",
    about: "Who saw the patient's record, and why",
    operation: "ListAccesses",
    interaction: Reads,
    arguments: Some(schema::<AccessesOfPatient>),
    of: Some("patient"),
    answers: schema::<AccessPage>,
    read: |house, context, arguments, draft| {
        Box::pin(async move {
            let AccessesOfPatient { patient, page } = taken(&arguments)?;
            let wanted = Ok(ListAccesses { page });
            given(&rest::accesses_of(house, context, &patient, wanted, draft).await?)
        })
    },
};

fn queries() -> Vec<Read> {
    vec![
        Read {
            name: "patients",
            about: "Find patients by text, or by name, birthDate, nhsNumber or mrn",
            operation: "FindPatients",
            interaction: Execute,
            arguments: Some(schema::<FindPatients>),
            of: None,
            answers: schema::<PatientPage>,
            read: |house, context, arguments, draft| {
                Box::pin(async move {
                    let wanted = taken::<FindPatients>(&arguments);
                    given(&rest::found(house, context, wanted, draft).await?)
                })
            },
        },
        Read {
            name: "actedFor",
            about: "The people for whom whoever asks may act",
            operation: "ListOwnProxies",
            interaction: Reads,
            arguments: None,
            of: None,
            answers: schema::<ActedForPage>,
            read: |house, context, _, draft| {
                Box::pin(async move { given(&rest::people_acted_for(house, context, draft).await?) })
            },
        },
    ]
}
