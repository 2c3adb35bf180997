//! A release as it lies on the disk: a folder, a ZIP archive, or one file.

use crate::cli::{Failure, packed};
use galen_fhir::terminology::release::Files;
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use zip::ZipArchive;

/// Files of a folder that are looked at: releases have some hundreds.
const FILES_MAX: usize = 100_000;
/// How deep folders are entered.
const FOLDERS_DEEP_MAX: usize = 12;

/// The release at a path.
pub fn open(path: &Path) -> Result<Box<dyn Files + Send>, Failure> {
    let wrong = |error: io::Error| Failure::from(format!("{}: {error}", path.display()));
    let label = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    if path.is_dir() {
        let mut files = Vec::new();
        gather(path, FOLDERS_DEEP_MAX, &mut files).map_err(wrong)?;
        return Ok(Box::new(Folder { label, files }));
    }
    let file = File::open(path).map_err(wrong)?;
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip")) {
        let archive = ZipArchive::new(BufReader::new(file));
        let archive = archive.map_err(|error| format!("{}: {error}", path.display()))?;
        return Ok(Box::new(Archive { label, archive }));
    }
    Ok(Box::new(Folder { label, files: vec![path.to_owned()] }))
}

fn gather(folder: &Path, deep: usize, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && deep > 0 {
            gather(&path, deep - 1, files)?;
        } else if path.is_file() {
            files.push(path);
        }
        if files.len() > FILES_MAX {
            return Err(io::Error::other("the folder has too many files to be a release"));
        }
    }
    Ok(())
}

struct Folder {
    label: String,
    files: Vec<PathBuf>,
}

impl Files for Folder {
    fn label(&self) -> &str {
        &self.label
    }

    fn names(&self) -> Vec<String> {
        self.files.iter().map(|path| path.to_string_lossy().into_owned()).collect()
    }

    fn open<'f>(&'f mut self, name: &str) -> io::Result<Box<dyn BufRead + 'f>> {
        Ok(Box::new(BufReader::new(packed::open(Path::new(name))?)))
    }
}

struct Archive {
    label: String,
    archive: ZipArchive<BufReader<File>>,
}

impl Files for Archive {
    fn label(&self) -> &str {
        &self.label
    }

    fn names(&self) -> Vec<String> {
        self.archive.file_names().filter_map(Result::ok).map(Cow::into_owned).collect()
    }

    fn open<'f>(&'f mut self, name: &str) -> io::Result<Box<dyn BufRead + 'f>> {
        let file = self.archive.by_name(name).map_err(io::Error::other)?;
        Ok(Box::new(BufReader::new(file)))
    }
}
