//! `ConceptMap/$translate` (<https://hl7.org/fhir/R4/conceptmap-operation-translate.html>).

use super::super::{Call, GET_OR_POST, Level, Of, Operation, optional, returned};
use super::{Coding, answer, codings, may_ask, parameters, parted, refused, row};
use crate::answer::Answer;
use crate::failure::Failure;
use crate::wish::BodyFormat;
use galen_access::Context;
use galen_audit::Interaction;
use galen_fhir::Object;
use galen_fhir::terminology::{ConceptMap, Translated, Translating};
use galen_kernel::RejectionKind;
use galen_service::House;
use galen_service::observe::Draft;
use std::sync::Arc;

pub(in crate::operations) static TRANSLATE: Operation = Operation {
    code: "translate",
    id: "ConceptMap-translate",
    canonical: "http://hl7.org/fhir/OperationDefinition/ConceptMap-translate",
    title: "A code in another system",
    levels: &[Level::Type, Level::Instance],
    of: Of::Only(&["ConceptMap"]),
    methods: GET_OR_POST,
    affects_state: false,
    formats: &[BodyFormat::Json, BodyFormat::Form],
    rest_max: 0,
    parameters: &[
        optional("url", "uri", "The map, by its canonical url; every map, when none is named"),
        optional("conceptMap", "ConceptMap", "The map itself"),
        optional("conceptMapVersion", "string", "Its version"),
        optional("code", "code", "The code"),
        optional("system", "uri", "Its system"),
        optional("version", "string", "The version of its system"),
        optional("source", "uri", "The value set it is of"),
        optional("coding", "Coding", "The code, as a Coding"),
        optional("codeableConcept", "CodeableConcept", "The codes, as a CodeableConcept"),
        optional("target", "uri", "The value set to translate to"),
        optional("targetsystem", "uri", "The system to translate to"),
        optional("reverse", "boolean", "From targets back to sources"),
        returned("Parameters", "result, message, and each match"),
    ],
    audited: "translate",
    class: Interaction::Execute,
    handler: |house, context, draft, call, _| Box::pin(run(house, context, draft, call)),
};

async fn run(house: &House, context: &Context, draft: &mut Draft, call: Call) -> Result<Answer, Failure> {
    may_ask(house, context, draft, "ConceptMap").await?;
    let reverse = call.parameters.flag("reverse")?;
    let codings = codings(&call, "system")?;
    let named = match &call.id {
        Some(id) => Some(format!("ConceptMap/{id}")),
        None => call.parameters.text("url").map(str::to_owned),
    };
    let maps = match call.parameters.resource("conceptMap") {
        Some(given) => vec![Arc::new(ConceptMap::from_json(given.json()))],
        None => house.records.concept_maps(named.as_deref()).await?,
    };
    if maps.is_empty() {
        return Err(refused(
            RejectionKind::NotFound,
            "concept-map-unknown",
            "There is no such concept map here",
        ));
    }
    let (source, target) = (call.parameters.text("source"), call.parameters.text("target"));
    let leading = maps.iter().filter(|map| named.is_some() || map.leads(source, target));
    let mut found: Vec<Translated> = Vec::new();
    for map in leading {
        for Coding { system, code, .. } in &codings {
            let asked = Translating {
                system: system.as_deref(),
                code,
                target_system: call.parameters.text("targetsystem"),
                reverse,
            };
            found.extend(map.translate(&asked));
        }
    }
    let written = written(&found);
    answer(house, context, draft, written).await
}

fn written(found: &[Translated]) -> Object {
    let holds = found.iter().any(Translated::is_match);
    let mut rows = vec![row("result", "valueBoolean", holds)];
    if !holds {
        rows.push(row("message", "valueString", "No translation of the code is known"));
    }
    for one in found {
        let mut parts = vec![row("equivalence", "valueCode", &*one.equivalence)];
        if let Some(code) = one.code.as_deref() {
            let coding = Object::new()
                .with_some("system", one.system.as_deref())
                .with("code", code)
                .with_some("display", one.display.as_deref());
            parts.push(row("concept", "valueCoding", coding));
        }
        if !one.map.is_empty() {
            parts.push(row("source", "valueUri", &*one.map));
        }
        rows.push(parted("match", parts));
    }
    parameters(rows)
}
