//! Files cut into units of work: a bundle or resource whole, NDJSON in runs of lines. Memory stays bounded.

use crate::cli::{Failure, packed};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// Largest bundle or resource, unpacked.
const DOCUMENT_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// Longest NDJSON line, unpacked.
const LINE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Lines loaded in one commit.
const LINES_AT_ONCE: usize = 500;
/// Bytes of lines loaded in one commit.
const BYTES_AT_ONCE: usize = 8 * 1024 * 1024;
/// Deepest folder that is looked into.
const FOLDERS_DEEP_MAX: usize = 32;

/// A file to load.
#[derive(Debug, Clone)]
pub struct InputFile {
    path: PathBuf,
    /// Its size as it lies on disk.
    pub bytes: u64,
}

/// A part of a file that is loaded at once.
#[derive(Debug)]
pub struct Unit {
    /// The file's name.
    pub file: String,
    /// Lines before this unit.
    pub first: usize,
    /// What to load.
    pub content: Content,
}

/// What a unit holds.
#[derive(Debug)]
pub enum Content {
    /// A bundle or a resource.
    Document(Vec<u8>),
    /// Lines, each a resource.
    Lines(Vec<Vec<u8>>),
}

/// All files of these paths, folders looked into, in order of their names.
pub fn files_of(paths: &[PathBuf]) -> Result<Vec<InputFile>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        collect(path, 0, true, &mut files)?;
    }
    if files.is_empty() {
        return Err("there is no .json or .ndjson file (packed with gzip or not) at these paths".into());
    }
    Ok(files)
}

fn collect(path: &Path, depth: usize, named: bool, files: &mut Vec<InputFile>) -> Result<(), Failure> {
    let problem = |e: std::io::Error| Failure::from(format!("{}: {e}", path.display()));
    let metadata = std::fs::metadata(path).map_err(problem)?;
    if metadata.is_dir() {
        if depth > FOLDERS_DEEP_MAX {
            return Err(format!("{}: folders are nested too deep", path.display()).into());
        }
        let mut inside: Vec<PathBuf> =
            std::fs::read_dir(path).map_err(problem)?.filter_map(Result::ok).map(|e| e.path()).collect();
        inside.sort();
        for path in inside {
            collect(&path, depth + 1, false, files)?;
        }
    } else if named || is_input(path) {
        files.push(InputFile { path: path.to_owned(), bytes: metadata.len() });
    }
    Ok(())
}

fn plain_name(path: &Path) -> String {
    let name = path.file_name().map(|n| n.to_string_lossy().to_lowercase()).unwrap_or_default();
    name.strip_suffix(".gz").map_or(name.clone(), str::to_owned)
}

fn is_lines(path: &Path) -> bool {
    let name = plain_name(path);
    [".ndjson", ".jsonl"].iter().any(|ending| name.ends_with(*ending))
}

fn is_input(path: &Path) -> bool {
    is_lines(path) || Path::new(&plain_name(path)).extension().is_some_and(|e| e == "json")
}

/// The units of a file, read as they are asked for.
pub fn of_file(file: &InputFile) -> Result<Box<dyn Iterator<Item = Result<Unit, Failure>> + Send>, Failure> {
    let name = file.path.display().to_string();
    let problem = |e: std::io::Error| Failure::from(format!("{name}: {e}"));
    let reader = packed::open(&file.path).map_err(problem)?;
    if is_lines(&file.path) {
        return Ok(Box::new(Lines { reader: BufReader::new(reader), file: name, read: 0, ended: false }));
    }
    let mut document = Vec::new();
    reader.take(DOCUMENT_BYTES_MAX + 1).read_to_end(&mut document).map_err(problem)?;
    if document.len() as u64 > DOCUMENT_BYTES_MAX {
        return Err(
            format!("{name}: larger than 512 MiB; split it, or use NDJSON, which is read in parts").into()
        );
    }
    Ok(Box::new(std::iter::once(Ok(Unit { file: name, first: 0, content: Content::Document(document) }))))
}

struct Lines {
    reader: BufReader<Box<dyn Read + Send>>,
    file: String,
    read: usize,
    ended: bool,
}

impl Lines {
    fn line(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let mut line = Vec::new();
        let limit = u64::try_from(LINE_BYTES_MAX).unwrap_or(u64::MAX);
        (&mut self.reader)
            .take(limit)
            .read_until(b'\n', &mut line)
            .map_err(|e| format!("{} line {}: {e}", self.file, self.read + 1))?;
        if line.len() >= LINE_BYTES_MAX {
            return Err(format!("{} line {}: longer than 64 MiB", self.file, self.read + 1).into());
        }
        Ok((!line.is_empty()).then_some(line))
    }

    fn unit(&mut self) -> Result<Option<Unit>, Failure> {
        let (first, mut lines, mut bytes) = (self.read, Vec::new(), 0);
        while lines.len() < LINES_AT_ONCE && bytes < BYTES_AT_ONCE {
            let Some(line) = self.line()? else {
                self.ended = true;
                break;
            };
            self.read += 1;
            bytes += line.len();
            lines.push(line);
        }
        Ok((!lines.is_empty()).then(|| Unit {
            file: self.file.clone(),
            first,
            content: Content::Lines(lines),
        }))
    }
}

impl Iterator for Lines {
    type Item = Result<Unit, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let unit = self.unit();
        self.ended |= unit.is_err();
        unit.transpose()
    }
}

impl Unit {
    /// Names the content, so that it is recognised when the import runs again.
    pub fn fingerprint(&self) -> String {
        let mut context = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
        match &self.content {
            Content::Document(bytes) => context.update(bytes),
            Content::Lines(lines) => lines.iter().for_each(|line| context.update(line)),
        }
        data_encoding::HEXLOWER.encode(context.finish().as_ref())
    }
}
