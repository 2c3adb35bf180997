//! The profiles and extensions that R4 publishes (vital signs and their like): unfolded when first asked for, read one by one.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::wire::ProfileLine;
use crate::json::{Json, parse};

/// Most bytes the pack may unfold to; it is ours, so this only catches a broken file.
const PROFILES_BYTES_MAX: usize = 8 << 20;

static PACKED: &[u8] = include_bytes!("../../generated/r4-profiles.pack");
static LINES: OnceLock<HashMap<&'static str, &'static str>> = OnceLock::new();

fn lines() -> &'static HashMap<&'static str, &'static str> {
    LINES.get_or_init(|| {
        let Some(text) = zstd::bulk::decompress(PACKED, PROFILES_BYTES_MAX)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .map(String::leak)
        else {
            return HashMap::new();
        };
        text.lines().filter_map(ProfileLine::parse).map(|line| (line.url, line.json)).collect()
    })
}

/// The `StructureDefinition` of this canonical (without version), cut to what validation needs.
pub fn profile(url: &str) -> Option<Json> {
    parse(lines().get(url)?.as_bytes()).ok()
}

/// The canonical of every profile there is, in no order.
pub fn profile_urls() -> impl Iterator<Item = &'static str> {
    lines().keys().copied()
}
