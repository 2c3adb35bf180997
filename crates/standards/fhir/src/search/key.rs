//! The name of a parameter with its modifier or chain, and the clause it makes with its value.

use super::{
    ALTERNATIVES_MAX, CHAINED_VALUES_MAX, Chain, Clause, Modifier, Refusal, escape, invalid, not_supported,
    unknown, value,
};
use crate::definitions::{ParamKind, SearchParameter, search_parameter};
use crate::resource_type::ResourceType;

/// Modifiers of R4 that are known and not yet supported.
const NOT_YET: &[&str] = &["text", "in", "not-in", "above", "below", "of-type", "identifier", "iterate"];

pub(super) fn clause(resource_type: ResourceType, name: &str, text: &str) -> Result<Clause, Refusal> {
    match name.split_once('.') {
        Some((head, rest)) => chained(resource_type, head, rest, text),
        None => simple(resource_type, name, text),
    }
}

fn find(resource_type: ResourceType, code: &str) -> Result<&'static SearchParameter, Refusal> {
    let param = search_parameter(resource_type, code);
    let param = param.ok_or_else(|| Refusal::Unknown(unknown(resource_type, code)))?;
    if !super::is_searchable(param.kind) {
        return Err(Refusal::Unknown(not_supported(code, "(composite or special) is not supported yet")));
    }
    Ok(param)
}

fn simple(resource_type: ResourceType, name: &str, text: &str) -> Result<Clause, Refusal> {
    let (code, word) = name.split_once(':').map_or((name, None), |(code, word)| (code, Some(word)));
    let param = find(resource_type, code)?;
    let modifier = modifier(param, word, text)?;
    if let Modifier::Missing(_) = modifier {
        return Ok(Clause { param, modifier, any_of: Vec::new(), chain: Vec::new() });
    }
    let parts = escape::split(text, ',');
    if parts.len() > ALTERNATIVES_MAX {
        return Err(invalid(name, "has too many alternatives").into());
    }
    let mut any_of = Vec::with_capacity(parts.len());
    for part in parts {
        if part.is_empty() {
            return Err(invalid(name, "has an empty alternative").into());
        }
        any_of.push(value::read(param, modifier, part).map_err(|message| invalid(name, message))?);
    }
    Ok(Clause { param, modifier, any_of, chain: Vec::new() })
}

fn modifier(param: &SearchParameter, word: Option<&str>, text: &str) -> Result<Modifier, Refusal> {
    let Some(word) = word else { return Ok(Modifier::None) };
    let wrong = || {
        Refusal::Bad(invalid(
            param.code,
            &format!("does not take the modifier ':{}'", crate::resource::short(word)),
        ))
    };
    match word {
        "missing" => match text {
            "true" => Ok(Modifier::Missing(true)),
            "false" => Ok(Modifier::Missing(false)),
            _ => Err(invalid(param.code, ":missing must be true or false").into()),
        },
        "exact" if param.kind == ParamKind::String => Ok(Modifier::Exact),
        "contains" if param.kind == ParamKind::String => Ok(Modifier::Contains),
        "not" if param.kind == ParamKind::Token => Ok(Modifier::Not),
        word if NOT_YET.contains(&word) => {
            Err(not_supported(param.code, &format!("with ':{word}' is not supported yet")).into())
        }
        word if param.kind == ParamKind::Reference => {
            let target = ResourceType::parse(word).ok_or_else(wrong)?;
            if !param.targets.is_empty() && !param.targets.contains(&target) {
                return Err(invalid(param.code, &format!("never points to {target}")).into());
            }
            Ok(Modifier::Type(target))
        }
        _ => Err(wrong()),
    }
}

/// `subject:Patient.name=x` and `patient.name=x`: without a type, every possible one that has the parameter.
fn chained(resource_type: ResourceType, head: &str, rest: &str, text: &str) -> Result<Clause, Refusal> {
    if rest.contains('.') {
        return Err(not_supported(head, "chained over more than one hop is not supported yet").into());
    }
    let (code, word) = head.split_once(':').map_or((head, None), |(code, word)| (code, Some(word)));
    let param = find(resource_type, code)?;
    if param.kind != ParamKind::Reference {
        return Err(invalid(code, "is no reference and cannot be chained").into());
    }
    let modifier = modifier(param, word, text)?;
    let targets: Vec<ResourceType> = match modifier {
        Modifier::Type(target) => vec![target],
        Modifier::None if param.targets.is_empty() => ResourceType::all().collect(),
        Modifier::None => param.targets.to_vec(),
        _ => return Err(invalid(code, "does not take this modifier in a chain").into()),
    };
    let far = rest.split(':').next().unwrap_or(rest);
    let mut chain: Vec<Chain> = Vec::new();
    for &target in targets.iter().filter(|&&target| search_parameter(target, far).is_some()) {
        chain.push(Chain { target, clause: simple(target, rest, text)? });
        if chain.iter().map(|one| one.clause.any_of.len()).sum::<usize>() > CHAINED_VALUES_MAX {
            return Err(
                invalid(code, "chains too many values; name the type, as in subject:Patient.name").into()
            );
        }
    }
    if chain.is_empty() {
        let named = targets.first().copied().filter(|_| targets.len() == 1).unwrap_or(resource_type);
        return Err(Refusal::Unknown(unknown(named, far)));
    }
    Ok(Clause { param, modifier, any_of: Vec::new(), chain })
}
