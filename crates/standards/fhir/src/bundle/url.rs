//! The urls of bundle entries: relative to the server's base, `Patient/1`, `Patient?identifier=x`, `Patient/1/_history/2`.

use crate::resource::valid_id;
use crate::resource_type::ResourceType;

/// What a relative url points at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Target {
    /// The type; `None` at system level.
    pub resource_type: Option<ResourceType>,
    /// The id.
    pub id: Option<String>,
    /// Whether `_history` follows.
    pub history: bool,
    /// The version after `_history`.
    pub version: Option<String>,
    /// `$everything`, without the sign.
    pub operation: Option<String>,
    /// The query, decoded.
    pub query: Vec<(String, String)>,
}

impl Target {
    /// Reads a relative url; the message says what is wrong with it.
    pub fn parse(url: &str) -> Result<Self, &'static str> {
        let (path, query) = url.split_once('?').map_or((url, ""), |(path, query)| (path, query));
        let mut target =
            Self { query: query_pairs(query).ok_or("has a malformed query")?, ..Self::default() };
        if path.contains(':') {
            return Err("must be relative to the server's base");
        }
        let mut parts = path.trim_start_matches('/').split('/').filter(|part| !part.is_empty()).peekable();
        if let Some(name) = parts.next_if(|part| !part.starts_with(['_', '$'])) {
            target.resource_type = Some(ResourceType::parse(name).ok_or("names no resource type")?);
            if let Some(id) = parts.next_if(|part| !part.starts_with(['_', '$'])) {
                target.id = Some(Some(id).filter(|id| valid_id(id)).ok_or("has a malformed id")?.to_owned());
            }
        }
        match parts.next() {
            None | Some("_search") => {}
            Some("_history") => {
                target.history = true;
                target.version = parts.next().map(str::to_owned);
            }
            Some(other) => {
                let operation = other.strip_prefix('$').ok_or("has a part that is not understood")?;
                target.operation = Some(operation.to_owned());
            }
        }
        if parts.next().is_some() {
            return Err("has a part that is not understood");
        }
        Ok(target)
    }
}

/// Name-value pairs of a query, percent-decoded, `+` as space. `None` when an escape is broken or no UTF-8.
pub fn query_pairs(query: &str) -> Option<Vec<(String, String)>> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            Some((decode(name)?, decode(value)?))
        })
        .collect()
}

fn decode(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = char::from(bytes.next()?).to_digit(16)?;
                let low = char::from(bytes.next()?).to_digit(16)?;
                u8::try_from(high * 16 + low).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(out).ok()
}
