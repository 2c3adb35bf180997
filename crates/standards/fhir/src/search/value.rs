//! The value of a parameter, parsed by its kind.

use std::sync::Arc;

use super::{Modifier, Near, escape};
use crate::decimal::Decimal;
use crate::definitions::{ParamKind, SearchParameter, search_parameter};
use crate::fold::fold;
use crate::reference::ParsedReference;
use crate::resource::valid_id;
use crate::resource_type::ResourceType;
use crate::temporal;
use crate::ucum;

/// How an ordered value is compared (<https://hl7.org/fhir/R4/search.html#prefix>). With `[low, high)` the interval
/// searched for and `[l, h)` that of the resource: eq is `low <= l && h <= high`, ne its opposite, gt `h > high`,
/// lt `l < low`, ge eq or gt, le eq or lt, sa `l >= high`, eb `h <= low`, ap overlap with the widened interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is the prefix of the same name")]
pub enum Prefix {
    Eq,
    Ne,
    Gt,
    Lt,
    Ge,
    Le,
    Sa,
    Eb,
    Ap,
}

/// What a token must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenTest {
    /// `code`: in any system or none.
    Code(Box<str>),
    /// `system|code`.
    SystemCode(Box<str>, Box<str>),
    /// `|code`: in no system.
    NoSystem(Box<str>),
    /// `system|`: anything of a system.
    System(Box<str>),
}

/// What a reference must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReferenceTest {
    /// A bare id, of any type the parameter (or the `:Type` modifier) allows.
    Id(Box<str>),
    /// `Type/id`, an absolute url, a urn or a canonical.
    To(ParsedReference),
}

/// A number searched for. eq, ne and ap use `[low, high)`; the others compare with `value`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// As written.
    pub value: Decimal,
    /// Lowest that counts as equal.
    pub low: Decimal,
    /// First that no longer does.
    pub high: Decimal,
}

/// One alternative of a clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SearchValue {
    /// For a token parameter, and for `:identifier` of a reference.
    Token(TokenTest),
    /// For a string parameter and for `:text`: both forms, the modifier says which counts. Without modifier: folded,
    /// from the start.
    Text {
        /// Folded.
        folded: Box<str>,
        /// As written.
        original: Box<str>,
    },
    /// For a reference parameter.
    Reference(ReferenceTest),
    /// For a uri parameter: equal as a whole unless the modifier says otherwise.
    Uri(Box<str>),
    /// For a date parameter, in microseconds; `ap` is already widened by the value's own width on each side.
    Date {
        /// How to compare.
        prefix: Prefix,
        /// First instant inside.
        low: i64,
        /// First instant after.
        high: i64,
    },
    /// For a number parameter.
    Number(Prefix, Measure),
    /// For a quantity parameter: a number and optionally its unit.
    Quantity {
        /// How to compare.
        prefix: Prefix,
        /// As written.
        measure: Measure,
        /// `number|system|code`.
        system: Option<Box<str>>,
        /// With a system the code; without, code or unit may match.
        code: Option<Box<str>>,
        /// In the canonical unit where the system is UCUM: what the index is asked for then.
        canonical: Option<(Measure, Arc<str>)>,
    },
    /// For a composite parameter: one value for each component, in its order.
    Composite(Vec<SearchValue>),
    /// For `:in` and `:not-in`: a value set's canonical or `ValueSet/id`.
    ValueSet(Box<str>),
    /// For `:of-type`: `system|code|value` of an identifier's type and value.
    OfType {
        /// System of the type's coding.
        system: Option<Box<str>>,
        /// Code of the type.
        code: Box<str>,
        /// The identifier's value.
        value: Box<str>,
    },
    /// For `near`.
    Near(Near),
}

type Read = Result<SearchValue, String>;

pub(super) fn read(
    resource_type: ResourceType,
    param: &SearchParameter,
    modifier: Modifier,
    text: &str,
) -> Read {
    match modifier {
        Modifier::Text => return words(text),
        Modifier::In | Modifier::NotIn => return value_set(text),
        Modifier::OfType => return of_type(text),
        Modifier::Identifier => return token(text).map(SearchValue::Token),
        _ => {}
    }
    match param.kind {
        ParamKind::Composite => composite(resource_type, param, text),
        ParamKind::Special => {
            let plain = escape::plain(text);
            Near::read(resource_type, param, &plain).map(SearchValue::Near)
        }
        kind => simple(kind, param.targets, modifier, text),
    }
}

fn simple(kind: ParamKind, targets: &[ResourceType], modifier: Modifier, text: &str) -> Read {
    match kind {
        ParamKind::Token => token(text).map(SearchValue::Token),
        ParamKind::String => words(text),
        ParamKind::Reference => reference(targets, modifier, text).map(SearchValue::Reference),
        ParamKind::Uri => Ok(SearchValue::Uri(escape::plain(text))),
        ParamKind::Date => date(text),
        ParamKind::Number => {
            let (prefix, text) = prefix(text);
            Ok(SearchValue::Number(prefix, measure(prefix, text)?))
        }
        ParamKind::Quantity => quantity(text),
        ParamKind::Composite | ParamKind::Special => Err("is not supported as a component".to_owned()),
    }
}

fn words(text: &str) -> Read {
    let original = escape::plain(text);
    let folded: Box<str> = fold(&original).into();
    if folded.is_empty() {
        return Err("holds nothing to search for".to_owned());
    }
    Ok(SearchValue::Text { folded, original })
}

/// `8480-6$gt140`: as many values as the parameter has components.
fn composite(resource_type: ResourceType, param: &SearchParameter, text: &str) -> Read {
    let parts = escape::split(text, '$');
    let count = param.components().count();
    if parts.len() != count {
        let names: Vec<&str> = param.components().map(|(code, _)| code).collect();
        return Err(format!("takes {count} values with '$' between them: {}", names.join("$")));
    }
    let mut values = Vec::with_capacity(count);
    for ((code, kind), part) in param.components().zip(parts) {
        if part.is_empty() {
            return Err(format!("has no value for its part '{code}'"));
        }
        let targets = search_parameter(resource_type, code).map_or(&[][..], |own| own.targets);
        let value = simple(kind, targets, Modifier::None, part);
        values.push(value.map_err(|message| format!("has a part '{code}' that {message}"))?);
    }
    Ok(SearchValue::Composite(values))
}

fn value_set(text: &str) -> Read {
    let plain = escape::plain(text);
    let local = plain.strip_prefix("ValueSet/").is_some_and(valid_id);
    if local || ParsedReference::parse(&plain).is_some() {
        return Ok(SearchValue::ValueSet(plain));
    }
    Err("must be the url of a value set, or ValueSet/id".to_owned())
}

fn of_type(text: &str) -> Read {
    match escape::split(text, '|').as_slice() {
        [system, code, value] if !code.is_empty() && !value.is_empty() => Ok(SearchValue::OfType {
            system: (!system.is_empty()).then(|| escape::plain(system)),
            code: escape::plain(code),
            value: escape::plain(value),
        }),
        _ => {
            Err("must be system|code|value, the type's system and code and the identifier's value".to_owned())
        }
    }
}

pub(super) fn token(text: &str) -> Result<TokenTest, String> {
    match escape::split(text, '|').as_slice() {
        [code] => Ok(TokenTest::Code(escape::plain(code))),
        ["", ""] => Err("has neither system nor code".to_owned()),
        ["", code] => Ok(TokenTest::NoSystem(escape::plain(code))),
        [system, ""] => Ok(TokenTest::System(escape::plain(system))),
        [system, code] => Ok(TokenTest::SystemCode(escape::plain(system), escape::plain(code))),
        _ => Err("must be code, system|code, |code or system|".to_owned()),
    }
}

fn reference(targets: &[ResourceType], modifier: Modifier, text: &str) -> Result<ReferenceTest, String> {
    const FORM: &str = "must be an id, Type/id or an absolute url";
    // A canonical's version is a bar too, so bars are no separators here.
    let text = escape::plain(text);
    if valid_id(&text) {
        return Ok(ReferenceTest::Id(text));
    }
    if let Some((url, _)) = text.split_once('|') {
        if ParsedReference::parse(url).is_none() {
            return Err(FORM.to_owned());
        }
        return Ok(ReferenceTest::To(ParsedReference::canonical(&text).into_owned()));
    }
    let parsed = ParsedReference::parse(&text).ok_or(FORM)?;
    if matches!(parsed, ParsedReference::Contained(_) | ParsedReference::Conditional { .. }) {
        return Err(FORM.to_owned());
    }
    if let Some(pointed) = parsed.resource_type() {
        if matches!(modifier, Modifier::Type(wanted) if wanted != pointed) {
            return Err("names another type than its modifier".to_owned());
        }
        if !targets.is_empty() && !targets.contains(&pointed) {
            return Err("names a type it never points to".to_owned());
        }
    }
    Ok(ReferenceTest::To(parsed.into_owned()))
}

fn prefix(text: &str) -> (Prefix, &str) {
    let found = match text.get(..2) {
        Some("eq") => Prefix::Eq,
        Some("ne") => Prefix::Ne,
        Some("gt") => Prefix::Gt,
        Some("lt") => Prefix::Lt,
        Some("ge") => Prefix::Ge,
        Some("le") => Prefix::Le,
        Some("sa") => Prefix::Sa,
        Some("eb") => Prefix::Eb,
        Some("ap") => Prefix::Ap,
        _ => return (Prefix::Eq, text),
    };
    (found, text.get(2..).unwrap_or(""))
}

fn date(text: &str) -> Read {
    let (prefix, text) = prefix(text);
    // A plus sign that was not percent-encoded arrives as a space.
    let text = escape::plain(text).replace(' ', "+");
    let span = temporal::parse(&text).ok_or("must be a date: YYYY[-MM[-DD[Thh:mm[:ss][zone]]]]")?;
    let width = if prefix == Prefix::Ap { span.high - span.low } else { 0 };
    Ok(SearchValue::Date { prefix, low: span.low - width, high: span.high + width })
}

fn measure(prefix: Prefix, text: &str) -> Result<Measure, String> {
    let value = Decimal::parse(text).ok_or("must be a number")?;
    let (low, high) =
        if prefix == Prefix::Ap { value.approximate_interval() } else { value.implied_interval() };
    Ok(Measure { value, low, high })
}

fn quantity(text: &str) -> Read {
    let (prefix, text) = prefix(text);
    let parts = escape::split(text, '|');
    let (amount, system, code) = match parts.as_slice() {
        [amount] => (*amount, "", ""),
        [amount, code] => (*amount, "", *code),
        [amount, system, code] => (*amount, *system, *code),
        _ => return Err("must be number or number|system|code".to_owned()),
    };
    let measure = measure(prefix, amount)?;
    let some = |text: &str| (!text.is_empty()).then(|| escape::plain(text));
    let (system, code) = (some(system), some(code));
    let canonical = match (system.as_deref(), code.as_deref()) {
        (Some(ucum::SYSTEM), Some(code)) => {
            let unit = ucum::unit(code).ok_or_else(|| {
                format!("has a unit that UCUM does not know: '{}'", crate::resource::short(code))
            })?;
            let of = |value: &Decimal| unit.to_canonical(value);
            match (of(&measure.value), of(&measure.low), of(&measure.high)) {
                (Some(value), Some(low), Some(high)) => {
                    Some((Measure { value, low, high }, unit.canonical()))
                }
                _ => None,
            }
        }
        _ => None,
    };
    Ok(SearchValue::Quantity { prefix, measure, system, code, canonical })
}
