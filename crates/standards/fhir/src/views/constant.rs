//! Constants (`ViewDefinition.constant`): values that every expression may name.

use crate::decimal::Decimal;
use crate::definitions::Primitive;
use crate::fhirpath::{Item, Moment, MomentKind};
use crate::json::Json;

/// The types that `value[x]` may be of, by the name of their member.
const ARMS: [(&str, Primitive); 20] = [
    ("valueBase64Binary", Primitive::Base64Binary),
    ("valueBoolean", Primitive::Boolean),
    ("valueCanonical", Primitive::Canonical),
    ("valueCode", Primitive::Code),
    ("valueDate", Primitive::Date),
    ("valueDateTime", Primitive::DateTime),
    ("valueDecimal", Primitive::Decimal),
    ("valueId", Primitive::Id),
    ("valueInstant", Primitive::Instant),
    ("valueInteger", Primitive::Integer),
    // R4 has no integer64; as a value it is an integer.
    ("valueInteger64", Primitive::Integer),
    ("valueMarkdown", Primitive::Markdown),
    ("valueOid", Primitive::Oid),
    ("valuePositiveInt", Primitive::PositiveInt),
    ("valueString", Primitive::String),
    ("valueTime", Primitive::Time),
    ("valueUnsignedInt", Primitive::UnsignedInt),
    ("valueUri", Primitive::Uri),
    ("valueUrl", Primitive::Url),
    ("valueUuid", Primitive::Uuid),
];

/// The type of a member that holds a value.
pub(super) fn arm(member: &str) -> Option<Primitive> {
    ARMS.iter().find(|(name, _)| *name == member).map(|(_, kind)| *kind)
}

/// The value; `None` where it is none of its type.
pub(super) fn value(kind: Primitive, json: &Json) -> Option<Item<'static>> {
    let moment = |kind| Some(Item::Moment(Moment::parse(json.as_str()?, kind)?));
    match kind {
        Primitive::Boolean => json.as_bool().map(Item::Boolean),
        Primitive::Decimal => Decimal::parse(json.as_number()?).map(Item::Decimal),
        Primitive::Integer => json.as_i64().or_else(|| json.as_str()?.parse().ok()).map(Item::Integer),
        Primitive::PositiveInt => json.as_i64().filter(|number| *number > 0).map(Item::Integer),
        Primitive::UnsignedInt => json.as_i64().filter(|number| *number >= 0).map(Item::Integer),
        Primitive::Date => moment(MomentKind::Date),
        Primitive::DateTime | Primitive::Instant => moment(MomentKind::DateTime),
        Primitive::Time => moment(MomentKind::Time),
        _ => json.as_str().map(|text| Item::text(text.to_owned())),
    }
}
