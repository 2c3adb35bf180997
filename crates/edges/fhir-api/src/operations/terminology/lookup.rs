//! `CodeSystem/$lookup` and `$subsumes` (<https://hl7.org/fhir/R4/codesystem-operations.html>).

use super::super::{Call, GET_OR_POST, Level, Of, Operation, optional, returned};
use super::{Coding, answer, code_system, codings, may_ask, missing, parameters, parted, refused, row};
use crate::answer::Answer;
use crate::failure::Failure;
use crate::wish::BodyFormat;
use galen_access::Context;
use galen_audit::Interaction;
use galen_fhir::terminology::{CodeSystem, Concept};
use galen_fhir::{Json, Object};
use galen_kernel::RejectionKind;
use galen_service::House;
use galen_service::observe::Draft;

pub(in crate::operations) static LOOKUP: Operation = Operation {
    code: "lookup",
    id: "CodeSystem-lookup",
    canonical: "http://hl7.org/fhir/OperationDefinition/CodeSystem-lookup",
    title: "What a code means",
    levels: &[Level::Type, Level::Instance],
    of: Of::Only(&["CodeSystem"]),
    methods: GET_OR_POST,
    affects_state: false,
    formats: &[BodyFormat::Json, BodyFormat::Form],
    rest_max: 0,
    parameters: &[
        optional("code", "code", "The code"),
        optional("system", "uri", "Its system"),
        optional("version", "string", "The version of its system"),
        optional("coding", "Coding", "The code, as a Coding"),
        optional("displayLanguage", "code", "The display in this language, where there is one"),
        optional("property", "code", "Only these properties"),
        returned("Parameters", "name, version, display, definition, designations and properties"),
    ],
    audited: "lookup",
    class: Interaction::Execute,
    handler: |house, context, draft, call, _| Box::pin(lookup(house, context, draft, call)),
};

pub(in crate::operations) static SUBSUMES: Operation = Operation {
    code: "subsumes",
    id: "CodeSystem-subsumes",
    canonical: "http://hl7.org/fhir/OperationDefinition/CodeSystem-subsumes",
    title: "How two codes relate",
    levels: &[Level::Type, Level::Instance],
    of: Of::Only(&["CodeSystem"]),
    methods: GET_OR_POST,
    affects_state: false,
    formats: &[BodyFormat::Json, BodyFormat::Form],
    rest_max: 0,
    parameters: &[
        optional("codeA", "code", "The one"),
        optional("codeB", "code", "The other"),
        optional("system", "uri", "Their system"),
        optional("version", "string", "Its version"),
        optional("codingA", "Coding", "The one, as a Coding"),
        optional("codingB", "Coding", "The other, as a Coding"),
        returned("Parameters", "outcome: equivalent, subsumes, subsumed-by or not-subsumed"),
    ],
    audited: "subsumes",
    class: Interaction::Execute,
    handler: |house, context, draft, call, _| Box::pin(subsumes(house, context, draft, call)),
};

fn unknown_code() -> Failure {
    refused(RejectionKind::NotFound, "code-unknown", "The code is not in its code system")
}

async fn lookup(house: &House, context: &Context, draft: &mut Draft, call: Call) -> Result<Answer, Failure> {
    may_ask(house, context, draft, "CodeSystem").await?;
    let coding = codings(&call, "system")?.into_iter().next().unwrap_or_default();
    let system = code_system(house, &call, coding.system.as_deref(), coding.version.as_deref()).await?;
    let concept = system.concept(&coding.code).ok_or_else(unknown_code)?;
    let found = told(&call, &system, concept);
    answer(house, context, draft, found).await
}

fn told(call: &Call, system: &CodeSystem, concept: &Concept) -> Object {
    let name = system.title.as_deref().or(system.name.as_deref()).unwrap_or(&system.url);
    let mut rows = vec![row("name", "valueString", name)];
    rows.extend(system.version.as_deref().map(|version| row("version", "valueString", version)));
    let language = call.parameters.text("displayLanguage");
    let spoken =
        concept.designations.iter().find(|one| language.is_some() && one.str("language") == language);
    let display = spoken.and_then(|one| one.str("value")).or(concept.display.as_deref());
    rows.push(row("display", "valueString", display.unwrap_or(&concept.code)));
    rows.extend(concept.definition.as_deref().map(|text| row("definition", "valueString", text)));
    for designation in &concept.designations {
        let mut parts = Vec::new();
        for (member, kind) in [("language", "valueCode"), ("use", "valueCoding"), ("value", "valueString")] {
            parts.extend(designation.get(member).map(|value| row(member, kind, value.clone())));
        }
        rows.push(parted("designation", parts));
    }
    let wanted: Vec<&str> = call.parameters.list("property").collect();
    let is_wanted = |code: &str| wanted.is_empty() || wanted.contains(&code) || wanted.contains(&"*");
    let property = |code: &str, kind: &str, value: Json| {
        parted("property", vec![row("code", "valueCode", code), row("value", kind, value)])
    };
    for (code, places) in [("parent", &concept.parents), ("child", &concept.children)] {
        let others = places.iter().filter_map(|place| system.concepts.get(*place));
        rows.extend(
            others
                .filter(|_| is_wanted(code))
                .map(|other| property(code, "valueCode", (&*other.code).into())),
        );
    }
    if is_wanted("inactive") {
        rows.push(property("inactive", "valueBoolean", concept.is_inactive.into()));
    }
    for own in &concept.properties {
        let (Some(code), Some(object)) = (own.str("code"), own.as_object()) else { continue };
        if let Some((kind, value)) = object.iter().find(|(name, _)| name.starts_with("value"))
            && is_wanted(code)
            && !matches!(code, "parent" | "child" | "inactive")
        {
            rows.push(property(code, kind, value.clone()));
        }
    }
    parameters(rows)
}

async fn subsumes(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    call: Call,
) -> Result<Answer, Failure> {
    may_ask(house, context, draft, "CodeSystem").await?;
    let text = |name: &str| call.parameters.text(name).map(str::to_owned);
    let one = |code: &str, coding: &str| {
        let given = call.parameters.complex(coding).and_then(Coding::of);
        let plain = || Some(Coding { system: text("system"), code: text(code)?, ..Coding::default() });
        given.or_else(plain).ok_or_else(|| missing(&format!("Say which codes: {code} or {coding}")))
    };
    let (a, b) = (one("codeA", "codingA")?, one("codeB", "codingB")?);
    if let (Some(a), Some(b)) = (&a.system, &b.system)
        && a != b
    {
        let message = "Codes of two systems cannot be compared; translate one of them first";
        return Err(refused(RejectionKind::Malformed, "parameter-invalid", message));
    }
    let url = a.system.as_deref().or(b.system.as_deref());
    let system = code_system(house, &call, url, call.parameters.text("version")).await?;
    let outcome = system.subsumption(&a.code, &b.code).ok_or_else(unknown_code)?;
    let found = parameters(vec![row("outcome", "valueCode", outcome.code())]);
    answer(house, context, draft, found).await
}
