//! By which ways messages leave the house, and what an installation sets for them.

use crate::decide::Outcome;
use crate::model::calendar::Method;
use crate::model::{Channel, Language};
use aws_lc_rs::hmac;
use futures_util::future::BoxFuture;
use galen_kernel::{Instant, Phi};
use galen_service::House;
use jiff::tz::TimeZone;
use std::sync::Arc;

/// Where the hospital is, when nobody says otherwise.
const ZONE_DEFAULT: &str = "Europe/London";
/// The country whose national numbers are dialled.
const COUNTRY_DEFAULT: &str = "44";

/// A message as it leaves the house.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// What the provider knows it by, whatever attempt it is: it sends each once.
    pub key: String,
    /// The address or number.
    pub to: Phi<String>,
    /// The subject line of an e-mail.
    pub subject: Phi<String>,
    /// The plain text.
    pub text: Phi<String>,
    /// The same as HTML, for e-mail.
    pub html: Option<Phi<String>>,
    /// The calendar that goes with it.
    pub calendar: Option<CalendarPart>,
    /// Its language.
    pub language: Language,
    /// When it is given away.
    pub at: Instant,
}

/// A calendar that goes with an e-mail.
#[derive(Debug, Clone)]
pub struct CalendarPart {
    /// What it is for.
    pub method: Method,
    /// It.
    pub content: Phi<String>,
}

/// A way out.
pub trait Outlet: Send + Sync {
    /// Gives a message away. A parcel of a key that was taken before is not sent again, as far as the other side can tell.
    fn send<'s>(&'s self, house: &'s House, parcel: &'s Parcel) -> BoxFuture<'s, Outcome>;
}

/// What an installation is used to.
#[derive(Debug, Clone)]
pub struct Customs {
    /// The hospital's name, as messages tell it.
    pub hospital: String,
    /// The zone of civil times, where the place of an appointment names no other.
    pub zone: TimeZone,
    /// The language of those who have none in their record.
    pub language: Language,
    /// Whether e-mail and text messages need a consent that was given, rather than one that was not refused.
    pub opt_in: bool,
    /// The country code of national numbers.
    pub country: String,
    /// The address that invitations come from.
    pub sender: Option<String>,
    /// What providers prove themselves by when they call back; without it nobody can.
    pub callback_secret: Option<Phi<String>>,
}

impl Default for Customs {
    fn default() -> Self {
        Self {
            hospital: "Your hospital".to_owned(),
            zone: TimeZone::get(ZONE_DEFAULT).unwrap_or(TimeZone::UTC),
            language: Language::default(),
            opt_in: false,
            country: COUNTRY_DEFAULT.to_owned(),
            sender: None,
            callback_secret: None,
        }
    }
}

/// What messaging is set up with: part of the house's settings.
#[derive(Clone, Default)]
pub struct Messaging {
    /// What it is used to.
    pub customs: Customs,
    /// The way out for e-mail.
    pub email: Option<Arc<dyn Outlet>>,
    /// The way out for text messages.
    pub sms: Option<Arc<dyn Outlet>>,
}

impl Messaging {
    /// The channels that can be used.
    pub fn channels(&self) -> Vec<Channel> {
        let is_open = |channel: &Channel| match channel {
            Channel::Email => self.email.is_some(),
            Channel::Sms => self.sms.is_some(),
            Channel::InApp => true,
        };
        Channel::ALL.into_iter().filter(is_open).collect()
    }
}

/// How this house is set up.
pub(crate) fn messaging(house: &House) -> Arc<Messaging> {
    house.settings.of().unwrap_or_default()
}

/// What a number is found by without being kept; none where no provider can bring answers.
pub(crate) fn fingerprint(customs: &Customs, number: &str) -> Option<String> {
    let secret = customs.callback_secret.as_ref()?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.reveal().as_bytes());
    Some(data_encoding::HEXLOWER.encode(hmac::sign(&key, number.as_bytes()).as_ref()))
}
