//! JSON Pointer (RFC 6901): `/name/0/given/-`, `~1` for `/`, `~0` for `~`.

use crate::json::Json;

/// Most steps of a pointer.
const STEPS_MAX: usize = 200;

/// A pointer, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pointer(Vec<String>);

impl Pointer {
    /// Reads a pointer; the message says what is wrong.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        if text.is_empty() {
            return Ok(Self(Vec::new()));
        }
        let Some(rest) = text.strip_prefix('/') else { return Err("must be empty or begin with '/'") };
        let steps: Vec<String> =
            rest.split('/').map(step).collect::<Option<_>>().ok_or("has a '~' that is neither ~0 nor ~1")?;
        if steps.len() > STEPS_MAX {
            return Err("has too many steps");
        }
        Ok(Self(steps))
    }

    /// How many steps.
    pub(super) fn depth(&self) -> usize {
        self.0.len()
    }

    /// All steps but the last, and the last; `None` for the whole document.
    pub(super) fn split(&self) -> Option<(&[String], &str)> {
        self.0.split_last().map(|(last, rest)| (rest, last.as_str()))
    }

    /// Whether `other` lies within what this points to.
    pub(super) fn holds(&self, other: &Self) -> bool {
        other.0.len() > self.0.len() && other.0.starts_with(&self.0)
    }

    /// What it points to.
    pub(super) fn get<'j>(&self, json: &'j Json) -> Option<&'j Json> {
        self.0.iter().try_fold(json, |value, step| match value {
            Json::Array(items) => items.get(index(step)?),
            other => other.get(step),
        })
    }
}

fn step(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(one) = rest.next() {
        out.push(match one {
            '~' => match rest.next()? {
                '0' => '~',
                '1' => '/',
                _ => return None,
            },
            other => other,
        });
    }
    Some(out)
}

/// An array index: digits without leading zeros.
pub(super) fn index(step: &str) -> Option<usize> {
    let is_plain = step == "0" || (!step.starts_with('0') && step.bytes().all(|byte| byte.is_ascii_digit()));
    if is_plain { step.parse().ok() } else { None }
}

/// What these steps lead to, to change.
pub(super) fn reach<'j>(json: &'j mut Json, steps: &[String]) -> Option<&'j mut Json> {
    steps.iter().try_fold(json, |value, step| match value {
        Json::Array(items) => items.get_mut(index(step)?),
        other => other.get_mut(step),
    })
}
