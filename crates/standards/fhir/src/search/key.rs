//! The name of a parameter with its modifier, chain or reverse chain, and the criterion it makes with its value.

use super::{
    ALTERNATIVES_MAX, CHAINED_VALUES_MAX, Chain, Clause, Criterion, Modifier, Refusal, escape, filter,
    invalid, unknown, value,
};
use crate::definitions::{ParamKind, Parameters, SearchParameter};
use crate::resource_type::ResourceType;

/// Criteria that are no parameters of a type.
pub(super) const NAMES: &[&str] = &["_has", "_list", "_filter", "_text", "_content"];
/// Begins a reverse chain.
const HAS: &str = "_has:";

/// Which parameters there are, and what is left to spend on one: a chain without types spreads over many, and hops
/// multiply.
pub(super) struct Budget<'p> {
    pub(super) parameters: &'p Parameters,
    hops: usize,
    values: usize,
}

impl<'p> Budget<'p> {
    fn new(parameters: &'p Parameters) -> Self {
        Self { parameters, hops: super::HOPS_MAX, values: CHAINED_VALUES_MAX }
    }

    /// One hop further.
    fn hop<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Self) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        self.hops = self
            .hops
            .checked_sub(1)
            .ok_or_else(|| invalid(name, &format!("chains more than {} hops", super::HOPS_MAX)))?;
        let done = read(self);
        self.hops += 1;
        done
    }

    fn spend(&mut self, name: &str, values: usize) -> Result<(), Refusal> {
        let message = "chains too many values; name the types, as in subject:Patient.name";
        self.values = self.values.checked_sub(values.max(1)).ok_or_else(|| invalid(name, message))?;
        Ok(())
    }
}

pub(super) fn criterion(
    resource_type: ResourceType,
    name: &str,
    text: &str,
    parameters: &Parameters,
) -> Result<Criterion, Refusal> {
    within_budget(resource_type, name, text, &mut Budget::new(parameters))
}

pub(super) fn within_budget(
    resource_type: ResourceType,
    name: &str,
    text: &str,
    budget: &mut Budget<'_>,
) -> Result<Criterion, Refusal> {
    if let Some(rest) = name.strip_prefix(HAS) {
        return reverse(resource_type, name, rest, text, budget);
    }
    match name {
        "_has" => Err(invalid(name, "must be _has:Type:reference:parameter").into()),
        "_list" => listed(text),
        "_filter" => filter::read(resource_type, text, budget),
        "_text" | "_content" => words(name, text),
        _ => match name.split_once('.') {
            Some((head, rest)) => chained(resource_type, (head, rest), text, budget),
            None => {
                let clause = clause(resource_type, name, text, budget.parameters)?;
                budget.spend(name, clause.any_of.len())?;
                Ok(Criterion::Clause(clause))
            }
        },
    }
}

/// The parameter of this code, whatever its kind.
pub(super) fn find(
    resource_type: ResourceType,
    code: &str,
    parameters: &Parameters,
) -> Result<&'static SearchParameter, Refusal> {
    let found = parameters.find(resource_type, code);
    found.ok_or_else(|| Refusal::Unknown(unknown(resource_type, code, parameters)))
}

fn clause(
    resource_type: ResourceType,
    name: &str,
    text: &str,
    parameters: &Parameters,
) -> Result<Clause, Refusal> {
    let (code, word) = name.split_once(':').map_or((name, None), |(code, word)| (code, Some(word)));
    let param = find(resource_type, code, parameters)?;
    let modifier = modifier(param, word, text)?;
    if let Modifier::Missing(_) = modifier {
        return Ok(Clause { param, modifier, any_of: Vec::new() });
    }
    let parts = escape::split(text, ',');
    if parts.len() > ALTERNATIVES_MAX {
        let message = format!("has more than {ALTERNATIVES_MAX} alternatives; ask in several searches");
        return Err(invalid(name, &message).into());
    }
    let mut any_of = Vec::with_capacity(parts.len());
    for part in parts {
        if part.is_empty() {
            return Err(invalid(name, "has an empty alternative").into());
        }
        any_of.push(value::read(resource_type, param, modifier, part).map_err(|m| invalid(name, &m))?);
    }
    Ok(Clause { param, modifier, any_of })
}

fn modifier(param: &SearchParameter, word: Option<&str>, text: &str) -> Result<Modifier, Refusal> {
    use ParamKind::{Reference, String, Token, Uri};
    let Some(word) = word else { return Ok(Modifier::None) };
    let kind = param.kind;
    let known = match word {
        "missing" => match text {
            "true" => Some(Modifier::Missing(true)),
            "false" => Some(Modifier::Missing(false)),
            _ => return Err(invalid(param.code, ":missing must be true or false").into()),
        },
        "exact" if kind == String => Some(Modifier::Exact),
        "contains" if matches!(kind, String | Uri) => Some(Modifier::Contains),
        "not" if kind == Token => Some(Modifier::Not),
        "text" if kind == Token => Some(Modifier::Text),
        "in" if kind == Token => Some(Modifier::In),
        "not-in" if kind == Token => Some(Modifier::NotIn),
        "of-type" if kind == Token => Some(Modifier::OfType),
        "above" if matches!(kind, Token | Uri | Reference) => Some(Modifier::Above),
        "below" if matches!(kind, Token | Uri | Reference) => Some(Modifier::Below),
        "identifier" if kind == Reference => Some(Modifier::Identifier),
        _ if kind == Reference => ResourceType::parse(word).map(Modifier::Type),
        _ => None,
    };
    match known {
        Some(Modifier::Type(target)) if !may_point(param, target) => {
            Err(invalid(param.code, &format!("never points to {target}")).into())
        }
        Some(modifier) => Ok(modifier),
        None => {
            let message = format!("does not take the modifier ':{}'", crate::resource::short(word));
            Err(invalid(param.code, &message).into())
        }
    }
}

/// Whether the parameter may refer to this type.
pub(super) fn may_point(param: &SearchParameter, to: ResourceType) -> bool {
    param.targets.is_empty() || param.targets.contains(&to)
}

/// `subject:Patient.name=x` and `patient.name=x`: without a type, every possible one that has the parameter.
fn chained(
    resource_type: ResourceType,
    (head, rest): (&str, &str),
    text: &str,
    budget: &mut Budget<'_>,
) -> Result<Criterion, Refusal> {
    let (code, word) = head.split_once(':').map_or((head, None), |(code, word)| (code, Some(word)));
    let param = find(resource_type, code, budget.parameters)?;
    if param.kind != ParamKind::Reference {
        return Err(invalid(code, "is no reference and cannot be chained").into());
    }
    let targets: Vec<ResourceType> = match modifier(param, word, text)? {
        Modifier::Type(target) => vec![target],
        Modifier::None if param.targets.is_empty() => ResourceType::all().collect(),
        Modifier::None => param.targets.to_vec(),
        _ => return Err(invalid(code, "does not take this modifier in a chain").into()),
    };
    let far = rest.split([':', '.']).next().unwrap_or(rest);
    let parameters = budget.parameters;
    let is_known = |target| NAMES.contains(&far) || parameters.find(target, far).is_some();
    let mut chain: Vec<Chain> = Vec::new();
    let mut refusal = None;
    for &target in targets.iter().filter(|&&target| is_known(target)) {
        match budget.hop(code, |budget| within_budget(target, rest, text, budget)) {
            Ok(criterion) => chain.push(Chain { target, criterion }),
            // A longer chain need not hold for every type that its first hop may mean.
            Err(Refusal::Unknown(issue)) => refusal = Some(Refusal::Unknown(issue)),
            Err(refusal) => return Err(refusal),
        }
    }
    if chain.is_empty() {
        let named = targets.first().copied().filter(|_| targets.len() == 1).unwrap_or(resource_type);
        return Err(refusal.unwrap_or_else(|| Refusal::Unknown(unknown(named, far, parameters))));
    }
    Ok(Criterion::Chained(param, chain))
}

/// `_has:Observation:patient:code=x`, with `rest` what follows `_has:`.
fn reverse(
    resource_type: ResourceType,
    name: &str,
    rest: &str,
    text: &str,
    budget: &mut Budget<'_>,
) -> Result<Criterion, Refusal> {
    let form = || Refusal::Bad(invalid(name, "must be _has:Type:reference:parameter"));
    let mut parts = rest.splitn(3, ':');
    let (Some(source), Some(code), Some(far)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(form());
    };
    let source = ResourceType::parse(source).ok_or_else(form)?;
    let param = find(source, code, budget.parameters)?;
    if param.kind != ParamKind::Reference {
        return Err(invalid(name, "must name a reference parameter").into());
    }
    if !may_point(param, resource_type) {
        return Err(invalid(name, &format!("never points to {resource_type}")).into());
    }
    let criterion = budget.hop(name, |budget| within_budget(source, far, text, budget))?;
    Ok(Criterion::Reverse(source, param, Box::new(criterion)))
}

fn listed(text: &str) -> Result<Criterion, Refusal> {
    let lists = text.split(',').map(|one| {
        let id = one.strip_prefix("List/").unwrap_or(one);
        if crate::resource::valid_id(id) {
            return Ok(Criterion::Listed(id.into()));
        }
        Err(Refusal::Bad(invalid("_list", "must be the id of a List; functional lists are not kept here")))
    });
    Ok(Criterion::Any(lists.collect::<Result<_, _>>()?))
}

/// `_content=lung cancer,asthm*`: alternatives of words that must all occur.
fn words(name: &str, text: &str) -> Result<Criterion, Refusal> {
    let mut any = Vec::new();
    for part in escape::split(text, ',').into_iter().take(ALTERNATIVES_MAX) {
        let plain = escape::plain(part);
        let words: Vec<Box<str>> = plain
            .split_whitespace()
            .flat_map(|piece| {
                let begins = piece.ends_with('*');
                let mut found: Vec<String> = crate::index::words(piece).collect();
                if let Some(last) = found.last_mut().filter(|_| begins) {
                    last.push('*');
                }
                found
            })
            .map(String::into_boxed_str)
            .collect();
        if words.is_empty() {
            return Err(invalid(name, "holds no word to search for").into());
        }
        any.push(Criterion::Words(name == "_text", words));
    }
    Ok(if any.len() == 1 { any.remove(0) } else { Criterion::Any(any) })
}
