//! The architecture as tests: directions between crates, sizes, names, first lines, the shape of domains.
//!
//! The rules themselves are data here; `tests/house.rs` holds the tree to them. Limits are ratchets: the list of
//! exceptions may only shrink.

use std::path::{Path, PathBuf};

/// Most lines of a source file (generated ones apart).
pub const FILE_LINES_MAX: usize = 500;
/// Most lines of a function.
pub const FUNCTION_LINES_MAX: usize = 70;
/// Words that say nothing in a type's name.
pub const EMPTY_WORDS: [&str; 5] = ["Manager", "Helper", "Util", "Data", "Info"];
/// Files that a domain may have, beside folders of these names.
pub const DOMAIN_FILES: [&str; 15] = [
    "lib",
    "model",
    "commands",
    "events",
    "decide",
    "queries",
    "store",
    "rest",
    "graphql",
    "fhir",
    "hl7",
    "x12",
    "reactions",
    "jobs",
    "policy",
];
/// Files that every domain has.
pub const DOMAIN_FILES_REQUIRED: [&str; 7] =
    ["lib", "model", "commands", "events", "decide", "queries", "store"];

/// The floors of the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// Words all share.
    Kernel,
    /// What domains say to each other.
    Contracts,
    /// Languages of the trade.
    Standards,
    /// The few that open sockets and databases.
    Platform,
    /// The hospital.
    Domains,
    /// Protocols.
    Edges,
    /// The demo hospital, a pure generator that the binary ships.
    Demo,
    /// The binary.
    Program,
    /// Tools and tests.
    Tools,
}

impl Layer {
    /// The layer of a crate by its folder, relative to the project.
    pub fn of(folder: &Path) -> Option<Self> {
        let parts: Vec<&str> = folder.iter().filter_map(|part| part.to_str()).collect();
        match parts.as_slice() {
            ["crates", "kernel"] => Some(Self::Kernel),
            ["crates", "contracts"] => Some(Self::Contracts),
            ["crates", "standards", _] => Some(Self::Standards),
            ["crates", "platform", _] => Some(Self::Platform),
            ["crates", "domains", _] => Some(Self::Domains),
            ["crates", "edges", _] => Some(Self::Edges),
            ["crates", "galen"] => Some(Self::Program),
            ["tools", "hospital"] => Some(Self::Demo),
            ["tools", _] | ["tests"] => Some(Self::Tools),
            _ => None,
        }
    }

    /// Whether a crate of this layer may use one of the other (tests and tools may use all).
    pub fn may_use(self, other: Self) -> bool {
        use Layer::{Contracts, Demo, Domains, Edges, Kernel, Platform, Program, Standards, Tools};
        match self {
            Kernel | Standards => false,
            Contracts => other == Kernel,
            Demo => matches!(other, Kernel | Standards),
            Platform => matches!(other, Kernel | Standards | Platform),
            Domains | Edges => matches!(other, Kernel | Contracts | Standards | Platform),
            Program => !matches!(other, Tools),
            Tools => !matches!(other, Program) || self == Tools,
        }
    }
}

/// Libraries that only some crates may use directly.
pub const WRAPPED: [(&str, &[&str]); 6] = [
    ("rusqlite", &["galen-store"]),
    ("tokio-postgres", &["galen-store", "galen-testkit"]),
    ("jsonwebtoken", &["galen-access"]),
    ("cedar-policy", &["galen-access"]),
    ("async-nats", &["galen-bus"]),
    ("ring", &[]),
];

/// Crates whose tests (and nothing but their tests) use such a library: they play the attacker who has the database.
pub const ATTACKERS: [(&str, &str); 2] = [("rusqlite", "galen-audit"), ("tokio-postgres", "galen-audit")];

/// What the pure layers must not reach, even through others.
pub const IMPURE: [&str; 6] = ["tokio", "axum", "hyper", "rusqlite", "tokio-postgres", "reqwest"];

/// Every Rust source file below a folder.
pub fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return found };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() && !matches!(name, "target" | "generated" | "node_modules") && !name.starts_with('.')
        {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// A function that is too long: its name and its lines. Counts from the line of `fn` to the closing brace of the same
/// indentation, which is how rustfmt writes them.
pub fn long_functions(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let trimmed = line.trim_start();
        let Some(name) = function_name(trimmed) else { continue };
        let indent = line.len() - trimmed.len();
        let close = format!("{}}}", " ".repeat(indent));
        let Some(length) = lines.iter().skip(start).position(|l| l.trim_end() == close) else { continue };
        if length + 1 > FUNCTION_LINES_MAX {
            found.push((name.to_owned(), length + 1));
        }
    }
    found
}

fn function_name(line: &str) -> Option<&str> {
    let mut rest = line;
    for word in ["pub(crate) ", "pub(super) ", "pub ", "const ", "async ", "unsafe "] {
        rest = rest.strip_prefix(word).unwrap_or(rest);
    }
    let rest = rest.strip_prefix("fn ")?;
    rest.split(|c: char| !c.is_alphanumeric() && c != '_').next()
}

/// Type names in a file that say nothing.
pub fn empty_names(text: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| {
            let rest = line.trim_start().trim_start_matches("pub(crate) ").trim_start_matches("pub ");
            let rest =
                ["struct ", "enum ", "trait ", "type "].iter().find_map(|word| rest.strip_prefix(word))?;
            let name = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next()?;
            EMPTY_WORDS.iter().any(|word| name.ends_with(word)).then(|| name.to_owned())
        })
        .collect()
}
