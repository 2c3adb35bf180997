//! Parameters that shape the answer rather than test resources: `_count`, `_sort`, `_include`...

use super::{COUNT_MAX, Refusal, SearchQuery, escape, invalid, is_sortable, key, not_supported};
use crate::definitions::{ParamKind, Parameters, SearchParameter};
use crate::resource_type::ResourceType;
use crate::subset::Summary;

/// Most keys of `_sort`.
pub(super) const SORT_KEYS_MAX: usize = 8;

/// Every name this module answers for.
pub(super) const NAMES: &[&str] = &[
    "_count",
    "_sort",
    "_include",
    "_revinclude",
    "_total",
    "_summary",
    "_elements",
    "_format",
    "_pretty",
    "_contained",
    "__explain",
];
/// Known to FHIR and not to Galen: refused by name rather than as unknown.
const NOT_SUPPORTED: &[&str] = &["_query", "_containedType", "_score"];

/// One key of `_sort`.
#[derive(Debug, Clone, Copy)]
pub struct SortKey {
    /// By what.
    pub param: &'static SearchParameter,
    /// Greatest first.
    pub descending: bool,
}

/// One `_include` or `_revinclude`.
#[derive(Debug, Clone, Copy)]
pub struct Include {
    /// The type whose reference is followed; `None` for every type (`*`).
    pub source: Option<ResourceType>,
    /// The reference parameter; `None` for every one (`*`).
    pub param: Option<&'static SearchParameter>,
    /// Only to this type.
    pub target: Option<ResourceType>,
    /// From where it is followed.
    pub follow: Follow,
}

impl Include {
    /// Whether a reference of `source` by `param` is followed.
    pub fn asks_for(&self, source: ResourceType, param: &SearchParameter) -> bool {
        self.source.is_none_or(|wanted| wanted == source)
            && self.param.is_none_or(|wanted| wanted.id == param.id)
    }
}

/// Whether an include starts from the matches alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follow {
    /// From matches.
    Matches,
    /// From matches and from what was included (`:iterate`).
    Included,
}

/// `_total`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "each variant is the code of the same name")]
pub enum Total {
    #[default]
    None,
    Estimate,
    Accurate,
}

/// Takes a shaping parameter; answers whether it was one.
pub(super) fn read(
    query: &mut SearchQuery,
    name: &str,
    value: &str,
    parameters: &Parameters,
) -> Result<bool, Refusal> {
    let (base, modifier) =
        name.split_once(':').map_or((name, None), |(base, modifier)| (base, Some(modifier)));
    if NOT_SUPPORTED.contains(&base) {
        return Err(Refusal::Unknown(not_supported(base, "is not supported")));
    }
    if !NAMES.contains(&base) {
        return Ok(false);
    }
    let follow = match (base, modifier) {
        (_, None) => Follow::Matches,
        ("_include" | "_revinclude", Some("iterate" | "recurse")) => Follow::Included,
        _ => return Err(invalid(name, "does not take this modifier").into()),
    };
    match base {
        "_count" => {
            let count = value.parse::<u64>().map_err(|_| invalid(name, "must be a whole number"))?;
            query.count_only |= count == 0;
            query.count = Some(u32::try_from(count).unwrap_or(COUNT_MAX).min(COUNT_MAX));
        }
        "_sort" => sort(query, value, parameters)?,
        "_include" => {
            query.includes.push(include(query.resource_type, (name, value), (follow, false), parameters)?);
        }
        "_revinclude" => {
            query.revincludes.push(include(query.resource_type, (name, value), (follow, true), parameters)?);
        }
        "_total" => {
            query.total = match value {
                "none" => Total::None,
                "estimate" => Total::Estimate,
                "accurate" => Total::Accurate,
                _ => return Err(invalid(name, "must be none, estimate or accurate").into()),
            };
        }
        "_summary" => summary(query, name, value)?,
        "_elements" => query.subset.add_elements(value)?,
        "_contained" if value != "false" => {
            return Err(Refusal::Unknown(not_supported(name, "is supported only as 'false'")));
        }
        "__explain" => {
            query.explain = match value {
                "true" => true,
                "false" => false,
                _ => return Err(invalid(name, "must be true or false").into()),
            };
        }
        // `_format` and `_pretty` are the edge's to read.
        _ => {}
    }
    Ok(true)
}

fn summary(query: &mut SearchQuery, name: &str, value: &str) -> Result<(), Refusal> {
    if value == "count" {
        query.count_only = true;
        return Ok(());
    }
    query.subset.summary =
        Summary::parse(value).ok_or_else(|| invalid(name, "must be true, text, data, count or false"))?;
    Ok(())
}

fn sort(query: &mut SearchQuery, value: &str, parameters: &Parameters) -> Result<(), Refusal> {
    for code in escape::split(value, ',') {
        let (code, descending) = code.strip_prefix('-').map_or((code, false), |code| (code, true));
        let param = key::find(query.resource_type, code, parameters)?;
        if !is_sortable(param.kind) {
            return Err(not_supported(code, "cannot be sorted by").into());
        }
        if query.sort.iter().all(|key| key.param.id != param.id) {
            query.sort.push(SortKey { param, descending });
        }
    }
    if query.sort.len() > SORT_KEYS_MAX {
        return Err(invalid("_sort", "has too many keys").into());
    }
    Ok(())
}

fn include(
    searched: ResourceType,
    (name, value): (&str, &str),
    (follow, reverse): (Follow, bool),
    parameters: &Parameters,
) -> Result<Include, Refusal> {
    let form = || Refusal::Bad(invalid(name, "must be Type:parameter[:Type]"));
    let parts: Vec<&str> = value.split(':').collect();
    let (source, code, target) = match parts.as_slice() {
        ["*"] if !reverse => return Ok(Include { source: None, param: None, target: None, follow }),
        ["*"] => return Err(invalid(name, "must name the type that refers, as in Observation:*").into()),
        [source, code] => (*source, *code, None),
        [source, code, target] => (*source, *code, Some(*target)),
        _ => return Err(form()),
    };
    let source = ResourceType::parse(source).ok_or_else(form)?;
    let param = match code {
        "*" => None,
        code => {
            let param = key::find(source, code, parameters)?;
            if param.kind != ParamKind::Reference {
                return Err(invalid(name, "must name a reference parameter").into());
            }
            Some(param)
        }
    };
    let target = match target.filter(|target| !target.is_empty()) {
        Some(target) => {
            Some(ResourceType::parse(target).ok_or_else(|| invalid(name, "names no resource type"))?)
        }
        None => None,
    };
    if let (Some(param), Some(target)) = (param, target)
        && !key::may_point(param, target)
    {
        return Err(invalid(name, &format!("never points to {target}")).into());
    }
    // What iterates may start from what another include brings.
    let from_matches = follow == Follow::Matches;
    if !reverse && from_matches && source != searched {
        return Err(invalid(name, "must start from the type that is searched").into());
    }
    let leads_here = target.is_none_or(|target| target == searched)
        && param.is_none_or(|param| key::may_point(param, searched));
    if reverse && from_matches && !leads_here {
        return Err(invalid(name, "must lead to the type that is searched").into());
    }
    Ok(Include { source: Some(source), param, target, follow })
}
