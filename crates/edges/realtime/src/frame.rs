//! What goes over the socket, both ways.

use serde::{Deserialize, Serialize};

/// What a client says first, and again when it wants to hear something else.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Listen {
    /// Resource types; a patient's account hears of these within the own record.
    pub listen: Vec<String>,
    /// For whom a proxy acts.
    #[serde(default)]
    pub acting_for: Option<String>,
    /// What the client knows of already.
    #[serde(default)]
    pub after: Option<Resume>,
}

/// A place in the order of changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Resume {
    /// The process that counted.
    pub epoch: String,
    /// Its number.
    pub sequence: u64,
}

/// What the server says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
pub enum Frame<'f> {
    /// The answer to a [`Listen`].
    Listening {
        /// The process that counts.
        epoch: &'f str,
        /// The last change that there was.
        sequence: u64,
        /// Whether the client has missed something and must read everything again.
        reset: bool,
    },
    /// Something changed.
    Changed {
        /// Its place in the order.
        sequence: u64,
        /// Its type.
        #[serde(rename = "type")]
        resource_type: &'f str,
        /// Its id.
        id: &'f str,
    },
    /// More changed than could be told: everything is to be read again.
    Reset {
        /// Always true.
        reset: bool,
    },
    /// The connection is there; nothing changed.
    Beat {
        /// Always true.
        beat: bool,
    },
    /// What the client said was not understood.
    Error {
        /// What is wrong.
        error: &'f str,
    },
}

impl Frame<'_> {
    /// As it is sent.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_small_and_say_one_thing() {
        let changed = Frame::Changed { sequence: 7, resource_type: "Appointment", id: "a-1" };
        assert_eq!(changed.text(), r#"{"sequence":7,"type":"Appointment","id":"a-1"}"#);
        let hello = Frame::Listening { epoch: "e", sequence: 6, reset: true };
        assert_eq!(hello.text(), r#"{"epoch":"e","sequence":6,"reset":true}"#);
        assert_eq!(Frame::Reset { reset: true }.text(), r#"{"reset":true}"#);
        assert_eq!(Frame::Beat { beat: true }.text(), r#"{"beat":true}"#);
        let text = r#"{"listen":["Task"],"after":{"epoch":"e","sequence":3}}"#;
        let listen: Listen = serde_json::from_str(text).unwrap();
        assert_eq!(listen.after.unwrap().sequence, 3);
        assert!(serde_json::from_str::<Listen>(r#"{"listen":[],"more":1}"#).is_err());
    }
}
