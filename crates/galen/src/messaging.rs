//! What the configuration file says of messages to patients: `[messaging]`.

use galen_kernel::Phi;
use galen_messaging::jobs::{Credentials, FileOutlet, Format, Gateway, Outlet, Security, Smtp, SmtpSettings};
use galen_messaging::model::Language;
use galen_messaging::{Customs, Messaging};
use jiff::tz::TimeZone;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// `[messaging]`. Without a way out, patients find their messages in the portal only.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FileMessaging {
    /// The hospital's name, as messages tell it.
    hospital: Option<String>,
    /// Time zone (IANA) of quiet hours and of the times that are told.
    time_zone: Option<String>,
    /// Language of those who have none in their record: en, cy or ar.
    language: Option<Language>,
    /// Whether patients must have agreed to e-mail and text messages, rather than not refused.
    opt_in: bool,
    /// Country code of national telephone numbers.
    country: Option<String>,
    /// File with the secret by which the provider proves itself when it calls back.
    callback_secret_file: Option<PathBuf>,
    /// Folder that messages are written to instead of being sent: for development.
    pub folder: Option<PathBuf>,
    /// The mail server.
    smtp: Option<FileSmtp>,
    /// The provider of text messages.
    sms: Option<FileSms>,
}

/// `[messaging.smtp]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileSmtp {
    host: String,
    port: Option<u16>,
    #[serde(default)]
    security: FileSecurity,
    user: Option<String>,
    password_file: Option<PathBuf>,
    from: String,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum FileSecurity {
    #[default]
    StartTls,
    Tls,
    None,
}

impl From<FileSecurity> for Security {
    fn from(file: FileSecurity) -> Self {
        match file {
            FileSecurity::StartTls => Self::StartTls,
            FileSecurity::Tls => Self::Tls,
            FileSecurity::None => Self::None,
        }
    }
}

/// `[messaging.sms]`. With `user`, the secret is a password (Basic), without it a token (Bearer).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileSms {
    url: String,
    #[serde(default)]
    format: FileFormat,
    sender: String,
    user: Option<String>,
    secret_file: PathBuf,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum FileFormat {
    #[default]
    Form,
    Json,
}

/// Keys of the file, beneath `messaging.`.
pub const KEYS: [&str; 18] = [
    "hospital",
    "time_zone",
    "language",
    "opt_in",
    "country",
    "callback_secret_file",
    "folder",
    "smtp.host",
    "smtp.port",
    "smtp.security",
    "smtp.user",
    "smtp.password_file",
    "smtp.from",
    "sms.url",
    "sms.format",
    "sms.sender",
    "sms.user",
    "sms.secret_file",
];

fn secret(path: &Path) -> Result<Phi<String>, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let text = text.trim();
    if text.is_empty() {
        return Err(format!("{} holds no secret", path.display()));
    }
    Ok(Phi::new(text.to_owned()))
}

impl FileMessaging {
    /// As messaging is set up by it.
    pub fn set_up(&self) -> Result<Messaging, String> {
        let mut messaging = Messaging { customs: self.customs()?, ..Messaging::default() };
        if let Some(folder) = &self.folder {
            let outlet = |name| Some(Arc::new(FileOutlet::new(folder, name)) as Arc<dyn Outlet>);
            (messaging.email, messaging.sms) = (outlet("email"), outlet("sms"));
        }
        if let Some(smtp) = &self.smtp {
            let smtp = Smtp::new(smtp.settings()?).map_err(|e| format!("messaging.smtp: {e}"))?;
            messaging.customs.sender = Some(smtp.sender());
            messaging.email = Some(Arc::new(smtp));
        }
        if let Some(sms) = &self.sms {
            messaging.sms = Some(Arc::new(sms.gateway()?));
        }
        Ok(messaging)
    }

    fn customs(&self) -> Result<Customs, String> {
        let mut customs = Customs { opt_in: self.opt_in, ..Customs::default() };
        if let Some(hospital) = &self.hospital {
            customs.hospital.clone_from(hospital);
        }
        if let Some(zone) = &self.time_zone {
            customs.zone = TimeZone::get(zone).map_err(|_| {
                format!("messaging.time_zone: there is no zone '{zone}'; they are called like Europe/London")
            })?;
        }
        customs.language = self.language.unwrap_or_default();
        if let Some(country) = &self.country {
            country.trim_start_matches('+').clone_into(&mut customs.country);
        }
        customs.callback_secret = self.callback_secret_file.as_deref().map(secret).transpose()?;
        Ok(customs)
    }
}

impl FileSmtp {
    fn settings(&self) -> Result<SmtpSettings, String> {
        let credentials = match (&self.user, &self.password_file) {
            (Some(user), Some(path)) => Some((user.clone(), secret(path)?)),
            (None, None) => None,
            _ => return Err("messaging.smtp: user and password_file go together".to_owned()),
        };
        Ok(SmtpSettings {
            host: self.host.clone(),
            port: self.port,
            security: self.security.into(),
            credentials,
            from: self.from.clone(),
        })
    }
}

impl FileSms {
    fn gateway(&self) -> Result<Gateway, String> {
        let secret = secret(&self.secret_file)?;
        Ok(Gateway {
            url: self.url.clone(),
            format: match self.format {
                FileFormat::Form => Format::Form,
                FileFormat::Json => Format::Json,
            },
            sender: self.sender.clone(),
            credentials: match &self.user {
                Some(user) => Credentials::Basic(user.clone(), secret),
                None => Credentials::Bearer(secret),
            },
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_named() {
        let read = |text: &str| toml::from_str::<FileMessaging>(text).unwrap().set_up().err();
        assert!(read("").is_none());
        assert!(read("time_zone = \"Europe/Londres\"").unwrap().contains("Europe/Londres"));
        assert!(read("callback_secret_file = \"/none\"").unwrap().contains("/none"));
        let half = "[smtp]\nhost = \"h\"\nfrom = \"a@h\"\nuser = \"u\"";
        assert!(read(half).unwrap().contains("password_file"));
    }

    #[test]
    fn a_folder_takes_what_has_no_other_way_out() {
        let file: FileMessaging = toml::from_str("folder = \"/m\"\nlanguage = \"cy\"").unwrap();
        let messaging = file.set_up().unwrap();
        assert!(messaging.email.is_some() && messaging.sms.is_some());
        assert_eq!(messaging.customs.language, Language::Cy);
    }
}
