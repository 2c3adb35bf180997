//! `ValueSet/$expand` (<https://hl7.org/fhir/R4/valueset-operation-expand.html>).

use super::super::parameters::bad;
use super::super::{Call, GET_OR_POST, Level, Of, Operation, optional, returned};
use super::{answer, may_ask, value_set};
use crate::answer::Answer;
use crate::failure::Failure;
use crate::wish::BodyFormat;
use galen_access::Context;
use galen_audit::Interaction;
use galen_fhir::terminology::{EXPANSION_CODES_MAX, Expanded, Expanding, Expansion, ValueSet, expand};
use galen_fhir::{Json, Object};
use galen_records::unanswered;
use galen_service::House;
use galen_service::observe::Draft;

pub(in crate::operations) static EXPAND: Operation = Operation {
    code: "expand",
    id: "ValueSet-expand",
    canonical: "http://hl7.org/fhir/OperationDefinition/ValueSet-expand",
    title: "The codes of a value set",
    levels: &[Level::Type, Level::Instance],
    of: Of::Only(&["ValueSet"]),
    methods: GET_OR_POST,
    affects_state: false,
    formats: &[BodyFormat::Json, BodyFormat::Form],
    rest_max: 0,
    parameters: &[
        optional("url", "uri", "The value set, by its canonical url"),
        optional("valueSet", "ValueSet", "The value set itself"),
        optional("valueSetVersion", "string", "Its version"),
        optional("filter", "string", "Words that each display or code must begin with"),
        optional("offset", "integer", "Codes to leave out at the beginning"),
        optional("count", "integer", "Most codes; 0 for the total alone"),
        optional("includeDesignations", "boolean", "With designations"),
        optional("includeDefinition", "boolean", "With definitions"),
        optional("activeOnly", "boolean", "No inactive codes"),
        optional("excludeNotForUI", "boolean", "No codes that only group"),
        optional("excludeNested", "boolean", "As a flat list, which it always is"),
        optional("displayLanguage", "code", "Displays in this language, where there are"),
        optional("exclude-system", "canonical", "Leave this system out"),
        optional("system-version", "canonical", "Use this version where none is named, as system|version"),
        returned("ValueSet", "The value set with its expansion"),
    ],
    audited: "expand",
    class: Interaction::Execute,
    handler: |house, context, draft, call, _| Box::pin(run(house, context, draft, call)),
};

async fn run(house: &House, context: &Context, draft: &mut Draft, call: Call) -> Result<Answer, Failure> {
    may_ask(house, context, draft, "ValueSet").await?;
    let asked = asked(&call)?;
    let set = value_set(house, &call).await?;
    let library = house.records.library(&set).await?;
    let found = expand(&set, &asked, &library).map_err(|reason| unanswered(&reason))?;
    let written = written(&call, &set, &asked, &found, &context.at.to_string())?;
    answer(house, context, draft, written).await
}

fn asked(call: &Call) -> Result<Expanding, Failure> {
    let number = |name: &str| match call.parameters.text(name) {
        None => Ok(None),
        Some(text) => text.parse::<usize>().map(Some).map_err(|_| bad(name, "must be a whole number from 0")),
    };
    let texts = |name: &str| call.parameters.texts(name).map(str::to_owned).collect();
    Ok(Expanding {
        filter: call.parameters.text("filter").map(str::to_owned),
        offset: number("offset")?.unwrap_or(0),
        count: number("count")?.map(|count| count.min(EXPANSION_CODES_MAX)),
        active_only: call.parameters.flag("activeOnly")?,
        exclude_abstract: call.parameters.flag("excludeNotForUI")?,
        exclude_systems: texts("exclude-system"),
        system_versions: texts("system-version"),
    })
}

fn written(
    call: &Call,
    set: &ValueSet,
    asked: &Expanding,
    found: &Expansion,
    now: &str,
) -> Result<Object, Failure> {
    let (designations, definitions) =
        (call.parameters.flag("includeDesignations")?, call.parameters.flag("includeDefinition")?);
    let language = call.parameters.text("displayLanguage");
    let contains = found.codes.iter().map(|one| Json::from(code(one, designations, definitions, language)));
    let used = found.used.iter().map(|used| {
        Json::from(Object::new().with("name", "used-codesystem").with("valueUri", used.as_str()))
    });
    let total = i64::try_from(found.total).unwrap_or(i64::MAX);
    let offset = i64::try_from(asked.offset).unwrap_or(i64::MAX);
    let mut expansion = Object::new().with("timestamp", now).with("total", total).with("offset", offset);
    let mut used: Vec<Json> = used.collect();
    used.extend(
        asked
            .filter
            .as_deref()
            .map(|filter| Json::from(Object::new().with("name", "filter").with("valueString", filter))),
    );
    if !used.is_empty() {
        expansion = expansion.with("parameter", Json::Array(used));
    }
    let contains: Vec<Json> = contains.collect();
    if !contains.is_empty() {
        expansion = expansion.with("contains", Json::Array(contains));
    }
    let url = Some(&*set.url).filter(|url| !url.is_empty());
    Ok(Object::new()
        .with("resourceType", "ValueSet")
        .with_some("url", url)
        .with_some("version", set.version.as_deref())
        .with_some("name", set.name.as_deref())
        .with_some("title", set.title.as_deref())
        .with("status", "active")
        .with("expansion", expansion))
}

fn code(one: &Expanded, designations: bool, definitions: bool, language: Option<&str>) -> Object {
    let spoken = |wanted: &str| {
        let own = one.designations.iter().find(|d| d.str("language").is_some_and(|l| speaks(l, wanted)));
        own.and_then(|designation| designation.str("value"))
    };
    let display = language.and_then(spoken).or(one.display.as_deref());
    let mut object = Object::new()
        .with("system", &*one.system)
        .with_some("abstract", one.is_abstract.then_some(true))
        .with_some("inactive", one.is_inactive.then_some(true))
        .with_some("version", one.version.as_deref())
        .with("code", &*one.code)
        .with_some("display", display);
    if designations && !one.designations.is_empty() {
        object = object.with("designation", Json::Array(one.designations.clone()));
    }
    if let Some(definition) = one.definition.as_deref().filter(|_| definitions) {
        let extension = Object::new()
            .with("url", "http://hl7.org/fhir/StructureDefinition/valueset-definition")
            .with("valueString", definition);
        object = object.with("extension", Json::Array(vec![extension.into()]));
    }
    object
}

/// `de-AT` speaks `de`.
fn speaks(known: &str, wanted: &str) -> bool {
    known.eq_ignore_ascii_case(wanted)
        || known.split('-').next().is_some_and(|primary| primary.eq_ignore_ascii_case(wanted))
}
