//! Folding of text for search: accents, case and spacing do not count (<https://hl7.org/fhir/R4/search.html#string>).

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// NFKD, combining marks dropped, lower case, white space collapsed to single spaces and trimmed.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return fold_ascii(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for letter in text.nfkd().filter(|&letter| !is_combining_mark(letter)) {
        if letter.is_whitespace() {
            gap = true;
            continue;
        }
        if gap && !out.is_empty() {
            out.push(' ');
        }
        gap = false;
        // Lower-casing may decompose again (`İ`), so marks are dropped a second time.
        out.extend(
            letter
                .to_lowercase()
                .flat_map(|low| std::iter::once(low).nfkd())
                .filter(|&low| !is_combining_mark(low))
                .flat_map(|low| without_stroke(low).chars().chain(is_kept(low).then_some(low))),
        );
    }
    out
}

/// Letters that Unicode does not take apart, as people type them who do not have them on the keyboard.
fn without_stroke(letter: char) -> &'static str {
    match letter {
        'ł' => "l",
        'đ' | 'ð' => "d",
        'ø' => "o",
        'ħ' => "h",
        'ı' => "i",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ŧ' => "t",
        _ => "",
    }
}

fn is_kept(letter: char) -> bool {
    without_stroke(letter).is_empty()
}

fn fold_ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_ascii_whitespace() {
        for part in word.split('\u{b}').filter(|part| !part.is_empty()) {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(part);
        }
    }
    out.make_ascii_lowercase();
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::fold;

    #[test]
    fn folds_accents_case_and_spaces() {
        for (text, folded) in [
            ("  Müller\t von  Übel ", "muller von ubel"),
            ("José", "jose"),
            ("STRASSE", "strasse"),
            ("ﬁne", "fine"),
            ("\u{130}stanbul", "istanbul"),
            ("Nguyễn", "nguyen"),
            ("Łukasz Đức", "lukasz duc"),
            ("Sørensen Weiß Æsop", "sorensen weiss aesop"),
            ("김", "\u{1100}\u{1175}\u{11b7}"),
        ] {
            assert_eq!(fold(text), folded);
        }
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in any::<String>()) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
