//! A search query as a typed tree (<https://hl7.org/fhir/R4/search.html>): names checked, values parsed, nothing ignored in silence.

mod escape;
mod key;
mod matching;
mod options;
mod value;

pub use options::{Include, SortKey, Total};
pub use value::{Prefix, ReferenceTest, SearchValue, TokenTest};

use crate::definitions::{ParamKind, SearchParameter, search_parameters};
use crate::issue::{Issue, IssueCode};
use crate::resource_type::ResourceType;

/// Most resources on a page.
pub const COUNT_MAX: u32 = 1000;
/// Most parameters in one query.
pub const CLAUSES_MAX: usize = 64;
/// Most alternatives in one OR list.
pub const ALTERNATIVES_MAX: usize = 500;

/// Longest query, names and values together.
pub const QUERY_BYTES_MAX: usize = 64 << 10;
/// Most values a chain may be spread over, all target types together.
pub const CHAINED_VALUES_MAX: usize = 5_000;

/// What to do with parameters unknown or not yet supported (`Prefer: handling=`). Unsupported modifiers and malformed
/// values are refused either way, as the specification asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Handling {
    /// Refuse the search.
    #[default]
    Strict,
    /// Leave them out and say so.
    Lenient,
}

/// How a clause compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Modifier {
    /// As the parameter's kind does.
    None,
    /// Strings, accents and case counted.
    Exact,
    /// Strings, anywhere inside.
    Contains,
    /// Whether there is no value at all.
    Missing(bool),
    /// Tokens, none of them.
    Not,
    /// References to this type only.
    Type(ResourceType),
}

/// One test; all clauses of a query must hold.
#[derive(Debug, Clone)]
pub struct Clause {
    /// The parameter.
    pub param: &'static SearchParameter,
    /// How it compares.
    pub modifier: Modifier,
    /// At least one must hold. Empty for `:missing` and for chains.
    pub any_of: Vec<SearchValue>,
    /// `patient.name=x`: the referenced resource must pass one of these.
    pub chain: Vec<Chain>,
}

/// The far end of a chained parameter.
#[derive(Debug, Clone)]
pub struct Chain {
    /// The type referenced.
    pub target: ResourceType,
    /// What it must pass.
    pub clause: Clause,
}

/// A search, read.
#[derive(Debug, Clone)]
pub struct SearchQuery {
    /// What is searched.
    pub resource_type: ResourceType,
    /// All must hold.
    pub clauses: Vec<Clause>,
    /// `_sort`, first key first.
    pub sort: Vec<SortKey>,
    /// `_include`.
    pub includes: Vec<Include>,
    /// `_revinclude`.
    pub revincludes: Vec<Include>,
    /// `_count`, at most [`COUNT_MAX`].
    pub count: Option<u32>,
    /// `_total`.
    pub total: Total,
    /// `_summary=count`: only the number is wanted.
    pub count_only: bool,
    /// Parameters left out under lenient handling, as warnings.
    pub ignored: Vec<Issue>,
}

/// Reads the name-value pairs of a query (already percent-decoded, in order).
pub fn parse(
    resource_type: ResourceType,
    pairs: &[(String, String)],
    handling: Handling,
) -> Result<SearchQuery, Vec<Issue>> {
    let mut query = SearchQuery {
        resource_type,
        clauses: Vec::new(),
        sort: Vec::new(),
        includes: Vec::new(),
        revincludes: Vec::new(),
        count: None,
        total: Total::None,
        count_only: false,
        ignored: Vec::new(),
    };
    if pairs.len() > CLAUSES_MAX {
        return Err(vec![Issue::error(
            IssueCode::TooCostly,
            format!("more than {CLAUSES_MAX} search parameters"),
        )]);
    }
    if pairs.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() > QUERY_BYTES_MAX {
        return Err(vec![Issue::error(
            IssueCode::TooLong,
            format!("a query is at most {QUERY_BYTES_MAX} bytes"),
        )]);
    }
    let mut issues = Vec::new();
    for (name, value) in pairs {
        match read(&mut query, name, value) {
            Ok(()) => {}
            Err(Refusal::Unknown(issue)) if handling == Handling::Lenient => {
                query.ignored.push(Issue { severity: crate::issue::Severity::Warning, ..issue });
            }
            Err(Refusal::Unknown(issue) | Refusal::Bad(issue)) => issues.push(issue),
        }
    }
    if issues.is_empty() { Ok(query) } else { Err(issues) }
}

/// Why a parameter is not taken; only what is unknown or unsupported as a whole may be ignored.
pub(crate) enum Refusal {
    Unknown(Issue),
    Bad(Issue),
}

impl From<Issue> for Refusal {
    fn from(issue: Issue) -> Self {
        Self::Bad(issue)
    }
}

fn read(query: &mut SearchQuery, name: &str, value: &str) -> Result<(), Refusal> {
    if value.is_empty() {
        return Err(invalid(name, "has no value").into());
    }
    if options::read(query, name, value)? {
        return Ok(());
    }
    let clause = key::clause(query.resource_type, name, value)?;
    query.clauses.push(clause);
    Ok(())
}

fn invalid(name: &str, message: &str) -> Issue {
    Issue::error(IssueCode::Invalid, format!("{} {message}", crate::resource::short(name)))
}

fn not_supported(name: &str, message: &str) -> Issue {
    Issue::error(IssueCode::NotSupported, format!("{} {message}", crate::resource::short(name)))
}

fn unknown(resource_type: ResourceType, name: &str) -> Issue {
    // Likeness costs the square of the length, and no parameter is longer than this.
    let start = name.get(..60).unwrap_or(name);
    let start = if start.len() > 60 { "" } else { start };
    let nearest = search_parameters(resource_type)
        .iter()
        .map(|parameter| parameter.code)
        .chain(options::NAMES.iter().copied())
        .map(|code| (strsim::jaro_winkler(code, start), code))
        .max_by(|left, right| left.0.total_cmp(&right.0));
    let hint = nearest.map(|(_, code)| format!("; the nearest known is '{code}'")).unwrap_or_default();
    let message = format!("{resource_type} has no search parameter '{}'{hint}", crate::resource::short(name));
    Issue::error(IssueCode::NotSupported, message)
}

fn is_searchable(kind: ParamKind) -> bool {
    !matches!(kind, ParamKind::Composite | ParamKind::Special)
}

#[cfg(test)]
mod tests;
