//! What the bench works on: patients with observations and other resources, made by rule; and what it asks.

use super::figures::Figure;
use super::load::{Ask, Load};
use super::{BenchArguments, Make, WRITERS, now};
use crate::cli::place::{house_for_command, store_config as config_of, terminal_context};
use crate::cli::{Failure, PlaceArguments};
use galen_fhir::{Json, array, object};
use galen_service::accounts::users::{AddUser, add_user};
use galen_store::StoreConfig;
use http::Method;
use hyper::body::Bytes;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

/// Observations of a patient.
const OBSERVATIONS: usize = 100;
/// Codes that they are spread over: every patient has 25 of each.
const CODES: [&str; 4] = ["8302-2", "29463-7", "8480-6", "2339-0"];
/// Other resources of a patient.
const CONDITIONS: usize = 10;
/// Lines loaded in one commit.
const LINES_AT_ONCE: usize = 500;
/// The account that asks.
const USER: &str = "bench";
/// Entries of the measured transaction.
const TRANSACTION_ENTRIES: usize = 50;
/// Family names, repeated: a search by name finds many.
const FAMILIES: [&str; 16] = [
    "Abbott", "Becker", "Castillo", "Dupont", "Eriksen", "Farkas", "Garcia", "Hansen", "Ivanov", "Jansen",
    "Kowalski", "Larsson", "Moreau", "Novak", "Okafor", "Petrov",
];

/// What filling did.
pub struct Filled {
    /// How fast it was; nothing when the place was full already.
    pub figure: Option<Figure>,
}

fn place(arguments: &BenchArguments, folder: &Path) -> PlaceArguments {
    PlaceArguments { data: folder.to_owned(), database_url: arguments.database_url.clone(), config: None }
}

/// How the bench's store is opened.
pub fn store_config(arguments: &BenchArguments, folder: &Path) -> StoreConfig {
    config_of(&place(arguments, folder), &crate::config::File::default())
}

fn patient(number: usize) -> Json {
    let family = FAMILIES.get(number % FAMILIES.len()).copied().unwrap_or_default();
    object! {
        "resourceType" => "Patient",
        "id" => format!("p{number}"),
        "identifier" => array![object! { "system" => "urn:bench:number", "value" => format!("B{number:08}") }],
        "name" => array![object! { "family" => format!("{family}{}", number / 300), "given" => array![format!("Given{number}")] }],
        "gender" => if number.is_multiple_of(2) { "female" } else { "male" },
        "birthDate" => format!("{}-{:02}-{:02}", 1930 + number % 90, 1 + number % 12, 1 + number % 28),
    }
}

fn observation(patient: usize, number: usize) -> Json {
    let code = CODES.get(number % CODES.len()).copied().unwrap_or_default();
    let when = format!(
        "20{:02}-{:02}-{:02}T08:{:02}:00Z",
        10 + number % 15,
        1 + number % 12,
        1 + number % 28,
        number % 60
    );
    object! {
        "resourceType" => "Observation",
        "status" => "final",
        "category" => array![object! { "coding" => array![object! {
            "system" => "http://terminology.hl7.org/CodeSystem/observation-category", "code" => "vital-signs",
        }] }],
        "code" => object! { "coding" => array![object! { "system" => "http://loinc.org", "code" => code }] },
        "subject" => object! { "reference" => format!("Patient/p{patient}") },
        "effectiveDateTime" => when,
        "valueQuantity" => object! {
            "value" => Json::Number(format!("{}.{}", 40 + number % 100, number % 10).into()),
            "unit" => "mg/dL", "system" => "http://unitsofmeasure.org", "code" => "mg/dL",
        },
    }
}

fn condition(patient: usize, number: usize) -> Json {
    object! {
        "resourceType" => "Condition",
        "code" => object! { "coding" => array![object! { "system" => "http://snomed.info/sct", "code" => format!("{}", 38_341_003 + number) }] },
        "subject" => object! { "reference" => format!("Patient/p{patient}") },
        "recordedDate" => format!("20{:02}-01-01", 10 + number),
    }
}

/// Fills the place, unless it is full already.
pub async fn fill(arguments: &BenchArguments, folder: &Path) -> Result<Filled, Failure> {
    let house = house_for_command(&place(arguments, folder)).await?;
    let context = terminal_context(&house)?;
    if galen_access::user::by_name(&house.store, USER, context.at).await?.is_some() {
        house.store.close().await;
        return Ok(Filled { figure: None });
    }
    let command = AddUser {
        name: USER.to_owned(),
        role: "integration".to_owned(),
        facility: None,
        patient: None,
        practitioner: None,
        password_hash: String::new(),
    };
    let begun = now();
    let mut count = 0;
    for first in (0..arguments.patients).step_by(4) {
        let mut lines = Vec::new();
        for number in first..(first + 4).min(arguments.patients) {
            lines.push(patient(number).to_bytes());
            lines.extend((0..OBSERVATIONS).map(|n| observation(number, n).to_bytes()));
            lines.extend((0..CONDITIONS).map(|n| condition(number, n).to_bytes()));
        }
        count += lines.len();
        for lines in lines.chunks(LINES_AT_ONCE) {
            let lines: Vec<&[u8]> = lines.iter().map(Vec::as_slice).collect();
            let report = galen_fhir_api::load_lines(&house, &context, &lines).await?;
            if let Some(refused) = report.refused.first() {
                return Err(format!("the bench's own data was refused: {}", refused.message).into());
            }
        }
    }
    let figure = Figure::rate("load NDJSON", count, begun.elapsed().as_secs_f64());
    add_user(&house, &context, command).await?;
    house.store.close().await;
    Ok(Filled { figure: Some(figure) })
}

/// A token of the bench's account.
pub fn token(arguments: &BenchArguments, folder: &Path) -> Result<String, Failure> {
    let program = std::env::current_exe().map_err(|e| e.to_string())?;
    let mut command = Command::new(program);
    command.args(["token", "--user", USER, "--ttl", "12h", "--data"]).arg(folder);
    if let Some(url) = &arguments.database_url {
        command.arg("--database-url").arg(url);
    }
    let output = command.output().map_err(|e| e.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
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

fn post(path: &str, body: &Json) -> Ask {
    Ask { method: Method::POST, path: path.to_owned(), body: Bytes::from(body.to_bytes()) }
}

/// Spreads neighbouring numbers over all patients.
fn spread(number: usize, over: usize) -> usize {
    number.wrapping_mul(2_654_435_761) % over.max(1)
}

/// What is measured: name, connections (0: the usual number of readers), requests.
pub fn scenarios(sample: &Sample) -> Vec<(&'static str, usize, Make)> {
    let (ids, patients) = (Arc::new(sample.observations.clone()), sample.patients);
    let read: Make = Arc::new(move |n| {
        let id = ids.get(spread(n, ids.len())).map(String::as_str).unwrap_or_default();
        get(format!("/fhir/Observation/{id}"))
    });
    let by_code: Make = Arc::new(move |n| {
        let code = CODES.get(n % CODES.len()).copied().unwrap_or_default();
        get(format!("/fhir/Observation?patient=p{}&code={code}&date=ge2010&_count=20", spread(n, patients)))
    });
    let by_category: Make = Arc::new(move |n| {
        let subject = spread(n, patients);
        get(format!(
            "/fhir/Observation?subject=Patient/p{subject}&category=vital-signs&_sort=-date&_count=20"
        ))
    });
    let by_name: Make = Arc::new(move |n| {
        let family = FAMILIES.get(n % FAMILIES.len()).copied().unwrap_or_default();
        get(format!("/fhir/Patient?name={family}&_count=20"))
    });
    let create: Make = Arc::new(move |n| post("/fhir/Observation", &observation(spread(n, patients), n)));
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
        post(
            "/fhir",
            &object! { "resourceType" => "Bundle", "type" => "transaction", "entry" => Json::Array(entries) },
        )
    });
    vec![
        ("GET by id", 0, read),
        ("search patient + code + date, 20 hits", 0, by_code),
        ("search subject + category, newest first", 0, by_category),
        ("search Patient by name, 20 hits", 0, by_name),
        ("create Observation", WRITERS, create),
        ("transaction of 50 Observations", 16, transaction),
    ]
}
