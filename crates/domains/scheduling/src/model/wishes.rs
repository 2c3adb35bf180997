//! What somebody who waits for a time would take.

use galen_kernel::Instant;
use jiff::civil::{Date, Time, Weekday};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much it matters that somebody comes soon: who matters more is offered a time first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum Priority {
    /// Before all others.
    Urgent,
    /// Before those who can wait.
    Soon,
    /// As they came.
    #[default]
    Routine,
}

impl Priority {
    /// All of them, the first first.
    pub const ALL: [Self; 3] = [Self::Urgent, Self::Soon, Self::Routine];

    /// As FHIR counts it, after iCalendar: 1 is the highest, 9 the lowest.
    pub const fn number(self) -> i64 {
        match self {
            Self::Urgent => 1,
            Self::Soon => 3,
            Self::Routine => 5,
        }
    }

    /// Of FHIR's number; 0 is said of what nobody thought about.
    pub const fn of_number(number: i64) -> Self {
        match number {
            1 | 2 => Self::Urgent,
            3 | 4 => Self::Soon,
            _ => Self::Routine,
        }
    }

    /// Its code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Urgent => "urgent",
            Self::Soon => "soon",
            Self::Routine => "routine",
        }
    }
}

/// What somebody who waits would take, and what they were offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wishes {
    /// How much it matters.
    pub priority: Priority,
    /// Since when they wait.
    pub since: Instant,
    /// The first local day that suits.
    pub first: Date,
    /// The last local day that suits.
    pub last: Date,
    /// Days of the week that suit; any, if there are none.
    pub days: Vec<Weekday>,
    /// Local times between which it should lie.
    pub hours: Option<(Time, Time)>,
    /// Whom they would like to see (Schedules' ids); anybody, if there are none.
    pub schedules: Vec<String>,
    /// Where they would like to come (a Location's id); anywhere, if there is none.
    pub clinic: Option<String>,
    /// How long before its beginning they must know of a time.
    pub notice_minutes: i64,
    /// The appointment that an earlier time would replace, and when that begins.
    pub replaces: Option<(String, Instant)>,
    /// The beginnings of all times that they were offered.
    pub offered: Vec<Instant>,
}
