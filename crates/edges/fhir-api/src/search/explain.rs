//! `__explain=true`: how a search would be run, instead of its result. For those who may take whole populations out: how many
//! rows a condition has is told without regard to what is sealed.

use crate::answer::Answer;
use crate::failure::Failure;
use crate::sights::{permit, plain};
use galen_access::Context;
use galen_fhir::search::SearchQuery;
use galen_fhir::{Json, Object};
use galen_records::{Explained, Leading, Sight};
use galen_service::House;
use galen_service::observe::{Draft, looked};

pub(super) async fn explain(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    queries: &[SearchQuery],
    sight: &Sight,
) -> Result<Answer, Failure> {
    let mut rows = Vec::new();
    for query in queries {
        permit(house, context, "FhirExport", &plain(query.resource_type), draft).await?;
        let all = house.records.explain(query, sight, context.at).await??;
        rows.extend(all.iter().map(|one| Json::from(written(one))));
    }
    looked(house, context, std::mem::replace(draft, Draft::new("", draft.interaction))).await?;
    let parameters = Object::new().with("resourceType", "Parameters").with("parameter", Json::Array(rows));
    Ok(Answer::of(Json::from(parameters).to_bytes()))
}

fn written(one: &Explained) -> Object {
    let text = |name: &str, value: &str| Object::new().with("name", name).with("valueString", value);
    let about = |place: usize| one.about.get(place).map_or("what the caller may see", String::as_str);
    let leading = match one.scan.leading {
        Leading::Order => "the index of its order",
        Leading::Condition(place) => about(place),
    };
    let mut parts = vec![
        text("type", one.resource_type.name()),
        Object::new().with("name", "shard").with("valueInteger", i64::from(one.shard.0)),
        text("led-by", leading),
    ];
    for (place, count) in &one.scan.conditions {
        let count = i64::try_from(*count).unwrap_or(i64::MAX);
        let inner =
            [text("about", about(*place)), Object::new().with("name", "rows").with("valueInteger", count)];
        parts.push(parted("condition", inner.map(Json::from).to_vec()));
    }
    for place in &one.scan.in_hand {
        parts.push(text("tested-on-resources", about(*place)));
    }
    parts.push(text("statement", &one.scan.statement));
    parted("plan", parts.into_iter().map(Json::from).collect())
}

fn parted(name: &str, parts: Vec<Json>) -> Object {
    Object::new().with("name", name).with("part", Json::Array(parts))
}
