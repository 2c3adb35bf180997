//! Code 128 (ISO/IEC 15417), set B: what scanners at bedsides read.

use barcoders::sym::code128::Code128;

/// Begins set B, in the notation of the library.
const SET_B: char = '\u{181}';

/// Dark bars as (begin, width) in modules, and the width of all; `None` for text that the symbology does not have.
pub(crate) fn bars(text: &str) -> Option<(Vec<(u16, u16)>, u16)> {
    if text.is_empty() || !text.chars().all(|c| c.is_ascii_graphic() || c == ' ') {
        return None;
    }
    let modules = Code128::new(format!("{SET_B}{text}")).ok()?.encode();
    let mut bars: Vec<(u16, u16)> = Vec::new();
    let mut is_dark = false;
    for (at, module) in (0_u16..).zip(&modules) {
        match (module, bars.last_mut()) {
            (1, Some((_, width))) if is_dark => *width += 1,
            (1, _) => bars.push((at, 1)),
            _ => {}
        }
        is_dark = *module == 1;
    }
    Some((bars, u16::try_from(modules.len()).ok()?))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::bars;

    #[test]
    fn a_symbol_has_the_width_and_the_bars_of_the_standard() {
        let (bars, width) = bars("123456785").unwrap();
        // Start, nine characters and check are eleven modules each, the stop is thirteen.
        assert_eq!(width, 11 * 11 + 13);
        // Three bars a symbol character, four of the stop.
        assert_eq!(bars.len(), 11 * 3 + 4);
        // Start B begins with two dark modules, one light, one dark.
        assert_eq!(bars[..2], [(0, 2), (3, 1)]);
        assert_eq!(super::bars("é"), None);
        assert_eq!(super::bars(""), None);
    }
}
