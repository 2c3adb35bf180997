//! What one may make an appointment for.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What patients may do by themselves: the clinic's switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Portal {
    /// They see nothing of it.
    #[default]
    Off,
    /// They see their appointments.
    ViewOnly,
    /// They ask for a time; staff approve.
    RequestApproval,
    /// They book.
    SelfBook,
}

impl Portal {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Off, Self::ViewOnly, Self::RequestApproval, Self::SelfBook];

    /// Its code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::ViewOnly => "view-only",
            Self::RequestApproval => "request-approval",
            Self::SelfBook => "self-book",
        }
    }

    /// Of a code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|portal| portal.code() == code)
    }
}

/// What the rules read of a HealthcareService.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceRules {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is offered.
    pub active: bool,
    /// How long an appointment is.
    pub minutes: i64,
    /// The clinic's switch.
    pub portal: Portal,
    /// How long before an appointment patients may still book, move or cancel it by themselves.
    pub notice_minutes: i64,
    /// What to do before coming.
    pub preparation: Option<String>,
}
