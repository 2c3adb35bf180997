//! `Observation/$lastn`: the latest observations of each kind (<https://hl7.org/fhir/R4/observation-operation-lastn.html>).

use super::{Call, GET_OR_POST, Level, Of, Operation, optional, returned};
use crate::answer::Answer;
use crate::failure::{Failure, broken};
use crate::search::types_of;
use crate::sights::{Seen, note_patients, sight};
use crate::wish::BodyFormat;
use galen_access::Context;
use galen_audit::Interaction;
use galen_fhir::bundle::{Link, Page, SearchEntry, SearchMode, searchset};
use galen_fhir::search::{Handling, parse};
use galen_fhir::{Json, ResourceType};
use galen_kernel::{Rejection, RejectionKind};
use galen_records::{PageToken, Stored};
use galen_service::House;
use galen_service::observe::{Draft, looked};
use std::collections::HashMap;

/// Most observations of one kind.
const LAST_MAX: u32 = 100;
/// Observations looked at; a record with more is asked for by code or category.
const LOOKED_AT_MAX: usize = 20_000;
/// Observations fetched at a time.
const FETCHED: u32 = 1_000;

pub(super) static LASTN: Operation = Operation {
    code: "lastn",
    id: "Observation-lastn",
    canonical: "http://hl7.org/fhir/OperationDefinition/Observation-lastn",
    title: "The latest observations of each kind",
    levels: &[Level::Type],
    of: Of::Only(&["Observation"]),
    methods: GET_OR_POST,
    affects_state: false,
    formats: &[BodyFormat::Json, BodyFormat::Form],
    rest_max: 0,
    parameters: &[
        optional("max", "positiveInt", "How many of each kind; one when nothing is said"),
        optional("patient", "string", "Whose (or subject)"),
        optional("subject", "string", "Whose (or patient)"),
        optional("category", "string", "Of these categories"),
        optional("code", "string", "Of these codes"),
        optional("date", "string", "Of this time"),
        optional("status", "string", "In this status"),
        returned("Bundle", "Kind by kind, the latest first"),
    ],
    audited: "lastn",
    class: Interaction::Execute,
    handler: |house, context, draft, call, _| Box::pin(lastn(house, context, draft, call)),
};

async fn lastn(house: &House, context: &Context, draft: &mut Draft, call: Call) -> Result<Answer, Failure> {
    let most = call.parameters.count("max", LAST_MAX)?.unwrap_or(1);
    let observation = ResourceType::parse("Observation").ok_or_else(|| broken("no Observation"))?;
    let pairs = pairs(&call)?;
    draft.entities = vec!["Observation".to_owned()];
    draft.query = Some(format!("Observation/$lastn?{}", crate::search::written(&pairs)));
    let query = parse(observation, &pairs, Handling::Strict, &house.records.parameters())
        .map_err(|issues| Failure::of_issues(RejectionKind::Malformed, "search-invalid", issues))?;
    let Seen { sight, refused, opened } = sight(house, context, types_of(&query)).await?;
    if let Some(rejection) = refused {
        return Err(rejection.into());
    }
    let mut kinds = Kinds { most: usize::try_from(most).unwrap_or(1), ..Kinds::default() };
    let mut from: Option<PageToken> = None;
    let mut looked_at = 0;
    loop {
        let found = house.records.search(&query, &sight, from.take(), context.at).await??;
        looked_at += found.rows.len();
        for row in found.rows {
            kinds.take(row.stored)?;
        }
        from = found.next;
        if from.is_none() {
            break;
        }
        if looked_at >= LOOKED_AT_MAX {
            let message = format!("There are more than {LOOKED_AT_MAX} observations to look through");
            return Err(Rejection::new(RejectionKind::Unprocessable, "too-costly", message)
                .next("Say of which code or category")
                .into());
        }
    }
    let rows: Vec<Stored> = kinds.groups.into_iter().flatten().collect();
    for stored in &rows {
        let body = stored.document.body.as_deref().unwrap_or_default();
        note_patients(observation, &stored.document.id, body, &mut draft.patients);
    }
    draft.broken_glass = opened.iter().any(|p| draft.patients.iter().any(|shown| shown == p.as_str()));
    looked(house, context, std::mem::replace(draft, Draft::new("", draft.interaction))).await?;
    let base = house.fhir_base();
    let urls: Vec<String> = rows.iter().map(|stored| format!("{base}/{}", stored.reference())).collect();
    let entries: Vec<SearchEntry<'_>> = rows
        .iter()
        .zip(&urls)
        .map(|(stored, full_url)| {
            let resource = stored.document.body.as_deref().unwrap_or(b"{}");
            SearchEntry { full_url, resource, mode: SearchMode::Match }
        })
        .collect();
    let own = format!("{base}/Observation/$lastn?{}", call.parameters.query("", None));
    let links = [Link { relation: "self", url: &own }];
    let total = Some(u64::try_from(rows.len()).unwrap_or(u64::MAX));
    let now = context.at.to_string();
    Ok(Answer::of(searchset(&Page { id: None, timestamp: Some(&now), total, links: &links }, &entries)))
}

/// The search beneath: somebody's, the latest first.
fn pairs(call: &Call) -> Result<Vec<(String, String)>, Failure> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for name in ["patient", "subject", "category", "code", "date", "status"] {
        pairs.extend(call.parameters.texts(name).map(|text| (name.to_owned(), text.to_owned())));
    }
    if !pairs.iter().any(|(name, _)| name == "patient" || name == "subject") {
        let message = "$lastn needs the patient or subject";
        return Err(Rejection::new(RejectionKind::Malformed, "parameter-missing", message)
            .at("patient")
            .into());
    }
    pairs.push(("_sort".to_owned(), "-date".to_owned()));
    pairs.push(("_count".to_owned(), FETCHED.to_string()));
    Ok(pairs)
}

/// Observations by kind. Two are of one kind when they share a coding, or have the same text and no coding.
#[derive(Default)]
struct Kinds {
    most: usize,
    groups: Vec<Vec<Stored>>,
    /// Coding or text -> its group.
    names: HashMap<String, usize>,
}

impl Kinds {
    fn take(&mut self, stored: Stored) -> Result<(), Failure> {
        let Some(resource) = stored.resource()? else { return Ok(()) };
        let names = resource.get("code").map(names_of).unwrap_or_default();
        let known = names.iter().find_map(|name| self.names.get(name).copied());
        let place = known.unwrap_or_else(|| {
            self.groups.push(Vec::new());
            self.groups.len() - 1
        });
        for name in names {
            self.names.entry(name).or_insert(place);
        }
        if let Some(group) = self.groups.get_mut(place).filter(|group| group.len() < self.most) {
            group.push(stored);
        }
        Ok(())
    }
}

/// What a code is known by.
fn names_of(code: &Json) -> Vec<String> {
    let coded: Vec<String> = code
        .list("coding")
        .filter_map(|coding| {
            Some(format!("{}|{}", coding.str("system").unwrap_or_default(), coding.str("code")?))
        })
        .collect();
    if coded.is_empty() {
        return code.str("text").map(galen_fhir::fold::fold).into_iter().collect();
    }
    coded
}
