//! A letter on A4: from whom, to whom, what it is about, and what to know. For appointments.

use crate::fonts::{fonts, write};
use crate::text::{Fonts, Weight};
use galen_kernel::Fault;
use krilla::Document;
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::surface::Surface;

/// Points of a millimetre.
const MM: f32 = 72.0 / 25.4;
const WIDTH: f32 = 210.0 * MM;
const HEIGHT: f32 = 297.0 * MM;
const MARGIN: f32 = 25.0 * MM;
/// Where the address shows in the window of an envelope (DIN lang, C5).
const ADDRESS_TOP: f32 = 50.0 * MM;
const BODY_TOP: f32 = 100.0 * MM;
const SIZE: f32 = 11.0;
const TITLE_SIZE: f32 = 15.0;
const FROM_SIZE: f32 = 13.0;
const LEADING: f32 = 1.45;
/// Width of the column of labels.
const LABELS: f32 = 32.0 * MM;
/// Lines that one paragraph or value may take; what is longer says that it goes on.
const LINES_MAX: usize = 8;

/// What a letter says.
#[derive(Debug, Clone, Default)]
pub struct Letter {
    /// Who writes: the clinic, and where it is.
    pub from: Vec<String>,
    /// When it was written.
    pub date: String,
    /// To whom: name and address.
    pub to: Vec<String>,
    /// What it is about.
    pub title: String,
    /// Before what is to be known.
    pub opening: Vec<String>,
    /// Label and value.
    pub facts: Vec<(&'static str, String)>,
    /// After it.
    pub closing: Vec<String>,
    /// At the foot: what identifies the patient and the appointment.
    pub foot: String,
}

/// The letter as PDF. A fault when it cannot be made; nothing of the letter is in it.
pub fn letter(letter: &Letter) -> Result<Vec<u8>, Fault> {
    let fonts = fonts()?;
    let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| Fault::new("letter", "its size"))?;
    let mut document = Document::new();
    document.set_metadata(Metadata::new().title(letter.title.clone()).language("en".to_owned()));
    let mut page = document.start_page_with(settings);
    let mut surface = page.surface();
    draw(&mut surface, fonts, letter);
    surface.finish();
    page.finish();
    document.finish().map_err(|e| Fault::new("letter", format!("{e:?}")))
}

fn draw(surface: &mut Surface<'_>, fonts: &Fonts, letter: &Letter) {
    let room = WIDTH - 2.0 * MARGIN;
    let mut pen = Pen { surface, fonts, y: MARGIN };
    for (number, line) in letter.from.iter().enumerate() {
        let (weight, size) = if number == 0 { (Weight::Bold, FROM_SIZE) } else { (Weight::Plain, SIZE) };
        pen.text(line, (MARGIN, room), (weight, size), 1);
    }
    pen.y = ADDRESS_TOP;
    for line in &letter.to {
        pen.text(line, (MARGIN, room), (Weight::Plain, SIZE), 1);
    }
    pen.y = BODY_TOP;
    pen.text(&letter.date, (MARGIN, room), (Weight::Plain, SIZE), 1);
    pen.y += SIZE;
    pen.text(&letter.title, (MARGIN, room), (Weight::Bold, TITLE_SIZE), 2);
    pen.y += SIZE * 0.5;
    for paragraph in &letter.opening {
        pen.text(paragraph, (MARGIN, room), (Weight::Plain, SIZE), LINES_MAX);
        pen.y += SIZE * 0.6;
    }
    for (label, value) in &letter.facts {
        let top = pen.y;
        pen.text(label, (MARGIN, LABELS), (Weight::Plain, SIZE), 2);
        let under = std::mem::replace(&mut pen.y, top);
        pen.text(value, (MARGIN + LABELS, room - LABELS), (Weight::Bold, SIZE), LINES_MAX);
        pen.y = pen.y.max(under) + SIZE * 0.25;
    }
    pen.y += SIZE * 0.6;
    for paragraph in &letter.closing {
        pen.text(paragraph, (MARGIN, room), (Weight::Plain, SIZE), LINES_MAX);
        pen.y += SIZE * 0.6;
    }
    pen.y = HEIGHT - MARGIN;
    pen.text(&letter.foot, (MARGIN, room), (Weight::Plain, SIZE * 0.8), 1);
}

struct Pen<'p, 's> {
    surface: &'p mut Surface<'s>,
    fonts: &'p Fonts,
    y: f32,
}

impl Pen<'_, '_> {
    fn text(&mut self, text: &str, (x, room): (f32, f32), (weight, size): (Weight, f32), lines: usize) {
        for line in self.fonts.wrap(text, weight, size, room, lines) {
            write(self.surface, self.fonts, (x, self.y), (&line, weight, size));
            self.y += size * LEADING;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_pdfs_whatever_the_name_and_however_long_the_text() {
        for name in ["Anna Smith", "欧阳伟", "محمد خان", "", "<script>alert(1)</script>"] {
            let pdf = letter(&Letter {
                from: vec!["Medical Outpatients".to_owned(), "Aldermoor Royal Infirmary".to_owned()],
                date: "27-Nov-2026".to_owned(),
                to: vec![name.to_owned(), "7 Mill Road".to_owned()],
                title: "Your appointment".to_owned(),
                opening: vec![format!("Dear {name}"), "We look forward to seeing you. ".repeat(200)],
                facts: vec![("When", "Friday 27-Nov-2026 09:30".to_owned()), ("Where", String::new())],
                closing: vec!["If you cannot come, tell us.".to_owned()],
                foot: "NHS No. 943 476 5919".to_owned(),
            })
            .unwrap();
            assert!(pdf.starts_with(b"%PDF-") && pdf.len() < 400_000, "{name}");
        }
    }
}
