//! Calendars as others' programs read them: iCalendar (RFC 5545) with the methods of iTIP (RFC 5546). Pure.

use galen_kernel::Instant;
use jiff::Timestamp;

/// Octets of a line before it is folded (RFC 5545, 3.1).
pub const LINE_OCTETS_MAX: usize = 75;
const PRODUCT: &str = "-//Galen//Messaging//EN";

/// What a calendar is sent for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// An invitation, or an update of one.
    Request,
    /// It does not take place.
    Cancel,
    /// A list to look at, which nobody answers.
    Publish,
}

impl Method {
    /// As iTIP writes it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
            Self::Publish => "PUBLISH",
        }
    }
}

/// Whether an event takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Not certain yet.
    Tentative,
    /// It does.
    Confirmed,
    /// It does not.
    Cancelled,
}

/// An event of a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What programs know it by, for ever.
    pub uid: String,
    /// Counts its changes.
    pub sequence: u64,
    /// When it was written.
    pub stamp: Instant,
    /// From when.
    pub start: Instant,
    /// Until when.
    pub end: Option<Instant>,
    /// What to show.
    pub summary: String,
    /// Where.
    pub location: Option<String>,
    /// Whether it takes place.
    pub standing: Standing,
    /// Who invites: an e-mail address.
    pub organizer: Option<String>,
    /// Who is invited: an e-mail address.
    pub attendee: Option<String>,
}

/// The UID of an appointment's events: the same in every invitation, update, cancellation and feed.
pub fn uid(appointment: &str) -> String {
    format!("{appointment}@galen")
}

/// A calendar of these events.
pub fn calendar(method: Method, name: Option<&str>, events: &[Event]) -> String {
    let mut out = String::new();
    line(&mut out, "BEGIN:VCALENDAR");
    line(&mut out, "VERSION:2.0");
    line(&mut out, &format!("PRODID:{PRODUCT}"));
    line(&mut out, "CALSCALE:GREGORIAN");
    line(&mut out, &format!("METHOD:{}", method.code()));
    if let Some(name) = name {
        line(&mut out, &format!("X-WR-CALNAME:{}", escape(name)));
    }
    for event in events {
        write(&mut out, method, event);
    }
    line(&mut out, "END:VCALENDAR");
    out
}

fn write(out: &mut String, method: Method, event: &Event) {
    line(out, "BEGIN:VEVENT");
    line(out, &format!("UID:{}", escape(&event.uid)));
    line(out, &format!("SEQUENCE:{}", event.sequence));
    line(out, &format!("DTSTAMP:{}", utc(event.stamp)));
    line(out, &format!("DTSTART:{}", utc(event.start)));
    if let Some(end) = event.end.filter(|end| *end > event.start) {
        line(out, &format!("DTEND:{}", utc(end)));
    }
    line(out, &format!("SUMMARY:{}", escape(&event.summary)));
    if let Some(location) = &event.location {
        line(out, &format!("LOCATION:{}", escape(location)));
    }
    let standing = match event.standing {
        Standing::Tentative => "TENTATIVE",
        Standing::Confirmed => "CONFIRMED",
        Standing::Cancelled => "CANCELLED",
    };
    line(out, &format!("STATUS:{standing}"));
    if let Some(organizer) = event.organizer.as_deref().and_then(mailto) {
        line(out, &format!("ORGANIZER:{organizer}"));
    }
    if let Some(attendee) = event.attendee.as_deref().and_then(mailto).filter(|_| method != Method::Publish) {
        line(out, &format!("ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE:{attendee}"));
    }
    line(out, "CLASS:PRIVATE");
    line(out, "TRANSP:OPAQUE");
    line(out, "END:VEVENT");
}

/// An address as a URI; none for what could end the line or is no address.
fn mailto(address: &str) -> Option<String> {
    let is_plain = address.contains('@') && address.chars().all(|c| !c.is_control() && !c.is_whitespace());
    is_plain.then(|| format!("mailto:{address}"))
}

/// A moment in UTC, as `20270105T143000Z`.
fn utc(at: Instant) -> String {
    let at = Timestamp::from_microsecond(at.micros()).unwrap_or(Timestamp::UNIX_EPOCH);
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A text as a value: commas, semicolons, backslashes and line ends are written out (3.3.11); other controls are dropped.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let text = text.replace("\r\n", "\n");
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' | '\r' => out.push_str("\\n"),
            c if c.is_control() && c != '\t' => {}
            c => out.push(c),
        }
    }
    out
}

/// The text of a value.
pub fn unescape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value.chars();
    while let Some(c) = rest.next() {
        match (c, c == '\\') {
            (_, true) => match rest.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(other) => out.push(other),
                None => {}
            },
            (c, false) => out.push(c),
        }
    }
    out
}

/// Adds a content line, folded.
fn line(out: &mut String, content: &str) {
    out.push_str(&fold(content));
    out.push_str("\r\n");
}

/// Folds a line: no part is longer than 75 octets, its leading space included, and no character is torn.
pub fn fold(content: &str) -> String {
    let mut out = String::with_capacity(content.len() + content.len() / LINE_OCTETS_MAX * 3);
    let mut used = 0;
    for c in content.chars() {
        if used + c.len_utf8() > LINE_OCTETS_MAX {
            out.push_str("\r\n ");
            used = 1;
        }
        out.push(c);
        used += c.len_utf8();
    }
    out
}

/// Joins what was folded.
pub fn unfold(text: &str) -> String {
    text.replace("\r\n ", "").replace("\r\n\t", "")
}
