//! A search query as a typed tree (<https://hl7.org/fhir/R4/search.html>): names checked, values parsed, nothing ignored in silence.

mod escape;
mod filter;
mod key;
mod matching;
mod near;
mod options;
mod value;

pub use near::Near;
pub use options::{Follow, Include, SortKey, Total};
pub use value::{Measure, Prefix, ReferenceTest, SearchValue, TokenTest};

use crate::definitions::{ParamKind, Parameters, SearchParameter};
use crate::issue::{Issue, IssueCode};
use crate::reference::ParsedReference;
use crate::resource_type::ResourceType;
use crate::subset::Subset;

/// Most resources on a page.
pub const COUNT_MAX: u32 = 1000;
/// Most parameters in one query.
pub const CLAUSES_MAX: usize = 64;
/// Most alternatives in one OR list.
pub const ALTERNATIVES_MAX: usize = 400;
/// Longest query, names and values together.
pub const QUERY_BYTES_MAX: usize = 64 << 10;
/// Most values a chain may be spread over, all target types together.
pub const CHAINED_VALUES_MAX: usize = 5_000;
/// Most hops of a chain, `_has` counted as one each.
pub const HOPS_MAX: usize = 8;

/// What to do with parameters unknown or not supported (`Prefer: handling=`). Unsupported modifiers and malformed values
/// are refused either way, as the specification asks.
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
    /// Strings and uris, anywhere inside.
    Contains,
    /// Strings, equal as a whole but for accents and case (`_filter`'s eq).
    Whole,
    /// Strings, at their end (`_filter`'s ew).
    Ends,
    /// Whether there is no value at all.
    Missing(bool),
    /// Tokens, none of them.
    Not,
    /// Tokens, by the beginning of their text.
    Text,
    /// Tokens, in a value set.
    In,
    /// Tokens, in none of the value sets.
    NotIn,
    /// What subsumes the code or the referenced resource, or is an ancestor of the uri; itself included.
    Above,
    /// The converse of [`Modifier::Above`].
    Below,
    /// Identifiers, by the type of the identifier too.
    OfType,
    /// References, by the identifier that the reference has instead of (or beside) a literal one.
    Identifier,
    /// References to this type only.
    Type(ResourceType),
}

/// One test of a parameter; alternatives in one clause, conjunctions as several clauses.
#[derive(Debug, Clone)]
pub struct Clause {
    /// The parameter.
    pub param: &'static SearchParameter,
    /// How it compares.
    pub modifier: Modifier,
    /// At least one must hold. Empty for `:missing`.
    pub any_of: Vec<SearchValue>,
}

impl Clause {
    fn localize(&mut self, base: &str) {
        for value in &mut self.any_of {
            if let SearchValue::Reference(ReferenceTest::To(target)) = value
                && let ParsedReference::Absolute { base: own, resource_type, id, version } = target
                && own.trim_end_matches('/') == base
            {
                *target = ParsedReference::Local {
                    resource_type: *resource_type,
                    id: std::mem::take(id),
                    version: version.take(),
                };
            }
        }
    }
}

/// The far end of a chained parameter.
#[derive(Debug, Clone)]
pub struct Chain {
    /// The type referenced.
    pub target: ResourceType,
    /// What it must pass.
    pub criterion: Criterion,
}

/// What a resource must pass.
#[derive(Debug, Clone)]
pub enum Criterion {
    /// A parameter of its own.
    Clause(Clause),
    /// `patient.name=x`: what the parameter refers to passes one of these.
    Chained(&'static SearchParameter, Vec<Chain>),
    /// `_has:Observation:patient:code=x`: a resource of this type that passes refers to it by the parameter.
    Reverse(ResourceType, &'static SearchParameter, Box<Criterion>),
    /// `_list=42`: the List of this id has it as an entry that is not deleted.
    Listed(Box<str>),
    /// In the compartment of this resource.
    Compartment(ResourceType, Box<str>),
    /// `_text` and `_content`: has all these folded words (the last may be the beginning of one); in the narrative only
    /// where the flag says so.
    Words(bool, Vec<Box<str>>),
    /// All of these (`_filter`).
    All(Vec<Criterion>),
    /// One of these at least (`_filter`).
    Any(Vec<Criterion>),
    /// Not this (`_filter`).
    Not(Box<Criterion>),
}

impl Criterion {
    /// Calls `visit` with every type that this looks at to answer about resources of type `about`.
    pub fn each_type(&self, about: ResourceType, visit: &mut dyn FnMut(ResourceType)) {
        visit(about);
        match self {
            Self::Chained(_, chains) => {
                for chain in chains {
                    chain.criterion.each_type(chain.target, visit);
                }
            }
            Self::Reverse(source, _, criterion) => criterion.each_type(*source, visit),
            Self::All(inner) | Self::Any(inner) => {
                for one in inner {
                    one.each_type(about, visit);
                }
            }
            Self::Not(inner) => inner.each_type(about, visit),
            Self::Listed(_) => ResourceType::parse("List").into_iter().for_each(visit),
            Self::Clause(clause) if matches!(clause.modifier, Modifier::Above | Modifier::Below) => {
                clause.param.targets.iter().copied().for_each(visit);
            }
            Self::Clause(_) | Self::Compartment(..) | Self::Words(..) => {}
        }
    }

    /// Calls `change` for every clause, those of chains included.
    pub fn each_clause_mut(&mut self, change: &mut dyn FnMut(&mut Clause)) {
        match self {
            Self::Clause(clause) => change(clause),
            Self::Chained(_, chains) => {
                for chain in chains {
                    chain.criterion.each_clause_mut(change);
                }
            }
            Self::Reverse(_, _, inner) | Self::Not(inner) => inner.each_clause_mut(change),
            Self::All(inner) | Self::Any(inner) => {
                for one in inner {
                    one.each_clause_mut(change);
                }
            }
            Self::Listed(_) | Self::Compartment(..) | Self::Words(..) => {}
        }
    }
}

/// A search, read.
#[derive(Debug, Clone)]
pub struct SearchQuery {
    /// What is searched.
    pub resource_type: ResourceType,
    /// All must hold.
    pub criteria: Vec<Criterion>,
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
    /// `_summary` and `_elements`: how much of each resource is wanted.
    pub subset: Subset,
    /// `_summary=count`: only the number is wanted.
    pub count_only: bool,
    /// `__explain`: how the search would be run is wanted instead of its result.
    pub explain: bool,
    /// Parameters left out under lenient handling, as warnings.
    pub ignored: Vec<Issue>,
}

impl SearchQuery {
    /// A search for everything of a type.
    pub fn of(resource_type: ResourceType) -> Self {
        Self {
            resource_type,
            criteria: Vec::new(),
            sort: Vec::new(),
            includes: Vec::new(),
            revincludes: Vec::new(),
            count: None,
            total: Total::None,
            subset: Subset::default(),
            count_only: false,
            explain: false,
            ignored: Vec::new(),
        }
    }

    /// References that name a resource below `base` in full are stored in short: they are looked for so.
    pub fn localize(&mut self, base: &str) {
        for criterion in &mut self.criteria {
            criterion.each_clause_mut(&mut |clause| clause.localize(base));
        }
    }

    /// The clauses that stand by themselves.
    pub fn clauses(&self) -> impl Iterator<Item = &Clause> {
        self.criteria.iter().filter_map(|criterion| match criterion {
            Criterion::Clause(clause) => Some(clause),
            _ => None,
        })
    }
}

/// Reads the name-value pairs of a query (already percent-decoded, in order), with the parameters in force.
pub fn parse(
    resource_type: ResourceType,
    pairs: &[(String, String)],
    handling: Handling,
    parameters: &Parameters,
) -> Result<SearchQuery, Vec<Issue>> {
    let mut query = SearchQuery::of(resource_type);
    if pairs.len() > CLAUSES_MAX {
        let message = format!("more than {CLAUSES_MAX} search parameters");
        return Err(vec![Issue::error(IssueCode::TooCostly, message)]);
    }
    if pairs.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() > QUERY_BYTES_MAX {
        let message = format!("a query is at most {QUERY_BYTES_MAX} bytes");
        return Err(vec![Issue::error(IssueCode::TooLong, message)]);
    }
    let mut issues = Vec::new();
    for (name, value) in pairs {
        match read(&mut query, name, value, parameters) {
            Ok(()) => {}
            Err(Refusal::Unknown(issue)) if handling == Handling::Lenient => {
                query.ignored.push(Issue { severity: crate::issue::Severity::Warning, ..issue });
            }
            Err(Refusal::Unknown(issue) | Refusal::Bad(issue)) => issues.push(issue),
        }
    }
    issues.extend(query.subset.check().err());
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

fn read(query: &mut SearchQuery, name: &str, value: &str, parameters: &Parameters) -> Result<(), Refusal> {
    if value.is_empty() {
        return Err(invalid(name, "has no value").into());
    }
    if options::read(query, name, value, parameters)? {
        return Ok(());
    }
    let criterion = key::criterion(query.resource_type, name, value, parameters)?;
    query.criteria.push(criterion);
    Ok(())
}

fn invalid(name: &str, message: &str) -> Issue {
    Issue::error(IssueCode::Invalid, format!("{} {message}", crate::resource::short(name)))
}

fn not_supported(name: &str, message: &str) -> Issue {
    Issue::error(IssueCode::NotSupported, format!("{} {message}", crate::resource::short(name)))
}

fn unknown(resource_type: ResourceType, name: &str, parameters: &Parameters) -> Issue {
    if parameters.is_unfinished(resource_type, name) {
        let message =
            format!("what is stored is still being indexed by '{name}' of {resource_type}; try again later");
        return Issue::error(IssueCode::Transient, message);
    }
    // Likeness costs the square of the length, and no parameter is longer than this.
    let start = name.get(..60).unwrap_or(name);
    let start = if start.len() > 60 { "" } else { start };
    let nearest = parameters
        .of(resource_type)
        .map(|parameter| parameter.code)
        .chain(options::NAMES.iter().chain(key::NAMES).copied())
        .map(|code| (strsim::jaro_winkler(code, start), code))
        .max_by(|left, right| left.0.total_cmp(&right.0));
    let hint = nearest.map(|(_, code)| format!("; the nearest known is '{code}'")).unwrap_or_default();
    let message = format!("{resource_type} has no search parameter '{}'{hint}", crate::resource::short(name));
    Issue::error(IssueCode::NotSupported, message)
}

/// Whether the parameter can order results: what has parts, or a place, has no order.
fn is_sortable(kind: ParamKind) -> bool {
    !matches!(kind, ParamKind::Composite | ParamKind::Special)
}

#[cfg(test)]
mod tests;
