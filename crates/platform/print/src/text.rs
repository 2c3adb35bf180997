//! Text in many scripts: which font has a letter, in which direction it runs, how wide it is.

use galen_kernel::Fault;
use krilla::text::Font;
use rustybuzz::{Direction, Face, UnicodeBuffer};
use std::ops::Range;
use unicode_bidi::BidiInfo;

const PLAIN: &[u8] = include_bytes!("../fonts/DejaVuSans.ttf");
const BOLD: &[u8] = include_bytes!("../fonts/DejaVuSans-Bold.ttf");
const DEVANAGARI: &[u8] = include_bytes!("../fonts/NotoSansDevanagari-Regular.ttf");
const KOREAN: &[u8] = include_bytes!("../fonts/GalenHangul.ttf");
const EAST_ASIAN: &[u8] = include_bytes!("../fonts/DroidSansFallbackFull.ttf");

/// Stands for what no font here has.
const UNKNOWN: char = '\u{fffd}';
/// Stands at the end of text that goes on.
const MORE: char = '…';

/// Weight of letters; scripts that have one weight only are printed in that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Plain,
    Bold,
}

/// A font to measure and to print with.
struct Typeface {
    face: Face<'static>,
    font: Font,
}

impl Typeface {
    fn new(bytes: &'static [u8]) -> Result<Self, Fault> {
        let face = Face::from_slice(bytes, 0).ok_or_else(|| Fault::new("font", "cannot be read"))?;
        let font = Font::new(bytes.to_vec().into(), 0)
            .ok_or_else(|| Fault::new("font", "cannot be printed with"))?;
        Ok(Self { face, font })
    }

    fn has(&self, letter: char) -> bool {
        // Glyph 0 is the font's box for what it does not have.
        self.face.glyph_index(letter).is_some_and(|glyph| glyph.0 != 0)
    }
}

/// All fonts, those of most names first.
pub(crate) struct Fonts {
    plain: Typeface,
    bold: Typeface,
    others: [Typeface; 3],
}

/// A piece of a line in one font and direction, with its width in points at the size asked for.
pub(crate) struct Run {
    pub(crate) text: String,
    pub(crate) font: Font,
    pub(crate) is_right_to_left: bool,
    pub(crate) width: f32,
}

impl Fonts {
    /// Reads the fonts.
    pub(crate) fn new() -> Result<Self, Fault> {
        Ok(Self {
            plain: Typeface::new(PLAIN)?,
            bold: Typeface::new(BOLD)?,
            others: [Typeface::new(DEVANAGARI)?, Typeface::new(KOREAN)?, Typeface::new(EAST_ASIAN)?],
        })
    }

    fn of(&self, letter: char, weight: Weight) -> &Typeface {
        let first = if weight == Weight::Bold { &self.bold } else { &self.plain };
        if first.has(letter) { first } else { self.others.iter().find(|f| f.has(letter)).unwrap_or(first) }
    }

    /// The pieces of a line from left to right.
    pub(crate) fn runs(&self, text: &str, weight: Weight, size: f32) -> Vec<Run> {
        let bidi = BidiInfo::new(text, None);
        let Some(paragraph) = bidi.paragraphs.first() else { return Vec::new() };
        let (levels, visual) = bidi.visual_runs(paragraph, paragraph.range.clone());
        let mut runs = Vec::new();
        for range in visual {
            let is_right_to_left = levels.get(range.start).is_some_and(unicode_bidi::Level::is_rtl);
            let mut pieces = self.pieces(text, range, weight);
            if is_right_to_left {
                pieces.reverse();
            }
            for piece in pieces {
                let Some(piece) = text.get(piece) else { continue };
                let Some(letter) = piece.chars().find(|c| !c.is_whitespace()).or(piece.chars().next()) else {
                    continue;
                };
                let typeface = self.of(letter, weight);
                let width = width(&typeface.face, piece, is_right_to_left, size);
                runs.push(Run {
                    text: piece.to_owned(),
                    font: typeface.font.clone(),
                    is_right_to_left,
                    width,
                });
            }
        }
        runs
    }

    /// Where the font changes; spaces stay with what they follow.
    fn pieces(&self, text: &str, range: Range<usize>, weight: Weight) -> Vec<Range<usize>> {
        let mut pieces: Vec<Range<usize>> = Vec::new();
        let mut last: Option<&Typeface> = None;
        let start = range.start;
        for (at, letter) in text.get(range).unwrap_or_default().char_indices() {
            let at = start + at;
            let end = at + letter.len_utf8();
            let this = self.of(letter, weight);
            let goes_on = last
                .is_some_and(|last| std::ptr::eq(last, this) || (letter.is_whitespace() && last.has(letter)));
            match pieces.last_mut() {
                Some(piece) if goes_on => piece.end = end,
                _ => {
                    pieces.push(at..end);
                    last = Some(this);
                }
            }
        }
        pieces
    }

    /// The text as it can be printed: white space is a space, marks that steer the direction are left out, and for what no
    /// font here has stands a sign that says so.
    pub(crate) fn printable(&self, text: &str) -> String {
        let steers = |c: char| matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        let is_private = |c: char| matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..);
        text.chars()
            .filter(|c| !steers(*c))
            .map(|c| match c {
                c if c.is_whitespace() || c.is_control() => ' ',
                c if is_private(c) || !self.of(c, Weight::Plain).has(c) => UNKNOWN,
                c => c,
            })
            .collect()
    }

    /// Width of a line in points.
    pub(crate) fn width(&self, text: &str, weight: Weight, size: f32) -> f32 {
        self.runs(text, weight, size).iter().map(|run| run.width).sum()
    }

    /// Breaks text into at most `lines` lines of this width, at spaces where there are any; what does not fit is said to
    /// go on by an ellipsis, never silently left out.
    pub(crate) fn wrap(&self, text: &str, weight: Weight, size: f32, room: f32, lines: usize) -> Vec<String> {
        let mut rest = text.trim();
        let mut all = Vec::new();
        while !rest.is_empty() && all.len() < lines {
            let is_short = self.width(rest, weight, size) <= room;
            let fits = if is_short { rest.len() } else { self.longest(rest, weight, size, room) };
            let is_last = all.len() + 1 == lines;
            if fits == rest.len() {
                all.push(rest.to_owned());
                break;
            }
            let line = rest.get(..fits).unwrap_or(rest);
            if is_last {
                let mut line = line.to_owned();
                while self.width(&format!("{line}{MORE}"), weight, size) > room && line.pop().is_some() {}
                line.push(MORE);
                all.push(line);
                break;
            }
            let cut = line.rfind(' ').filter(|at| *at > 0).unwrap_or(fits);
            all.push(rest.get(..cut).unwrap_or_default().trim().to_owned());
            rest = rest.get(cut..).unwrap_or_default().trim_start();
        }
        all
    }

    /// How many bytes of the beginning of `text` fit; one letter at least, so that every line moves on.
    fn longest(&self, text: &str, weight: Weight, size: f32, room: f32) -> usize {
        let ends: Vec<usize> = text.char_indices().map(|(at, letter)| at + letter.len_utf8()).collect();
        let fits = ends.partition_point(|end| {
            text.get(..*end).is_some_and(|line| self.width(line.trim_end(), weight, size) <= room)
        });
        ends.get(fits.saturating_sub(1)).copied().unwrap_or(text.len())
    }
}

#[allow(clippy::cast_precision_loss)] // advances are far below the 2^24 that f32 holds exactly
fn width(face: &Face<'_>, text: &str, is_right_to_left: bool, size: f32) -> f32 {
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(text);
    buffer.guess_segment_properties();
    buffer.set_direction(if is_right_to_left { Direction::RightToLeft } else { Direction::LeftToRight });
    let shaped = rustybuzz::shape(face, &[], buffer);
    let advance: i32 = shaped.glyph_positions().iter().map(|position| position.x_advance).sum();
    advance as f32 * size / face.units_per_em() as f32
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_script_of_the_demo_has_a_font() {
        let fonts = Fonts::new().unwrap();
        for text in [
            "Zoë Łukasz Nguyễn",
            "محمد خان",
            "תמר כהן",
            "प्रिया शर्मा",
            "欧阳 伟",
            "田中 さくら",
            "김 지우",
            "Шевченко",
            "Παπαδόπουλος",
            "10⁹/L 10¹² H₂O m² ≤ ≥ ± → α β µ ° ½ €",
        ] {
            for letter in text.chars().filter(|c| !c.is_whitespace()) {
                assert!(fonts.of(letter, Weight::Plain).has(letter), "{letter} of {text}");
            }
            assert!(fonts.width(text, Weight::Bold, 10.0) > 10.0);
        }
    }

    #[test]
    fn directions_alternate_as_they_are_read() {
        let fonts = Fonts::new().unwrap();
        let runs = fonts.runs("KHAN, محمد (Mr)", Weight::Plain, 10.0);
        let directions: Vec<bool> = runs.iter().map(|run| run.is_right_to_left).collect();
        assert_eq!(directions, [false, true, false]);
        let joined: String = runs.iter().map(|run| run.text.as_str()).collect();
        assert_eq!(joined, "KHAN, محمد (Mr)");
    }

    #[test]
    fn long_text_wraps_and_says_that_it_goes_on() {
        let fonts = Fonts::new().unwrap();
        for text in
            ["Wolfeschlegelsteinhausenbergerdorff".repeat(9), "one two three ".repeat(40), "李".repeat(300)]
        {
            let lines = fonts.wrap(&text, Weight::Bold, 12.0, 200.0, 3);
            assert_eq!(lines.len(), 3);
            assert!(
                lines[2].ends_with(MORE) && lines.iter().all(|l| fonts.width(l, Weight::Bold, 12.0) <= 200.0)
            );
        }
        assert_eq!(fonts.wrap("SMITH, Anna", Weight::Bold, 12.0, 200.0, 3), ["SMITH, Anna"]);
        assert!(fonts.wrap("  ", Weight::Bold, 12.0, 200.0, 3).is_empty());
    }
}
