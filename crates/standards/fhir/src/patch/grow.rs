//! How much a patch adds: bounded in bytes and in depth, so that a small patch cannot make a large resource.

use super::{GROWTH_BYTES_MAX, PatchError, unfit};
use crate::json::{DEPTH_MAX, Json};

/// What may still be added.
pub(super) struct Allowance(usize);

impl Allowance {
    pub(super) fn new() -> Self {
        Self(GROWTH_BYTES_MAX)
    }

    /// Takes what `value` needs when it is put at this depth.
    pub(super) fn take(&mut self, value: &Json, depth: usize, location: &str) -> Result<(), PatchError> {
        let Some(bytes) = weight(value, DEPTH_MAX.saturating_sub(depth)) else {
            return Err(unfit(location, format!("the result would be nested deeper than {DEPTH_MAX}")));
        };
        match self.0.checked_sub(bytes) {
            Some(rest) => {
                self.0 = rest;
                Ok(())
            }
            None => Err(unfit(location, format!("the patch adds more than {GROWTH_BYTES_MAX} bytes"))),
        }
    }
}

/// Roughly the bytes of a value; `None` when it is deeper than `depth`.
fn weight(value: &Json, depth: usize) -> Option<usize> {
    let below = depth.checked_sub(1);
    Some(match value {
        Json::Null | Json::Bool(_) => 5,
        Json::Number(text) | Json::String(text) => text.len() + 3,
        Json::Array(items) => {
            let below = below?;
            items.iter().try_fold(2usize, |sum, item| Some(sum + 1 + weight(item, below)?))?
        }
        Json::Object(object) => {
            let below = below?;
            object
                .iter()
                .try_fold(2usize, |sum, (name, item)| Some(sum + name.len() + 4 + weight(item, below)?))?
        }
    })
}
