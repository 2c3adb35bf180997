//! Whether a code is in a value set, without expanding it where that can be told from its parts.

use super::code_system::Content;
use super::expansion::filtered;
use super::value_set::{Include, ValueSet};
use super::{Source, Unanswered, VALUE_SETS_DEPTH_MAX, grammar, parts};

/// Whether a code is in a value set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Membership {
    /// It is; with its display, where one is known, and whether it is only for grouping.
    In {
        /// Display.
        display: Option<Box<str>>,
        /// Only for grouping.
        is_abstract: bool,
    },
    /// It is not.
    Out,
    /// It cannot be told.
    Unknown(Unanswered),
}

/// Whether a code is in a value set. Without a system, any system of the set may have it.
pub fn membership(set: &ValueSet, system: Option<&str>, code: &str, source: &dyn Source) -> Membership {
    within(set, system, code, source, 0)
}

fn within(set: &ValueSet, system: Option<&str>, code: &str, source: &dyn Source, depth: usize) -> Membership {
    if depth > VALUE_SETS_DEPTH_MAX {
        return Membership::Unknown(Unanswered::Circular(set.url.to_string()));
    }
    for exclude in &set.excludes {
        match included(exclude, system, code, source, depth) {
            Membership::In { .. } => return Membership::Out,
            Membership::Out => {}
            unknown @ Membership::Unknown(_) => return unknown,
        }
    }
    let mut answer = Membership::Out;
    for include in &set.includes {
        match included(include, system, code, source, depth) {
            found @ Membership::In { .. } => return found,
            Membership::Out => {}
            unknown @ Membership::Unknown(_) => answer = unknown,
        }
    }
    answer
}

fn included(
    include: &Include,
    system: Option<&str>,
    code: &str,
    source: &dyn Source,
    depth: usize,
) -> Membership {
    let mut answer = match include.system.as_deref() {
        Some(own) if system.is_none_or(|system| system == own) => in_system(include, own, code, source),
        Some(_) => return Membership::Out,
        None => Membership::In { display: None, is_abstract: false },
    };
    if answer == Membership::Out {
        return answer;
    }
    for canonical in &include.value_sets {
        let (url, version) = parts(canonical);
        let Some(set) = source.value_set(url, version) else {
            return Membership::Unknown(Unanswered::UnknownValueSet(canonical.to_string()));
        };
        match within(&set, system, code, source, depth + 1) {
            Membership::Out => return Membership::Out,
            found @ Membership::In { .. } if include.system.is_none() => answer = found,
            Membership::In { .. } => {}
            unknown @ Membership::Unknown(_) => answer = unknown,
        }
    }
    answer
}

fn in_system(include: &Include, url: &str, code: &str, source: &dyn Source) -> Membership {
    let system = source.code_system(url, include.version.as_deref());
    let known = system.as_ref().and_then(|system| system.concept(code));
    let display = known.and_then(|concept| concept.display.clone());
    let is_abstract = known.is_some_and(|concept| concept.is_abstract);
    if !include.concepts.is_empty() {
        let is_same = |listed: &str| {
            let fold = system.as_ref().is_some_and(|system| !system.is_case_sensitive);
            listed == code || (fold && listed.eq_ignore_ascii_case(code))
        };
        return match include.concepts.iter().find(|listed| is_same(&listed.code)) {
            Some(listed) => Membership::In { display: listed.display.clone().or(display), is_abstract },
            None => Membership::Out,
        };
    }
    if include.filters.is_empty()
        && let Some(holds) = grammar::holds(url, code)
    {
        return if holds { Membership::In { display, is_abstract } } else { Membership::Out };
    }
    let unknown = || Membership::Unknown(Unanswered::UnknownSystem(url.to_owned()));
    let Some(system) = &system else { return unknown() };
    let Some(place) = system.place(code) else {
        return if system.content == Content::Complete { Membership::Out } else { unknown() };
    };
    match filtered(system, &include.filters) {
        Ok(None) => Membership::In { display, is_abstract },
        Ok(Some(places)) if places.contains(&place) => Membership::In { display, is_abstract },
        Ok(Some(_)) => Membership::Out,
        Err(unanswered) => Membership::Unknown(unanswered),
    }
}
