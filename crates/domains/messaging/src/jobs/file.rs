//! The way out for development and the demo: a folder with one file for each channel, a line of JSON for each message.

use super::{Outlet, Parcel};
use crate::decide::Outcome;
use futures_util::future::BoxFuture;
use galen_service::House;
use serde_json::json;
use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// Only the account that runs the server reads what patients are told.
const MODE: u32 = 0o600;

/// A file that messages are written to.
#[derive(Debug)]
pub struct FileOutlet {
    place: Arc<Place>,
}

#[derive(Debug)]
struct Place {
    path: PathBuf,
    /// Keys that the file holds; read from it first.
    keys: Mutex<Option<BTreeSet<String>>>,
}

impl FileOutlet {
    /// Writing to `folder/name.jsonl`.
    pub fn new(folder: impl Into<PathBuf>, name: &str) -> Self {
        let path = folder.into().join(format!("{name}.jsonl"));
        Self { place: Arc::new(Place { path, keys: Mutex::new(None) }) }
    }
}

impl Outlet for FileOutlet {
    fn send<'s>(&'s self, _: &'s House, parcel: &'s Parcel) -> BoxFuture<'s, Outcome> {
        let (place, key, line) = (Arc::clone(&self.place), parcel.key.clone(), line(parcel));
        Box::pin(async move {
            match tokio::task::spawn_blocking(move || place.write(&key, &line)).await {
                Ok(Ok(())) => Outcome::Accepted,
                Ok(Err(error)) => {
                    tracing::warn!(kind = ?error.kind(), "the folder of messages cannot be written");
                    Outcome::Unreachable(None)
                }
                Err(_) => Outcome::Unanswered,
            }
        })
    }
}

fn line(parcel: &Parcel) -> String {
    let calendar = parcel.calendar.as_ref();
    json!({
        "key": parcel.key,
        "at": parcel.at.to_string(),
        "to": parcel.to,
        "language": parcel.language,
        "subject": parcel.subject,
        "text": parcel.text,
        "html": parcel.html,
        "calendar": calendar.map(|part| json!({ "method": part.method.code(), "content": part.content })),
    })
    .to_string()
}

impl Place {
    fn write(&self, key: &str, line: &str) -> std::io::Result<()> {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let known = match keys.take() {
            Some(known) => known,
            None => self.read()?,
        };
        let known = keys.insert(known);
        if known.contains(key) {
            return Ok(());
        }
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut file = OpenOptions::new().create(true).append(true).mode(MODE).open(&self.path)?;
        file.write_all(format!("{line}\n").as_bytes())?;
        file.sync_all()?;
        known.insert(key.to_owned());
        Ok(())
    }

    fn read(&self) -> std::io::Result<BTreeSet<String>> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
            Err(error) => return Err(error),
        };
        let mut keys = BTreeSet::new();
        for line in BufReader::new(file).lines() {
            // A line that a crash cut off was not sent.
            let read: Option<serde_json::Value> = serde_json::from_str(&line?).ok();
            keys.extend(read.and_then(|one| one.get("key")?.as_str().map(str::to_owned)));
        }
        Ok(keys)
    }
}
