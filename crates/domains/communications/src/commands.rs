//! What one may ask of communications.

use crate::model::Topic;
use galen_kernel::Phi;
use schemars::JsonSchema;
use serde::Deserialize;

/// Writes about something new.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StartThread {
    /// The patient, from the address.
    #[serde(skip)]
    pub patient: String,
    /// What it is about.
    pub topic: Topic,
    /// In a few words: 120 characters at most.
    #[schemars(with = "String")]
    pub subject: Phi<String>,
    /// The message: 4,000 characters at most.
    #[schemars(with = "String")]
    pub text: Phi<String>,
}

/// Answers.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReplyToThread {
    /// The thread, from the address.
    #[serde(skip)]
    pub id: String,
    /// How many messages the caller saw: nobody answers over somebody else's words.
    pub seen: usize,
    /// The message: 4,000 characters at most.
    #[schemars(with = "String")]
    pub text: Phi<String>,
}

/// Says that the messages were read.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MarkThreadRead {
    /// The thread, from the address.
    #[serde(skip)]
    pub id: String,
    /// How many messages were shown.
    pub seen: usize,
}

/// Says that nothing more is to be done.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CloseThread {
    /// The thread, from the address.
    #[serde(skip)]
    pub id: String,
    /// How many messages the caller saw.
    pub seen: usize,
}
