//! One clause of a search as tests on the index families.

use crate::encode;
use crate::rows::{self, CANONICAL, IDENTIFIER, OF_TYPE, TEXT};
use galen_fhir::search::{Clause, Measure, Modifier, Prefix, ReferenceTest, SearchValue, TokenTest};
use galen_fhir::{ParamKind, Resource, ResourceType, SearchParameter};
use galen_store::{BodyTest, Bound, Condition, Match, Param, TermMatch};
use std::collections::BTreeMap;

/// Parameters answered from the document row.
const LAST_UPDATED: &str = "_lastUpdated";
const ID: &str = "_id";
/// Fewer alternatives than this are asked for one by one.
const LISTED_MIN: usize = 8;

/// A test as a condition of a scan.
pub(crate) fn condition(test: Match) -> Vec<Condition> {
    match test {
        Match::All(all) => all.into_iter().flat_map(condition).collect(),
        Match::Any(any) => vec![Condition::Any(any)],
        Match::Not(inner) => match *inner {
            Match::Any(any) => vec![Condition::None(any)],
            other => vec![Condition::None(vec![other])],
        },
        other => vec![Condition::Any(vec![other])],
    }
}

/// What a resource of the type must pass for this clause. `:in`, `:above` and `:below` of codes and references are
/// resolved to plain values before.
pub(crate) fn clause_test(resource_type: ResourceType, clause: &Clause, in_journal: bool) -> Match {
    if let Modifier::Missing(missing) = clause.modifier {
        // Every document has an id and a last update.
        let present = if matches!(clause.param.code, ID | LAST_UPDATED) {
            Match::All(Vec::new())
        } else {
            present(resource_type, clause.param)
        };
        return if missing { Match::Not(Box::new(present)) } else { present };
    }
    let values = clause.any_of.iter();
    let any = listed(values.flat_map(|v| tests(resource_type, clause, v, in_journal)).collect());
    match clause.modifier {
        Modifier::Not | Modifier::NotIn => Match::Not(Box::new(any)),
        _ => any,
    }
}

/// Alternatives, with those that ask for one very term drawn together into a list.
fn listed(tests: Vec<Match>) -> Match {
    if tests.len() < LISTED_MIN {
        return Match::Any(tests);
    }
    let mut lists: BTreeMap<u16, Vec<Vec<u8>>> = BTreeMap::new();
    let mut any = Vec::new();
    for test in tests {
        match test {
            Match::Term(param, TermMatch::Equals(value)) => lists.entry(param.0).or_default().push(value),
            other => any.push(other),
        }
    }
    any.extend(lists.into_iter().map(|(param, values)| Match::TermIn(Param(param), values.into())));
    Match::Any(any)
}

fn present(resource_type: ResourceType, parameter: &'static SearchParameter) -> Match {
    if let Some(target) = parameter.narrowed_to() {
        // Here, or on another server.
        let here = TermMatch::Prefix(encode::uri(&format!("{}/", target.name())));
        let elsewhere = TermMatch::Contains(encode::uri(&format!("/{}/", target.name())));
        return rows::anywhere(parameter, |param| {
            Match::Any([&here, &elsewhere].map(|how| Match::Term(param, how.clone())).into())
        });
    }
    rows::anywhere(parameter, |param| present_at(resource_type, parameter, param))
}

fn present_at(resource_type: ResourceType, parameter: &'static SearchParameter, param: Param) -> Match {
    match parameter.kind {
        ParamKind::Date => Match::SpanPresent(param),
        ParamKind::Number | ParamKind::Quantity => Match::QuantityPresent(param),
        // What has no code may yet have a text, and what points nowhere an identifier.
        ParamKind::Token => Match::Any(vec![
            Match::Term(param, TermMatch::Present),
            Match::Term(TEXT.of(param), TermMatch::Present),
        ]),
        ParamKind::Reference => Match::Any(vec![
            Match::Term(param, TermMatch::Present),
            Match::Term(IDENTIFIER.of(param), TermMatch::Present),
        ]),
        ParamKind::Composite => {
            let modifier = Modifier::Missing(false);
            body(resource_type, Clause { param: parameter, modifier, any_of: Vec::new() })
        }
        _ => Match::Term(param, TermMatch::Present),
    }
}

/// A clause that no index answers, tested on the resource itself.
fn body(resource_type: ResourceType, clause: Clause) -> Match {
    Match::Body(BodyTest::new(move |body| {
        let Ok(resource) = Resource::parse(body) else { return false };
        resource.resource_type() == resource_type
            && clause.matches(&galen_fhir::extract_of(&resource, clause.param))
    }))
}

/// The alternatives that one value stands for.
pub(crate) fn tests(
    resource_type: ResourceType,
    clause: &Clause,
    value: &SearchValue,
    in_journal: bool,
) -> Vec<Match> {
    let places = rows::places(clause.param);
    places.flat_map(|param| tests_at(resource_type, clause, value, param, in_journal)).collect()
}

fn tests_at(
    resource_type: ResourceType,
    clause: &Clause,
    value: &SearchValue,
    param: Param,
    in_journal: bool,
) -> Vec<Match> {
    let Clause { param: parameter, modifier, .. } = clause;
    match value {
        SearchValue::Token(test) if *modifier == Modifier::Identifier => {
            vec![Match::Term(IDENTIFIER.of(param), token(test))]
        }
        SearchValue::Token(TokenTest::Code(id)) if parameter.code == ID && !in_journal => {
            vec![Match::Id(id.to_string())]
        }
        SearchValue::Token(test) => vec![Match::Term(param, token(test))],
        SearchValue::Text { folded, .. } if *modifier == Modifier::Text => {
            vec![Match::Term(TEXT.of(param), TermMatch::Prefix(encode::string_start(folded)))]
        }
        SearchValue::Text { folded, original } => vec![Match::Term(param, text(*modifier, folded, original))],
        SearchValue::OfType { system, code, value } => {
            let types = encode::of_type(value, system.as_deref(), code);
            let how = if system.is_some() { TermMatch::Equals(types) } else { TermMatch::Prefix(types) };
            vec![Match::Term(OF_TYPE.of(param), how)]
        }
        SearchValue::Reference(test) => references(parameter, *modifier, test)
            .into_iter()
            .map(|target| Match::Term(param, TermMatch::Equals(target)))
            .collect(),
        SearchValue::Uri(uri) => uris(*modifier, uri).into_iter().map(|m| Match::Term(param, m)).collect(),
        SearchValue::Date { prefix, low, high } if parameter.code == LAST_UPDATED && !in_journal => {
            updated(*prefix, *low, *high)
        }
        SearchValue::Date { prefix, low, high } => spans(param, *prefix, *low, *high),
        SearchValue::Number(prefix, measure) => quantities(param, *prefix, measure, None),
        SearchValue::Quantity { prefix, canonical: Some((measure, base)), .. } => {
            quantities(CANONICAL.of(param), *prefix, measure, Some(&encode::unit(None, base)))
        }
        SearchValue::Quantity { prefix, measure, system, code, .. } => {
            quantities(param, *prefix, measure, unit(system.as_deref(), code.as_deref()).as_deref())
        }
        SearchValue::Composite(parts) => vec![composite(resource_type, parameter, value, parts)],
        SearchValue::Near(near) => {
            let near = *near;
            let holds =
                move |body: &[u8]| galen_fhir::json::parse(body).is_ok_and(|location| near.holds(&location));
            vec![Match::Body(BodyTest::new(holds))]
        }
        // Resolved to codes before it comes here.
        SearchValue::ValueSet(_) => Vec::new(),
    }
}

/// Each part somewhere in the resource, by index; all of them in one element, by a look at it.
fn composite(
    resource_type: ResourceType,
    parameter: &'static SearchParameter,
    value: &SearchValue,
    parts: &[SearchValue],
) -> Match {
    let mut all = Vec::with_capacity(parts.len() + 1);
    for ((code, _), part) in parameter.components().zip(parts) {
        let Some(own) = galen_fhir::search_parameter(resource_type, code) else { continue };
        let clause = Clause { param: own, modifier: Modifier::None, any_of: Vec::new() };
        all.push(Match::Any(tests(resource_type, &clause, part, false)));
    }
    let (param, modifier) = (parameter, Modifier::None);
    all.push(body(resource_type, Clause { param, modifier, any_of: vec![value.clone()] }));
    Match::All(all)
}

fn token(test: &TokenTest) -> TermMatch {
    match test {
        TokenTest::Code(code) => TermMatch::Prefix(encode::code_prefix(code)),
        TokenTest::SystemCode(system, code) => TermMatch::Equals(encode::token(Some(system), code)),
        TokenTest::NoSystem(code) => TermMatch::Equals(encode::token(None, code)),
        TokenTest::System(system) => TermMatch::Suffix(encode::tokens_of_system(system)),
    }
}

fn text(modifier: Modifier, folded: &str, original: &str) -> TermMatch {
    match modifier {
        Modifier::Exact => TermMatch::Equals(encode::string(folded, original)),
        Modifier::Contains => TermMatch::Contains(encode::string_start(folded)),
        Modifier::Whole => TermMatch::Prefix(encode::string_end(folded)),
        Modifier::Ends => TermMatch::Contains(encode::string_end(folded)),
        _ => TermMatch::Prefix(encode::string_start(folded)),
    }
}

fn uris(modifier: Modifier, uri: &str) -> Vec<TermMatch> {
    let segment = |letter: char| matches!(letter, '/' | ':' | '.' | '?' | '#' | '|');
    match modifier {
        Modifier::Contains => vec![TermMatch::Contains(encode::uri(uri))],
        Modifier::Below if uri.ends_with(['/', ':', '.']) => vec![TermMatch::Prefix(encode::uri(uri))],
        Modifier::Below => std::iter::once(TermMatch::Equals(encode::uri(uri)))
            .chain(
                ["/", ":", ".", "?", "#", "|"]
                    .iter()
                    .map(|mark| TermMatch::Prefix(encode::uri(&format!("{uri}{mark}")))),
            )
            .collect(),
        Modifier::Above => uri
            .char_indices()
            .filter(|(_, letter)| segment(*letter))
            .flat_map(|(at, letter)| [uri.get(..at), uri.get(..at + letter.len_utf8())])
            .flatten()
            .chain([uri])
            .map(|ancestor| TermMatch::Equals(encode::uri(ancestor)))
            .collect(),
        _ => vec![TermMatch::Equals(encode::uri(uri))],
    }
}

/// Every target that a reference test may mean, as indexed.
pub(crate) fn references(
    parameter: &SearchParameter,
    modifier: Modifier,
    test: &ReferenceTest,
) -> Vec<Vec<u8>> {
    match test {
        ReferenceTest::To(target) => encode::reference(target).into_iter().collect(),
        ReferenceTest::Id(id) => {
            let of_type = |t: ResourceType| encode::uri(&format!("{}/{id}", t.name()));
            match modifier {
                Modifier::Type(one) => vec![of_type(one)],
                _ if parameter.targets.is_empty() => ResourceType::all().map(of_type).collect(),
                _ => parameter.targets.iter().copied().map(of_type).collect(),
            }
        }
    }
}

/// Interval semantics of R4 search, table "prefix": `[low, high)` is what is searched for.
fn spans(param: Param, prefix: Prefix, low: i64, high: i64) -> Vec<Match> {
    use Bound::{Excluded, Included, Open};
    let any = (Open, Open);
    let span =
        |l: (Bound<i64>, Bound<i64>), h: (Bound<i64>, Bound<i64>)| Match::Span { param, low: l, high: h };
    let within = span((Included(low), Open), (Open, Included(high)));
    let after = span(any, (Excluded(high), Open));
    let before = span((Open, Excluded(low)), any);
    match prefix {
        Prefix::Eq => vec![within],
        Prefix::Ne => vec![before, after],
        Prefix::Gt => vec![after],
        Prefix::Lt => vec![before],
        Prefix::Ge => vec![within, after],
        Prefix::Le => vec![within, before],
        Prefix::Sa => vec![span((Included(high), Open), any)],
        Prefix::Eb => vec![span(any, (Open, Included(low)))],
        Prefix::Ap => vec![span((Open, Excluded(high)), (Excluded(low), Open))],
    }
}

/// The last write is a point in time.
fn updated(prefix: Prefix, low: i64, high: i64) -> Vec<Match> {
    use Bound::{Excluded, Included, Open};
    match prefix {
        Prefix::Eq | Prefix::Ap => vec![Match::Updated(Included(low), Excluded(high))],
        Prefix::Ne => vec![Match::Updated(Open, Excluded(low)), Match::Updated(Included(high), Open)],
        Prefix::Gt | Prefix::Sa => vec![Match::Updated(Included(high), Open)],
        Prefix::Lt | Prefix::Eb => vec![Match::Updated(Open, Excluded(low))],
        Prefix::Ge => vec![Match::Updated(Included(low), Open)],
        Prefix::Le => vec![Match::Updated(Open, Excluded(high))],
    }
}

fn quantities(param: Param, prefix: Prefix, measure: &Measure, unit: Option<&[u8]>) -> Vec<Match> {
    use Bound::{Excluded, Included, Open};
    let Measure { value, low, high } = measure;
    let (value, low, high) = (value.order_key(), low.order_key(), high.order_key());
    let ranges = match prefix {
        Prefix::Eq | Prefix::Ap => vec![(Included(low), Excluded(high))],
        Prefix::Ne => vec![(Open, Excluded(low)), (Included(high), Open)],
        Prefix::Gt | Prefix::Sa => vec![(Excluded(value), Open)],
        Prefix::Lt | Prefix::Eb => vec![(Open, Excluded(value))],
        Prefix::Ge => vec![(Included(value), Open)],
        Prefix::Le => vec![(Open, Included(value))],
    };
    ranges
        .into_iter()
        .map(|(low, high)| Match::Quantity { param, low, high, unit: unit.map(<[u8]>::to_vec) })
        .collect()
}

fn unit(system: Option<&str>, code: Option<&str>) -> Option<Vec<u8>> {
    match (system, code) {
        (_, None) => None,
        (Some(system), Some(code)) => Some(encode::unit(Some(system), code)),
        (None, Some(code)) => Some(encode::unit(None, code)),
    }
}
