//! Concept maps: a code of one system as codes of another (<https://hl7.org/fhir/R4/conceptmap-operation-translate.html>).

use crate::json::Json;

/// What is to be translated.
#[derive(Debug, Clone, Default)]
pub struct Translating<'t> {
    /// Its system.
    pub system: Option<&'t str>,
    /// The code.
    pub code: &'t str,
    /// Only to this system.
    pub target_system: Option<&'t str>,
    /// From targets back to sources.
    pub reverse: bool,
}

/// One translation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Translated {
    /// How close it is, `equivalent`.
    pub equivalence: Box<str>,
    /// The system it is of.
    pub system: Option<Box<str>>,
    /// The code; `None` where the map says there is none.
    pub code: Option<Box<str>>,
    /// Its display.
    pub display: Option<Box<str>>,
    /// The map that says so.
    pub map: Box<str>,
}

impl Translated {
    /// Whether it says that the code corresponds to something.
    pub fn is_match(&self) -> bool {
        self.code.is_some() && !matches!(&*self.equivalence, "unmatched" | "disjoint")
    }
}

/// A concept map, read.
#[derive(Debug, Clone)]
pub struct ConceptMap {
    /// Its canonical url; empty for one without.
    pub url: Box<str>,
    /// The value set that it translates from.
    pub source: Option<Box<str>>,
    /// The value set that it translates to.
    pub target: Option<Box<str>>,
    groups: Vec<Group>,
}

#[derive(Debug, Clone)]
struct Group {
    source: Option<Box<str>>,
    target: Option<Box<str>>,
    pairs: Vec<Pair>,
    unmapped: Option<Unmapped>,
}

#[derive(Debug, Clone)]
struct Pair {
    source: Box<str>,
    target: Option<Box<str>>,
    display: Option<Box<str>>,
    source_display: Option<Box<str>>,
    equivalence: Box<str>,
}

#[derive(Debug, Clone)]
enum Unmapped {
    Provided,
    Fixed(Box<str>, Option<Box<str>>),
}

impl ConceptMap {
    /// From a `ConceptMap` resource.
    pub fn from_json(json: &Json) -> Self {
        let scope = |name: &str| {
            let uri = json.str(&format!("{name}Uri")).or_else(|| json.str(&format!("{name}Canonical")));
            uri.map(Box::from)
        };
        Self {
            url: json.str("url").unwrap_or_default().into(),
            source: scope("source"),
            target: scope("target"),
            groups: json.list("group").map(group).collect(),
        }
    }

    /// Whether it leads from one value set to another, as far as they are named.
    pub fn leads(&self, source: Option<&str>, target: Option<&str>) -> bool {
        let is = |known: &Option<Box<str>>, wanted: Option<&str>| {
            wanted.is_none_or(|wanted| {
                known.as_deref().is_some_and(|known| super::parts(known).0 == super::parts(wanted).0)
            })
        };
        is(&self.source, source) && is(&self.target, target)
    }

    /// What a code translates to.
    pub fn translate(&self, asked: &Translating<'_>) -> Vec<Translated> {
        let mut found = Vec::new();
        for group in &self.groups {
            let (from, to) =
                if asked.reverse { (&group.target, &group.source) } else { (&group.source, &group.target) };
            let is_from = asked.system.is_none_or(|system| from.as_deref().is_none_or(|from| from == system));
            let is_to = asked.target_system.is_none_or(|system| to.as_deref() == Some(system));
            if is_from && is_to {
                let before = found.len();
                found.extend(group.pairs.iter().filter_map(|pair| self.pair(pair, to.as_deref(), asked)));
                if found.len() == before && !asked.reverse {
                    found.extend(self.unmapped(group, asked));
                }
            }
        }
        found
    }

    fn pair(&self, pair: &Pair, to: Option<&str>, asked: &Translating<'_>) -> Option<Translated> {
        let (own, code, display) = if asked.reverse {
            (pair.target.as_deref()?, Some(pair.source.clone()), pair.source_display.clone())
        } else {
            (&*pair.source, pair.target.clone(), pair.display.clone())
        };
        (own == asked.code).then(|| Translated {
            equivalence: turned(&pair.equivalence, asked.reverse).into(),
            system: to.map(Box::from),
            code,
            display,
            map: self.url.clone(),
        })
    }

    fn unmapped(&self, group: &Group, asked: &Translating<'_>) -> Option<Translated> {
        let (code, display) = match group.unmapped.as_ref()? {
            Unmapped::Provided => (asked.code.into(), None),
            Unmapped::Fixed(code, display) => (code.clone(), display.clone()),
        };
        Some(Translated {
            equivalence: "inexact".into(),
            system: group.target.clone(),
            code: Some(code),
            display,
            map: self.url.clone(),
        })
    }
}

/// The equivalence as seen from the other side.
fn turned(equivalence: &str, reverse: bool) -> &str {
    match equivalence {
        "wider" if reverse => "narrower",
        "narrower" if reverse => "wider",
        "subsumes" if reverse => "specializes",
        "specializes" if reverse => "subsumes",
        other => other,
    }
}

fn group(json: &Json) -> Group {
    let text = |json: &Json, name: &str| json.str(name).map(Box::<str>::from);
    let mut pairs = Vec::new();
    for element in json.list("element") {
        let Some(source) = text(element, "code") else { continue };
        for target in element.list("target") {
            pairs.push(Pair {
                source: source.clone(),
                target: text(target, "code"),
                display: text(target, "display"),
                source_display: text(element, "display"),
                equivalence: text(target, "equivalence").unwrap_or_else(|| "equivalent".into()),
            });
        }
    }
    let unmapped = json.get("unmapped").and_then(|unmapped| match unmapped.str("mode") {
        Some("provided") => Some(Unmapped::Provided),
        Some("fixed") => Some(Unmapped::Fixed(text(unmapped, "code")?, text(unmapped, "display"))),
        _ => None,
    });
    Group { source: text(json, "source"), target: text(json, "target"), pairs, unmapped }
}
