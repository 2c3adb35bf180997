//! `Patient/$match`: who a description may be, by the matcher of the domain that owns patients.

use super::{Call, Level, Of, Operation, optional, required, returned};
use crate::answer::Answer;
use crate::failure::{Failure, not_yet};
use crate::sights::{permit, target_of};
use crate::wish::BodyFormat;
use galen_access::{Category, Context, Decision, Target};
use galen_audit::Interaction;
use galen_fhir::bundle::Method;
use galen_fhir::{Json, Object, Resource};
use galen_kernel::{Rejection, RejectionKind};
use galen_service::House;
use galen_service::guard::Likely;
use galen_service::observe::{Draft, looked};

/// From this likeness on somebody is told of.
const POSSIBLE_MIN: f64 = 0.7;
/// From this likeness on it is probable.
const PROBABLE_MIN: f64 = 0.85;
/// People told of when nobody asks for a number.
const COUNT_DEFAULT: u32 = 20;
/// Most people told of.
const COUNT_MAX: u32 = 100;
const GRADE: &str = "http://hl7.org/fhir/StructureDefinition/match-grade";

pub(super) static MATCH: Operation = Operation {
    code: "match",
    id: "Patient-match",
    canonical: "http://hl7.org/fhir/OperationDefinition/Patient-match",
    title: "Who a description may be",
    levels: &[Level::Type],
    of: Of::Only(&["Patient"]),
    methods: &[Method::Post],
    affects_state: false,
    formats: &[BodyFormat::Json],
    rest_max: 0,
    parameters: &[
        required("resource", "Resource", "The description, a Patient"),
        optional("onlyCertainMatches", "boolean", "Only who it can be beyond doubt"),
        optional("count", "integer", "Most people told of"),
        returned("Bundle", "Who it may be, most likely first, with scores and grades"),
    ],
    audited: "match",
    class: Interaction::Execute,
    handler: |house, context, draft, call, _| Box::pin(matched(house, context, draft, call)),
};

async fn matched(house: &House, context: &Context, draft: &mut Draft, call: Call) -> Result<Answer, Failure> {
    permit(house, context, "FhirSearch", &Target::plain("Patient", Category::Demographic), draft).await?;
    let only_certain = call.parameters.flag("onlyCertainMatches")?;
    let count = call.parameters.count("count", COUNT_MAX)?.unwrap_or(COUNT_DEFAULT);
    let description =
        call.parameters.resource("resource").filter(|one| one.resource_type().name() == "Patient");
    let description = description.ok_or_else(|| {
        let message = "$match needs a Patient as its parameter 'resource'";
        Rejection::new(RejectionKind::Malformed, "parameter-missing", message).at("resource")
    })?;
    let patient = description.resource_type();
    let guard = house.guards.get(&patient);
    let Some(matching) = guard.and_then(|guard| guard.matches(house, description, POSSIBLE_MIN)) else {
        return Err(not_yet("Matching, which registration does,"));
    };
    let mut likely = matching.await?;
    likely.retain(|one| one.is_certain || !only_certain);
    let sealed = house.records.sealed(context.at).await?;
    let mut rows = Vec::new();
    for one in likely {
        let Some(stored) = house.records.get(patient, &one.id).await? else { continue };
        let Some(resource) = stored.resource()? else { continue };
        let target = target_of(context, &resource, &sealed);
        // The matcher looks at everybody; who is closed to the caller is not told of.
        match house.access.authorize(context, "FhirSearch", &target).await? {
            Decision::Allowed { broken_glass } => draft.broken_glass |= broken_glass,
            Decision::Refused(_) => continue,
        }
        draft.patients.push(one.id.clone());
        rows.push((one, resource));
        if rows.len() >= usize::try_from(count).unwrap_or(usize::MAX) {
            break;
        }
    }
    draft.entities = vec!["Patient".to_owned()];
    looked(house, context, std::mem::replace(draft, Draft::new("", draft.interaction))).await?;
    Ok(Answer::of(bundle(house, rows).to_bytes()))
}

fn grade(likely: &Likely) -> &'static str {
    match likely {
        Likely { is_certain: true, .. } => "certain",
        Likely { likeness, .. } if *likeness >= PROBABLE_MIN => "probable",
        _ => "possible",
    }
}

fn bundle(house: &House, rows: Vec<(Likely, Resource)>) -> Json {
    let base = house.fhir_base();
    let total = rows.len();
    let entries: Vec<Json> = rows
        .into_iter()
        .map(|(likely, resource)| {
            let extension = Object::new().with("url", GRADE).with("valueCode", grade(&likely));
            let score = Json::Number(format!("{:.2}", likely.likeness.clamp(0.0, 1.0)).into());
            let search =
                Object::new().with("extension", vec![extension]).with("mode", "match").with("score", score);
            let entry = Object::new()
                .with("fullUrl", format!("{base}/Patient/{}", likely.id))
                .with("resource", resource.into_json())
                .with("search", search);
            Json::Object(entry)
        })
        .collect();
    let object = Object::new().with("resourceType", "Bundle").with("type", "searchset").with("total", total);
    Json::Object(object.with_some("entry", (!entries.is_empty()).then_some(entries)))
}
