//! Configuration: flags over environment over file over defaults. An unknown key is an error that names the nearest.

use crate::messaging::{self, FileMessaging};
use galen_fhir::validate::Strictness;
use galen_graphql::GraphSettings;
use galen_outbound::Rules;
use galen_results::ReleasePolicy;
use galen_results::model::HOLD_HOURS_MAX;
use galen_service::limits::LimitFigures;
use galen_service::strictness::FacilityStrictness;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Keys of the file, dotted where nested.
const KEYS: [&str; 28] = [
    "listen",
    "origin",
    "database_url",
    "shards",
    "zone",
    "services",
    "key_file",
    "key_command",
    "checkpoint_dir",
    "roles",
    "otlp",
    "log.format",
    "log.level",
    "tls.certificate",
    "tls.key",
    "outbound.allowed",
    "outbound.plaintext",
    "validation.strictness",
    "graphql.persisted_only",
    "results.critical_hours",
    "results.sensitive_hours",
    "results.sensitive",
    "limits.body_bytes_max",
    "limits.request_seconds_max",
    "limits.connections_max",
    "limits.user_requests_per_second",
    "limits.anonymous_requests_per_second",
    "limits.address_requests_per_second",
];

/// Beneath this, keys are those of messages to patients.
const MESSAGING: &str = "messaging.";
/// Beneath this, keys are the ids of facilities.
const FACILITIES: &str = "validation.facilities.";

/// The file's contents; everything has a default.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(clippy::struct_field_names)] // the names are those of the file
pub struct File {
    /// Address to listen on.
    pub listen: Option<SocketAddr>,
    /// Address under which clients reach the server, when it is behind something.
    pub origin: Option<String>,
    /// PostgreSQL instead of the embedded database.
    pub database_url: Option<String>,
    /// Shards of a new PostgreSQL zone.
    pub shards: Option<u8>,
    /// Residency zone.
    pub zone: Option<String>,
    /// Services to run; all when absent.
    pub services: Option<Vec<String>>,
    /// Where the root key lies.
    pub key_file: Option<PathBuf>,
    /// Command that prints the root key.
    pub key_command: Option<String>,
    /// Where audit checkpoints are exported.
    pub checkpoint_dir: Option<PathBuf>,
    /// Role catalogue instead of the shipped one.
    pub roles: Option<PathBuf>,
    /// OTLP endpoint for traces.
    pub otlp: Option<String>,
    /// Logging.
    pub log: Log,
    /// TLS files.
    pub tls: Tls,
    /// Calls to others' servers.
    pub outbound: FileOutbound,
    /// How strictly what is written is checked.
    pub validation: FileValidation,
    /// GraphQL.
    pub graphql: FileGraphql,
    /// When patients see their results.
    pub results: FileResults,
    /// Messages to patients.
    pub messaging: FileMessaging,
    /// Limits.
    pub limits: FileLimits,
}

/// Logging.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// `json` or `text`.
    pub format: Option<String>,
    /// Filter, for example `info`.
    pub level: Option<String>,
}

/// TLS files.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tls {
    /// PEM chain.
    pub certificate: Option<PathBuf>,
    /// PEM key.
    pub key: Option<PathBuf>,
}

/// How long results are held back that no clinician has commented on.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FileResults {
    critical_hours: Option<u32>,
    sensitive_hours: Option<u32>,
    sensitive: Option<BTreeSet<String>>,
}

impl FileResults {
    /// As the rules that results keep; what is longer than nothing may be held is an error.
    pub fn policy(&self) -> Result<ReleasePolicy, String> {
        let usual = ReleasePolicy::default();
        let hours = |name: &str, set: Option<u32>, usual: u32| match set {
            Some(hours) if hours > HOLD_HOURS_MAX => {
                Err(format!("results.{name} is at most {HOLD_HOURS_MAX}: nothing is held for ever"))
            }
            Some(hours) => Ok(hours),
            None => Ok(usual),
        };
        let sensitive = self.sensitive.clone().unwrap_or(usual.sensitive);
        if let Some(odd) = sensitive.iter().find(|code| !code.contains('|')) {
            return Err(format!("results.sensitive lists system|code, which '{odd}' is not"));
        }
        Ok(ReleasePolicy {
            critical_hours: hours("critical_hours", self.critical_hours, usual.critical_hours)?,
            sensitive_hours: hours("sensitive_hours", self.sensitive_hours, usual.sensitive_hours)?,
            sensitive,
        })
    }
}

/// Whom this server may call: hooks of subscriptions, other record systems.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FileOutbound {
    allowed: Vec<String>,
    plaintext: bool,
}

impl FileOutbound {
    /// As the rules that calls keep.
    pub fn rules(&self) -> Rules {
        Rules { allowed: self.allowed.clone(), plaintext: self.plaintext }
    }
}

/// How strictly what is written is checked: `structure`, `rules` (R4's invariants, too) or `profiles` (those that a
/// resource says it meets, too). A profile that is not known here is a warning with each of them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FileValidation {
    strictness: FileStrictness,
    /// By the id of the facility's Organization.
    facilities: BTreeMap<String, FileStrictness>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum FileStrictness {
    Structure,
    #[default]
    Rules,
    Profiles,
}

impl From<FileStrictness> for Strictness {
    fn from(file: FileStrictness) -> Self {
        match file {
            FileStrictness::Structure => Self::Structure,
            FileStrictness::Rules => Self::Rules,
            FileStrictness::Profiles => Self::Profiles,
        }
    }
}

impl FileValidation {
    /// As writes are checked by.
    pub fn strictness(&self) -> FacilityStrictness {
        let facilities = self.facilities.iter().map(|(id, one)| (id.clone(), (*one).into())).collect();
        FacilityStrictness { usual: self.strictness.into(), facilities }
    }
}

/// GraphQL.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FileGraphql {
    persisted_only: bool,
}

impl FileGraphql {
    /// As the edge has it.
    pub fn settings(self) -> GraphSettings {
        GraphSettings { persisted_only: self.persisted_only }
    }
}

/// Limits that a hospital may want to change.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FileLimits {
    body_bytes_max: Option<usize>,
    request_seconds_max: Option<u64>,
    connections_max: Option<usize>,
    user_requests_per_second: Option<u32>,
    anonymous_requests_per_second: Option<u32>,
    address_requests_per_second: Option<u32>,
}

impl FileLimits {
    /// The defaults with what the file says instead.
    pub fn figures(&self) -> LimitFigures {
        let mut figures = LimitFigures::default();
        macro_rules! take {
            ($($name:ident),*) => { $( if let Some(value) = self.$name { figures.$name = value; } )* };
        }
        take!(
            body_bytes_max,
            connections_max,
            user_requests_per_second,
            anonymous_requests_per_second,
            address_requests_per_second
        );
        if let Some(seconds) = self.request_seconds_max {
            figures.request_time_max = Duration::from_secs(seconds);
        }
        figures
    }
}

/// Reads the file; `required` says whether its absence is an error.
pub fn read(path: &Path, required: bool) -> Result<File, String> {
    match std::fs::read_to_string(path) {
        Ok(text) => parse(&text).map_err(|e| format!("{}: {e}", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !required => Ok(File::default()),
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}

fn parse(text: &str) -> Result<File, String> {
    let table: toml::Table = text.parse().map_err(|e: toml::de::Error| e.to_string())?;
    for key in keys_of(&table, "") {
        if !is_known(&key) {
            return Err(format!("there is no key '{key}'; the nearest known key is '{}'", nearest(&key)));
        }
    }
    toml::from_str(text).map_err(|e| e.to_string())
}

fn keys_of(table: &toml::Table, prefix: &str) -> Vec<String> {
    table
        .iter()
        .flat_map(|(name, value)| match value {
            toml::Value::Table(inner) => keys_of(inner, &format!("{prefix}{name}.")),
            _ => vec![format!("{prefix}{name}")],
        })
        .collect()
}

fn is_known(key: &str) -> bool {
    let of_messaging = key.strip_prefix(MESSAGING).is_some_and(|rest| messaging::KEYS.contains(&rest));
    KEYS.contains(&key) || of_messaging || key.starts_with(FACILITIES)
}

fn nearest(key: &str) -> &'static str {
    let likeness = |known: &str| strsim::jaro_winkler(known, key);
    KEYS.into_iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b))).unwrap_or("listen")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_names_the_nearest() {
        assert!(parse("lisen = \"127.0.0.1:1\"").unwrap_err().contains("'listen'"));
        assert!(parse("[log]\nlevle = \"info\"").unwrap_err().contains("'log.level'"));
    }

    #[test]
    fn every_known_key_is_accepted() {
        let text = r#"
            listen = "127.0.0.1:1"
            origin = "https://h"
            database_url = "postgres://h/d"
            shards = 3
            zone = "uk1"
            services = ["web"]
            key_file = "/k"
            key_command = "kms"
            checkpoint_dir = "/c"
            roles = "/r"
            otlp = "http://h:4318"
            graphql.persisted_only = true
            [log]
            format = "json"
            level = "info"
            [tls]
            certificate = "/c"
            key = "/k"
            [outbound]
            allowed = ["127.0.0.1:9000"]
            plaintext = true
            [validation]
            strictness = "structure"
            [validation.facilities]
            lab-1 = "profiles"
            [results]
            critical_hours = 24
            sensitive_hours = 0
            sensitive = ["http://loinc.org|75622-1"]
            [messaging]
            hospital = "H"
            time_zone = "Europe/London"
            language = "cy"
            opt_in = true
            country = "44"
            callback_secret_file = "/s"
            folder = "/m"
            [messaging.smtp]
            host = "h"
            port = 587
            security = "starttls"
            user = "u"
            password_file = "/p"
            from = "H <a@h>"
            [messaging.sms]
            url = "https://h/m"
            format = "json"
            sender = "H"
            user = "u"
            secret_file = "/t"
            [limits]
            body_bytes_max = 1
            request_seconds_max = 1
            connections_max = 1
            user_requests_per_second = 1
            anonymous_requests_per_second = 1
            address_requests_per_second = 1
        "#;
        let file = parse(text).unwrap();
        assert_eq!(file.limits.figures().body_bytes_max, 1);
        let table: toml::Table = text.parse().unwrap();
        assert_eq!(keys_of(&table, "").len(), KEYS.len() + messaging::KEYS.len() + 1, "and a facility's");
        assert_eq!(file.results.policy().unwrap().critical_hours, 24);
        let strictness = file.validation.strictness();
        assert_eq!(strictness.usual, Strictness::Structure);
        assert_eq!(strictness.facilities.get("lab-1"), Some(&Strictness::Profiles));
        assert!(parse("[validation]\nstrictness = \"lax\"").unwrap_err().contains("profiles"));
    }

    #[test]
    fn nothing_is_held_for_ever_and_codes_have_systems() {
        assert!(
            parse("[results]\ncritical_hours = 9000").unwrap().results.policy().unwrap_err().contains("720")
        );
        assert!(parse("[results]\nsensitive = [\"x\"]").unwrap().results.policy().is_err());
    }
}
