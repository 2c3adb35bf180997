//! The read side: finding patients, likely duplicates, all that belongs to a patient.

pub mod accesses;
mod text;

pub use accesses::{ListAccesses, accesses, acted_for, people, practitioners};

use crate::decide::{LIKENESS_MIN, RECORDS_MOVED_MAX, likeness};
use crate::fhir::{demographics, patient_type};
use crate::model::{Candidate, Demographics, MRN_SYSTEM, NHS_NUMBER_SYSTEM};
use galen_access::Visibility;
use galen_fhir::search::{Criterion, Handling, SearchQuery, parse};
use galen_fhir::{Resource, ResourceType, search_parameters};
use galen_kernel::{Fault, Instant, PatientId, Rejection, RejectionKind};
use galen_records::{Found, PageToken, Sight, Stored};
use galen_service::{House, Refusal};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use text::Typed;

/// Most people that are compared with a new one.
const COMPARED_MAX: u32 = 50;
/// Most consents of a patient that are listed, those withdrawn included.
const CONSENTS_LISTED_MAX: u32 = 100;
/// Rows of a page of patients when nobody asks for a number.
const PATIENTS_PER_PAGE: u32 = 20;
/// Characters by which a name is looked up for comparison: enough to find misspelt endings.
const NAME_START_CHARACTERS: usize = 4;

/// What to look for.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FindPatients {
    /// What somebody typed into one box: names, MRN, NHS number, birth date (`7-Feb-1970`, `07/02/1970`, `1970-02-07`).
    pub text: Option<String>,
    /// The beginning of any name; several words must all fit.
    pub name: Option<String>,
    /// Birth date, at any precision.
    pub birth_date: Option<String>,
    /// NHS number.
    pub nhs_number: Option<String>,
    /// MRN.
    pub mrn: Option<String>,
    /// Rows on a page.
    pub count: Option<u32>,
    /// Where the page before ended.
    pub page: Option<String>,
}

impl FindPatients {
    fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        let typed = self.text.as_deref().map(Typed::parse).unwrap_or_default();
        let names = self.name.iter().flat_map(|name| name.split_whitespace());
        for word in names.chain(typed.names.iter().map(String::as_str)) {
            pairs.push(("name".to_owned(), escape(word)));
        }
        for date in self.birth_date.iter().chain(&typed.birth_date) {
            pairs.push(("birthdate".to_owned(), date.clone()));
        }
        let identifiers = [
            (NHS_NUMBER_SYSTEM, &self.nhs_number),
            (MRN_SYSTEM, &self.mrn),
            (NHS_NUMBER_SYSTEM, &typed.nhs_number),
        ];
        for (system, value) in identifiers {
            if let Some(value) = value {
                let plain: String = value.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
                pairs.push(("identifier".to_owned(), format!("{system}|{}", escape(&plain))));
            }
        }
        if let Some(value) = &typed.record_number {
            pairs.push(("identifier".to_owned(), escape(value)));
        }
        pairs
    }

    /// The search as text, for the audit.
    pub fn as_query(&self) -> String {
        let words: Vec<String> =
            self.pairs().into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        words.join("&")
    }
}

/// Which merge would be tried.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PreviewMerge {
    /// The record that would be replaced.
    pub duplicate: String,
}

/// How many records of each type these are.
pub fn count_by_type(records: &[Stored]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for stored in records {
        *counts.entry(stored.resource_type.name().to_owned()).or_insert(0) += 1;
    }
    counts
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace(',', "\\,").replace('|', "\\|").replace('$', "\\$")
}

/// Finds patients within what the caller may see.
pub async fn find(
    house: &House,
    wanted: &FindPatients,
    visibility: Visibility,
    now: Instant,
) -> Result<Found, Refusal> {
    let pairs = wanted.pairs();
    if pairs.is_empty() {
        return Err(Rejection::new(RejectionKind::Malformed, "criteria-required", "Say whom to look for")
            .next("Give text, or name, birthDate, nhsNumber or mrn")
            .into());
    }
    let patient = patient_type()?;
    let count = wanted.count.unwrap_or(PATIENTS_PER_PAGE).clamp(1, galen_fhir::search::COUNT_MAX);
    let query = ask(house, patient, &pairs, count)?;
    let from = page_token(house, wanted.page.as_deref())?;
    Ok(house.records.search(&query, &Sight::nothing().with(patient, visibility), from, now).await??)
}

fn ask(
    house: &House,
    about: ResourceType,
    pairs: &[(String, String)],
    count: u32,
) -> Result<SearchQuery, Rejection> {
    let query = parse(about, pairs, Handling::Strict, &house.records.parameters()).map_err(|issues| {
        let message = issues.into_iter().next().map(|i| i.message).unwrap_or_default();
        Rejection::new(RejectionKind::Malformed, "criteria-invalid", message)
    })?;
    Ok(SearchQuery { count: Some(count), ..query })
}

fn page_token(house: &House, text: Option<&str>) -> Result<Option<PageToken>, Rejection> {
    let Some(text) = text else { return Ok(None) };
    let token = PageToken::parse(&house.store, text).ok_or_else(|| {
        Rejection::new(RejectionKind::Malformed, "page-invalid", "The page token is not one of ours")
            .at("page")
    })?;
    Ok(Some(token))
}

/// Who may be the same person as `who`: by identifier, by birth date and name, by name and nearly the birth date.
/// This is a safety check and looks at everybody, sealed patients included; it answers with ids only.
pub async fn candidates(house: &House, who: &Demographics) -> Result<Vec<Candidate>, Fault> {
    candidates_from(house, who, LIKENESS_MIN).await
}

/// The same, from this likeness on.
pub async fn candidates_from(
    house: &House,
    who: &Demographics,
    likeness_min: f64,
) -> Result<Vec<Candidate>, Fault> {
    let mut found: Vec<Candidate> = Vec::new();
    for other in everybody(house, &lookups(who)).await? {
        let known = demographics(&other);
        let same_identifier = who.identifiers.iter().any(|pair| known.identifiers.contains(pair));
        let likeness = if same_identifier { 1.0 } else { likeness(who, &known) };
        let Some(id) = other.id().and_then(|id| PatientId::parse(id).ok()) else { continue };
        // Somebody merged into another is found as that other.
        if known.replaced_by.is_none() && likeness >= likeness_min && !found.iter().any(|c| c.id == id) {
            found.push(Candidate { id, likeness, same_identifier });
        }
    }
    found.sort_by(|a, b| b.likeness.total_cmp(&a.likeness));
    Ok(found)
}

fn lookups(who: &Demographics) -> Vec<Vec<(String, String)>> {
    let mut lookups = Vec::new();
    let identifiers: Vec<String> =
        who.identifiers.iter().map(|(s, v)| format!("{}|{}", escape(s), escape(v.reveal()))).collect();
    if !identifiers.is_empty() {
        lookups.push(vec![("identifier".to_owned(), identifiers.join(","))]);
    }
    let start = |name: &str| name.chars().take(NAME_START_CHARACTERS).collect::<String>();
    let family = who.family.first().map(|name| escape(&start(name.reveal())));
    match (&who.birth_date, family) {
        (Some(date), _) if date.reveal().len() == "1970-02-28".len() => {
            lookups.push(vec![("birthdate".to_owned(), date.reveal().clone())]);
            if let (Some(family), Some(given)) = (who.family.first(), who.given.first()) {
                lookups.push(vec![
                    ("family".to_owned(), escape(family.reveal())),
                    ("given".to_owned(), escape(given.reveal())),
                ]);
            }
        }
        (_, Some(family)) if !family.is_empty() => lookups.push(vec![("family".to_owned(), family)]),
        _ => {}
    }
    lookups
}

/// All whom one of the lookups finds, in one search where they are few.
async fn everybody(house: &House, lookups: &[Vec<(String, String)>]) -> Result<Vec<Resource>, Fault> {
    let mut any = Vec::with_capacity(lookups.len());
    for pairs in lookups {
        // A name that searches to nothing (only accents, say) has no look-alikes.
        if let Ok(query) = parse(patient_type()?, pairs, Handling::Strict, &house.records.parameters()) {
            any.push(Criterion::All(query.criteria));
        }
    }
    if any.is_empty() {
        return Ok(Vec::new());
    }
    let together = matching(house, Criterion::Any(any.clone())).await?;
    if together.len() < COMPARED_MAX as usize || any.len() == 1 {
        return Ok(together);
    }
    // Those who share a birthday may have crowded out who has the same identifier.
    let mut all = Vec::new();
    for one in any {
        all.extend(matching(house, one).await?);
    }
    Ok(all)
}

async fn matching(house: &House, criterion: Criterion) -> Result<Vec<Resource>, Fault> {
    let patient = patient_type()?;
    let mut query = SearchQuery::of(patient);
    query.criteria = vec![criterion];
    query.count = Some(COMPARED_MAX);
    let sight = Sight::nothing().with(patient, Visibility::everything());
    let found = house.records.search(&query, &sight, None, house.clock.now()).await?;
    // A check that could not be made must not look like one that found nobody.
    let found = found.map_err(|refused| Fault::new("search for duplicates", refused))?;
    let mut resources = Vec::with_capacity(found.rows.len());
    for row in found.rows {
        resources.extend(row.stored.resource()?);
    }
    Ok(resources)
}

/// A patient's Consents, the latest first.
pub async fn consents(house: &House, patient: &PatientId, now: Instant) -> Result<Vec<Resource>, Refusal> {
    let consent = galen_records::resource_type("Consent")?;
    let pairs = [("patient".to_owned(), patient.to_string()), ("_sort".to_owned(), "-date".to_owned())];
    let query = ask(house, consent, &pairs, CONSENTS_LISTED_MAX)?;
    let sight = Sight::nothing().with(consent, Visibility::everything());
    let found = house.records.search(&query, &sight, None, now).await??;
    let resources = found.rows.iter().filter_map(|row| row.stored.resource().transpose());
    Ok(resources.collect::<Result<_, _>>()?)
}

/// Everything in a patient's compartment but the Patient itself, up to one more than a merge moves.
pub async fn compartment(house: &House, patient: &PatientId) -> Result<Vec<Stored>, Fault> {
    let mut all = Vec::new();
    for resource_type in ResourceType::all().filter(|t| t.name() != "Patient" && t.name() != "AuditEvent") {
        if !search_parameters(resource_type).iter().any(|p| p.patient_compartment) {
            continue;
        }
        all.extend(
            house.records.in_compartment(resource_type, patient, RECORDS_MOVED_MAX + 1 - all.len()).await?,
        );
        if all.len() > RECORDS_MOVED_MAX {
            break;
        }
    }
    Ok(all)
}
