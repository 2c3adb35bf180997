//! What one may ask of messaging.

use crate::model::templates::Template;
use crate::model::{Language, Preferences, Purpose};
use schemars::JsonSchema;
use serde::Deserialize;

/// Sends a message that was given up, or suppressed, after all.
#[derive(Debug, Clone)]
pub struct ResendMessage {
    /// The message.
    pub id: String,
}

/// Says how a patient wants to be told; replaces what was said before.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetMessagePreferences {
    /// The patient, from the address.
    #[serde(skip)]
    pub patient: String,
    /// The version that the caller saw; 0 where nothing was said yet.
    pub version: u64,
    /// What holds from now on.
    pub preferences: Preferences,
}

/// Replaces the text of a template, or goes back to the one that comes with Galen.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OverrideMessageTemplate {
    /// The purpose, from the address.
    #[serde(skip, default = "any_purpose")]
    pub purpose: Purpose,
    /// The language, from the address.
    #[serde(skip)]
    pub language: Language,
    /// The version that the caller saw; 0 where it was never replaced.
    pub version: u64,
    /// The text; none to go back.
    pub template: Option<Template>,
}

const fn any_purpose() -> Purpose {
    Purpose::AppointmentBooked
}

/// Makes an address under which calendar programs read a patient's appointments.
#[derive(Debug, Clone)]
pub struct CreateCalendarFeed {
    /// The patient.
    pub patient: String,
}

/// Closes such an address.
#[derive(Debug, Clone)]
pub struct RevokeCalendarFeed {
    /// The patient.
    pub patient: String,
    /// The feed.
    pub feed: String,
}
