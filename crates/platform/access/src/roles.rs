//! Roles, activities and baselines as imported, versioned data (reference/roles.toml), with source and verified flag.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The data that ships with Galen.
const SHIPPED: &str = include_str!("../reference/roles.toml");

/// A role and what it may do before anything is added for one person.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Its code (one; a list so that a rename can keep the old one).
    pub codes: Vec<String>,
    /// Its published name.
    pub name: String,
    /// A short name for command lines.
    pub alias: String,
    /// Where it was read.
    pub source: String,
    /// Whether the source was read, not guessed.
    pub verified: bool,
    /// Activities that the source gives every holder.
    pub baseline: Vec<String>,
    /// Activities that this hospital adds.
    pub additional: Vec<String>,
}

/// Activities of one source.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActivityGroup {
    /// Codes.
    pub codes: Vec<String>,
    /// Names, in the same order.
    pub names: Vec<String>,
    /// Where they were read.
    pub source: String,
    /// Whether the source was read, not guessed.
    pub verified: bool,
}

/// The whole catalogue.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleCatalogue {
    /// Version of the data.
    pub version: String,
    /// All roles.
    #[serde(rename = "role")]
    pub roles: Vec<Role>,
    /// All activities.
    #[serde(rename = "activity")]
    pub activities: Vec<ActivityGroup>,
    /// Child activity -> the parents it grants.
    pub includes: BTreeMap<String, Vec<String>>,
}

impl RoleCatalogue {
    /// The catalogue that ships with Galen.
    pub fn shipped() -> Result<Self, String> {
        Self::parse(SHIPPED)
    }

    /// Reads a catalogue; refuses one that names an activity it does not define or invents an NHS code.
    pub fn parse(text: &str) -> Result<Self, String> {
        let catalogue: Self = toml::from_str(text).map_err(|e| e.to_string())?;
        let known: BTreeSet<&str> =
            catalogue.activities.iter().flat_map(|g| g.codes.iter().map(String::as_str)).collect();
        for group in &catalogue.activities {
            if group.codes.len() != group.names.len() {
                return Err(format!("activities of '{}': as many names as codes", group.source));
            }
            if group.source == "Galen" && group.codes.iter().any(|c| !c.starts_with("G-")) {
                return Err("Galen's own permissions begin with G-".to_owned());
            }
        }
        let used = catalogue
            .roles
            .iter()
            .flat_map(|r| r.baseline.iter().chain(&r.additional))
            .chain(catalogue.includes.keys())
            .chain(catalogue.includes.values().flatten());
        for code in used {
            if !known.contains(code.as_str()) {
                return Err(format!("activity {code} is used but not defined"));
            }
        }
        Ok(catalogue)
    }

    /// Finds a role by code, alias or published name, in any case.
    pub fn find(&self, text: &str) -> Option<&Role> {
        let wanted = text.trim();
        let matches = |candidate: &str| candidate.eq_ignore_ascii_case(wanted);
        self.roles
            .iter()
            .find(|r| r.codes.iter().any(|c| matches(c)) || matches(&r.alias) || matches(&r.name))
            .or_else(|| if matches("admin") { self.find("administrator") } else { None })
    }

    /// All aliases, for messages.
    pub fn aliases(&self) -> Vec<&str> {
        self.roles.iter().map(|r| r.alias.as_str()).collect()
    }

    /// What `role` and `added` activities allow together, inclusions followed. An activity whose source was not
    /// verified is listed but grants nothing else: an unread code must not open a record.
    pub fn effective(&self, role: &str, added: &[String]) -> BTreeSet<String> {
        let Some(role) = self.find(role) else { return BTreeSet::new() };
        let mut open: Vec<&str> =
            role.baseline.iter().chain(&role.additional).chain(added).map(String::as_str).collect();
        let mut closed = BTreeSet::new();
        while let Some(code) = open.pop() {
            if !closed.insert(code.to_owned()) || !self.is_verified(code) {
                continue;
            }
            if let Some(parents) = self.includes.get(code) {
                open.extend(parents.iter().map(String::as_str));
            }
        }
        closed
    }

    fn is_verified(&self, activity: &str) -> bool {
        self.activities.iter().any(|g| g.verified && g.codes.iter().any(|c| c == activity))
    }
}

impl Role {
    /// The code in use.
    pub fn code(&self) -> &str {
        self.codes.first().map_or("", String::as_str)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn shipped_catalogue_is_consistent() {
        let catalogue = RoleCatalogue::shipped().unwrap();
        assert!(catalogue.roles.len() >= 20);
        assert_eq!(catalogue.find("doctor").unwrap().code(), "R8000");
        assert_eq!(catalogue.find("r8000").unwrap().alias, "doctor");
    }

    #[test]
    fn a_child_grants_its_parent() {
        let catalogue = RoleCatalogue::shipped().unwrap();
        let doctor = catalogue.effective("R8000", &[]);
        for code in ["B8029", "B8028", "B0380", "B0790", "B0360", "B0278"] {
            assert!(doctor.contains(code), "{code}");
        }
    }

    #[test]
    fn an_unverified_activity_grants_nothing_else() {
        let catalogue = RoleCatalogue::shipped().unwrap();
        let clerk = catalogue.effective("clerk", &[]);
        assert!(clerk.contains("B1693"));
        assert!(!clerk.contains("B0360"));
    }

    #[test]
    fn an_undefined_activity_is_refused() {
        let text = SHIPPED.replace("\"B0420\", \"B8028\"", "\"B9999\", \"B8028\"");
        assert!(RoleCatalogue::parse(&text).unwrap_err().contains("B9999"));
    }
}
