//! When somebody, a room or a device can be booked.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;

/// A time zone with its IANA name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

impl Zone {
    /// By its IANA name, as `Europe/London`.
    pub fn parse(name: &str) -> Option<Self> {
        Some(Self { name: name.to_owned(), zone: TimeZone::get(name).ok()? })
    }

    /// UTC: of those who have no place.
    pub fn utc() -> Self {
        Self { name: "Etc/UTC".to_owned(), zone: TimeZone::UTC }
    }

    /// Its IANA name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The zone.
    pub const fn zone(&self) -> &TimeZone {
        &self.zone
    }
}

/// A part of each week that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// On which days.
    pub days: Vec<Weekday>,
    /// From this local time.
    pub start: Time,
    /// To this local time; of the next day, if it is not after `start`.
    pub end: Time,
    /// For these HealthcareServices (ids); for any, if there are none.
    pub services: Vec<String>,
}

/// What the rules read of a Schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timetable {
    /// The Schedule's id.
    pub id: String,
    /// Whether it can be booked at all.
    pub active: bool,
    /// Who or what: `Practitioner/7`, `Location/12`, `Device/3`.
    pub actor: String,
    /// The clinic (a Location) whose board and queue it belongs to.
    pub clinic: Option<String>,
    /// Where its local times are.
    pub zone: Zone,
    /// How many appointments at the same time: more than one for groups and waiting areas.
    pub capacity: u32,
    /// Each week.
    pub sessions: Vec<Session>,
    /// The first day of its planning horizon.
    pub from: Option<Date>,
    /// The last day of its planning horizon.
    pub until: Option<Date>,
    /// Local days on which it is closed: public holidays.
    pub closed: Vec<Date>,
}
