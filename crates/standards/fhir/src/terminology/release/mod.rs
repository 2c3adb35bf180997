//! Releases of code systems as their publishers ship them, read into concepts one at a time. What a release says is kept;
//! nothing of it comes with this program.

mod columns;
mod icd10cm;
mod loinc;
mod rxnorm;
mod snomed;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io::{self, BufRead};

use crate::json::{Json, Object};

/// Longest line of a release: some definitions are long.
pub const LINE_BYTES_MAX: u64 = 1 << 20;

/// The files of a release: a folder, an archive, or one file.
pub trait Files {
    /// What the user calls the whole: a release's version is often found in it.
    fn label(&self) -> &str;
    /// The files' names, with folders.
    fn names(&self) -> Vec<String>;
    /// Opens one of them.
    ///
    /// # Errors
    /// When it cannot be read.
    fn open<'f>(&'f mut self, name: &str) -> io::Result<Box<dyn BufRead + 'f>>;
}

/// The releases that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Publication {
    /// ICD-10-CM: the order file of CMS or NCHS (public domain in the United States).
    Icd10Cm,
    /// LOINC: the folder or archive of Regenstrief (its licence and notice).
    Loinc,
    /// `RxNorm`: the RRF files of the NLM (those of source `RXNORM` need no licence).
    RxNorm,
    /// SNOMED CT: an RF2 snapshot (members' and affiliates' licence).
    Snomed,
}

impl Publication {
    /// Its canonical url.
    pub fn url(self) -> &'static str {
        match self {
            Self::Icd10Cm => "http://hl7.org/fhir/sid/icd-10-cm",
            Self::Loinc => "http://loinc.org",
            Self::RxNorm => "http://www.nlm.nih.gov/research/umls/rxnorm",
            Self::Snomed => "http://snomed.info/sct",
        }
    }
}

/// What the user says of a release.
#[derive(Debug, Clone, Default)]
pub struct Wishes {
    /// The version, where the files do not tell it.
    pub version: Option<String>,
    /// SNOMED's language reference set whose preferred terms are displayed; US English without one.
    pub dialect: Option<String>,
}

/// Why a release cannot be read.
#[derive(Debug)]
pub enum ReleaseError {
    /// A file that it takes is not there.
    Missing(&'static str),
    /// Nothing tells its version.
    Version,
    /// A file cannot be read.
    Unreadable(String, io::Error),
    /// A line is not what it must be.
    Line(String, usize, &'static str),
    /// Who takes the concepts wants no more.
    Stopped,
}

impl fmt::Display for ReleaseError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(what) => write!(out, "the release has no {what}"),
            Self::Version => write!(out, "nothing tells the release's version: give it with --version"),
            Self::Unreadable(file, error) => write!(out, "{file}: {error}"),
            Self::Line(file, line, what) => write!(out, "{file}, line {line}: {what}"),
            Self::Stopped => write!(out, "reading was stopped"),
        }
    }
}

impl std::error::Error for ReleaseError {}

/// Takes `CodeSystem.concept` values, in an order in which any parent may come later; false stops the reading.
pub type Sink<'s> = dyn FnMut(Json) -> bool + 's;

/// Reads a release: its concepts go to the sink, the `CodeSystem` without them comes back.
///
/// # Errors
/// What is missing or wrong, with file and line.
pub fn read(
    publication: Publication,
    files: &mut dyn Files,
    wishes: &Wishes,
    sink: &mut Sink<'_>,
) -> Result<Json, ReleaseError> {
    match publication {
        Publication::Icd10Cm => icd10cm::read(files, wishes, sink),
        Publication::Loinc => loinc::read(files, wishes, sink),
        Publication::RxNorm => rxnorm::read(files, wishes, sink),
        Publication::Snomed => snomed::read(files, wishes, sink),
    }
}

/// A concept on its way to JSON.
struct Row {
    code: String,
    display: String,
    designations: Vec<Json>,
    properties: Vec<Json>,
}

impl Row {
    fn new(code: impl Into<String>, display: impl Into<String>) -> Self {
        Self { code: code.into(), display: display.into(), designations: Vec::new(), properties: Vec::new() }
    }

    fn property(&mut self, code: &str, kind: &str, value: impl Into<Json>) {
        self.properties.push(Object::new().with("code", code).with(kind, value).into());
    }

    /// Another way to say it.
    fn designation(&mut self, value: &str, usage: Option<(&str, &str, &str)>) {
        let usage = usage.map(|(system, code, display)| {
            Object::new().with("system", system).with("code", code).with("display", display)
        });
        let one = Object::new().with("language", "en").with_some("use", usage).with("value", value);
        self.designations.push(one.into());
    }

    fn give(self, sink: &mut Sink<'_>) -> Result<(), ReleaseError> {
        let mut json = Object::new().with("code", self.code).with("display", self.display);
        if !self.designations.is_empty() {
            json = json.with("designation", self.designations);
        }
        if !self.properties.is_empty() {
            json = json.with("property", self.properties);
        }
        if sink(json.into()) { Ok(()) } else { Err(ReleaseError::Stopped) }
    }
}

/// What all the code systems say of themselves.
fn system(publication: Publication, version: &str, name: &str, title: &str, publisher: &str) -> Object {
    Object::new()
        .with("resourceType", "CodeSystem")
        .with("url", publication.url())
        .with("version", version)
        .with("name", name)
        .with("title", title)
        .with("status", "active")
        .with("publisher", publisher)
        .with("caseSensitive", true)
        .with("hierarchyMeaning", "is-a")
        .with("content", "not-present")
}

/// `CodeSystem.property` of a code, type and description.
fn defined(properties: &[(&str, &str, &str)]) -> Json {
    let one = |(code, kind, text): &(&str, &str, &str)| -> Json {
        Object::new().with("code", *code).with("description", *text).with("type", *kind).into()
    };
    Json::Array(properties.iter().map(one).collect())
}

/// The first file whose name (without folders, in lower case) passes.
fn named(files: &dyn Files, test: impl Fn(&str) -> bool) -> Option<String> {
    let mut all = files.names();
    all.sort();
    all.into_iter().find(|name| test(&base(name)))
}

fn base(name: &str) -> String {
    name.rsplit(['/', '\\']).next().unwrap_or(name).to_lowercase()
}
