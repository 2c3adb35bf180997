//! Dates and times as each language writes them.

use crate::model::Language;
use crate::model::quiet::zoned;
use galen_kernel::Instant;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

struct Names {
    days: [&'static str; 7],
    months: [&'static str; 12],
    /// As in a text message.
    days_short: [&'static str; 7],
    months_short: [&'static str; 12],
    /// Where no date is known.
    undated: &'static str,
    untimed: &'static str,
}

const EN: Names = Names {
    days: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    days_short: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    months_short: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    undated: "a date not set yet",
    untimed: "a time not set yet",
};

const CY: Names = Names {
    days: ["dydd Llun", "dydd Mawrth", "dydd Mercher", "dydd Iau", "dydd Gwener", "dydd Sadwrn", "dydd Sul"],
    months: [
        "Ionawr",
        "Chwefror",
        "Mawrth",
        "Ebrill",
        "Mai",
        "Mehefin",
        "Gorffennaf",
        "Awst",
        "Medi",
        "Hydref",
        "Tachwedd",
        "Rhagfyr",
    ],
    days_short: ["Llun", "Maw", "Mer", "Iau", "Gwe", "Sad", "Sul"],
    months_short: ["Ion", "Chwe", "Maw", "Ebr", "Mai", "Meh", "Gorff", "Awst", "Medi", "Hyd", "Tach", "Rhag"],
    undated: "dyddiad i'w drefnu",
    untimed: "amser i'w drefnu",
};

const AR_DAYS: [&str; 7] = ["الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"];
const AR_MONTHS: [&str; 12] = [
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "مايو",
    "يونيو",
    "يوليو",
    "أغسطس",
    "سبتمبر",
    "أكتوبر",
    "نوفمبر",
    "ديسمبر",
];
const AR: Names = Names {
    days: AR_DAYS,
    months: AR_MONTHS,
    days_short: AR_DAYS,
    months_short: AR_MONTHS,
    undated: "تاريخ لم يحدد بعد",
    untimed: "وقت لم يحدد بعد",
};

/// The date in full, the date as in a text message, and the time, of 24 hours.
pub(super) fn written(
    start: Option<Instant>,
    language: Language,
    zone: &TimeZone,
) -> (String, String, String) {
    let names = match language {
        Language::En => &EN,
        Language::Cy => &CY,
        Language::Ar => &AR,
    };
    let Some(start) = start else {
        return (names.undated.to_owned(), names.undated.to_owned(), names.untimed.to_owned());
    };
    let local = zoned(start, zone);
    let (weekday, month) =
        (weekday(local.weekday()), usize::from(local.month().unsigned_abs()).saturating_sub(1));
    let name = |from: &[&'static str], at: usize| from.get(at).copied().unwrap_or_default();
    let (day, year) = (local.day(), local.year());
    let date = format!("{} {day} {} {year}", name(&names.days, weekday), name(&names.months, month));
    let short = format!("{} {day} {}", name(&names.days_short, weekday), name(&names.months_short, month));
    (date, short, format!("{:02}:{:02}", local.hour(), local.minute()))
}

fn weekday(day: Weekday) -> usize {
    usize::from(day.to_monday_zero_offset().unsigned_abs())
}
