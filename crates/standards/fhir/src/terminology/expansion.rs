//! Expansions: the codes that a value set comes to (<https://hl7.org/fhir/R4/valueset-operation-expand.html>).

use std::collections::HashSet;
use std::sync::Arc;

use memchr::memmem;
use regex::RegexBuilder;

use super::code_system::{CodeSystem, Concept, Content, words};
use super::value_set::{Filter, Include, ValueSet};
use super::{EXPANSION_CODES_MAX, Source, Unanswered, VALUE_SETS_DEPTH_MAX, parts};
use crate::fold::fold;
use crate::json::Json;

/// Most bytes that a filter's regular expression may be compiled to.
const PATTERN_BYTES_MAX: usize = 1 << 20;

/// What is asked of an expansion.
#[derive(Debug, Clone, Default)]
pub struct Expanding {
    /// Words that each display (or code) must have, as beginnings.
    pub filter: Option<String>,
    /// Codes to leave out at the beginning.
    pub offset: usize,
    /// Most codes.
    pub count: Option<usize>,
    /// No inactive codes.
    pub active_only: bool,
    /// No codes that only group.
    pub exclude_abstract: bool,
    /// Systems to leave out.
    pub exclude_systems: Vec<String>,
    /// Versions of systems to use where a value set names none, as `system|version`.
    pub system_versions: Vec<String>,
}

/// A code of an expansion.
#[derive(Debug, Clone, Default)]
pub struct Expanded {
    /// Its system.
    pub system: Box<str>,
    /// The version of its system that was used.
    pub version: Option<Box<str>>,
    /// Its code.
    pub code: Box<str>,
    /// Its display.
    pub display: Option<Box<str>>,
    /// What it means.
    pub definition: Option<Box<str>>,
    /// As written in the value set or the code system.
    pub designations: Vec<Json>,
    /// Only for grouping.
    pub is_abstract: bool,
    /// Not for new uses.
    pub is_inactive: bool,
}

/// The codes of a value set, or a page of them.
#[derive(Debug, Clone, Default)]
pub struct Expansion {
    /// How many there are in all.
    pub total: usize,
    /// Those asked for.
    pub codes: Vec<Expanded>,
    /// `system|version` of the code systems used.
    pub used: Vec<String>,
}

/// Expands a value set.
///
/// # Errors
/// When a code system or value set that it is made of is not here, or it has too many codes to be answered at once.
pub fn expand(set: &ValueSet, asked: &Expanding, source: &dyn Source) -> Result<Expansion, Unanswered> {
    let mut expander = Expander { source, asked, used: Vec::new() };
    let mut codes = expander.codes(set, 0)?;
    if asked.active_only || !set.takes_inactive {
        codes.retain(|one| !one.is_inactive());
    }
    codes.retain(|one| !(asked.exclude_abstract && one.is_abstract()));
    codes.retain(|one| !asked.exclude_systems.iter().any(|system| system == one.system()));
    if let Some(filter) = asked.filter.as_deref().map(fold).filter(|filter| !filter.is_empty()) {
        codes.retain(|one| one.is_like(&filter));
    }
    let total = codes.len();
    if asked.count.is_none() && total > EXPANSION_CODES_MAX {
        return Err(Unanswered::TooCostly);
    }
    let codes = codes.into_iter().skip(asked.offset).take(asked.count.unwrap_or(EXPANSION_CODES_MAX));
    let codes = codes.map(Candidate::told).collect();
    Ok(Expansion { total, codes, used: expander.used })
}

/// A code on its way into an expansion; told in full only when it is given. A code system may have half a million.
#[derive(Clone)]
enum Candidate {
    /// By its place in its system.
    Concept(Arc<CodeSystem>, usize),
    /// As the value set lists it.
    Listed(Arc<Expanded>),
}

impl Candidate {
    fn concept(&self) -> Option<&Concept> {
        match self {
            Self::Concept(system, place) => system.concepts.get(*place),
            Self::Listed(_) => None,
        }
    }

    fn system(&self) -> &str {
        match self {
            Self::Concept(system, _) => &system.url,
            Self::Listed(one) => &one.system,
        }
    }

    fn code(&self) -> &str {
        match self {
            Self::Concept(..) => self.concept().map(|one| &*one.code).unwrap_or_default(),
            Self::Listed(one) => &one.code,
        }
    }

    fn is_inactive(&self) -> bool {
        match self {
            Self::Concept(..) => self.concept().is_some_and(|one| one.is_inactive),
            Self::Listed(one) => one.is_inactive,
        }
    }

    fn is_abstract(&self) -> bool {
        match self {
            Self::Concept(..) => self.concept().is_some_and(|one| one.is_abstract),
            Self::Listed(one) => one.is_abstract,
        }
    }

    fn is_like(&self, filter: &str) -> bool {
        match self {
            Self::Concept(system, place) => is_like(filter, system.words(*place)),
            Self::Listed(one) => {
                is_like(filter, &words(&one.code, one.display.as_deref(), &one.designations))
            }
        }
    }

    fn told(self) -> Expanded {
        match self {
            Self::Listed(one) => Arc::unwrap_or_clone(one),
            Self::Concept(ref system, _) => {
                self.concept().map(|concept| of_concept(system, concept)).unwrap_or_default()
            }
        }
    }
}

/// Whether the filter begins the code (the first line), or each word of it begins a word of one of the other lines.
fn is_like(filter: &str, lines: &str) -> bool {
    let (code, texts) = lines.split_once('\n').unwrap_or((lines, ""));
    if code.starts_with(filter) || memmem::find(texts.as_bytes(), filter.as_bytes()).is_some() {
        return true;
    }
    texts.lines().any(|text| {
        let words = || text.split(|letter: char| !letter.is_alphanumeric());
        filter.split_whitespace().all(|part| words().any(|word| word.starts_with(part)))
    })
}

struct Expander<'s> {
    source: &'s dyn Source,
    asked: &'s Expanding,
    used: Vec<String>,
}

impl Expander<'_> {
    fn codes(&mut self, set: &ValueSet, depth: usize) -> Result<Vec<Candidate>, Unanswered> {
        if depth > VALUE_SETS_DEPTH_MAX {
            return Err(Unanswered::Circular(set.url.to_string()));
        }
        let mut excluded = Vec::new();
        for exclude in &set.excludes {
            excluded.extend(self.included(exclude, depth)?);
        }
        let mut included = Vec::new();
        for include in &set.includes {
            included.extend(self.included(include, depth)?);
        }
        let mut seen: HashSet<(&str, &str)> = excluded.iter().map(|one| (one.system(), one.code())).collect();
        let is_new: Vec<bool> = included.iter().map(|one| seen.insert((one.system(), one.code()))).collect();
        drop(seen);
        Ok(included.into_iter().zip(is_new).filter(|(_, is_new)| *is_new).map(|(one, _)| one).collect())
    }

    fn included(&mut self, include: &Include, depth: usize) -> Result<Vec<Candidate>, Unanswered> {
        let mut codes = match &include.system {
            Some(system) => Some(self.of_system(system, include)?),
            None => None,
        };
        for canonical in &include.value_sets {
            let (url, version) = parts(canonical);
            let set = self
                .source
                .value_set(url, version)
                .ok_or_else(|| Unanswered::UnknownValueSet(canonical.to_string()))?;
            let others = self.codes(&set, depth + 1)?;
            codes = Some(match codes {
                None => others,
                // Codes must be in the system's part and in every value set.
                Some(codes) => {
                    let names: HashSet<_> = others.iter().map(|one| (one.system(), one.code())).collect();
                    codes.into_iter().filter(|one| names.contains(&(one.system(), one.code()))).collect()
                }
            });
        }
        Ok(codes.unwrap_or_default())
    }

    fn of_system(&mut self, url: &str, include: &Include) -> Result<Vec<Candidate>, Unanswered> {
        let prefix = format!("{url}|");
        let preferred = self.asked.system_versions.iter().find_map(|one| one.strip_prefix(&prefix));
        let version = include.version.as_deref().or(preferred);
        let system = self.source.code_system(url, version);
        if let Some(system) = &system {
            let used = match &system.version {
                Some(version) => format!("{url}|{version}"),
                None => url.to_owned(),
            };
            if !self.used.contains(&used) {
                self.used.push(used);
            }
        }
        if !include.concepts.is_empty() {
            return Ok(listed(url, include, system.as_deref()));
        }
        let missing = || Unanswered::UnknownSystem(url.to_owned());
        let system: Arc<CodeSystem> = system.ok_or_else(missing)?;
        if system.content != Content::Complete {
            return Err(missing());
        }
        let passing = filtered(&system, &include.filters)?;
        let places = 0..system.concepts.len();
        let places = places.filter(|place| passing.as_ref().is_none_or(|passing| passing.contains(place)));
        Ok(places.map(|place| Candidate::Concept(Arc::clone(&system), place)).collect())
    }
}

/// The concepts that a value set names one by one; its displays go before the code system's.
fn listed(url: &str, include: &Include, system: Option<&CodeSystem>) -> Vec<Candidate> {
    include
        .concepts
        .iter()
        .map(|listed| {
            let known = system.and_then(|system| Some(of_concept(system, system.concept(&listed.code)?)));
            let mut one = known.unwrap_or_else(|| Expanded {
                system: url.into(),
                version: include.version.clone(),
                code: listed.code.clone(),
                ..Expanded::default()
            });
            one.display = listed.display.clone().or(one.display);
            one.designations.extend(listed.designations.iter().cloned());
            Candidate::Listed(Arc::new(one))
        })
        .collect()
}

fn of_concept(system: &CodeSystem, concept: &Concept) -> Expanded {
    Expanded {
        system: system.url.clone(),
        version: system.version.clone(),
        code: concept.code.clone(),
        display: concept.display.clone(),
        definition: concept.definition.clone(),
        designations: concept.designations.clone(),
        is_abstract: concept.is_abstract,
        is_inactive: concept.is_inactive,
    }
}

/// Places of the concepts that pass all filters; `None` when there are none to pass.
pub(super) fn filtered(
    system: &CodeSystem,
    filters: &[Filter],
) -> Result<Option<HashSet<usize>>, Unanswered> {
    let mut passing: Option<HashSet<usize>> = None;
    for filter in filters {
        let found = pass(system, filter)?;
        passing = Some(match passing {
            None => found,
            Some(before) => before.intersection(&found).copied().collect(),
        });
    }
    Ok(passing)
}

/// Places of the concepts that pass one filter (<https://hl7.org/fhir/R4/valueset-filter-operator.html>).
fn pass(system: &CodeSystem, filter: &Filter) -> Result<HashSet<usize>, Unanswered> {
    let refused = || {
        Unanswered::Filter(format!(
            "{} {} {} of {}",
            filter.property, filter.operation, filter.value, system.url
        ))
    };
    let is_hierarchy = matches!(&*filter.property, "concept" | "code" | "parent" | "child");
    let beneath =
        |code: &str| system.place(code).map(|place| system.relatives(place, false)).unwrap_or_default();
    Ok(match &*filter.operation {
        "is-a" if is_hierarchy => beneath(&filter.value).into_iter().collect(),
        "descendent-of" if is_hierarchy => beneath(&filter.value).into_iter().skip(1).collect(),
        "is-not-a" if is_hierarchy => {
            let out: HashSet<usize> = beneath(&filter.value).into_iter().collect();
            (0..system.concepts.len()).filter(|place| !out.contains(place)).collect()
        }
        "generalizes" if is_hierarchy => system
            .place(&filter.value)
            .map(|place| system.relatives(place, true))
            .unwrap_or_default()
            .into_iter()
            .collect(),
        "=" if &*filter.property == "parent" => {
            let parent = system.concept(&filter.value);
            parent.map(|parent| parent.children.iter().copied().collect()).unwrap_or_default()
        }
        "=" if &*filter.property == "ancestor" => beneath(&filter.value).into_iter().skip(1).collect(),
        "exists" if &*filter.property == "parent" => {
            let wanted = &*filter.value == "true";
            places(system, &|concept| concept.parents.is_empty() != wanted)
        }
        "=" if &*filter.property == "inactive" => {
            let wanted = &*filter.value == "true";
            places(system, &|concept| concept.is_inactive == wanted)
        }
        "=" => by_property(system, filter, &|value| value == &*filter.value),
        "in" => by_property(system, filter, &|value| filter.value.split(',').any(|one| one.trim() == value)),
        "not-in" => {
            by_property(system, filter, &|value| filter.value.split(',').all(|one| one.trim() != value))
        }
        "exists" => {
            let wanted = &*filter.value == "true";
            let has = |concept: &Concept| values(concept, &filter.property).next().is_some();
            places(system, &|concept| has(concept) == wanted)
        }
        "regex" => {
            // The whole value must match; the engine takes linear time whatever the expression.
            let mut pattern = RegexBuilder::new(&format!("^(?:{})$", filter.value));
            let pattern = pattern.size_limit(PATTERN_BYTES_MAX).build().map_err(|_| refused())?;
            by_property(system, filter, &|value| pattern.is_match(value))
        }
        _ => return Err(refused()),
    })
}

fn by_property(system: &CodeSystem, filter: &Filter, test: &dyn Fn(&str) -> bool) -> HashSet<usize> {
    places(system, &|concept| values(concept, &filter.property).any(test))
}

fn places(system: &CodeSystem, test: &dyn Fn(&Concept) -> bool) -> HashSet<usize> {
    system.concepts.iter().enumerate().filter(|(_, concept)| test(concept)).map(|(place, _)| place).collect()
}

fn values<'c>(concept: &'c Concept, property: &'c str) -> Box<dyn Iterator<Item = &'c str> + 'c> {
    match property {
        "code" | "concept" => Box::new(std::iter::once(&*concept.code)),
        "display" => Box::new(concept.display.as_deref().into_iter()),
        "definition" => Box::new(concept.definition.as_deref().into_iter()),
        other => Box::new(concept.property(other)),
    }
}
