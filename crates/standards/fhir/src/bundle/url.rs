//! Addresses below a server's base, of requests and of bundle entries alike: `Patient/1`, `Patient?identifier=x`,
//! `Patient/1/_history/2`, `Patient/1/Observation`, `Patient/1/$everything`, `_history`, `$export`.

use std::fmt;

use crate::resource::{short, valid_id};
use crate::resource_type::ResourceType;

/// What an address points at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Target {
    /// The type; `None` at system level.
    pub resource_type: Option<ResourceType>,
    /// The id.
    pub id: Option<String>,
    /// What of the compartment that type and id name.
    pub member: Option<Member>,
    /// Whether `_search` follows.
    pub search: bool,
    /// Whether `_history` follows.
    pub history: bool,
    /// The version after `_history`.
    pub version: Option<String>,
    /// `$everything`, without the sign.
    pub operation: Option<String>,
    /// What follows an operation, as its answers' addresses have it.
    pub rest: Vec<String>,
    /// Whether it is `metadata`.
    pub metadata: bool,
    /// The query, decoded.
    pub query: Vec<(String, String)>,
}

/// What of a compartment is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Member {
    /// One type.
    Type(ResourceType),
    /// Every type (`*`).
    All,
}

/// Why an address is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetFault {
    /// It names a type that R4 does not have.
    NoSuchType(String),
    /// Its id (or version) is no FHIR id.
    BadId,
    /// Its query cannot be decoded.
    BadQuery,
    /// It is of another server, or of none.
    NotRelative,
    /// It has a part that means nothing there.
    NotUnderstood(String),
}

impl fmt::Display for TargetFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchType(name) => write!(out, "'{}' is no R4 resource type", short(name)),
            Self::BadId => out.write_str("an id has 1 to 64 letters, digits, '-' or '.'"),
            Self::BadQuery => out.write_str("the query cannot be decoded"),
            Self::NotRelative => out.write_str("the url must be relative to the server's base"),
            Self::NotUnderstood(part) => write!(out, "'{}' is not understood there", short(part)),
        }
    }
}

impl Target {
    /// Reads a relative url, query included.
    pub fn parse(url: &str) -> Result<Self, TargetFault> {
        let (path, query) = url.split_once('?').map_or((url, ""), |(path, query)| (path, query));
        let query = query_pairs(query).ok_or(TargetFault::BadQuery)?;
        Ok(Self { query, ..Self::parse_path(path)? })
    }

    /// Reads a relative path.
    pub fn parse_path(path: &str) -> Result<Self, TargetFault> {
        let mut target = Self::default();
        if path.contains(':') {
            return Err(TargetFault::NotRelative);
        }
        let path = of_views(path).unwrap_or(path);
        let mut parts = path.split('/').filter(|part| !part.is_empty()).peekable();
        if parts.peek() == Some(&"metadata") {
            parts.next();
            target.metadata = true;
        }
        if let Some(name) = parts.next_if(|part| !target.metadata && !is_special(part)) {
            let no_type = || TargetFault::NoSuchType(name.to_owned());
            target.resource_type = Some(ResourceType::parse(name).ok_or_else(no_type)?);
            if let Some(id) = parts.next_if(|part| !is_special(part)) {
                target.id = Some(checked(id)?);
                target.member = match parts.next_if(|part| !is_special(part)) {
                    None => None,
                    Some("*") => Some(Member::All),
                    Some(name) => {
                        let no_type = || TargetFault::NoSuchType(name.to_owned());
                        Some(Member::Type(ResourceType::parse(name).ok_or_else(no_type)?))
                    }
                };
            }
        }
        match parts.next() {
            None => {}
            Some("_search") => target.search = true,
            Some("_history") if target.member.is_none() => {
                target.history = true;
                if target.id.is_some() {
                    target.version = parts.next().map(checked).transpose()?;
                }
            }
            Some(other) => {
                let not_understood = || TargetFault::NotUnderstood(other.to_owned());
                let name = other.strip_prefix('$').filter(|_| target.member.is_none() && !target.metadata);
                target.operation = Some(name.ok_or_else(not_understood)?.to_owned());
                target.rest = parts.by_ref().map(str::to_owned).collect();
            }
        }
        match parts.next() {
            None => Ok(target),
            Some(part) => Err(TargetFault::NotUnderstood(part.to_owned())),
        }
    }
}

/// ViewDefinition is a type of SQL on FHIR and none of R4: nothing is stored as one, and the operation at its address is
/// the system's. Drafts of that specification call it `$run`.
fn of_views(path: &str) -> Option<&'static str> {
    match path.trim_matches('/').strip_prefix("ViewDefinition/")? {
        "$viewdefinition-run" | "$run" => Some("$viewdefinition-run"),
        _ => None,
    }
}

/// Whether a part is no type, id or member.
fn is_special(part: &str) -> bool {
    part.starts_with(['_', '$'])
}

fn checked(id: &str) -> Result<String, TargetFault> {
    if valid_id(id) { Ok(id.to_owned()) } else { Err(TargetFault::BadId) }
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
