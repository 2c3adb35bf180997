//! A value set: what it includes and excludes (<https://hl7.org/fhir/R4/valueset.html>).

use crate::json::Json;

/// A concept that a value set lists.
#[derive(Debug, Clone)]
pub struct ListedConcept {
    /// Its code.
    pub code: Box<str>,
    /// The display that the value set gives it.
    pub display: Option<Box<str>>,
    /// Designations that the value set gives it, as written.
    pub designations: Vec<Json>,
}

/// A filter on a code system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// The property (or `concept`, `code`, `display`...).
    pub property: Box<str>,
    /// How it is compared, `is-a`.
    pub operation: Box<str>,
    /// With what.
    pub value: Box<str>,
}

/// One `include` or `exclude`: all of its parts must hold.
#[derive(Debug, Clone, Default)]
pub struct Include {
    /// The code system.
    pub system: Option<Box<str>>,
    /// Its version.
    pub version: Option<Box<str>>,
    /// Its concepts, where they are listed.
    pub concepts: Vec<ListedConcept>,
    /// What its concepts must pass.
    pub filters: Vec<Filter>,
    /// Value sets in which the code must be too.
    pub value_sets: Vec<Box<str>>,
}

/// A value set, read.
#[derive(Debug, Clone)]
pub struct ValueSet {
    /// Its canonical url; empty for one without.
    pub url: Box<str>,
    /// Its version.
    pub version: Option<Box<str>>,
    /// Its name.
    pub name: Option<Box<str>>,
    /// Its title.
    pub title: Option<Box<str>>,
    /// What is in, in order.
    pub includes: Vec<Include>,
    /// What is not.
    pub excludes: Vec<Include>,
    /// Whether inactive codes are in.
    pub takes_inactive: bool,
}

impl ValueSet {
    /// From a `ValueSet` resource. One with an expansion and no compose includes what its expansion has.
    pub fn from_json(json: &Json) -> Self {
        let text = |name| json.str(name).map(Box::from);
        let compose = json.get("compose");
        let parts = |name| {
            let list = compose.map(|compose| compose.list(name).map(include).collect::<Vec<_>>());
            list.unwrap_or_default()
        };
        let mut set = Self {
            url: text("url").unwrap_or_default(),
            version: text("version"),
            name: text("name"),
            title: text("title"),
            includes: parts("include"),
            excludes: parts("exclude"),
            takes_inactive: compose.and_then(|compose| compose.get("inactive")).and_then(Json::as_bool)
                != Some(false),
        };
        if compose.is_none() {
            let mut contained = Vec::new();
            json.get("expansion").into_iter().for_each(|expansion| gather(expansion, &mut contained));
            set.includes = contained;
        }
        set
    }

    /// A set of all codes of a system: what a code system's `valueSet` names.
    pub fn of_system(url: &str, system: &str) -> Self {
        let include = Include { system: Some(system.into()), ..Include::default() };
        Self {
            url: url.into(),
            version: None,
            name: None,
            title: None,
            includes: vec![include],
            excludes: Vec::new(),
            takes_inactive: true,
        }
    }

    /// Whether this is the version that is asked for.
    pub fn is_version(&self, version: Option<&str>) -> bool {
        version.is_none_or(|wanted| self.version.as_deref() == Some(wanted))
    }

    /// The code systems that it draws from, by url and version, and the value sets that it is made of.
    pub fn needs(&self) -> (Vec<(&str, Option<&str>)>, Vec<&str>) {
        let all = || self.includes.iter().chain(&self.excludes);
        let systems = all().filter_map(|one| Some((one.system.as_deref()?, one.version.as_deref())));
        let sets = all().flat_map(|one| one.value_sets.iter().map(|set| &**set));
        (systems.collect(), sets.collect())
    }
}

fn include(json: &Json) -> Include {
    let text = |name| json.str(name).map(Box::from);
    let listed = |one: &Json| {
        Some(ListedConcept {
            code: one.str("code")?.into(),
            display: one.str("display").map(Box::from),
            designations: one.list("designation").cloned().collect(),
        })
    };
    let filter = |one: &Json| {
        Some(Filter {
            property: one.str("property")?.into(),
            operation: one.str("op")?.into(),
            value: one.str("value")?.into(),
        })
    };
    Include {
        system: text("system"),
        version: text("version"),
        concepts: json.list("concept").filter_map(listed).collect(),
        filters: json.list("filter").filter_map(filter).collect(),
        value_sets: json.list("valueSet").filter_map(Json::as_str).map(Box::from).collect(),
    }
}

/// The codes of an expansion, one include for each run of a system.
fn gather(contains: &Json, out: &mut Vec<Include>) {
    for one in contains.list("contains") {
        let is_real = one.get("abstract").and_then(Json::as_bool) != Some(true);
        if let (Some(system), Some(code)) = (one.str("system"), one.str("code").filter(|_| is_real)) {
            let concept = ListedConcept {
                code: code.into(),
                display: one.str("display").map(Box::from),
                designations: one.list("designation").cloned().collect(),
            };
            match out.last_mut().filter(|last| last.system.as_deref() == Some(system)) {
                Some(last) => last.concepts.push(concept),
                None => out.push(Include {
                    system: Some(system.into()),
                    concepts: vec![concept],
                    ..Include::default()
                }),
            }
        }
        gather(one, out);
    }
}
