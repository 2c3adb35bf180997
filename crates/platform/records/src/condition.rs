//! One clause of a search as conditions on the index families.

use crate::encode;
use galen_fhir::decimal::Decimal;
use galen_fhir::search::{Clause, Modifier, Prefix, ReferenceTest, SearchValue, TokenTest};
use galen_fhir::{ParamKind, ResourceType, SearchParameter};
use galen_store::{Bound, Condition, Match, Param, TermMatch};

/// Parameters answered from the document row.
const LAST_UPDATED: &str = "_lastUpdated";
const ID: &str = "_id";

/// The condition of a clause without chain.
pub(crate) fn condition(clause: &Clause, in_journal: bool) -> Condition {
    if let Modifier::Missing(missing) = clause.modifier {
        // Every document has an id and a last update.
        if matches!(clause.param.code, ID | LAST_UPDATED) {
            return if missing { Condition::Any(Vec::new()) } else { Condition::None(Vec::new()) };
        }
        let present = vec![present(clause.param)];
        return if missing { Condition::None(present) } else { Condition::Any(present) };
    }
    let matches: Vec<Match> = clause
        .any_of
        .iter()
        .flat_map(|value| matches(clause.param, clause.modifier, value, in_journal))
        .collect();
    if clause.modifier == Modifier::Not { Condition::None(matches) } else { Condition::Any(matches) }
}

fn present(parameter: &SearchParameter) -> Match {
    let param = Param(parameter.id.0);
    match parameter.kind {
        ParamKind::Date => Match::SpanPresent(param),
        ParamKind::Number | ParamKind::Quantity => Match::QuantityPresent(param),
        _ => Match::Term(param, TermMatch::Present),
    }
}

/// The alternatives that one value stands for.
pub(crate) fn matches(
    parameter: &SearchParameter,
    modifier: Modifier,
    value: &SearchValue,
    in_journal: bool,
) -> Vec<Match> {
    let param = Param(parameter.id.0);
    match value {
        SearchValue::Token(TokenTest::Code(id)) if parameter.code == ID && !in_journal => {
            vec![Match::Id(id.to_string())]
        }
        SearchValue::Token(test) => vec![Match::Term(param, token(test))],
        SearchValue::Text { folded, original } => vec![Match::Term(param, text(modifier, folded, original))],
        SearchValue::Reference(test) => references(parameter, modifier, test)
            .into_iter()
            .map(|target| Match::Term(param, TermMatch::Equals(target)))
            .collect(),
        SearchValue::Uri(uri) => vec![Match::Term(param, TermMatch::Equals(encode::uri(uri)))],
        SearchValue::Date { prefix, low, high } if parameter.code == LAST_UPDATED && !in_journal => {
            updated(*prefix, *low, *high)
        }
        SearchValue::Date { prefix, low, high } => spans(param, *prefix, *low, *high),
        SearchValue::Number { prefix, value, low, high } => ranges(*prefix, value, low, high)
            .into_iter()
            .map(|(low, high)| Match::Quantity { param, low, high, unit: None })
            .collect(),
        SearchValue::Quantity { prefix, value, low, high, system, code } => {
            let unit = unit(system.as_deref(), code.as_deref());
            ranges(*prefix, value, low, high)
                .into_iter()
                .map(|(low, high)| Match::Quantity { param, low, high, unit: unit.clone() })
                .collect()
        }
    }
}

fn token(test: &TokenTest) -> TermMatch {
    match test {
        TokenTest::Code(code) => TermMatch::Prefix(encode::token_of_any_system(code)),
        TokenTest::SystemCode(system, code) => TermMatch::Equals(encode::token(Some(system), code)),
        TokenTest::NoSystem(code) => TermMatch::Equals(encode::token(None, code)),
        TokenTest::System(system) => TermMatch::Suffix(encode::tokens_of_system(system)),
    }
}

fn text(modifier: Modifier, folded: &str, original: &str) -> TermMatch {
    match modifier {
        Modifier::Exact => TermMatch::Equals(encode::string(folded, original)),
        Modifier::Contains => TermMatch::Contains(encode::string_start(folded)),
        _ => TermMatch::Prefix(encode::string_start(folded)),
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

type Range = (Bound<Vec<u8>>, Bound<Vec<u8>>);

fn ranges(prefix: Prefix, value: &Decimal, low: &Decimal, high: &Decimal) -> Vec<Range> {
    use Bound::{Excluded, Included, Open};
    let (value, low, high) = (value.order_key(), low.order_key(), high.order_key());
    match prefix {
        Prefix::Eq | Prefix::Ap => vec![(Included(low), Excluded(high))],
        Prefix::Ne => vec![(Open, Excluded(low)), (Included(high), Open)],
        Prefix::Gt | Prefix::Sa => vec![(Excluded(value), Open)],
        Prefix::Lt | Prefix::Eb => vec![(Open, Excluded(value))],
        Prefix::Ge => vec![(Included(value), Open)],
        Prefix::Le => vec![(Open, Included(value))],
    }
}

fn unit(system: Option<&str>, code: Option<&str>) -> Option<Vec<u8>> {
    match (system, code) {
        (_, None) => None,
        (Some(system), Some(code)) => Some(encode::unit(Some(system), code)),
        (None, Some(code)) => Some(encode::unit(None, code)),
    }
}
