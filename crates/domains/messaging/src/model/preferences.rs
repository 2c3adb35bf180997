//! How a patient wants to be told.

use super::{Channel, Language, QuietHours};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The order of channels of patients who have not said otherwise. Their own list in the portal shows every message
/// anyway; as a channel it counts only for those who chose it, because others may never look there.
const CHANNELS_DEFAULT: [Channel; 2] = [Channel::Email, Channel::Sms];

/// A patient's preferences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Preferences {
    /// Channels, the one that is tried first first.
    #[serde(default = "channels_default")]
    pub channels: Vec<Channel>,
    /// The language, where it is not the one in the record.
    #[serde(default)]
    pub language: Option<Language>,
    /// When not to be disturbed.
    #[serde(default)]
    pub quiet_hours: QuietHours,
    /// What the patient said of each channel; what is not here was not asked.
    #[serde(default)]
    pub consent: BTreeMap<Channel, bool>,
}

fn channels_default() -> Vec<Channel> {
    CHANNELS_DEFAULT.to_vec()
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            channels: channels_default(),
            language: None,
            quiet_hours: QuietHours::default(),
            consent: BTreeMap::new(),
        }
    }
}

impl Preferences {
    /// Whether a channel may be used. Where nobody asked, a contact that the patient gave to the hospital is for their
    /// care, unless the installation wants to be told so first (`opt_in`); the patient's own list needs no consent.
    pub fn allows(&self, channel: Channel, opt_in: bool) -> bool {
        let unasked = channel == Channel::InApp || !opt_in;
        self.consent.get(&channel).copied().unwrap_or(unasked)
    }
}
