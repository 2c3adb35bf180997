//! Bytes to JSON, strictly RFC 8259: no duplicates, no lone surrogates, no trailing bytes, bounded nesting.

use std::collections::HashSet;
use std::fmt;

use super::{Json, Object};

/// Deepest nesting accepted; FHIR resources stay under 30.
pub const DEPTH_MAX: usize = 64;
/// Longest text of a number; 34 digits and an exponent fit many times over.
const NUMBER_CHARS_MAX: usize = 256;
/// From this many members on, duplicates are looked for by hash.
const SCAN_MEMBERS_MAX: usize = 24;

/// Why bytes are not JSON that Galen accepts, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// What is wrong, for people.
    pub message: &'static str,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Member path such as `name[0].family`; empty at the top.
    pub location: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} at line {} column {}", self.message, self.line, self.column)?;
        if !self.location.is_empty() {
            write!(out, " ({})", self.location)?;
        }
        Ok(())
    }
}

impl std::error::Error for ParseError {}

/// A fault on its way up; segments of the location are gathered as the parser unwinds, so good input pays nothing.
struct Fault {
    message: &'static str,
    at: usize,
    /// Innermost first.
    path: Vec<String>,
}

type Parsed<T> = Result<T, Box<Fault>>;

/// Parses one JSON value; the bytes must hold nothing else.
pub fn parse(bytes: &[u8]) -> Result<Json, ParseError> {
    let text = std::str::from_utf8(bytes)
        .map_err(|fault| located(bytes, "invalid UTF-8", fault.valid_up_to(), &[]))?;
    let mut parser = Parser { text, bytes, at: 0 };
    let value = parser.document();
    value.map_err(|fault| located(bytes, fault.message, fault.at, &fault.path))
}

fn located(bytes: &[u8], message: &'static str, at: usize, path: &[String]) -> ParseError {
    let before = bytes.get(..at).unwrap_or(bytes);
    let line = memchr::memchr_iter(b'\n', before).count() + 1;
    let line_start = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
    let in_line = before.get(line_start..).unwrap_or(&[]);
    let column = String::from_utf8_lossy(in_line).chars().count() + 1;
    let mut location = String::new();
    for segment in path.iter().rev() {
        if !location.is_empty() && !segment.starts_with('[') {
            location.push('.');
        }
        location.push_str(segment);
    }
    ParseError { message, line, column, location }
}

struct Parser<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
}

impl Parser<'_> {
    fn document(&mut self) -> Parsed<Json> {
        self.blank();
        let value = self.value(0)?;
        self.blank();
        if self.at == self.bytes.len() {
            Ok(value)
        } else {
            self.fail("bytes after the end of the JSON value")
        }
    }

    fn fail<T>(&self, message: &'static str) -> Parsed<T> {
        Err(Box::new(Fault { message, at: self.at, path: Vec::new() }))
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blank(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Parsed<Json> {
        match self.peek() {
            Some(b'{') => self.object(depth).map(Json::Object),
            Some(b'[') => self.array(depth).map(Json::Array),
            Some(b'"') => self.string().map(Json::String),
            Some(b'-' | b'0'..=b'9') => self.number().map(Json::Number),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'n') => self.word("null", Json::Null),
            Some(_) => self.fail("unexpected character"),
            None => self.fail("unexpected end of input"),
        }
    }

    fn word(&mut self, word: &str, value: Json) -> Parsed<Json> {
        if self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(word.as_bytes())) {
            self.at += word.len();
            return Ok(value);
        }
        self.fail("unexpected word")
    }

    fn object(&mut self, depth: usize) -> Parsed<Object> {
        if depth >= DEPTH_MAX {
            return self.fail("nested too deeply");
        }
        self.at += 1;
        let mut object = Object::new();
        let mut seen: HashSet<Box<str>> = HashSet::new();
        self.blank();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(object);
        }
        loop {
            self.blank();
            if self.peek() != Some(b'"') {
                return self.fail("expected a member name");
            }
            let start = self.at;
            let name = self.string()?;
            if is_duplicate(&object, &mut seen, &name) {
                self.at = start;
                return self.fail("duplicate member").or_else(|fault| within(fault, name.into()));
            }
            self.blank();
            if self.peek() != Some(b':') {
                return self.fail("expected ':'");
            }
            self.at += 1;
            self.blank();
            match self.value(depth + 1) {
                Ok(value) => object.push_new(name, value),
                Err(fault) => return within(fault, name.into()),
            }
            self.blank();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(object);
                }
                _ => return self.fail("expected ',' or '}'"),
            }
        }
    }

    fn array(&mut self, depth: usize) -> Parsed<Vec<Json>> {
        if depth >= DEPTH_MAX {
            return self.fail("nested too deeply");
        }
        self.at += 1;
        let mut items = Vec::new();
        self.blank();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(items);
        }
        loop {
            self.blank();
            match self.value(depth + 1) {
                Ok(value) => items.push(value),
                Err(fault) => return within(fault, format!("[{}]", items.len())),
            }
            self.blank();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(items);
                }
                _ => return self.fail("expected ',' or ']'"),
            }
        }
    }

    fn number(&mut self) -> Parsed<Box<str>> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits(),
            _ => return self.fail("expected a digit"),
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.some_digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.some_digits()?;
        }
        let text = self.text.get(start..self.at).unwrap_or("");
        if text.len() > NUMBER_CHARS_MAX {
            return self.fail("number too long");
        }
        Ok(text.into())
    }

    fn digits(&mut self) {
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
    }

    fn some_digits(&mut self) -> Parsed<()> {
        if !matches!(self.peek(), Some(b'0'..=b'9')) {
            return self.fail("expected a digit");
        }
        self.digits();
        Ok(())
    }

    /// Moves to the next quote, backslash or control character; answers where it began.
    fn run(&mut self) -> usize {
        let start = self.at;
        let rest = self.bytes.get(start..).unwrap_or(&[]);
        let length = rest.iter().position(|&byte| byte == b'"' || byte == b'\\' || byte < 0x20);
        self.at += length.unwrap_or(rest.len());
        start
    }

    fn since(&self, start: usize) -> &str {
        self.text.get(start..self.at).unwrap_or("")
    }

    fn string(&mut self) -> Parsed<Box<str>> {
        self.at += 1;
        let start = self.run();
        if self.peek() == Some(b'"') {
            let text = self.since(start).into();
            self.at += 1;
            return Ok(text);
        }
        self.escaped_string(start)
    }

    /// The slow way, from the first escape on.
    fn escaped_string(&mut self, start: usize) -> Parsed<Box<str>> {
        let mut text = self.since(start).to_owned();
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text.into());
                }
                Some(b'\\') => text.push(self.escape()?),
                Some(_) => return self.fail("control character in a string"),
                None => return self.fail("unexpected end of input"),
            }
            let start = self.run();
            text.push_str(self.since(start));
        }
    }

    fn escape(&mut self) -> Parsed<char> {
        self.at += 1;
        let letter = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return self.fail("unknown escape"),
        };
        self.at += 1;
        Ok(letter)
    }

    fn unicode(&mut self) -> Parsed<char> {
        let start = self.at;
        let high = self.hex4()?;
        let mut code = high;
        if (0xD800..0xDC00).contains(&high) && self.bytes.get(self.at..self.at + 2) == Some(b"\\u") {
            self.at += 1;
            let low = self.hex4()?;
            if (0xDC00..0xE000).contains(&low) {
                code = 0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00);
            }
        }
        if let Some(letter) = char::from_u32(code) {
            return Ok(letter);
        }
        self.at = start;
        self.fail("lone surrogate")
    }

    /// Four hex digits after the `u` the parser stands on.
    fn hex4(&mut self) -> Parsed<u32> {
        self.at += 1;
        let mut code = 0;
        for _ in 0..4 {
            let Some(digit) = self.peek().and_then(|byte| char::from(byte).to_digit(16)) else {
                return self.fail("expected four hex digits");
            };
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }
}

/// The same fault, one level further out.
fn within<T>(mut fault: Box<Fault>, segment: String) -> Parsed<T> {
    fault.path.push(segment);
    Err(fault)
}

fn is_duplicate(object: &Object, seen: &mut HashSet<Box<str>>, name: &str) -> bool {
    if object.len() < SCAN_MEMBERS_MAX {
        return object.has(name);
    }
    if seen.is_empty() {
        seen.extend(object.iter().map(|(name, _)| name.into()));
    }
    !seen.insert(name.into())
}
