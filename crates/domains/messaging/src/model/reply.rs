//! What a patient texts back, in the languages that reminders are written in.

/// What a reply says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// They come.
    Accepted,
    /// They do not come.
    Declined,
    /// They want no more text messages.
    Stop,
    /// Something that a person must read.
    Other,
}

const ACCEPTED: &[&str] = &["y", "yes", "ok", "ie", "ydw", "oes", "iawn", "نعم", "ن"];
const DECLINED: &[&str] = &["n", "no", "na", "nac", "nage", "nagoes", "لا", "ل"];
const STOP: &[&str] = &["stop", "stopall", "unsubscribe", "stopio", "توقف", "قف"];

impl Reply {
    /// Reads a reply: one known word, whatever its case and marks. More words may say anything: a person reads them.
    pub fn read(text: &str) -> Self {
        let word = text.trim().trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let is = |words: &[&str]| words.contains(&word.as_str());
        if is(ACCEPTED) {
            Self::Accepted
        } else if is(DECLINED) {
            Self::Declined
        } else if is(STOP) {
            Self::Stop
        } else {
            Self::Other
        }
    }
}

/// Digits that an international number has (E.164).
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// A telephone number as the whole world dials it, `+447700900123`; a national one is taken to be of `country`.
pub fn international(number: &str, country: &str) -> Option<String> {
    let is_mark = |c: char| matches!(c, ' ' | '-' | '(' | ')' | '.' | '/' | '\u{a0}');
    let plain: String = number.trim().chars().filter(|c| !is_mark(*c)).collect();
    let digits = if let Some(rest) = plain.strip_prefix('+') {
        // "+44 (0)7700…": the nought is for those who dial within the country.
        let national = rest.strip_prefix(country).and_then(|rest| rest.strip_prefix('0'));
        national.map_or_else(|| rest.to_owned(), |rest| format!("{country}{rest}"))
    } else if let Some(rest) = plain.strip_prefix("00") {
        rest.to_owned()
    } else {
        format!("{country}{}", plain.strip_prefix('0')?)
    };
    let fits = DIGITS.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| format!("+{digits}"))
}
