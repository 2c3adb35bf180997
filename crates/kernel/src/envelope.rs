//! What travels from one domain to the others: an event with its name, version and subject.

use serde::{Deserialize, Serialize};

/// An event as the journal (outbox) and the bus carry it. The body is a contract of `galen-contracts`, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// Contract name with its version, for example `registration.PatientRegisteredV1`.
    pub name: String,
    /// What it is about, for example `Patient/00...`. Ids only: never PHI.
    pub subject: String,
    /// The contract, as JSON text.
    pub body: String,
}

/// A contract: an event that other domains may rely on. Breaking one needs a new version.
pub trait Contract: Serialize + for<'de> Deserialize<'de> {
    /// Domain, name and version, for example `registration.PatientRegisteredV1`.
    const NAME: &'static str;

    /// What it is about.
    fn subject(&self) -> String;

    /// Wraps it for the journal.
    fn envelope(&self) -> Envelope
    where
        Self: Sized,
    {
        Envelope {
            name: Self::NAME.to_owned(),
            subject: self.subject(),
            // A contract is a plain struct of strings, numbers and lists: writing it cannot fail.
            body: serde_json::to_string(self).unwrap_or_default(),
        }
    }

    /// Reads it back, if `envelope` carries this contract.
    fn read(envelope: &Envelope) -> Option<Self>
    where
        Self: Sized,
    {
        (envelope.name == Self::NAME).then(|| serde_json::from_str(&envelope.body).ok()).flatten()
    }
}
