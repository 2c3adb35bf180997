//! The members that each part of a ViewDefinition has: a misspelt one must not be ignored in silence.

use crate::json::Object;

/// Of every element.
const EVERYWHERE: [&str; 3] = ["id", "extension", "modifierExtension"];
/// Of the definition itself: its own, and those of every canonical resource.
const VIEW: [&str; 35] = [
    "resourceType",
    "meta",
    "implicitRules",
    "language",
    "text",
    "contained",
    "url",
    "identifier",
    "version",
    "versionAlgorithmString",
    "versionAlgorithmCoding",
    "name",
    "title",
    "status",
    "experimental",
    "date",
    "publisher",
    "contact",
    "description",
    "useContext",
    "jurisdiction",
    "purpose",
    "copyright",
    "copyrightLabel",
    "approvalDate",
    "lastReviewDate",
    "effectivePeriod",
    "relatedArtifact",
    "resource",
    "resourceVersion",
    "profile",
    "fhirVersion",
    "constant",
    "select",
    "where",
];

/// A part of a definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    View,
    Select,
    Column,
    Tag,
    Where,
    Constant,
}

impl Part {
    fn has(self, member: &str) -> bool {
        match self {
            Self::View => VIEW.contains(&member),
            Self::Select => {
                matches!(member, "column" | "select" | "forEach" | "forEachOrNull" | "repeat" | "unionAll")
            }
            Self::Column => {
                matches!(member, "path" | "name" | "description" | "collection" | "type" | "tag")
            }
            Self::Tag => matches!(member, "name" | "value"),
            Self::Where => matches!(member, "path" | "description"),
            Self::Constant => member == "name" || super::constant::arm(member).is_some(),
        }
    }

    /// The members of an object that mean nothing there.
    pub(super) fn strangers(self, object: &Object) -> impl Iterator<Item = &str> {
        object.iter().map(|(name, _)| name).filter(move |name| {
            let bare = name.strip_prefix('_').unwrap_or(name);
            !EVERYWHERE.contains(&bare) && !self.has(bare)
        })
    }
}
