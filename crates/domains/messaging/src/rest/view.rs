//! What callers see.

use crate::model::templates::Template;
use crate::model::{Channel, Language, Message, Preferences, Purpose, Reason, State};
use crate::queries::Counts;
use crate::store::{Feed, Stored};
use galen_kernel::Phi;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A message.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageView {
    /// Its id.
    pub id: String,
    /// Whose.
    pub patient: String,
    /// What it is for.
    pub purpose: Purpose,
    /// `Appointment/id`.
    pub about: String,
    /// By which channel.
    pub channel: Channel,
    /// In which language.
    pub language: Language,
    /// How it fares.
    pub state: State,
    /// Why it did not go out, or not yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// When it is tried next, of those that wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// When it was made.
    pub queued: String,
    /// When the provider took it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent: Option<String>,
    /// Attempts so far.
    pub attempts: u32,
    /// Its title, of those that were sent; made when it is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub subject: Option<Phi<String>>,
    /// Its text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub text: Option<Phi<String>>,
}

impl MessageView {
    /// Of a message, without text.
    pub fn new(id: &str, message: &Message) -> Self {
        Self {
            id: id.to_owned(),
            patient: message.patient.to_string(),
            purpose: message.purpose,
            about: format!("Appointment/{}", message.appointment),
            channel: message.channel,
            language: message.language,
            state: message.state(),
            reason: message.reason,
            due: message.state().is_open().then(|| message.due.to_string()),
            queued: message.queued.to_string(),
            sent: message.sent.map(|at| at.to_string()),
            attempts: message.attempts,
            subject: None,
            text: None,
        }
    }
}

/// Messages.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct MessagePage {
    /// The messages.
    pub messages: Vec<MessageView>,
}

/// How the queue fares. Counts end at a thousand for each part of the store.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct MessageQueue {
    /// Messages that wait, or are on their way.
    pub open: usize,
    /// Those of them that should have gone out a while ago.
    pub overdue: usize,
    /// Those that were given up.
    pub dead: usize,
}

impl From<Counts> for MessageQueue {
    fn from(counts: Counts) -> Self {
        Self { open: counts.open, overdue: counts.overdue, dead: counts.dead }
    }
}

/// How a patient wants to be told.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct PreferencesView {
    /// The version; 0 where the patient said nothing yet.
    pub version: u64,
    /// What holds.
    pub preferences: Preferences,
}

/// What a message says.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TemplateView {
    /// What for.
    pub purpose: Purpose,
    /// In which language.
    pub language: Language,
    /// The version; 0 where it was never replaced.
    pub version: u64,
    /// Whether it is the text that comes with Galen.
    pub is_built_in: bool,
    /// The text.
    pub template: Template,
}

/// Everything that messages say.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct TemplatePage {
    /// By purpose and language.
    pub templates: Vec<TemplateView>,
}

/// A calendar address.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct FeedView {
    /// Its id.
    pub id: String,
    /// When it was made.
    pub created: String,
    /// The address, once: when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub address: Option<Phi<String>>,
}

impl FeedView {
    /// Of a feed, without its secret.
    pub fn new(stored: &Stored<Feed>) -> Self {
        Self { id: stored.id.clone(), created: stored.value.at.to_string(), address: None }
    }
}

/// A patient's calendar addresses.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct FeedPage {
    /// The newest first.
    pub feeds: Vec<FeedView>,
}
