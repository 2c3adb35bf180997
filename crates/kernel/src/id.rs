//! Typed ids. Each is a FHIR id (R4 datatypes, `id`): 1 to 64 of `A-Z a-z 0-9 - .`

use std::fmt;

/// The most characters that an id may have (FHIR R4, datatype `id`).
pub const ID_CHARACTERS_MAX: usize = 64;

/// Whether `text` is a FHIR id.
pub fn valid_id(text: &str) -> bool {
    (1..=ID_CHARACTERS_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
}

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidId;

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id has 1 to 64 letters, digits, '-' or '.'")
    }
}

impl std::error::Error for InvalidId {}

macro_rules! typed_id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Reads the id; refuses what FHIR would.
            pub fn parse(text: impl Into<String>) -> Result<Self, InvalidId> {
                let text = text.into();
                if valid_id(&text) { Ok(Self(text)) } else { Err(InvalidId) }
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::parse(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
            }
        }
    )*};
}

typed_id! {
    /// A Patient resource.
    PatientId,
    /// A Practitioner resource.
    PractitionerId,
    /// A facility: an Organization resource that runs a site.
    FacilityId,
    /// A user account of Galen.
    UserId,
    /// One request, from edge to audit entry.
    RequestId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_follow_fhir() {
        assert!(PatientId::parse("a-1.B").is_ok());
        for bad in ["", "a b", "ä", "a/b", &"x".repeat(65)] {
            assert_eq!(PatientId::parse(bad), Err(InvalidId), "{bad}");
        }
    }

    #[test]
    fn ids_are_checked_when_read_from_json() {
        assert!(serde_json::from_str::<UserId>("\"a/b\"").is_err());
    }
}
