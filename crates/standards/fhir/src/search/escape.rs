//! Escapes of search values: `\,` `\|` `\$` and `\\` (<https://hl7.org/fhir/R4/search.html#escaping>).

/// Splits at `mark` where it is not escaped; the parts keep their escapes.
pub(super) fn split(text: &str, mark: char) -> Vec<&str> {
    let (mut parts, mut start, mut escaped) = (Vec::new(), 0, false);
    for (at, letter) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if letter == '\\' {
            escaped = true;
        } else if letter == mark {
            parts.push(text.get(start..at).unwrap_or(""));
            start = at + letter.len_utf8();
        }
    }
    parts.push(text.get(start..).unwrap_or(""));
    parts
}

/// Takes the escapes out. A backslash before anything else stands for itself.
pub(super) fn plain(text: &str) -> Box<str> {
    if !text.contains('\\') {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letters.peek() {
            Some(&next @ (',' | '|' | '$' | '\\')) if letter == '\\' => {
                out.push(next);
                letters.next();
            }
            _ => out.push(letter),
        }
    }
    out.into()
}
