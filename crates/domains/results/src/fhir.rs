//! Observations and DiagnosticReports as the rules see them, and the guards of FHIR writes.

use crate::decide;
use crate::model::{Finding, ReleasePolicy, Replaced};
use crate::store::stored_parts;
use futures_util::future::BoxFuture;
use galen_access::Context;
use galen_fhir::{Json, Object, ParsedReference, Resource, object};
use galen_kernel::{Fault, Instant};
use galen_records::{Change, release_of, set_release};
use galen_service::guard::Passed;
use galen_service::{Guard, House, Proposal, Refusal};
use galen_store::Operation;
use std::collections::BTreeMap;
use std::sync::LazyLock;

const INTERPRETATIONS: &str = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation";
/// Critically high, low, abnormal.
const CRITICAL: [&str; 3] = ["HH", "LL", "AA"];
/// Statuses of what its author is done with.
const FINAL: [&str; 4] = ["final", "amended", "corrected", "appended"];
/// Members that make what a result says; with another value it is another result.
const CONTENT: [&str; 9] = [
    "code",
    "component",
    "conclusion",
    "conclusionCode",
    "dataAbsentReason",
    "interpretation",
    "presentedForm",
    "result",
    "subject",
];
/// Results of a report that are looked at.
const PARTS_MAX: usize = 500;

/// What holds where a hospital sets nothing.
static USUAL: LazyLock<ReleasePolicy> = LazyLock::new(ReleasePolicy::default);

/// The guard of Observation.
pub static OBSERVATIONS: ResultGuard = ResultGuard("Observation");
/// The guard of DiagnosticReport.
pub static REPORTS: ResultGuard = ResultGuard("DiagnosticReport");

/// What the rules read of an Observation or DiagnosticReport.
pub fn finding(resource: &Resource) -> Finding {
    let json = resource.json();
    let interpretations = || {
        let parts = json.list("component").flat_map(|part| part.list("interpretation"));
        json.list("interpretation").chain(parts).flat_map(|concept| concept.list("coding"))
    };
    let is_critical = interpretations().any(|coding| {
        coding.str("system").is_none_or(|system| system == INTERPRETATIONS)
            && coding.str("code").is_some_and(|code| CRITICAL.contains(&code))
    });
    let concepts = json.get("code").into_iter().chain(json.list("category"));
    let coded = |coding: &Json| Some((coding.str("system")?.to_owned(), coding.str("code")?.to_owned()));
    Finding {
        is_final: json.str("status").is_some_and(|status| FINAL.contains(&status)),
        is_critical,
        codes: concepts.flat_map(|concept| concept.list("coding")).filter_map(coded).collect(),
        issued: json.str("issued").and_then(Instant::parse),
        is_commented: is_commented(json),
    }
}

/// The version that is replaced, held against what replaces it.
pub fn replaced(before: &Resource, after: &Resource) -> Replaced {
    let is_content = |name: &str| CONTENT.contains(&name) || name.starts_with("value");
    let is_within = |resource: &Resource, other: &Resource| {
        let mut members = resource.json().as_object().into_iter().flat_map(Object::iter);
        members.all(|(name, value)| !is_content(name) || other.get(name) == Some(value))
    };
    Replaced { release: release_of(before), says_same: is_within(before, after) && is_within(after, before) }
}

/// Whether a clinician who is known by reference has said something: a note that an analyser prints is no comment.
fn is_commented(json: &Json) -> bool {
    let is_person = |text: &str| {
        ["Practitioner", "PractitionerRole"]
            .iter()
            .any(|kind| ParsedReference::local_id(text, kind).is_some())
    };
    let is_note = |note: &Json| note.str_at(&["authorReference", "reference"]).is_some_and(is_person);
    let is_interpreted =
        json.list("resultsInterpreter").any(|who| who.str("reference").is_some_and(is_person));
    json.list("note").any(is_note) || json.str("conclusion").is_some() && is_interpreted
}

/// Writes a clinician's comment into the resource.
pub fn comment(resource: &mut Resource, author: Option<&str>, text: &str, now: Instant) {
    let is_report = resource.resource_type().name() == "DiagnosticReport";
    let who = author.map(|id| object! { "reference" => format!("Practitioner/{id}") });
    let json = resource.json_mut();
    if is_report {
        let said = json.str("conclusion").map(|said| format!("{said}\n\n{text}"));
        let mut interpreters: Vec<Json> = json.list("resultsInterpreter").cloned().collect();
        interpreters.extend(who.filter(|who| !interpreters.contains(who)));
        let Some(object) = json.as_object_mut() else { return };
        object.insert("conclusion", said.unwrap_or_else(|| text.to_owned()));
        if !interpreters.is_empty() {
            object.insert("resultsInterpreter", Json::Array(interpreters));
        }
        return;
    }
    let mut note = object! { "time" => now.to_string(), "text" => text };
    if let (Some(who), Some(note)) = (who, note.as_object_mut()) {
        note.insert("authorReference", who);
    }
    let mut notes: Vec<Json> = json.list("note").cloned().collect();
    notes.push(note);
    if let Some(object) = json.as_object_mut() {
        object.insert("note", Json::Array(notes));
    }
}

/// The Observations that a report is made of, by id.
pub fn parts_of(report: &Resource) -> Vec<String> {
    let parts = report.json().list("result").filter_map(|one| one.str("reference"));
    let ids = parts.filter_map(|text| ParsedReference::local_id(text, "Observation").map(str::to_owned));
    ids.take(PARTS_MAX).collect()
}

/// When the last of a report's results will be released: those stored, and those that the same transaction writes before.
async fn parts_release(house: &House, report: &Resource, earlier: &Change) -> Result<Option<Instant>, Fault> {
    let ids = parts_of(report);
    if ids.is_empty() {
        return Ok(None);
    }
    let stored = stored_parts(house, report).await?;
    let mut releases: BTreeMap<String, Option<Instant>> =
        stored.iter().map(|(_, part)| (part.id().unwrap_or_default().to_owned(), release_of(part))).collect();
    let kind = galen_records::kind_of(galen_records::resource_type("Observation")?);
    for operation in earlier.operations() {
        if let Operation::Put(put) = operation
            && put.kind == kind
            && ids.contains(&put.id)
        {
            let part =
                Resource::parse(&put.body).map_err(|issue| Fault::new("written result", issue.message))?;
            releases.insert(put.id.clone(), release_of(&part));
        }
    }
    Ok(releases.into_values().flatten().max())
}

/// Holds back what patients do not see yet.
pub struct ResultGuard(&'static str);

impl Guard for ResultGuard {
    fn resource_type(&self) -> &'static str {
        self.0
    }

    fn pass<'g>(
        &'g self,
        house: &'g House,
        context: &'g Context,
        proposal: Proposal<'g>,
        _: &'g mut Change,
    ) -> BoxFuture<'g, Result<Passed, Refusal>> {
        Box::pin(async move {
            let Some(mut resource) = proposal.resource else {
                return Ok(Passed { resource: None, warnings: Vec::new() });
            };
            let after = finding(&resource);
            // Nothing that it is made of holds back what a clinician has commented on.
            let parts = if after.is_commented {
                None
            } else {
                parts_release(house, &resource, proposal.earlier).await?
            };
            let policy = house.settings.of::<ReleasePolicy>();
            let policy = policy.as_deref().unwrap_or(&USUAL);
            let before = proposal.current.as_ref().map(|before| replaced(before, &resource));
            let release = decide::release(&after, before, parts, policy, context.at);
            if release != release_of(&resource) {
                set_release(&mut resource, release);
            }
            Ok(Passed { resource: Some(resource), warnings: Vec::new() })
        })
    }
}
