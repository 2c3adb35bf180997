//! What messages say: a text per purpose and language, as data, and how its gaps are filled.

mod ar;
mod cy;
mod dates;
mod en;

use super::{Language, Purpose, segments};
use galen_kernel::{Instant, Phi};
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most parts that a text message may come to once it is filled in as a test fills it.
pub const SMS_PARTS_MAX: usize = 3;
/// Longest text of a template.
pub const TEXT_CHARACTERS_MAX: usize = 2_000;
/// Most paragraphs of a template.
pub const PARAGRAPHS_MAX: usize = 12;

/// The gaps of a text. Subject lines and text messages are read by whoever holds the telephone: they name no patient.
pub const GAPS: [&str; 7] = ["name", "date", "day", "time", "until", "hospital", "site"];
/// The gaps that a subject line may have.
pub const SUBJECT_GAPS: &[&str] = &["hospital"];
/// The gaps that a text message may have.
pub const SMS_GAPS: &[&str] = &["day", "time", "until", "hospital"];

/// A text as it was written, with its gaps.
pub(super) struct Wording {
    pub(super) subject: &'static str,
    pub(super) paragraphs: &'static [&'static str],
    pub(super) sms: &'static str,
}

/// A text with its gaps: `{hospital}` and so on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Template {
    /// The subject line of the e-mail.
    pub subject: String,
    /// The paragraphs of the e-mail, and of the patient's own list.
    pub paragraphs: Vec<String>,
    /// The text message.
    pub sms: String,
}

impl Template {
    /// The text that comes with Galen.
    pub fn built_in(purpose: Purpose, language: Language) -> Self {
        let wording = match language {
            Language::En => en::wording(purpose),
            Language::Cy => cy::wording(purpose),
            Language::Ar => ar::wording(purpose),
        };
        Self {
            subject: wording.subject.to_owned(),
            paragraphs: wording.paragraphs.iter().map(|&one| one.to_owned()).collect(),
            sms: wording.sms.to_owned(),
        }
    }
}

/// What the gaps are filled with.
#[derive(Debug, Clone)]
pub struct Filling {
    /// The patient's name.
    pub name: Phi<String>,
    /// When the appointment begins, where that is known.
    pub start: Option<Instant>,
    /// Until when the patient may answer, where something is asked.
    pub answer_by: Option<Instant>,
    /// The zone that its time is told in.
    pub zone: TimeZone,
    /// The hospital's name.
    pub hospital: String,
    /// The site: never the clinic, whose name may say what somebody suffers from.
    pub site: String,
}

/// A text filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The subject line.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// The text message.
    pub sms: String,
}

/// Fills a template in.
pub fn letter(template: &Template, language: Language, filling: &Filling) -> Letter {
    let (date, day, time) = dates::written(filling.start, language, &filling.zone);
    let (_, last_day, last_time) = dates::written(filling.answer_by, language, &filling.zone);
    let until = format!("{last_day} {last_time}");
    let fill = |text: &str| {
        replaced(text, |gap| match gap {
            "name" => Some(filling.name.reveal().as_str()),
            "date" => Some(date.as_str()),
            "day" => Some(day.as_str()),
            "time" => Some(time.as_str()),
            "until" => Some(until.as_str()),
            "hospital" => Some(filling.hospital.as_str()),
            "site" => Some(filling.site.as_str()),
            _ => None,
        })
    };
    let paragraphs: Vec<String> = template.paragraphs.iter().map(|one| fill(one)).collect();
    // A line end in a name must not begin another header.
    let subject = fill(&template.subject).split_whitespace().collect::<Vec<_>>().join(" ");
    Letter {
        html: html(&subject, &paragraphs, language),
        text: paragraphs.join("\n\n"),
        subject,
        sms: fill(&template.sms),
    }
}

fn html(subject: &str, paragraphs: &[String], language: Language) -> String {
    let (code, direction) = (language.code(), language.direction());
    let body: Vec<String> = paragraphs.iter().map(|one| format!("<p>{}</p>\n", escaped(one))).collect();
    let body = body.concat();
    format!(
        "<!DOCTYPE html>\n<html lang=\"{code}\" dir=\"{direction}\">\n<head><meta charset=\"utf-8\">\
         <title>{}</title></head>\n<body>\n{body}</body>\n</html>\n",
        escaped(subject)
    )
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push_str("<br>\n"),
            c => out.push(c),
        }
    }
    out
}

/// A text with its gaps filled; a gap that `of` does not know stays as it is.
fn replaced<'f>(text: &str, of: impl Fn(&str) -> Option<&'f str>) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        match after.split_once('}').and_then(|(gap, tail)| Some((of(gap)?, tail))) {
            Some((value, tail)) => {
                out.push_str(value);
                rest = tail;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// The gaps that a text has, and whether its braces all belong to gaps.
fn gaps(text: &str) -> Option<Vec<&str>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (gap, tail) = after.split_once('}')?;
        if before.contains('}') {
            return None;
        }
        found.push(gap);
        rest = tail;
    }
    (!rest.contains('}')).then_some(found)
}

/// What is wrong with a text: where, and why.
pub fn flaw(template: &Template) -> Option<(&'static str, String)> {
    let known = |at: &'static str, text: &str, allowed: &[&str]| {
        if text.trim().is_empty() || text.chars().count() > TEXT_CHARACTERS_MAX {
            return Some((at, format!("A text has 1 to {TEXT_CHARACTERS_MAX} characters")));
        }
        match gaps(text) {
            Some(found) if found.iter().all(|gap| allowed.contains(gap)) => None,
            _ => Some((at, format!("The gaps here are {{{}}}", allowed.join("}, {")))),
        }
    };
    if template.paragraphs.is_empty() || template.paragraphs.len() > PARAGRAPHS_MAX {
        return Some(("paragraphs", format!("There are 1 to {PARAGRAPHS_MAX} paragraphs")));
    }
    if template.subject.contains(['\n', '\r']) {
        return Some(("subject", "A subject is one line".to_owned()));
    }
    known("subject", &template.subject, SUBJECT_GAPS)
        .or_else(|| template.paragraphs.iter().find_map(|one| known("paragraphs", one, &GAPS)))
        .or_else(|| known("sms", &template.sms, SMS_GAPS))
        .or_else(|| {
            let parts = segments::count(&template.sms).parts;
            (parts > SMS_PARTS_MAX)
                .then(|| ("sms", format!("A text message comes to at most {SMS_PARTS_MAX} parts")))
        })
}
