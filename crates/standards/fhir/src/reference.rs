//! The forms a literal reference may take (<https://hl7.org/fhir/R4/references.html#literal>).

use crate::resource::valid_id;
use crate::resource_type::ResourceType;

/// A reference, read. Text is borrowed from the resource or owned, as the caller needs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ParsedReference<T = Box<str>> {
    /// `#id`, a contained resource; `#` alone is the container.
    Contained(T),
    /// `Patient/1` or `Patient/1/_history/2`, on this server.
    Local {
        /// The type named.
        resource_type: ResourceType,
        /// The id named.
        id: T,
        /// The version named.
        version: Option<T>,
    },
    /// `https://host/base/Patient/1`; the base has no trailing slash. It may be this server's own: the caller knows.
    Absolute {
        /// `https://host/base`.
        base: T,
        /// The type named.
        resource_type: ResourceType,
        /// The id named.
        id: T,
        /// The version named.
        version: Option<T>,
    },
    /// `Practitioner?identifier=...`, allowed in transactions only.
    Conditional {
        /// The type named.
        resource_type: ResourceType,
        /// The text after `?`.
        query: T,
    },
    /// A canonical with its version, from an element of type canonical.
    Canonical {
        /// Without version.
        url: T,
        /// The text after `|`.
        version: Option<T>,
    },
    /// `urn:uuid:...` or any other absolute uri.
    Uri(T),
}

impl<T> ParsedReference<T> {
    /// The resource type it evidently points to.
    pub fn resource_type(&self) -> Option<ResourceType> {
        match self {
            Self::Local { resource_type, .. }
            | Self::Absolute { resource_type, .. }
            | Self::Conditional { resource_type, .. } => Some(*resource_type),
            _ => None,
        }
    }

    /// Turns every text.
    pub fn map<U>(self, mut turn: impl FnMut(T) -> U) -> ParsedReference<U> {
        match self {
            Self::Contained(id) => ParsedReference::Contained(turn(id)),
            Self::Local { resource_type, id, version } => {
                ParsedReference::Local { resource_type, id: turn(id), version: version.map(turn) }
            }
            Self::Absolute { base, resource_type, id, version } => ParsedReference::Absolute {
                base: turn(base),
                resource_type,
                id: turn(id),
                version: version.map(turn),
            },
            Self::Conditional { resource_type, query } => {
                ParsedReference::Conditional { resource_type, query: turn(query) }
            }
            Self::Canonical { url, version } => {
                ParsedReference::Canonical { url: turn(url), version: version.map(turn) }
            }
            Self::Uri(text) => ParsedReference::Uri(turn(text)),
        }
    }
}

impl<'t> ParsedReference<&'t str> {
    /// The id of a reference to a resource of this type on this server.
    pub fn local_id(text: &'t str, kind: &str) -> Option<&'t str> {
        match Self::parse(text)? {
            Self::Local { resource_type, id, .. } if resource_type.name() == kind => Some(id),
            _ => None,
        }
    }

    /// Reads a literal reference; `None` when it has no form FHIR knows.
    pub fn parse(text: &'t str) -> Option<Self> {
        if let Some(id) = text.strip_prefix('#') {
            return (id.is_empty() || valid_id(id)).then_some(Self::Contained(id));
        }
        if let Some(local) = local(text) {
            return Some(local);
        }
        if let Some((name, query)) = text.split_once('?')
            && let Some(resource_type) = ResourceType::parse(name)
        {
            return (!query.is_empty()).then_some(Self::Conditional { resource_type, query });
        }
        if !has_scheme(text) || text.chars().any(char::is_whitespace) {
            return None;
        }
        Some(absolute(text).unwrap_or(Self::Uri(text)))
    }

    /// Reads a canonical, `url|version`.
    pub fn canonical(text: &'t str) -> Self {
        match text.split_once('|') {
            Some((url, version)) => Self::Canonical { url, version: Some(version) },
            None => Self::Canonical { url: text, version: None },
        }
    }

    /// The same with its own text.
    pub fn into_owned(self) -> ParsedReference {
        self.map(Box::from)
    }
}

/// `Type/id` or `Type/id/_history/version`.
fn local(text: &str) -> Option<ParsedReference<&str>> {
    let mut parts = text.split('/');
    let (name, id) = (parts.next()?, parts.next()?);
    if !name.as_bytes().first().is_some_and(u8::is_ascii_uppercase) || !valid_id(id) {
        return None;
    }
    let version = match parts.next() {
        None => None,
        Some("_history") => Some(parts.next().filter(|version| valid_id(version))?),
        Some(_) => return None,
    };
    let resource_type = ResourceType::parse(name).filter(|_| parts.next().is_none())?;
    Some(ParsedReference::Local { resource_type, id, version })
}

/// An http(s) url whose last segments are a local reference.
fn absolute(text: &str) -> Option<ParsedReference<&str>> {
    if !text.starts_with("http://") && !text.starts_with("https://") {
        return None;
    }
    let mut cut = text.rmatch_indices('/').map(|(at, _)| at);
    let second = cut.nth(1)?;
    let fourth = cut.nth(1);
    for at in [Some(second), fourth].into_iter().flatten() {
        let (base, tail) = text.split_at(at);
        if let Some(ParsedReference::Local { resource_type, id, version }) =
            local(tail.trim_start_matches('/'))
        {
            return Some(ParsedReference::Absolute { base, resource_type, id, version });
        }
    }
    None
}

fn has_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| {
        !rest.is_empty()
            && scheme.as_bytes().first().is_some_and(u8::is_ascii_alphabetic)
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_form() {
        let patient = ResourceType::parse("Patient").unwrap();
        let parse = ParsedReference::parse;
        assert_eq!(parse("#a"), Some(ParsedReference::Contained("a")));
        assert_eq!(
            parse("Patient/1"),
            Some(ParsedReference::Local { resource_type: patient, id: "1", version: None })
        );
        let versioned = ParsedReference::Local { resource_type: patient, id: "1", version: Some("2") };
        assert_eq!(parse("Patient/1/_history/2"), Some(versioned));
        let absolute = |version| ParsedReference::Absolute {
            base: "http://x/fhir",
            resource_type: patient,
            id: "1",
            version,
        };
        assert_eq!(parse("http://x/fhir/Patient/1"), Some(absolute(None)));
        assert_eq!(parse("http://x/fhir/Patient/1/_history/2"), Some(absolute(Some("2"))));
        let conditional = ParsedReference::Conditional { resource_type: patient, query: "identifier=a|b" };
        assert_eq!(parse("Patient?identifier=a|b"), Some(conditional));
        assert_eq!(parse("urn:uuid:1"), Some(ParsedReference::Uri("urn:uuid:1")));
        assert_eq!(parse("http://x/other"), Some(ParsedReference::Uri("http://x/other")));
        for bad in [
            "",
            "Patient",
            "Foo/1",
            "Patient/",
            "Patient/a b",
            "Patient/1/x",
            "Patient/1/_history/",
            "patient/1",
            "Patient?",
            "#a b",
            "http://a b",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
