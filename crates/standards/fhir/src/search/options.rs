//! Parameters that shape the answer rather than test resources: `_count`, `_sort`, `_include`...

use super::{COUNT_MAX, Refusal, SearchQuery, escape, invalid, is_searchable, not_supported, unknown};
use crate::definitions::{ParamKind, SearchParameter, search_parameter};
use crate::resource_type::ResourceType;

/// Most keys of `_sort`.
pub(super) const SORT_KEYS_MAX: usize = 8;

/// Every name this module answers for.
pub(super) const NAMES: &[&str] =
    &["_count", "_sort", "_include", "_revinclude", "_total", "_summary", "_elements", "_format", "_pretty"];
/// Known to FHIR and not yet to Galen: refused by name rather than as unknown.
const NOT_YET: &[&str] = &[
    "_has",
    "_filter",
    "_list",
    "_text",
    "_content",
    "_query",
    "_type",
    "_contained",
    "_containedType",
    "_score",
];

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
    /// The type whose reference is followed.
    pub source: ResourceType,
    /// The reference parameter.
    pub param: &'static SearchParameter,
    /// Only to this type.
    pub target: Option<ResourceType>,
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
pub(super) fn read(query: &mut SearchQuery, name: &str, value: &str) -> Result<bool, Refusal> {
    let (base, modifier) =
        name.split_once(':').map_or((name, None), |(base, modifier)| (base, Some(modifier)));
    if NOT_YET.contains(&base) {
        return Err(Refusal::Unknown(not_supported(base, "is not supported yet")));
    }
    if !NAMES.contains(&base) {
        return Ok(false);
    }
    if modifier.is_some() {
        return Err(not_supported(name, "is not supported yet").into());
    }
    match base {
        "_count" => {
            let count = value.parse::<u32>().map_err(|_| invalid(name, "must be a whole number"))?;
            query.count_only |= count == 0;
            query.count = Some(count.min(COUNT_MAX));
        }
        "_sort" => sort(query, value)?,
        "_include" => query.includes.push(include(query.resource_type, name, value, false)?),
        "_revinclude" => query.revincludes.push(include(query.resource_type, name, value, true)?),
        "_total" => {
            query.total = match value {
                "none" => Total::None,
                "estimate" => Total::Estimate,
                "accurate" => Total::Accurate,
                _ => return Err(invalid(name, "must be none, estimate or accurate").into()),
            };
        }
        "_summary" => match value {
            "false" => {}
            "count" => query.count_only = true,
            _ => {
                return Err(Refusal::Unknown(not_supported(
                    name,
                    "is supported only as 'false' or 'count' yet",
                )));
            }
        },
        "_elements" => return Err(Refusal::Unknown(not_supported(name, "is not supported yet"))),
        // `_format` and `_pretty` are the edge's to read.
        _ => {}
    }
    Ok(true)
}

fn sort(query: &mut SearchQuery, value: &str) -> Result<(), Refusal> {
    for key in escape::split(value, ',') {
        let (code, descending) = key.strip_prefix('-').map_or((key, false), |code| (code, true));
        let found = search_parameter(query.resource_type, code);
        let param = found.ok_or_else(|| Refusal::Unknown(unknown(query.resource_type, code)))?;
        if !is_searchable(param.kind) {
            return Err(not_supported(code, "cannot be sorted by").into());
        }
        query.sort.push(SortKey { param, descending });
    }
    if query.sort.len() > SORT_KEYS_MAX {
        return Err(invalid("_sort", "has too many keys").into());
    }
    Ok(())
}

fn include(searched: ResourceType, name: &str, value: &str, reverse: bool) -> Result<Include, Refusal> {
    let mut parts = value.split(':');
    let (source, code, target) = (parts.next().unwrap_or(""), parts.next(), parts.next());
    if source == "*" || code == Some("*") {
        return Err(not_supported(name, "with '*' is not supported yet").into());
    }
    let source = ResourceType::parse(source).ok_or_else(|| invalid(name, "must be Type:parameter[:Type]"))?;
    let code = code
        .filter(|_| parts.next().is_none())
        .ok_or_else(|| invalid(name, "must be Type:parameter[:Type]"))?;
    let param = search_parameter(source, code).ok_or_else(|| Refusal::Unknown(unknown(source, code)))?;
    if param.kind != ParamKind::Reference {
        return Err(invalid(name, "must name a reference parameter").into());
    }
    let target = match target {
        Some(target) => {
            Some(ResourceType::parse(target).ok_or_else(|| invalid(name, "names no resource type"))?)
        }
        None => None,
    };
    if !reverse && source != searched {
        return Err(invalid(name, "must start from the type that is searched").into());
    }
    if reverse && (target.is_some_and(|target| target != searched) || !may_point(param, searched)) {
        return Err(invalid(name, "must lead to the type that is searched").into());
    }
    Ok(Include { source, param, target })
}

fn may_point(param: &SearchParameter, to: ResourceType) -> bool {
    param.targets.is_empty() || param.targets.contains(&to)
}
