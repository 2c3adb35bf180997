//! Text to tokens (<https://hl7.org/fhirpath/N1/#lexical-elements>).

use super::error::{ErrorKind, FhirPathError};

/// Longest expression; the longest of R4 itself has under 2,000 bytes.
pub const EXPRESSION_BYTES_MAX: usize = 64 << 10;

/// Every operator and bracket, longer ones before their beginnings.
const SYMBOLS: [&str; 24] = [
    "!=", "!~", "<=", ">=", "(", ")", "[", "]", "{", "}", ".", ",", "+", "-", "*", "/", "&", "|", "=", "~",
    "<", ">", "%", "$",
];

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token<'t> {
    /// A name as written, `name`; may be a keyword.
    Name(&'t str),
    /// A name in back-ticks: never a keyword.
    Delimited(String),
    /// A string, unescaped.
    Text(String),
    /// Digits, with a fraction or not.
    Number(&'t str),
    /// A date, dateTime or time literal without its `@`.
    Moment(&'t str),
    /// An operator or bracket.
    Symbol(&'static str),
    /// The end.
    End,
}

/// Tokens with the byte they begin at; the last is [`Token::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<(Token<'_>, u32)>, FhirPathError> {
    if text.len() > EXPRESSION_BYTES_MAX {
        let message = format!("the expression is longer than {EXPRESSION_BYTES_MAX} bytes");
        return Err(FhirPathError::new(ErrorKind::TooCostly, 0, message));
    }
    let mut lexer = Lexer { text, at: 0 };
    let mut found = Vec::new();
    loop {
        lexer.blank()?;
        let start = lexer.position();
        let token = lexer.token()?;
        let end = token == Token::End;
        found.push((token, start));
        if end {
            return Ok(found);
        }
    }
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    fn position(&self) -> u32 {
        u32::try_from(self.at).unwrap_or(u32::MAX)
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn digit_at(&self, at: usize) -> bool {
        self.text.as_bytes().get(at).is_some_and(u8::is_ascii_digit)
    }

    fn fail<T>(&self, message: impl Into<String>) -> Result<T, FhirPathError> {
        Err(FhirPathError::new(ErrorKind::Syntax, self.position(), message))
    }

    /// Passes white space and comments.
    fn blank(&mut self) -> Result<(), FhirPathError> {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            if trimmed.starts_with("//") {
                self.at += trimmed.find(['\n', '\r']).unwrap_or(trimmed.len());
            } else if trimmed.starts_with("/*") {
                match trimmed.get(2..).and_then(|inner| inner.find("*/")) {
                    Some(end) => self.at += end + 4,
                    None => return self.fail("the comment does not end; close it with */"),
                }
            } else {
                return Ok(());
            }
        }
    }

    fn token(&mut self) -> Result<Token<'t>, FhirPathError> {
        match self.peek() {
            None => Ok(Token::End),
            Some(b'\'') => self.quoted('\'').map(Token::Text),
            Some(b'`') => self.quoted('`').map(Token::Delimited),
            Some(b'0'..=b'9') => Ok(Token::Number(self.number())),
            Some(b'@') => self.moment().map(Token::Moment),
            Some(byte) if byte.is_ascii_alphabetic() || byte == b'_' => Ok(Token::Name(self.name())),
            Some(_) => {
                let symbol = SYMBOLS.into_iter().find(|symbol| self.rest().starts_with(symbol));
                match symbol {
                    Some(symbol) => {
                        self.at += symbol.len();
                        Ok(Token::Symbol(symbol))
                    }
                    None => self.fail("a character that no expression has here"),
                }
            }
        }
    }

    fn since(&self, start: usize) -> &'t str {
        self.text.get(start..self.at).unwrap_or("")
    }

    fn name(&mut self) -> &'t str {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            self.at += 1;
        }
        self.since(start)
    }

    fn digits(&mut self) {
        while self.digit_at(self.at) {
            self.at += 1;
        }
    }

    /// A point belongs to the number only when a digit follows: `1.toString()` calls a function.
    fn number(&mut self) -> &'t str {
        let start = self.at;
        self.digits();
        if self.peek() == Some(b'.') && self.digit_at(self.at + 1) {
            self.at += 1;
            self.digits();
        }
        self.since(start)
    }

    /// `@2015`, `@2015-02-04T14:34:28.123+10:00`, `@T14:34`; what it means is decided by the parser.
    fn moment(&mut self) -> Result<&'t str, FhirPathError> {
        self.at += 1;
        let start = self.at;
        self.digits();
        while self.peek() == Some(b'-') && self.digit_at(self.at + 1) {
            self.at += 1;
            self.digits();
        }
        let dated = self.at > start;
        if self.peek() == Some(b'T') {
            self.at += 1;
            self.time();
            if dated && self.digit_at(self.at.saturating_sub(1)) {
                self.zone();
            }
        }
        if self.at == start {
            return self.fail("a date or time follows @, such as @2015-02-04 or @T14:30");
        }
        Ok(self.since(start))
    }

    fn time(&mut self) {
        self.digits();
        while self.peek() == Some(b':') && self.digit_at(self.at + 1) {
            self.at += 1;
            self.digits();
        }
        if self.peek() == Some(b'.') && self.digit_at(self.at + 1) {
            self.at += 1;
            self.digits();
        }
    }

    fn zone(&mut self) {
        match self.peek() {
            Some(b'Z') => self.at += 1,
            Some(b'+' | b'-') if self.is_offset() => self.at += 6,
            _ => {}
        }
    }

    /// Whether `+hh:mm` stands here: a sum has no colon.
    fn is_offset(&self) -> bool {
        let digits = [1, 2, 4, 5].into_iter().all(|place| self.digit_at(self.at + place));
        digits && self.text.as_bytes().get(self.at + 3) == Some(&b':')
    }

    fn quoted(&mut self, quote: char) -> Result<String, FhirPathError> {
        let start = self.at;
        self.at += 1;
        let mut out = String::new();
        let mut letters = self.rest().char_indices();
        while let Some((offset, letter)) = letters.next() {
            if letter == quote {
                self.at += offset + 1;
                return Ok(out);
            }
            if letter != '\\' {
                out.push(letter);
                continue;
            }
            let escaped = match letters.next().map(|(_, letter)| letter) {
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                Some('f') => '\u{c}',
                Some('u') => {
                    let code = (0..4).try_fold(0, |code, _| {
                        Some(code * 16 + letters.next().and_then(|(_, digit)| digit.to_digit(16))?)
                    });
                    match code.and_then(char::from_u32) {
                        Some(letter) => letter,
                        None => return self.fail("\\u takes four hex digits of a character"),
                    }
                }
                Some(plain @ ('\'' | '"' | '`' | '\\' | '/')) => plain,
                // R4's own invariants write `\.` and `\s` in strings that hold regular expressions.
                Some(other) => {
                    out.push('\\');
                    other
                }
                None => break,
            };
            out.push(escaped);
        }
        self.at = start;
        self.fail(format!("the text does not end; close it with {quote}"))
    }
}
