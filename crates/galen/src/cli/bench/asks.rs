//! What the bench asks: the operations of the design's table, each spread over all patients.

use super::load::{Ask, Load};
use super::ward::{CODES, FAMILIES, observation, patient};
use super::{READERS, WRITERS};
use crate::cli::{Failure, packed};
use galen_fhir::{Json, object};
use http::Method;
use hyper::body::Bytes;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// Entries of the made-up transaction.
const TRANSACTION_ENTRIES: usize = 50;
/// Connections that send transactions.
const SENDERS: usize = 16;
/// Synthea's bundles that others refer to begin so.
const FIRST: &str = "0-";

/// A request that a client sends; made anew for each number, with how many things it is about.
pub type Make = Arc<dyn Fn(usize) -> (Ask, usize) + Send + Sync>;

/// One thing that is measured.
pub struct Scenario {
    /// What.
    pub name: &'static str,
    /// From how many connections.
    pub clients: usize,
    /// The requests.
    pub make: Make,
}

/// Ids to read.
pub struct Sample {
    observations: Vec<String>,
    patients: usize,
}

/// Looks up ids of observations all over the place.
pub async fn sample(load: &Load, patients: usize) -> Result<Sample, Failure> {
    let mut observations = Vec::new();
    for number in (0..patients).step_by((patients / 20).max(1)) {
        let path = format!("/fhir/Observation?patient=p{number}&_count=100");
        let body = load.once(&get(path)).await?;
        let bundle = galen_fhir::json::parse(&body).map_err(|e| e.message.to_string())?;
        observations
            .extend(bundle.list("entry").filter_map(|e| e.str_at(&["resource", "id"])).map(str::to_owned));
    }
    if observations.is_empty() {
        return Err("there are no observations to read".into());
    }
    Ok(Sample { observations, patients })
}

fn get(path: String) -> Ask {
    Ask { method: Method::GET, path, body: Bytes::new() }
}

/// A request with a body.
pub fn post(path: &str, body: &Json) -> Ask {
    Ask { method: Method::POST, path: path.to_owned(), body: Bytes::from(body.to_bytes()) }
}

/// Spreads neighbouring numbers over all patients.
pub fn spread(number: usize, over: usize) -> usize {
    number.wrapping_mul(2_654_435_761) % over.max(1)
}

fn one(ask: Ask) -> (Ask, usize) {
    (ask, 1)
}

/// What is measured.
pub fn scenarios(sample: &Sample) -> Vec<Scenario> {
    let mut all = searches(sample);
    all.extend(writes(sample.patients));
    all
}

fn searches(sample: &Sample) -> Vec<Scenario> {
    let (ids, patients) = (Arc::new(sample.observations.clone()), sample.patients);
    let read: Make = Arc::new(move |n| {
        let id = ids.get(spread(n, ids.len())).map(String::as_str).unwrap_or_default();
        one(get(format!("/fhir/Observation/{id}")))
    });
    let code_of = |n: usize| CODES.get(n % CODES.len()).copied().unwrap_or_default();
    let by_code: Make = Arc::new(move |n| {
        one(get(format!("/fhir/Observation?patient=p{}&code={}&_count=20", spread(n, patients), code_of(n))))
    });
    let by_date: Make = Arc::new(move |n| {
        let patient = spread(n, patients);
        one(get(format!("/fhir/Observation?patient=p{patient}&code={}&date=ge2010&_count=20", code_of(n))))
    });
    let by_category: Make = Arc::new(move |n| {
        let subject = spread(n, patients);
        one(get(format!(
            "/fhir/Observation?subject=Patient/p{subject}&category=vital-signs&_sort=-date&_count=20"
        )))
    });
    let by_name: Make = Arc::new(move |n| {
        let family = FAMILIES.get(n % FAMILIES.len()).copied().unwrap_or_default();
        one(get(format!("/fhir/Patient?name={family}&_count=20")))
    });
    let all = [
        ("read by id", read),
        ("Patient?name=, 20 hits", by_name),
        ("Observation?patient=&code=, 20 hits", by_code),
        ("Observation?patient=&code=&date=, 20 hits", by_date),
        ("Observation?subject=&category=&_sort=-date, 20 hits", by_category),
    ];
    all.into_iter().map(|(name, make)| Scenario { name, clients: READERS, make }).collect()
}

fn writes(patients: usize) -> Vec<Scenario> {
    let create: Make =
        Arc::new(move |n| one(post("/fhir/Observation", &observation(spread(n, patients), n))));
    let create_patient: Make = Arc::new(move |n| one(post("/fhir/Patient", &patient(patients + n))));
    let transaction: Make = Arc::new(move |n| {
        let entries: Vec<Json> = (0..TRANSACTION_ENTRIES)
            .map(|entry| {
                object! {
                    "fullUrl" => format!("urn:uuid:{n}-{entry}"),
                    "resource" => observation(spread(n, patients), entry),
                    "request" => object! { "method" => "POST", "url" => "Observation" },
                }
            })
            .collect();
        let bundle = object! {
            "resourceType" => "Bundle", "type" => "transaction", "entry" => Json::Array(entries),
        };
        (post("/fhir", &bundle), TRANSACTION_ENTRIES)
    });
    vec![
        Scenario { name: "create Observation", clients: WRITERS, make: create },
        Scenario { name: "create Patient", clients: WRITERS, make: create_patient },
        Scenario { name: "transaction of 50 Observations, per entry", clients: SENDERS, make: transaction },
    ]
}

/// Synthea's transactions, sent over and over; the bundles that they refer to are sent first.
pub async fn synthea(load: &Load, folder: &Path) -> Result<Scenario, Failure> {
    let wrong = |error: std::io::Error| Failure::from(format!("{}: {error}", folder.display()));
    let mut bundles: Vec<(Bytes, usize)> = Vec::new();
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).map_err(wrong)?.map_while(Result::ok).map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let mut bytes = Vec::new();
        packed::open(&path).map_err(wrong)?.read_to_end(&mut bytes).map_err(wrong)?;
        let entries =
            galen_fhir::json::parse(&bytes).map_err(|e| e.message.to_string())?.list("entry").count();
        let is_first = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(FIRST));
        if is_first {
            load.once(&Ask { method: Method::POST, path: "/fhir".to_owned(), body: bytes.into() }).await?;
        } else {
            bundles.push((bytes.into(), entries));
        }
    }
    if bundles.is_empty() {
        return Err(format!("{}: there are no bundles", folder.display()).into());
    }
    let make: Make = Arc::new(move |n| {
        let (body, entries) = bundles.get(n % bundles.len()).cloned().unwrap_or_default();
        (Ask { method: Method::POST, path: "/fhir".to_owned(), body }, entries)
    });
    Ok(Scenario { name: "Synthea transaction, per entry", clients: SENDERS, make })
}
