//! The rules of registration: pure. REST routes and the FHIR guard ask the same functions.

pub mod answering;
pub mod consenting;
pub mod inviting;

use crate::commands::{Details, RegisterPatient};
use crate::events::Event;
use crate::model::{
    Candidate, Demographics, MRN_SYSTEM, Merge, Mrn, NHS_NUMBER_SYSTEM, NhsNumber, StoredPatient,
};
use galen_kernel::{Instant, PatientId, Phi, Rejection, RejectionKind};

/// From this likeness on somebody is called a likely duplicate.
pub const LIKENESS_MIN: f64 = 0.85;
/// Nobody is older than this.
pub const AGE_YEARS_MAX: i64 = 130;
/// Most records that one merge moves.
pub const RECORDS_MOVED_MAX: usize = 5_000;
/// Longest name that a form takes.
pub const NAME_CHARACTERS_MAX: usize = 300;
/// Administrative genders of FHIR R4.
const GENDERS: [&str; 4] = ["male", "female", "other", "unknown"];

/// What the rules know of the rest of the hospital.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// Who looks alike.
    pub candidates: Vec<Candidate>,
    /// The number that may be given.
    pub drawn: Option<Mrn>,
}

pub(crate) fn refuse(code: &'static str, at: &str, message: &str) -> Rejection {
    Rejection::new(RejectionKind::Unprocessable, code, message).at(at)
}

/// Registers by form.
pub fn register(
    command: &RegisterPatient,
    around: &Surroundings,
    now: Instant,
) -> Result<Vec<Event>, Rejection> {
    details(&command.demographics, now)?;
    if !command.unidentified && command.demographics.family.is_none() && command.demographics.given.is_empty()
    {
        return Err(refuse("name-required", "family", "A patient needs a name")
            .next("Give a name, or say that the patient is unidentified"));
    }
    let unseen: Vec<String> = around
        .candidates
        .iter()
        .map(|candidate| candidate.id.to_string())
        .filter(|id| !command.not_same_as.contains(id))
        .collect();
    if !unseen.is_empty() {
        return Err(Rejection::new(
            RejectionKind::Conflict,
            "possible-duplicates",
            "This may be a patient who is registered already",
        )
        .related(unseen)
        .next("Compare them; if they are other people, send their ids in notSameAs"));
    }
    Ok(vec![Event::Registered { mrn: around.drawn.clone(), possible_duplicates: Vec::new() }])
}

/// Registers by FHIR: the sender cannot be asked about duplicates, so they are told of instead.
pub fn register_resource(
    who: &Demographics,
    around: &Surroundings,
    now: Instant,
) -> Result<Vec<Event>, Rejection> {
    demographics(who, now)?;
    let mrn = if who.record_number.is_some() { None } else { around.drawn.clone() };
    let possible_duplicates = around.candidates.iter().map(|candidate| candidate.id.clone()).collect();
    Ok(vec![Event::Registered { mrn, possible_duplicates }])
}

/// Amends by form.
pub fn amend(
    patient: &StoredPatient,
    version: u64,
    wanted: &Details,
    now: Instant,
) -> Result<Vec<Event>, Rejection> {
    if patient.version != version {
        return Err(Rejection::version_conflict("this patient", "the patient", patient.version));
    }
    if let Some(survivor) = &patient.demographics.replaced_by {
        return Err(replaced(survivor));
    }
    details(wanted, now)?;
    Ok(vec![Event::Amended(Box::new(wanted.clone()))])
}

/// Updates by FHIR: a sender who does not know the MRN does not take it away, and nobody changes it.
pub fn amend_resource(
    before: &Demographics,
    after: &Demographics,
    now: Instant,
) -> Result<Vec<Event>, Rejection> {
    demographics(after, now)?;
    match (before.identifier(MRN_SYSTEM), after.identifier(MRN_SYSTEM)) {
        (Some(before), Some(after)) if before != after => {
            Err(refuse("mrn-fixed", "Patient.identifier", "The MRN of a patient does not change")
                .next("Keep the MRN identifier as it is"))
        }
        (Some(before), None) => Ok(Mrn::parse(before).map(Event::MrnKept).into_iter().collect()),
        _ => Ok(Vec::new()),
    }
}

/// Merges.
pub fn merge(
    survivor: &StoredPatient,
    duplicate: &StoredPatient,
    moved: &[(String, u64)],
) -> Result<Vec<Event>, Rejection> {
    if survivor.id == duplicate.id {
        return Err(refuse("same-patient", "duplicate", "A patient is not merged into itself"));
    }
    for patient in [survivor, duplicate] {
        if let Some(other) = &patient.demographics.replaced_by {
            return Err(replaced(other));
        }
    }
    if moved.len() > RECORDS_MOVED_MAX {
        return Err(refuse(
            "too-many-records",
            "duplicate",
            "The duplicate has more records than one merge moves",
        )
        .next("Merge the other way round, or ask for support"));
    }
    Ok(vec![Event::Merged(Merge {
        survivor: survivor.id.clone(),
        duplicate: duplicate.id.clone(),
        survivor_version: survivor.version,
        duplicate_version: duplicate.version,
        moved: moved.to_vec(),
        undone: false,
    })])
}

/// Undoes a merge.
pub fn unmerge(merge: &Merge) -> Result<Vec<Event>, Rejection> {
    if merge.undone {
        return Err(Rejection::new(
            RejectionKind::Conflict,
            "already-unmerged",
            "This merge was undone before",
        ));
    }
    Ok(vec![Event::Unmerged(Merge { undone: true, ..merge.clone() })])
}

pub(crate) fn replaced(survivor: &PatientId) -> Rejection {
    Rejection::new(RejectionKind::Conflict, "patient-replaced", "This patient was merged into another")
        .related(vec![survivor.to_string()])
        .next("Use the surviving record, or undo the merge first")
}

fn details(details: &Details, now: Instant) -> Result<(), Rejection> {
    let names = details.family.iter().chain(&details.given);
    for name in names {
        let length = name.reveal().trim().chars().count();
        if length == 0 || length > NAME_CHARACTERS_MAX {
            return Err(refuse("name-invalid", "family", "A name has 1 to 300 characters"));
        }
    }
    if let Some(gender) = &details.gender
        && !GENDERS.contains(&gender.as_str())
    {
        return Err(refuse("gender-unknown", "gender", "The gender is not one that FHIR knows")
            .next("Use male, female, other or unknown"));
    }
    // Empty text removes.
    if let Some(date) = details.birth_date.as_ref().filter(|date| !date.reveal().is_empty()) {
        birth_date(date, "birthDate", now)?;
    }
    if let Some(number) = details.nhs_number.as_ref().filter(|number| !number.reveal().is_empty()) {
        nhs_number(number.reveal(), "nhsNumber")?;
    }
    Ok(())
}

fn demographics(who: &Demographics, now: Instant) -> Result<(), Rejection> {
    if let Some(date) = &who.birth_date {
        birth_date(date, "Patient.birthDate", now)?;
    }
    if let Some(number) = who.identifier(NHS_NUMBER_SYSTEM) {
        nhs_number(number, "Patient.identifier")?;
    }
    if let Some(mrn) = who.identifier(MRN_SYSTEM)
        && Mrn::parse(mrn).is_none()
    {
        return Err(refuse("mrn-invalid", "Patient.identifier", "The check digit of the MRN is wrong"));
    }
    Ok(())
}

fn nhs_number(text: &str, at: &str) -> Result<(), Rejection> {
    match NhsNumber::parse(text) {
        Some(_) => Ok(()),
        None => {
            Err(refuse("nhs-number-invalid", at, "The NHS number is not ten digits with a right check digit")
                .next("Check the number with the patient or leave it out"))
        }
    }
}

fn birth_date(date: &Phi<String>, at: &str, now: Instant) -> Result<(), Rejection> {
    let Some(born) = galen_fhir::temporal::parse(date.reveal()) else {
        return Err(refuse("birth-date-invalid", at, "The birth date is not a date")
            .next("Write it as 1970, 1970-02 or 1970-02-28"));
    };
    // A day of grace: it may be tomorrow already where the patient was born.
    if born.low > now.plus_micros(galen_kernel::MICROS_PER_DAY).micros() {
        return Err(refuse("birth-date-in-future", at, "The birth date lies in the future"));
    }
    let oldest = now.plus_micros(-AGE_YEARS_MAX * 366 * galen_kernel::MICROS_PER_DAY);
    if born.low < oldest.micros() {
        return Err(refuse("birth-date-too-early", at, "The birth date is more than 130 years ago"));
    }
    Ok(())
}

/// How alike two people are by name and birth date, 0 to 1.
pub fn likeness(a: &Demographics, b: &Demographics) -> f64 {
    let names = name_likeness(a, b);
    match (&a.birth_date, &b.birth_date) {
        (Some(x), Some(y)) if x == y => names,
        (Some(x), Some(y)) if nearly_same_date(x.reveal(), y.reveal()) => names * 0.95,
        (Some(_), Some(_)) => names * 0.5,
        _ => names * 0.8,
    }
}

fn name_likeness(a: &Demographics, b: &Demographics) -> f64 {
    let text = |who: &Demographics| {
        let names: Vec<String> = who
            .given
            .iter()
            .take(1)
            .chain(who.family.iter().take(1))
            .map(|n| galen_fhir::fold::fold(n.reveal()))
            .collect();
        names
    };
    let (a, b) = (text(a), text(b));
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let straight = strsim::jaro_winkler(&a.join(" "), &b.join(" "));
    // Given and family name entered the wrong way round.
    let swapped = strsim::jaro_winkler(&a.join(" "), &b.iter().rev().cloned().collect::<Vec<_>>().join(" "));
    straight.max(swapped * 0.97)
}

/// Day and month swapped, or one digit mistyped.
fn nearly_same_date(a: &str, b: &str) -> bool {
    if a.len() != b.len() {
        return a.starts_with(b) || b.starts_with(a);
    }
    let different = a.bytes().zip(b.bytes()).filter(|(x, y)| x != y).count();
    let swapped =
        match (a.split('-').collect::<Vec<_>>().as_slice(), b.split('-').collect::<Vec<_>>().as_slice()) {
            ([year, month, day], [other, m, d]) => year == other && month == d && day == m,
            _ => false,
        };
    different <= 1 || swapped
}
