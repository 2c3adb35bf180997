//! A patient's label, 100 by 50 mm: name in up to two lines, what identifies, a barcode. For wristbands, forms, specimens.

use crate::barcode;
use crate::fonts::{fonts, write};
use crate::text::{Fonts, Weight};
use galen_kernel::Fault;
use krilla::Document;
use krilla::geom::{PathBuilder, Rect};
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::surface::Surface;

/// Points of a millimetre.
const MM: f32 = 72.0 / 25.4;
const WIDTH: f32 = 100.0 * MM;
const HEIGHT: f32 = 50.0 * MM;
const MARGIN: f32 = 4.0 * MM;
/// Width of a barcode module: wide enough for scanners in the ward.
const MODULE_MAX: f32 = 0.5 * MM;
const BARS_HEIGHT: f32 = 11.0 * MM;
/// Lines that a name may take.
const NAME_LINES_MAX: usize = 2;
const NAME_SIZE: f32 = 14.0;
const OWN_SCRIPT_SIZE: f32 = 10.0;
const LINE_SIZE: f32 = 9.0;

/// What a label says.
#[derive(Debug, Clone, Default)]
pub struct Label {
    /// The name, as the banner writes it.
    pub name: String,
    /// The name in another script, if there is one.
    pub other_name: Option<String>,
    /// Lines of label and value: born, gender, numbers.
    pub lines: Vec<(&'static str, String)>,
    /// What the barcode says: letters and digits of ASCII.
    pub barcode: String,
}

/// The label as PDF. A fault when it cannot be made; nothing of the label is in it.
pub fn label(label: &Label) -> Result<Vec<u8>, Fault> {
    let fonts = fonts()?;
    let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| Fault::new("label", "its size"))?;
    let mut document = Document::new();
    document.set_metadata(Metadata::new().title("Patient label".to_owned()).language("en".to_owned()));
    let mut page = document.start_page_with(settings);
    let mut surface = page.surface();
    draw(&mut surface, fonts, label);
    surface.finish();
    page.finish();
    document.finish().map_err(|e| Fault::new("label", format!("{e:?}")))
}

fn draw(surface: &mut Surface<'_>, fonts: &Fonts, label: &Label) {
    let room = WIDTH - 2.0 * MARGIN;
    let mut y = MARGIN + NAME_SIZE * 0.8;
    for line in fonts.wrap(&label.name, Weight::Bold, NAME_SIZE, room, NAME_LINES_MAX) {
        write(surface, fonts, (MARGIN, y), (&line, Weight::Bold, NAME_SIZE));
        y += NAME_SIZE * 1.15;
    }
    for line in fonts.wrap(label.other_name.as_deref().unwrap_or(""), Weight::Plain, OWN_SCRIPT_SIZE, room, 1)
    {
        write(surface, fonts, (MARGIN, y - 1.0), (&line, Weight::Plain, OWN_SCRIPT_SIZE));
        y += OWN_SCRIPT_SIZE * 1.25;
    }
    for pair in label.lines.chunks(2) {
        let mut x = MARGIN;
        for (name, value) in pair {
            let name = format!("{name} ");
            write(surface, fonts, (x, y), (&name, Weight::Plain, LINE_SIZE));
            let after = x + fonts.width(&name, Weight::Plain, LINE_SIZE);
            write(surface, fonts, (after, y), (value, Weight::Bold, LINE_SIZE));
            x += room / 2.0;
        }
        y += LINE_SIZE * 1.4;
    }
    bars(surface, fonts, &label.barcode);
}

fn bars(surface: &mut Surface<'_>, fonts: &Fonts, text: &str) {
    let top = HEIGHT - MARGIN - LINE_SIZE - BARS_HEIGHT;
    let Some((bars, modules)) = barcode::bars(text) else { return };
    let module = ((WIDTH - 2.0 * MARGIN) / f32::from(modules)).min(MODULE_MAX);
    let mut path = PathBuilder::new();
    for (begin, width) in bars {
        let (x, width) = (MARGIN + f32::from(begin) * module, f32::from(width) * module);
        if let Some(bar) = Rect::from_xywh(x, top, width, BARS_HEIGHT) {
            path.push_rect(bar);
        }
    }
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
    write(surface, fonts, (MARGIN, HEIGHT - MARGIN), (text, Weight::Plain, LINE_SIZE));
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn sample(name: &str, other_name: Option<&str>) -> Label {
        Label {
            name: name.to_owned(),
            other_name: other_name.map(str::to_owned),
            lines: vec![
                ("Born", "07-Feb-1970".to_owned()),
                ("Gender", "Female".to_owned()),
                ("NHS No.", "943 476 5919".to_owned()),
                ("MRN", "123456785".to_owned()),
            ],
            barcode: "123456785".to_owned(),
        }
    }

    #[test]
    fn labels_are_pdfs_whatever_the_name() {
        let names = [
            "SMITH, Anna",
            "欧阳, 伟",
            "",
            "Wolfeschlegelsteinhausenbergerdorff-",
            "<script>alert(1)</script>",
        ];
        for name in names {
            for other in [None, Some("محمد خان"), Some("प्रिया शर्मा")] {
                let pdf = label(&sample(&name.repeat(9), other)).unwrap();
                assert!(pdf.starts_with(b"%PDF-") && pdf.len() < 400_000, "{name}");
            }
        }
    }
}
