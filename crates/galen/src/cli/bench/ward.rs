//! What the bench works on: patients with observations and other resources, made by rule.

use super::figures::Figure;
use super::{BenchArguments, now};
use crate::cli::place::{house_for_command, store_config as config_of, terminal_context};
use crate::cli::{Failure, PlaceArguments};
use galen_fhir::{Json, array, object};
use galen_service::accounts::users::{AddUser, add_user};
use galen_store::StoreConfig;
use std::path::Path;
use std::process::Command;

/// Codes that observations are spread over: every patient has as many of each.
pub(super) const CODES: [&str; 4] = ["8302-2", "29463-7", "8480-6", "2339-0"];
/// Observations of a patient for each of its conditions.
const OBSERVATIONS_PER_CONDITION: usize = 10;
/// Lines loaded in one commit.
const LINES_AT_ONCE: usize = 500;
/// The account that asks.
const USER: &str = "bench";
/// Family names, repeated: a search by name finds many.
pub(super) const FAMILIES: [&str; 16] = [
    "Abbott", "Becker", "Castillo", "Dupont", "Eriksen", "Farkas", "Garcia", "Hansen", "Ivanov", "Jansen",
    "Kowalski", "Larsson", "Moreau", "Novak", "Okafor", "Petrov",
];

fn place(arguments: &BenchArguments, folder: &Path) -> PlaceArguments {
    PlaceArguments { data: folder.to_owned(), database_url: arguments.database_url.clone(), config: None }
}

/// How the bench's store is opened.
pub fn store_config(arguments: &BenchArguments, folder: &Path) -> StoreConfig {
    config_of(&place(arguments, folder), &crate::config::File::default())
}

pub(super) fn patient(number: usize) -> Json {
    let family = FAMILIES.get(number % FAMILIES.len()).copied().unwrap_or_default();
    object! {
        "resourceType" => "Patient",
        "identifier" => array![object! { "system" => "urn:bench:number", "value" => format!("B{number:08}") }],
        "name" => array![object! { "family" => format!("{family}{}", number / 300), "given" => array![format!("Given{number}")] }],
        "gender" => if number.is_multiple_of(2) { "female" } else { "male" },
        // Spread over 30,240 days: a new patient is compared with those born on the same day.
        "birthDate" => format!("{}-{:02}-{:02}", 1930 + number % 90, 1 + number / 90 % 12, 1 + number / 1_080 % 28),
    }
}

fn coded(system: &str, code: &str, display: &str) -> Json {
    let coding = object! { "system" => system, "code" => code, "display" => display };
    object! { "coding" => array![coding], "text" => display }
}

fn quantity(value: String) -> Json {
    object! {
        "value" => Json::Number(value.into()),
        "unit" => "mg/dL", "system" => "http://unitsofmeasure.org", "code" => "mg/dL",
    }
}

/// A result of about one kilobyte.
pub(super) fn observation(patient: usize, number: usize) -> Json {
    let code = CODES.get(number % CODES.len()).copied().unwrap_or_default();
    let day = format!("20{:02}-{:02}-{:02}", 10 + number % 15, 1 + number % 12, 1 + number % 28);
    let range = object! { "low" => quantity("70".to_owned()), "high" => quantity("110".to_owned()) };
    let category = "http://terminology.hl7.org/CodeSystem/observation-category";
    let flag = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation";
    object! {
        "resourceType" => "Observation",
        "identifier" => array![object! { "system" => "urn:bench:result", "value" => format!("R-{patient}-{number}") }],
        "status" => "final",
        "category" => array![coded(category, "vital-signs", "Vital signs")],
        "code" => coded("http://loinc.org", code, "A measured value"),
        "subject" => object! { "reference" => format!("Patient/p{patient}"), "display" => format!("Patient number {patient}") },
        "effectiveDateTime" => format!("{day}T08:{:02}:00Z", number % 60),
        "issued" => format!("{day}T10:{:02}:00.000Z", number % 60),
        "performer" => array![object! { "display" => "Central laboratory" }],
        "valueQuantity" => quantity(format!("{}.{}", 40 + number % 100, number % 10)),
        "interpretation" => array![coded(flag, "N", "Normal")],
        "referenceRange" => array![range],
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

/// A patient with all that is theirs, as lines of NDJSON.
fn lines_of(number: usize, observations: usize) -> Vec<Vec<u8>> {
    let mut patient = patient(number);
    if let Json::Object(object) = &mut patient {
        object.insert("id", format!("p{number}"));
    }
    let mut lines = vec![patient.to_bytes()];
    lines.extend((0..observations).map(|n| observation(number, n).to_bytes()));
    lines.extend((0..observations / OBSERVATIONS_PER_CONDITION).map(|n| condition(number, n).to_bytes()));
    lines
}

/// Fills the place, unless it is full already: how fast, and on the embedded database what it takes on the disk.
pub async fn fill(arguments: &BenchArguments, folder: &Path) -> Result<Vec<Figure>, Failure> {
    let house = house_for_command(&place(arguments, folder)).await?;
    let context = terminal_context(&house)?;
    if galen_access::user::by_name(&house.store, USER, context.at).await?.is_some() {
        house.store.close().await;
        return Ok(Vec::new());
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
    let (mut count, mut waiting) = (0, Vec::new());
    for number in 0..arguments.patients {
        waiting.extend(lines_of(number, arguments.observations));
        if waiting.len() < LINES_AT_ONCE && number + 1 < arguments.patients {
            continue;
        }
        for lines in std::mem::take(&mut waiting).chunks(LINES_AT_ONCE) {
            let lines: Vec<&[u8]> = lines.iter().map(Vec::as_slice).collect();
            let report = galen_fhir_api::load_lines(&house, &context, &lines).await?;
            if let Some(refused) = report.refused.first() {
                return Err(format!("the bench's own data was refused: {}", refused.message).into());
            }
            count += lines.len();
        }
    }
    let mut figures = vec![Figure::rate("load NDJSON", count, begun.elapsed().as_secs_f64())];
    add_user(&house, &context, command).await?;
    house.store.close().await;
    if arguments.database_url.is_none() {
        let bytes = bytes_of(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        #[allow(clippy::cast_precision_loss)] // figures for people
        figures.push(Figure::plain("disk per resource", bytes as f64 / count.max(1) as f64, "B"));
    }
    Ok(figures)
}

fn bytes_of(folder: &Path) -> std::io::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        bytes += if about.is_dir() { bytes_of(&entry.path())? } else { about.len() };
    }
    Ok(bytes)
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
