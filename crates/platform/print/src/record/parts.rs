//! The sections of a record, but those that were measured.

use super::reading::{clean, code, concept, concept_at, concepts, day, listed, period, quantity};
use super::words::{Words, word};
use super::{day_of, is_withdrawn, named, newest, section, unusual_status};
use crate::report::Section;
use galen_fhir::Json;

const SNOMED: &str = "http://snomed.info/sct";
/// No known allergy; of medicines, the environment, food, latex.
const NONE_KNOWN: [&str; 5] = ["716186003", "409137002", "428607008", "429625007", "1003774007"];

/// Silence is never taken for safety: that nobody asked and that there are none are two things.
pub(super) fn allergies(words: &Words, all: &[&Json]) -> Section {
    let standing = || {
        all.iter()
            .copied()
            .filter(|one| !is_withdrawn(one) && code(one, "verificationStatus") != Some("refuted"))
    };
    let (denials, mut real): (Vec<&Json>, Vec<&Json>) = standing().partition(|one| is_denial(one));
    let is_past = |one: &Json| matches!(code(one, "clinicalStatus"), Some("inactive" | "resolved"));
    let rank = |one: &Json| (is_past(one), one.str("criticality") != Some("high"));
    real.sort_by_cached_key(|one| (rank(one), named(words, one)));
    let rows: Vec<Vec<String>> = real
        .iter()
        .map(|one| {
            let reactions = one.list("reaction").flat_map(|reaction| {
                let severity = reaction.str("severity").map(|code| word(words.seriousnesses, code));
                concepts(reaction, "manifestation")
                    .into_iter()
                    .map(Some)
                    .chain([severity, clean(reaction.str("description"))])
            });
            let past = is_past(one)
                .then(|| code(one, "clinicalStatus").map(|code| word(words.statuses, code)))
                .flatten();
            let criticality = one.str("criticality").map(|code| word(words.seriousnesses, code));
            let noted = day_of(words, one, &["recordedDate", "onsetDateTime"]);
            vec![
                substance(words, one),
                listed(reactions),
                listed([past, criticality]),
                noted.unwrap_or_default(),
            ]
        })
        .collect();
    let is_empty = rows.is_empty();
    let columns =
        [(words.substance, 0.31), (words.reaction, 0.32), (words.seriousness, 0.2), (words.date, 0.17)];
    let mut made = section(&words.allergies, &columns, rows);
    let told = denials.iter().filter(|one| !is_past(one)).filter_map(|one| concept_at(one, "code"));
    let told: Vec<String> = told.map(|what| words.no_allergies.replace("{what}", &what)).collect();
    if is_empty && !told.is_empty() {
        made.notes = told;
    }
    made
}

fn is_denial(one: &Json) -> bool {
    let Some(said) = one.get("code") else { return false };
    let by_code = said.list("coding").any(|coding| {
        coding.str("system") == Some(SNOMED)
            && coding.str("code").is_some_and(|code| NONE_KNOWN.contains(&code))
    });
    let text = concept(said).unwrap_or_default().trim_end_matches('.').to_lowercase();
    by_code
        || matches!(text.as_str(), "nka" | "nkda")
        || (text.starts_with("no known") && text.contains("allerg"))
}

fn substance(words: &Words, one: &Json) -> String {
    let reacted = || one.list("reaction").find_map(|reaction| concept_at(reaction, "substance"));
    concept_at(one, "code").or_else(reacted).unwrap_or_else(|| words.not_named.to_owned())
}

/// Prescriptions and what patients say they take; drafts are neither.
pub(super) fn medicines(words: &Words, all: &[&Json], medications: &[&Json]) -> Section {
    let names = ["authoredOn", "effectivePeriod", "effectiveDateTime", "dateAsserted"];
    let mut shown = newest(all, &names);
    shown.retain(|one| one.str("status") != Some("draft"));
    shown.sort_by_key(|one| !matches!(one.str("status"), Some("active" | "on-hold" | "unknown") | None));
    let rows = shown
        .into_iter()
        .map(|one| {
            let dosages = one.list("dosageInstruction").chain(one.list("dosage"));
            let how: Vec<String> = dosages.filter_map(|dosage| taken(words, dosage)).collect();
            let status = one.str("status").map(|code| word(words.statuses, code));
            let reason =
                concept_at(one, "statusReason").or_else(|| concepts(one, "statusReason").into_iter().next());
            vec![
                medicine(words, one, medications),
                how.join("; "),
                listed([status, reason]),
                day_of(words, one, &names).unwrap_or_default(),
            ]
        })
        .collect();
    let columns = [(words.medicine, 0.35), (words.how, 0.31), (words.status, 0.17), (words.since, 0.17)];
    section(&words.medicines, &columns, rows)
}

fn medicine(words: &Words, one: &Json, medications: &[&Json]) -> String {
    let reference = one.get("medicationReference");
    let referred = || {
        let target = reference?.str("reference")?;
        let contained = target
            .strip_prefix('#')
            .and_then(|id| one.list("contained").find(|held| held.str("id") == Some(id)));
        let fetched = || {
            let id = target.strip_prefix("Medication/")?.split('/').next();
            medications.iter().copied().find(|held| held.str("id") == id)
        };
        concept_at(contained.or_else(fetched)?, "code")
    };
    concept_at(one, "medicationCodeableConcept")
        .or_else(referred)
        .or_else(|| clean(reference?.str("display")))
        .unwrap_or_else(|| words.not_named.to_owned())
}

/// How a medicine is taken: as the prescriber wrote it, else as the parts of the dosage say.
fn taken(words: &Words, dosage: &Json) -> Option<String> {
    if let Some(text) = clean(dosage.str("patientInstruction")).or_else(|| clean(dosage.str("text"))) {
        return Some(text);
    }
    let dose = dosage.list("doseAndRate").find_map(|rate| rate.get("doseQuantity").and_then(quantity));
    let timing = dosage.get("timing");
    let often = timing
        .and_then(|timing| concept_at(timing, "code"))
        .or_else(|| repeated(words, timing?.get("repeat")?));
    let is_as_needed = dosage.get("asNeededBoolean").and_then(Json::as_bool) == Some(true);
    let needed = is_as_needed.then(|| words.as_needed.to_owned());
    let reason =
        concept_at(dosage, "asNeededCodeableConcept").map(|why| format!("{} ({why})", words.as_needed));
    clean(Some(&listed([dose, often, concept_at(dosage, "route"), needed, reason])))
}

fn repeated(words: &Words, repeat: &Json) -> Option<String> {
    let count = repeat.get("frequency").and_then(Json::as_number).unwrap_or("1");
    let period = repeat.get("period")?.as_number()?;
    let unit = word(words.units, repeat.str("periodUnit")?);
    let pattern = match (count, period) {
        ("1", "1" | "1.0") => words.once_a,
        (_, "1" | "1.0") => words.times_a,
        _ => words.times_every,
    };
    Some(pattern.replace("{count}", count).replace("{period}", period).replace("{unit}", &unit))
}

pub(super) fn conditions(words: &Words, all: &[&Json]) -> Section {
    let names = ["onsetDateTime", "onsetPeriod", "recordedDate"];
    let is_over = |one: &Json| {
        matches!(code(one, "clinicalStatus"), Some("inactive" | "remission" | "resolved"))
            || code(one, "verificationStatus") == Some("refuted")
    };
    let mut shown = newest(all, &names);
    shown.sort_by_key(|one| is_over(one));
    let rows = shown
        .into_iter()
        .map(|one| {
            let clinical = code(one, "clinicalStatus").map(|code| word(words.statuses, code));
            let doubt = code(one, "verificationStatus").filter(|code| *code != "confirmed");
            let began = day_of(words, one, &names);
            let ended = day_of(words, one, &["abatementDateTime", "abatementPeriod"]);
            let span = [began, ended].into_iter().flatten().collect::<Vec<_>>().join(" – ");
            vec![named(words, one), listed([clinical, doubt.map(|code| word(words.statuses, code))]), span]
        })
        .collect();
    section(&words.conditions, &[(words.condition, 0.45), (words.status, 0.2), (words.since, 0.35)], rows)
}

pub(super) fn immunizations(words: &Words, all: &[&Json]) -> Section {
    let names = ["occurrenceDateTime", "recorded"];
    let rows = newest(all, &names)
        .into_iter()
        .map(|one| {
            let vaccine = concept_at(one, "vaccineCode").unwrap_or_else(|| words.not_named.to_owned());
            let dose = one.list("protocolApplied").find_map(|applied| {
                let number =
                    applied.get("doseNumberPositiveInt").and_then(Json::as_number).map(str::to_owned);
                number.or_else(|| clean(applied.str("doseNumberString")))
            });
            let undone = unusual_status(words, one, "completed");
            let when = day_of(words, one, &names).or_else(|| clean(one.str("occurrenceString")));
            vec![vaccine, listed([dose, undone, concept_at(one, "statusReason")]), when.unwrap_or_default()]
        })
        .collect();
    section(&words.immunizations, &[(words.vaccine, 0.6), (words.dose, 0.2), (words.date, 0.2)], rows)
}

pub(super) fn reports(words: &Words, all: &[&Json]) -> Section {
    let names = ["effectiveDateTime", "effectivePeriod", "issued"];
    let rows = newest(all, &names)
        .into_iter()
        .map(|one| {
            let said = clean(one.str("conclusion")).into_iter().chain(concepts(one, "conclusionCode"));
            let status = unusual_status(words, one, "final");
            let when = day_of(words, one, &names).unwrap_or_default();
            vec![named(words, one), said.collect::<Vec<_>>().join("; "), listed([status]), when]
        })
        .collect();
    let columns = [(words.report, 0.32), (words.conclusion, 0.36), (words.status, 0.15), (words.date, 0.17)];
    section(&words.reports, &columns, rows)
}

pub(super) fn procedures(words: &Words, all: &[&Json]) -> Section {
    let names = ["performedDateTime", "performedPeriod"];
    let rows = newest(all, &names)
        .into_iter()
        .map(|one| {
            let status = one.str("status").map(|code| word(words.statuses, code));
            let when = one.get("performedPeriod").map(|span| period(words, span));
            let when = when.or_else(|| day_of(words, one, &names));
            vec![named(words, one), listed([status]), when.unwrap_or_default()]
        })
        .collect();
    section(&words.procedures, &[(words.procedure, 0.49), (words.status, 0.16), (words.date, 0.35)], rows)
}

pub(super) fn encounters(words: &Words, all: &[&Json]) -> Section {
    let rows = newest(all, &["period"])
        .into_iter()
        .map(|one| {
            let kind = concepts(one, "type").into_iter().next().or_else(|| concept_at(one, "serviceType"));
            let class = || {
                let class = one.get("class")?;
                class
                    .str("code")
                    .map(|code| word(words.classes, code))
                    .or_else(|| clean(class.str("display")))
            };
            let reason = concepts(one, "reasonCode").join(", ");
            let status = unusual_status(words, one, "finished");
            let what = kind.or_else(class).unwrap_or_else(|| words.not_named.to_owned());
            vec![
                listed([Some(what), status]),
                reason,
                one.get("period").map(|span| period(words, span)).unwrap_or_default(),
            ]
        })
        .collect();
    section(&words.encounters, &[(words.encounter, 0.35), (words.reason, 0.3), (words.date, 0.35)], rows)
}

pub(super) fn documents(words: &Words, all: &[&Json]) -> Section {
    let rows = newest(all, &["date"])
        .into_iter()
        .map(|one| {
            let attached =
                || one.list("content").find_map(|part| clean(part.get("attachment")?.str("title")));
            let kind = concept_at(one, "type");
            let title = clean(one.str("description")).or_else(attached).or_else(|| kind.clone());
            let when = one.str("date").map(|at| day(words, at)).unwrap_or_default();
            vec![title.unwrap_or_else(|| words.not_named.to_owned()), kind.unwrap_or_default(), when]
        })
        .collect();
    section(&words.documents, &[(words.document, 0.5), (words.kind, 0.3), (words.date, 0.2)], rows)
}
