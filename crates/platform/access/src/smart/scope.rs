//! SMART scopes (App Launch 2.2, "Scopes and Launch Context"): v1 and v2 read into one form, compared, narrowed, written.

use std::collections::BTreeSet;
use std::fmt;

/// Most scopes in one request.
pub const SCOPES_MAX: usize = 100;
/// Most characters of one request's scopes: with the rest of a token they are one claim of the store.
pub const SCOPE_TEXT_CHARACTERS_MAX: usize = 3_000;
/// Most characters of a scope's search criteria.
pub const CRITERIA_CHARACTERS_MAX: usize = 500;

/// Whose data a scope is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The patient in context.
    Patient,
    /// All that the user may see.
    User,
    /// All that the client's own account may see: no user is there.
    System,
}

impl Level {
    /// As written.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Patient => "patient",
            Self::User => "user",
            Self::System => "system",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Patient, Self::User, Self::System].into_iter().find(|level| level.code() == text)
    }
}

/// A set of interactions: create, read, update, delete, search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permissions(u8);

impl Permissions {
    /// Create.
    pub const CREATE: Self = Self(1);
    /// Read, vread, history of a resource.
    pub const READ: Self = Self(2);
    /// Update and patch.
    pub const UPDATE: Self = Self(4);
    /// Delete.
    pub const DELETE: Self = Self(8);
    /// Search, history of a type or of the server.
    pub const SEARCH: Self = Self(16);
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// v1's `read`.
    const V1_READ: Self = Self(2 | 16);
    /// v1's `write`.
    const V1_WRITE: Self = Self(1 | 4 | 8);
    /// v1's `*`.
    const V1_ALL: Self = Self(31);
    /// In the order in which they are written.
    const LETTERS: [(char, Self); 5] = [
        ('c', Self::CREATE),
        ('r', Self::READ),
        ('u', Self::UPDATE),
        ('d', Self::DELETE),
        ('s', Self::SEARCH),
    ];

    /// Both.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether all of `other` is in this.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether something of `other` is in this.
    pub const fn has_any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn parse(text: &str) -> Option<(Self, Version)> {
        match text {
            "read" => return Some((Self::V1_READ, Version::One)),
            "write" => return Some((Self::V1_WRITE, Version::One)),
            "*" => return Some((Self::V1_ALL, Version::One)),
            _ => {}
        }
        let mut rest = text;
        let mut all = Self::NONE;
        for (letter, permission) in Self::LETTERS {
            if let Some(after) = rest.strip_prefix(letter) {
                (rest, all) = (after, all.with(permission));
            }
        }
        (rest.is_empty() && all != Self::NONE).then_some((all, Version::Two))
    }
}

impl fmt::Display for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letters = Self::LETTERS.iter().filter(|(_, permission)| self.has(*permission));
        letters.map(|(letter, _)| letter).collect::<String>().fmt(f)
    }
}

/// In which version of SMART a scope was written, so that a client of that version reads its own words again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Version {
    One,
    Two,
}

/// A scope for resources: `patient/Observation.rs?category=laboratory`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceScope {
    /// Whose.
    pub level: Level,
    /// The type's name; `None` for every type.
    pub kind: Option<String>,
    /// What may be done.
    pub permissions: Permissions,
    /// Search criteria that the resources must meet, as in a search's address.
    pub criteria: Option<String>,
    version: Version,
}

impl ResourceScope {
    /// Reads one; `None` when it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let (level, rest) = text.split_once('/')?;
        let level = Level::parse(level)?;
        let (rest, criteria) = match rest.split_once('?') {
            Some((rest, criteria)) => (rest, Some(criteria)),
            None => (rest, None),
        };
        let (kind, permissions) = rest.split_once('.')?;
        let kind = match kind {
            "*" => None,
            name if is_type_name(name) => Some(name.to_owned()),
            _ => return None,
        };
        let (permissions, version) = Permissions::parse(permissions)?;
        let criteria = match criteria {
            None => None,
            Some(text) if version == Version::Two && is_criteria(text) => Some(text.to_owned()),
            Some(_) => return None,
        };
        Some(Self { level, kind, permissions, criteria, version })
    }

    /// Whether it speaks of this type.
    pub fn is_about(&self, kind: &str) -> bool {
        self.kind.as_deref().is_none_or(|own| own == kind)
    }

    /// What is in this and in the other: of type and criteria the narrower, of permissions those of both. Criteria that
    /// differ have nothing in common that could be written as one scope.
    fn meet(&self, other: &Self) -> Option<Self> {
        let kind = narrower(self.kind.as_ref(), other.kind.as_ref()).ok()?;
        let criteria = narrower(self.criteria.as_ref(), other.criteria.as_ref()).ok()?;
        let permissions = self.permissions.and(other.permissions);
        (self.level == other.level && permissions != Permissions::NONE).then(|| Self {
            kind: kind.cloned(),
            criteria: criteria.cloned(),
            permissions,
            ..self.clone()
        })
    }

    /// Whether every resource that the other speaks of is one that this speaks of.
    fn spans(&self, other: &Self) -> bool {
        self.level == other.level
            && self.kind.as_ref().is_none_or(|kind| other.kind.as_ref() == Some(kind))
            && self.criteria.as_ref().is_none_or(|criteria| other.criteria.as_ref() == Some(criteria))
    }

    /// Whether all that the other allows is in this.
    fn covers(&self, other: &Self) -> bool {
        self.spans(other) && self.permissions.has(other.permissions)
    }
}

/// What excludes what it is met with: no resource is in both.
struct Exclusive;

/// Of two restrictions the narrower; `None` is no restriction.
fn narrower<T: PartialEq>(one: Option<T>, other: Option<T>) -> Result<Option<T>, Exclusive> {
    match (one, other) {
        (None, any) | (any, None) => Ok(any),
        (Some(one), Some(other)) if one == other => Ok(Some(one)),
        _ => Err(Exclusive),
    }
}

fn is_type_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase()) && name.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn is_criteria(text: &str) -> bool {
    (1..=CRITERIA_CHARACTERS_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'\\' | b'?' | b'#'))
        && text.split('&').all(|pair| {
            pair.split_once('=').is_some_and(|(name, value)| !name.is_empty() && !value.is_empty())
        })
}

impl fmt::Display for ResourceScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind.as_deref().unwrap_or("*");
        write!(f, "{}/{kind}.", self.level.code())?;
        match (self.version, self.permissions) {
            (Version::One, Permissions::V1_READ) => f.write_str("read")?,
            (Version::One, Permissions::V1_WRITE) => f.write_str("write")?,
            (Version::One, Permissions::V1_ALL) => f.write_str("*")?,
            (_, permissions) => permissions.fmt(f)?,
        }
        match &self.criteria {
            Some(criteria) => write!(f, "?{criteria}"),
            None => Ok(()),
        }
    }
}

/// Scopes that are about no resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Plain {
    /// An id token.
    OpenId,
    /// Who the user is, as a FHIR resource.
    FhirUser,
    /// The same, as OpenID Connect calls it.
    Profile,
    /// The context that the launch brings.
    Launch,
    /// A patient, chosen if need be.
    LaunchPatient,
    /// An encounter.
    LaunchEncounter,
    /// A refresh token that outlives the session.
    OfflineAccess,
    /// A refresh token as long as the session.
    OnlineAccess,
}

impl Plain {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::OpenId,
        Self::FhirUser,
        Self::Profile,
        Self::Launch,
        Self::LaunchPatient,
        Self::LaunchEncounter,
        Self::OfflineAccess,
        Self::OnlineAccess,
    ];

    /// As written.
    pub const fn code(self) -> &'static str {
        match self {
            Self::OpenId => "openid",
            Self::FhirUser => "fhirUser",
            Self::Profile => "profile",
            Self::Launch => "launch",
            Self::LaunchPatient => "launch/patient",
            Self::LaunchEncounter => "launch/encounter",
            Self::OfflineAccess => "offline_access",
            Self::OnlineAccess => "online_access",
        }
    }
}

/// Why scopes cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyScopes;

/// A set of scopes, each once, in a fixed order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Scopes {
    plain: BTreeSet<Plain>,
    resources: BTreeSet<ResourceScope>,
}

impl Scopes {
    /// Reads a space-separated list. What is no scope of ours is left out (RFC 6749, 3.3): the answer tells what was
    /// granted.
    pub fn parse(text: &str) -> Result<Self, TooManyScopes> {
        if text.len() > SCOPE_TEXT_CHARACTERS_MAX {
            return Err(TooManyScopes);
        }
        let mut scopes = Self::default();
        for (place, word) in text.split_ascii_whitespace().enumerate() {
            if place >= SCOPES_MAX {
                return Err(TooManyScopes);
            }
            if let Some(plain) = Plain::ALL.into_iter().find(|plain| plain.code() == word) {
                scopes.plain.insert(plain);
            } else if let Some(resource) = ResourceScope::parse(word) {
                scopes.resources.insert(resource);
            }
        }
        Ok(scopes)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.plain.is_empty() && self.resources.is_empty()
    }

    /// Whether this one is there.
    pub fn has(&self, plain: Plain) -> bool {
        self.plain.contains(&plain)
    }

    /// Those for resources.
    pub fn resources(&self) -> impl Iterator<Item = &ResourceScope> {
        self.resources.iter()
    }

    /// Whether one of them is of this level.
    pub fn has_level(&self, level: Level) -> bool {
        self.resources.iter().any(|scope| scope.level == level)
    }

    /// Whether they need a patient in context.
    pub fn needs_patient(&self) -> bool {
        self.has(Plain::LaunchPatient) || self.has_level(Level::Patient)
    }

    /// These as far as `allowed` goes: never more than they ask for and never more than it allows.
    #[must_use]
    pub fn within(&self, allowed: &Self) -> Self {
        let mut narrowed: Vec<ResourceScope> = Vec::new();
        for scope in &self.resources {
            for met in allowed.resources.iter().filter_map(|one| scope.meet(one)) {
                let same = |one: &&mut ResourceScope| {
                    (one.level, &one.kind, &one.criteria) == (met.level, &met.kind, &met.criteria)
                };
                match narrowed.iter_mut().find(same) {
                    Some(known) => known.permissions = known.permissions.with(met.permissions),
                    None => narrowed.push(met),
                }
                narrowed.truncate(SCOPES_MAX);
            }
        }
        let is_needed = |one: &&ResourceScope| {
            !narrowed.iter().any(|other| {
                other.covers(one)
                    && (other.permissions, &other.kind, &other.criteria)
                        != (one.permissions, &one.kind, &one.criteria)
            })
        };
        Self {
            plain: self.plain.intersection(&allowed.plain).copied().collect(),
            resources: narrowed.iter().filter(is_needed).cloned().collect(),
        }
    }

    /// Whether all of these are in the other, in whichever words.
    pub fn is_within(&self, other: &Self) -> bool {
        self.plain.is_subset(&other.plain)
            && self.resources.iter().all(|scope| {
                let spanning = other.resources.iter().filter(|one| one.spans(scope));
                let all = spanning.fold(Permissions::NONE, |all, one| all.with(one.permissions));
                all.has(scope.permissions)
            })
    }

    /// Those that pass the test.
    #[must_use]
    pub fn filtered(mut self, mut keep: impl FnMut(&ResourceScope) -> bool) -> Self {
        self.resources.retain(|scope| keep(scope));
        self
    }

    /// Without this one.
    #[must_use]
    pub fn without(mut self, plain: Plain) -> Self {
        self.plain.remove(&plain);
        self
    }

    /// Each as written.
    pub fn words(&self) -> Vec<String> {
        let plain = self.plain.iter().map(|one| one.code().to_owned());
        plain.chain(self.resources.iter().map(ToString::to_string)).collect()
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words().join(" "))
    }
}

impl serde::Serialize for Scopes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Scopes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(|_| serde::de::Error::custom("too many scopes"))
    }
}

#[cfg(test)]
#[path = "scope_tests.rs"]
mod tests;
