//! Functions of texts (<https://hl7.org/fhirpath/N1/#string-manipulation> and those added since).

use std::borrow::Cow;
use std::sync::OnceLock;

use data_encoding::{BASE64, BASE64URL, HEXLOWER, HEXLOWER_PERMISSIVE};
use regex::{Regex, RegexBuilder};

use super::F;
use crate::fhirpath::ast::{Expr, Part};
use crate::fhirpath::eval::{Evaluated, Evaluator, one};
use crate::fhirpath::item::{Collection, Item};
use crate::fhirpath::operators::TEXT_BYTES_MAX;
use crate::json::Json;

/// Longest regular expression.
const PATTERN_BYTES_MAX: usize = 4 << 10;
/// Steps that compiling one costs.
const PATTERN_STEPS: usize = 2_000;
/// Most memory a compiled regular expression may take.
const PATTERN_MEMORY_MAX: usize = 2 << 20;

impl<'a> Evaluator<'_, 'a, '_> {
    pub(super) fn texts(
        &mut self,
        function: F,
        item: &Item<'a>,
        arguments: &'a [Expr],
        at: u32,
    ) -> Evaluated<Collection<'a>> {
        let [first, second] = self.arguments(arguments)?;
        let Some(text) = item.as_text() else {
            let kind = item.type_info().name;
            return Self::fail(at, format!("{}() is of texts; this is {kind}", function.name()));
        };
        self.spend(text.len() / 64, at)?;
        match function {
            F::Length => Ok(one(count(text.chars().count()))),
            F::Upper => Self::made(text.to_uppercase(), at),
            F::Lower => Self::made(text.to_lowercase(), at),
            F::Trim => Self::made(text.trim().to_owned(), at),
            F::ToChars => Ok(text.chars().map(|letter| Item::text(letter.to_string())).collect()),
            F::Substring => {
                let Some(start) = Self::integer(&first, at)? else { return Ok(Collection::new()) };
                let length = match second.as_slice() {
                    [] => None,
                    some => Self::integer(some, at)?,
                };
                Ok(one(substring(text, start, length).map(|part| Item::text(part.to_owned()))))
            }
            F::Matches | F::MatchesFull | F::ReplaceMatches => {
                self.matched(function, text, (&first, &second), arguments.first(), at)
            }
            F::Replace => {
                let (Some(old), Some(new)) = (Self::text_of(&first, at)?, Self::text_of(&second, at)?) else {
                    return Ok(Collection::new());
                };
                let most = if old.is_empty() { text.chars().count() + 1 } else { text.len() / old.len() };
                Self::bounded(text.len() + most.saturating_mul(new.len()), at)?;
                Self::made(text.replace(&old, &new), at)
            }
            _ => {
                let Some(argument) = Self::text_of(&first, at)? else { return Ok(Collection::new()) };
                Self::searched(function, text, &argument, at)
            }
        }
    }

    fn bounded(bytes: usize, at: u32) -> Evaluated<()> {
        if bytes <= TEXT_BYTES_MAX {
            return Ok(());
        }
        Self::fail(at, format!("the expression makes a text longer than {TEXT_BYTES_MAX} bytes"))
    }

    fn searched(function: F, text: &str, argument: &str, at: u32) -> Evaluated<Collection<'a>> {
        let letters = |found: Option<usize>| match found {
            Some(end) => count(text.get(..end).unwrap_or("").chars().count()),
            None => Some(Item::Integer(-1)),
        };
        Ok(one(match function {
            F::StartsWith => Some(Item::Boolean(text.starts_with(argument))),
            F::EndsWith => Some(Item::Boolean(text.ends_with(argument))),
            F::Contains => Some(Item::Boolean(text.contains(argument))),
            F::IndexOf => letters(text.find(argument)),
            F::LastIndexOf => letters(text.rfind(argument)),
            F::Split if argument.is_empty() => {
                return Ok(text.chars().map(|letter| Item::text(letter.to_string())).collect());
            }
            F::Split => return Ok(text.split(argument).map(|part| Item::text(part.to_owned())).collect()),
            F::Encode => Some(Item::text(match argument {
                "hex" => HEXLOWER.encode(text.as_bytes()),
                "base64" => BASE64.encode(text.as_bytes()),
                "urlbase64" => BASE64URL.encode(text.as_bytes()),
                _ => return Self::fail(at, "encode() knows hex, base64 and urlbase64"),
            })),
            F::Decode => {
                let bytes = match argument {
                    "hex" => HEXLOWER_PERMISSIVE.decode(text.as_bytes()),
                    "base64" => BASE64.decode(text.as_bytes()),
                    "urlbase64" => BASE64URL.decode(text.as_bytes()),
                    _ => return Self::fail(at, "decode() knows hex, base64 and urlbase64"),
                };
                bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok()).map(Item::text)
            }
            F::Escape => Some(Item::text(match argument {
                "html" => escaped_html(text),
                "json" => escaped_json(text),
                _ => return Self::fail(at, "escape() knows html and json"),
            })),
            _ => match argument {
                "html" => Some(Item::text(unescaped_html(text))),
                "json" => unescaped_json(text).map(Item::text),
                _ => return Self::fail(at, "unescape() knows html and json"),
            },
        }))
    }

    fn matched(
        &mut self,
        function: F,
        text: &str,
        (pattern, substitution): (&[Item<'a>], &[Item<'a>]),
        written: Option<&'a Expr>,
        at: u32,
    ) -> Evaluated<Collection<'a>> {
        let Some(pattern) = Self::text_of(pattern, at)? else { return Ok(Collection::new()) };
        if pattern.is_empty() && function == F::ReplaceMatches {
            return Self::made(text.to_owned(), at);
        }
        let whole = function == F::MatchesFull;
        let pattern = if whole { format!(r"\A(?:{pattern})\z") } else { pattern };
        let pattern = self.pattern(&pattern, written, at)?;
        if function != F::ReplaceMatches {
            return Ok(one(Item::Boolean(pattern.is_match(text))));
        }
        let Some(substitution) = Self::text_of(substitution, at)? else { return Ok(Collection::new()) };
        let found = pattern.find_iter(text).count();
        self.spend(found + text.len() / 16, at)?;
        let inserted = substitution.len() + if substitution.contains('$') { text.len() } else { 0 };
        Self::bounded(text.len() + found.saturating_mul(inserted), at)?;
        Self::made(pattern.replace_all(text, grouped(&substitution)).into_owned(), at)
    }

    /// A compiled pattern, linear in time whatever it is. One written as a text is kept with the expression.
    fn pattern(&mut self, pattern: &str, written: Option<&'a Expr>, at: u32) -> Evaluated<Cow<'a, Regex>> {
        let kept = match written.map(|expr| &expr.part) {
            Some(Part::Text(_, kept)) => Some(kept),
            _ => None,
        };
        if let Some(known) = kept.and_then(OnceLock::get) {
            return Ok(Cow::Borrowed(known));
        }
        self.spend(PATTERN_STEPS, at)?;
        if pattern.len() > PATTERN_BYTES_MAX {
            return Self::fail(
                at,
                format!("the regular expression is longer than {PATTERN_BYTES_MAX} bytes"),
            );
        }
        let made = RegexBuilder::new(pattern)
            .dot_matches_new_line(true)
            .size_limit(PATTERN_MEMORY_MAX)
            .dfa_size_limit(PATTERN_MEMORY_MAX)
            .build();
        match (made, kept) {
            (Ok(made), Some(kept)) => Ok(Cow::Borrowed(kept.get_or_init(|| made))),
            (Ok(made), None) => Ok(Cow::Owned(made)),
            (Err(regex::Error::CompiledTooBig(_)), _) => Self::fail(at, "the regular expression is too big"),
            (Err(_), _) => Self::fail(
                at,
                "no regular expression Galen can run (look-around and back-references are not supported)",
            ),
        }
    }

    /// `join([separator])`.
    pub(super) fn join(
        &mut self,
        input: &[Item<'a>],
        arguments: &'a [Expr],
        at: u32,
    ) -> Evaluated<Collection<'a>> {
        let [separator] = self.arguments(arguments)?;
        let separator = Self::text_of(&separator, at)?.unwrap_or_default();
        let mut out = String::new();
        for (place, item) in input.iter().enumerate() {
            let Some(text) = item.as_text() else {
                return Self::fail(at, "join() is of texts");
            };
            if place > 0 {
                out.push_str(&separator);
            }
            out.push_str(text);
            Self::bounded(out.len(), at)?;
        }
        if input.is_empty() { Ok(Collection::new()) } else { Self::made(out, at) }
    }
}

fn count<'a>(number: usize) -> Option<Item<'a>> {
    i64::try_from(number).ok().map(Item::Integer)
}

fn substring(text: &str, start: i64, length: Option<i64>) -> Option<&str> {
    let start = usize::try_from(start).ok()?;
    let (begin, _) = text.char_indices().nth(start)?;
    let rest = text.get(begin..)?;
    let Some(length) = length else { return Some(rest) };
    let length = usize::try_from(length).unwrap_or(0);
    let end = rest.char_indices().nth(length).map_or(rest.len(), |(end, _)| end);
    rest.get(..end)
}

/// `$1x` means group 1 and an x; the library would read a group named `1x`.
fn grouped(substitution: &str) -> String {
    let mut out = String::with_capacity(substitution.len() + 8);
    let mut letters = substitution.chars().peekable();
    while let Some(letter) = letters.next() {
        out.push(letter);
        if letter == '$' && letters.peek().is_some_and(char::is_ascii_digit) {
            out.push('{');
            while let Some(digit) = letters.next_if(char::is_ascii_digit) {
                out.push(digit);
            }
            out.push('}');
        }
    }
    out
}

fn escaped_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

fn unescaped_html(text: &str) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
        .into_iter()
        .fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain))
}

fn escaped_json(text: &str) -> String {
    let written = Json::from(text).to_string();
    written.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or("").to_owned()
}

fn unescaped_json(text: &str) -> Option<String> {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    let mut escaped = false;
    for letter in text.chars() {
        // A quote that is not escaped stands for itself.
        if letter == '"' && !escaped {
            quoted.push('\\');
        }
        escaped = letter == '\\' && !escaped;
        quoted.push(letter);
    }
    quoted.push('"');
    crate::json::parse(quoted.as_bytes()).ok()?.as_str().map(str::to_owned)
}
