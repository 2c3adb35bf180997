//! The value of a parameter, parsed by its kind.

use super::{Modifier, escape};
use crate::decimal::Decimal;
use crate::definitions::{ParamKind, SearchParameter};
use crate::fold::fold;
use crate::reference::ParsedReference;
use crate::resource::valid_id;
use crate::temporal;

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

/// One alternative of a clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SearchValue {
    /// For a token parameter.
    Token(TokenTest),
    /// For a string parameter: both forms, the modifier says which counts. Without modifier: folded, from the start.
    Text {
        /// Folded.
        folded: Box<str>,
        /// As written.
        original: Box<str>,
    },
    /// For a reference parameter.
    Reference(ReferenceTest),
    /// For a uri parameter: equal as a whole.
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
    /// For a number parameter. eq, ne and ap use `[low, high)`; the others compare with `value`.
    Number {
        /// How to compare.
        prefix: Prefix,
        /// As written.
        value: Decimal,
        /// Lowest that counts as equal.
        low: Decimal,
        /// First that no longer does.
        high: Decimal,
    },
    /// For a quantity parameter: a number and optionally its unit.
    Quantity {
        /// How to compare.
        prefix: Prefix,
        /// As written.
        value: Decimal,
        /// Lowest that counts as equal.
        low: Decimal,
        /// First that no longer does.
        high: Decimal,
        /// `number|system|code`.
        system: Option<Box<str>>,
        /// With a system the code; without, code or unit may match.
        code: Option<Box<str>>,
    },
}

type Read = Result<SearchValue, &'static str>;

pub(super) fn read(param: &SearchParameter, modifier: Modifier, text: &str) -> Read {
    match param.kind {
        ParamKind::Token => token(text).map(SearchValue::Token),
        ParamKind::String => {
            let original = escape::plain(text);
            let folded: Box<str> = fold(&original).into();
            if folded.is_empty() {
                return Err("holds nothing to search for");
            }
            Ok(SearchValue::Text { folded, original })
        }
        ParamKind::Reference => reference(param, modifier, text).map(SearchValue::Reference),
        ParamKind::Uri => Ok(SearchValue::Uri(escape::plain(text))),
        ParamKind::Date => date(text),
        ParamKind::Number => {
            let (prefix, text) = prefix(text);
            let (value, low, high) = number(prefix, text)?;
            Ok(SearchValue::Number { prefix, value, low, high })
        }
        ParamKind::Quantity => quantity(text),
        ParamKind::Composite | ParamKind::Special => Err("is not supported yet"),
    }
}

fn token(text: &str) -> Result<TokenTest, &'static str> {
    match escape::split(text, '|').as_slice() {
        [code] => Ok(TokenTest::Code(escape::plain(code))),
        ["", ""] => Err("has neither system nor code"),
        ["", code] => Ok(TokenTest::NoSystem(escape::plain(code))),
        [system, ""] => Ok(TokenTest::System(escape::plain(system))),
        [system, code] => Ok(TokenTest::SystemCode(escape::plain(system), escape::plain(code))),
        _ => Err("must be code, system|code, |code or system|"),
    }
}

fn reference(param: &SearchParameter, modifier: Modifier, text: &str) -> Result<ReferenceTest, &'static str> {
    // A canonical's version is a bar too, so bars are no separators here.
    let text = escape::plain(text);
    if valid_id(&text) {
        return Ok(ReferenceTest::Id(text));
    }
    if let Some((url, _)) = text.split_once('|') {
        if ParsedReference::parse(url).is_none() {
            return Err("must be an id, Type/id or an absolute url");
        }
        return Ok(ReferenceTest::To(ParsedReference::canonical(&text).into_owned()));
    }
    let parsed = ParsedReference::parse(&text).ok_or("must be an id, Type/id or an absolute url")?;
    if matches!(parsed, ParsedReference::Contained(_) | ParsedReference::Conditional { .. }) {
        return Err("must be an id, Type/id or an absolute url");
    }
    if let Some(pointed) = parsed.resource_type() {
        if matches!(modifier, Modifier::Type(wanted) if wanted != pointed) {
            return Err("names another type than its modifier");
        }
        if !param.targets.is_empty() && !param.targets.contains(&pointed) {
            return Err("names a type it never points to");
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
    let text = text.replace(' ', "+");
    let span = temporal::parse(&text).ok_or("must be a date: YYYY[-MM[-DD[Thh:mm[:ss][zone]]]]")?;
    let width = if prefix == Prefix::Ap { span.high - span.low } else { 0 };
    Ok(SearchValue::Date { prefix, low: span.low - width, high: span.high + width })
}

fn number(prefix: Prefix, text: &str) -> Result<(Decimal, Decimal, Decimal), &'static str> {
    let value = Decimal::parse(text).ok_or("must be a number")?;
    let (low, high) =
        if prefix == Prefix::Ap { value.approximate_interval() } else { value.implied_interval() };
    Ok((value, low, high))
}

fn quantity(text: &str) -> Read {
    let (prefix, text) = prefix(text);
    let parts = escape::split(text, '|');
    let (amount, system, code) = match parts.as_slice() {
        [amount] => (*amount, "", ""),
        [amount, system, code] => (*amount, *system, *code),
        _ => return Err("must be number or number|system|code"),
    };
    let (value, low, high) = number(prefix, amount)?;
    let some = |text: &str| (!text.is_empty()).then(|| escape::plain(text));
    Ok(SearchValue::Quantity { prefix, value, low, high, system: some(system), code: some(code) })
}
