//! How many parts a text message is sent and paid in (3GPP TS 23.038 and 23.040).

/// Characters of the GSM 7-bit default alphabet.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Characters of its extension table: each takes an escape, too.
const EXTENDED: &str = "^{}\\[~]|€\u{c}";
/// Units of a message in one part: septets, or UTF-16 code units.
pub const GSM_UNITS_MAX: usize = 160;
/// The same where the alphabet is UCS-2.
pub const UCS2_UNITS_MAX: usize = 70;
/// Units of each part of a longer message: the header that joins them takes room.
pub const GSM_PART_UNITS_MAX: usize = 153;
/// The same where the alphabet is UCS-2.
pub const UCS2_PART_UNITS_MAX: usize = 67;

/// The alphabet of a text message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alphabet {
    /// GSM 7-bit with its extension table.
    Gsm7,
    /// UCS-2 (in practice UTF-16): one character outside GSM 7-bit makes the whole message so.
    Ucs2,
}

/// What a text message comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segments {
    /// Its alphabet.
    pub alphabet: Alphabet,
    /// Units in all.
    pub units: usize,
    /// Parts.
    pub parts: usize,
}

/// Counts a text into parts; no character is torn between two.
pub fn count(text: &str) -> Segments {
    let gsm: Option<Vec<usize>> = text.chars().map(septets).collect();
    let (alphabet, widths, whole, part) = match gsm {
        Some(widths) => (Alphabet::Gsm7, widths, GSM_UNITS_MAX, GSM_PART_UNITS_MAX),
        None => {
            let widths = text.chars().map(char::len_utf16).collect();
            (Alphabet::Ucs2, widths, UCS2_UNITS_MAX, UCS2_PART_UNITS_MAX)
        }
    };
    let units = widths.iter().sum();
    let parts = if units <= whole { usize::from(units > 0) } else { parts(&widths, part) };
    Segments { alphabet, units, parts }
}

fn septets(c: char) -> Option<usize> {
    if BASIC.contains(c) { Some(1) } else { EXTENDED.contains(c).then_some(2) }
}

fn parts(widths: &[usize], room: usize) -> usize {
    let (mut parts, mut used) = (1, 0);
    for width in widths {
        if used + width > room {
            parts += 1;
            used = 0;
        }
        used += width;
    }
    parts
}
