//! A look at a document before it is parsed: how long it is, of how many words, how deep its brackets go. The parser
//! works on what passes.

use crate::limits::{BRACKETS_MAX, DOCUMENT_BYTES_MAX, TOKENS_MAX};
use galen_kernel::{Rejection, RejectionKind};

/// A refusal for its size.
pub fn too_much(code: &'static str, what: impl Into<String>) -> Rejection {
    Rejection::new(RejectionKind::Unprocessable, code, what)
        .at("query")
        .next("Ask for less, or in several requests")
}

/// Refuses what is too long or too deep to parse.
pub fn look(document: &str) -> Result<(), Rejection> {
    if document.len() > DOCUMENT_BYTES_MAX {
        let message = format!("The document is longer than {DOCUMENT_BYTES_MAX} bytes");
        return Err(too_much("document-too-long", message));
    }
    let (mut tokens, mut open) = (0, 0_usize);
    let mut rest = document.bytes().peekable();
    while let Some(byte) = rest.next() {
        match byte {
            b'#' => while rest.next_if(|next| *next != b'\n' && *next != b'\r').is_some() {},
            b'"' => {
                tokens += 1;
                // Of a block string the first quotes are an empty string; what follows is read as words, which only
                // counts more than there is. An escaped quote ends nothing.
                while let Some(next) = rest.next() {
                    match next {
                        b'\\' => _ = rest.next(),
                        b'"' | b'\n' => break,
                        _ => {}
                    }
                }
            }
            b'{' | b'(' | b'[' => {
                tokens += 1;
                open += 1;
                if open > BRACKETS_MAX {
                    let message = format!("More than {BRACKETS_MAX} brackets lie within each other");
                    return Err(too_much("document-too-deep", message));
                }
            }
            b'}' | b')' | b']' => open = open.saturating_sub(1),
            byte if byte.is_ascii_alphanumeric() || byte == b'_' => {
                tokens += 1;
                while rest.next_if(|next| next.is_ascii_alphanumeric() || *next == b'_').is_some() {}
            }
            byte if byte.is_ascii_whitespace() || byte == b',' => {}
            _ => tokens += 1,
        }
        if tokens > TOKENS_MAX {
            let message = format!("The document has more than {TOKENS_MAX} words and signs");
            return Err(too_much("document-too-long", message));
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn code(document: &str) -> &'static str {
        look(document).unwrap_err().code
    }

    #[test]
    fn ordinary_documents_pass() {
        look("query A($a: Int = 1) { b(c: \"{{{\", d: [1 2]) { ...f @skip(if: true) } } # {{{").unwrap();
        look("{ a(b: \"\"\"x \\\"\"\" y\"\"\") }").unwrap();
    }

    #[test]
    fn what_is_long_or_deep_is_refused() {
        assert_eq!(code(&"a".repeat(DOCUMENT_BYTES_MAX + 1)), "document-too-long");
        assert_eq!(code(&"{a ".repeat(BRACKETS_MAX + 1)), "document-too-deep");
        assert_eq!(code(&"[".repeat(10_000)), "document-too-deep");
        assert_eq!(code(&format!("{{{}}}", "a ".repeat(TOKENS_MAX))), "document-too-long");
        assert_eq!(code(&"!".repeat(TOKENS_MAX + 1)), "document-too-long");
    }
}
