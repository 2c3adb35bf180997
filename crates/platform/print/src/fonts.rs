//! The fonts that everything is printed with, and a line of text in them.

use crate::text::{Fonts, Weight};
use galen_kernel::Fault;
use krilla::geom::Point;
use krilla::surface::Surface;
use krilla::text::TextDirection;
use std::sync::LazyLock;

/// The fonts, read once.
pub(crate) fn fonts() -> Result<&'static Fonts, Fault> {
    FONTS.as_ref().map_err(|why| Fault::new("fonts", why.as_str()))
}

static FONTS: LazyLock<Result<Fonts, String>> =
    LazyLock::new(|| Fonts::new().map_err(|fault| fault.context().to_owned()));

/// Writes a line: each piece in its font and direction, from left to right.
pub(crate) fn write(
    surface: &mut Surface<'_>,
    fonts: &Fonts,
    (mut x, y): (f32, f32),
    (text, weight, size): (&str, Weight, f32),
) {
    for run in fonts.runs(text, weight, size) {
        let direction =
            if run.is_right_to_left { TextDirection::RightToLeft } else { TextDirection::LeftToRight };
        surface.draw_text(Point::from_xy(x, y), run.font, size, &run.text, false, direction);
        x += run.width;
    }
}
