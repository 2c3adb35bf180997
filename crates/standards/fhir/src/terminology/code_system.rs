//! A code system: its concepts, their hierarchy and properties (<https://hl7.org/fhir/R4/codesystem.html>).

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::OnceLock;

use crate::fold::fold;
use crate::json::Json;

/// Deepest nesting of concepts that is read.
const DEPTH_MAX: usize = 64;
/// Properties by which concepts name those above them, when they are not nested.
const PARENT_PROPERTIES: &[&str] = &["parent", "subsumedBy"];
/// Properties that say a concept is only for grouping.
const ABSTRACT_PROPERTIES: &[&str] = &["notSelectable", "abstract"];

/// How much of the code system is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// All of it.
    Complete,
    /// Some of it: what is not found may yet exist.
    Fragment,
    /// Nothing but its name.
    NotPresent,
}

/// How two codes relate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is the code of the same name")]
pub enum Subsumption {
    Equivalent,
    Subsumes,
    SubsumedBy,
    NotSubsumed,
}

impl Subsumption {
    /// The code of it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Equivalent => "equivalent",
            Self::Subsumes => "subsumes",
            Self::SubsumedBy => "subsumed-by",
            Self::NotSubsumed => "not-subsumed",
        }
    }
}

/// A concept.
#[derive(Debug, Clone)]
pub struct Concept {
    /// Its code.
    pub code: Box<str>,
    /// Its display.
    pub display: Option<Box<str>>,
    /// What it means.
    pub definition: Option<Box<str>>,
    /// `CodeSystem.concept.designation`, as written.
    pub designations: Vec<Json>,
    /// `CodeSystem.concept.property`, as written.
    pub properties: Vec<Json>,
    /// Places of the concepts above.
    pub parents: Vec<usize>,
    /// Places of the concepts beneath.
    pub children: Vec<usize>,
    /// Only for grouping.
    pub is_abstract: bool,
    /// Not for new uses.
    pub is_inactive: bool,
}

impl Concept {
    /// The values of a property, as text.
    pub fn property<'c>(&'c self, code: &'c str) -> impl Iterator<Item = &'c str> {
        self.properties.iter().filter(move |one| one.str("code") == Some(code)).filter_map(property_text)
    }
}

/// The value of a property as text, whatever its type.
fn property_text(property: &Json) -> Option<&str> {
    let object = property.as_object()?;
    let (_, value) = object.iter().find(|(name, _)| name.starts_with("value"))?;
    match value {
        Json::Bool(true) => Some("true"),
        Json::Bool(false) => Some("false"),
        Json::Object(_) => value.str("code"),
        other => other.as_str().or_else(|| other.as_number()),
    }
}

/// A code system, indexed by code.
#[derive(Debug, Clone)]
pub struct CodeSystem {
    /// Its canonical url.
    pub url: Box<str>,
    /// Its version.
    pub version: Option<Box<str>>,
    /// Its name.
    pub name: Option<Box<str>>,
    /// Its title.
    pub title: Option<Box<str>>,
    /// How much of it is here.
    pub content: Content,
    /// Whether codes that differ in case are different.
    pub is_case_sensitive: bool,
    /// Its concepts, in the order of its hierarchy.
    pub concepts: Vec<Concept>,
    by_code: HashMap<Box<str>, usize>,
    /// What filters are held against, by place; made when the first one is.
    words: OnceLock<Vec<Box<str>>>,
}

/// What a filter is held against: code, display and other names, folded, a line each.
pub(super) fn words(code: &str, display: Option<&str>, designations: &[Json]) -> String {
    let mut lines = fold(code);
    for text in display.into_iter().chain(designations.iter().filter_map(|one| one.str("value"))) {
        lines.push('\n');
        lines.push_str(&fold(text));
    }
    lines
}

/// A code system whose concepts, all of them, are kept elsewhere and come little by little.
#[derive(Debug)]
pub struct Growing(CodeSystem);

impl Growing {
    /// From its `CodeSystem` resource; `None` without a url.
    pub fn of(json: &Json) -> Option<Self> {
        CodeSystem::from_json(json).map(|system| Self(CodeSystem { content: Content::Complete, ..system }))
    }

    /// Takes a `CodeSystem.concept`; what it names above it may come later.
    pub fn take(&mut self, concept: &Json) {
        self.0.add(concept, None, 0);
    }

    /// The whole, its hierarchy tied.
    pub fn finish(mut self) -> CodeSystem {
        self.0.link();
        self.0
    }
}

impl CodeSystem {
    /// From a `CodeSystem` resource; `None` without a url.
    pub fn from_json(json: &Json) -> Option<Self> {
        let text = |name| json.str(name).map(Box::from);
        let mut system = Self {
            url: text("url")?,
            version: text("version"),
            name: text("name"),
            title: text("title"),
            content: match json.str("content") {
                Some("complete") => Content::Complete,
                Some("not-present") | None => Content::NotPresent,
                _ => Content::Fragment,
            },
            is_case_sensitive: json.get("caseSensitive").and_then(Json::as_bool) != Some(false),
            concepts: Vec::new(),
            by_code: HashMap::new(),
            words: OnceLock::new(),
        };
        for concept in json.list("concept") {
            system.add(concept, None, 0);
        }
        system.link();
        Some(system)
    }

    fn add(&mut self, json: &Json, parent: Option<usize>, depth: usize) {
        let Some(code) = json.str("code").filter(|_| depth < DEPTH_MAX) else { return };
        let place = self.concepts.len();
        let mut concept = Concept {
            code: code.into(),
            display: json.str("display").map(Box::from),
            definition: json.str("definition").map(Box::from),
            designations: json.list("designation").cloned().collect(),
            properties: json.list("property").cloned().collect(),
            parents: parent.into_iter().collect(),
            children: Vec::new(),
            is_abstract: false,
            is_inactive: false,
        };
        let says = |code: &str| concept.property(code).any(|value| value == "true");
        let is_abstract = ABSTRACT_PROPERTIES.iter().any(|code| says(code));
        let is_retired = concept.property("status").any(|value| matches!(value, "retired" | "inactive"));
        let is_inactive = says("inactive") || is_retired;
        (concept.is_abstract, concept.is_inactive) = (is_abstract, is_inactive);
        self.by_code.entry(self.folded(code)).or_insert(place);
        self.concepts.push(concept);
        if let Some(parent) = parent.and_then(|parent| self.concepts.get_mut(parent)) {
            parent.children.push(place);
        }
        for child in json.list("concept") {
            self.add(child, Some(place), depth + 1);
        }
    }

    /// Ties together what names its parents by property instead of by nesting.
    fn link(&mut self) {
        let mut ties = Vec::new();
        for (place, concept) in self.concepts.iter().enumerate() {
            for above in PARENT_PROPERTIES.iter().flat_map(|code| concept.property(code)) {
                if let Some(parent) = self.place(above).filter(|parent| !concept.parents.contains(parent)) {
                    ties.push((parent, place));
                }
            }
        }
        for (parent, child) in ties {
            if let Some(concept) = self.concepts.get_mut(parent) {
                concept.children.push(child);
            }
            if let Some(concept) = self.concepts.get_mut(child) {
                concept.parents.push(parent);
            }
        }
        // What is tied need not be kept as text, too: there may be a million of them.
        for concept in &mut self.concepts {
            let is_tied = !concept.parents.is_empty();
            concept.properties.retain(|one| !(is_tied && one.str("code") == Some("parent")));
        }
    }

    fn folded(&self, code: &str) -> Box<str> {
        if self.is_case_sensitive { code.into() } else { code.to_lowercase().into() }
    }

    /// The place of a code.
    pub fn place(&self, code: &str) -> Option<usize> {
        if self.is_case_sensitive {
            return self.by_code.get(code).copied();
        }
        self.by_code.get(&self.folded(code)).copied()
    }

    /// The concept of a code.
    pub fn concept(&self, code: &str) -> Option<&Concept> {
        self.place(code).and_then(|place| self.concepts.get(place))
    }

    /// See [`words`].
    pub(super) fn words(&self, place: usize) -> &str {
        let of = |one: &Concept| words(&one.code, one.display.as_deref(), &one.designations).into();
        let all = self.words.get_or_init(|| self.concepts.iter().map(of).collect());
        all.get(place).map(|lines| &**lines).unwrap_or_default()
    }

    /// Places of a concept and of all beneath it (or above it), nearest first.
    pub fn relatives(&self, place: usize, above: bool) -> Vec<usize> {
        let mut seen = HashSet::from([place]);
        let mut found = Vec::new();
        let mut waiting = VecDeque::from([place]);
        while let Some(at) = waiting.pop_front() {
            found.push(at);
            let Some(concept) = self.concepts.get(at) else { continue };
            let next = if above { &concept.parents } else { &concept.children };
            waiting.extend(next.iter().copied().filter(|place| seen.insert(*place)));
        }
        found
    }

    /// How two codes relate; `None` when one of them is not here.
    pub fn subsumption(&self, a: &str, b: &str) -> Option<Subsumption> {
        let (a, b) = (self.place(a)?, self.place(b)?);
        Some(if a == b {
            Subsumption::Equivalent
        } else if self.relatives(b, true).contains(&a) {
            Subsumption::Subsumes
        } else if self.relatives(a, true).contains(&b) {
            Subsumption::SubsumedBy
        } else {
            Subsumption::NotSubsumed
        })
    }

    /// Whether this is the version that is asked for.
    pub fn is_version(&self, version: Option<&str>) -> bool {
        version.is_none_or(|wanted| self.version.as_deref() == Some(wanted))
    }
}
