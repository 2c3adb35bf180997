//! `galen doctor`: checks the installation and says what is wrong and what to do about it.

use super::place::{checkpoint_folder, file, store_config};
use super::{DONE, FOUND_WRONG, Outcome, PlaceArguments, say};
use crate::config::File;
use galen_store::{Engine, KeySource, Store};
use serde::Serialize;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::ExitCode;

/// Free space below which a warning is due.
const FREE_BYTES_MIN: u64 = 1 << 30;

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Good,
    Warning,
    Wrong,
}

/// One check.
#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    verdict: Verdict,
    finding: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<&'static str>,
}

fn good(name: &'static str, finding: impl Into<String>) -> Check {
    Check { name, verdict: Verdict::Good, finding: finding.into(), advice: None }
}

fn bad(name: &'static str, verdict: Verdict, finding: impl Into<String>, advice: &'static str) -> Check {
    Check { name, verdict, finding: finding.into(), advice: Some(advice) }
}

/// Examines the place.
pub async fn examine(place: &PlaceArguments, json: bool) -> Outcome {
    let mut checks = Vec::new();
    let file = match file(place) {
        Ok(file) => {
            checks.push(good("configuration", "reads"));
            file
        }
        Err(failure) => {
            checks.push(bad("configuration", Verdict::Wrong, failure.to_string(), "Correct the file"));
            File::default()
        }
    };
    checks.push(directory(&place.data));
    checks.extend(key(place, &file));
    checks.extend(space(&place.data));
    checks.push(store(place, &file).await);
    checks.push(policies());
    checks.push(checkpoints(place, &file));
    let worst = checks.iter().any(|c| c.verdict == Verdict::Wrong);
    if json {
        say(serde_json::to_string(&checks).map_err(|e| e.to_string())?);
    } else {
        for check in &checks {
            let mark = match check.verdict {
                Verdict::Good => "good   ",
                Verdict::Warning => "warning",
                Verdict::Wrong => "WRONG  ",
            };
            say(format_args!("{mark}  {}: {}", check.name, check.finding));
            if let Some(advice) = check.advice {
                say(format_args!("         {advice}"));
            }
        }
    }
    Ok(ExitCode::from(if worst { FOUND_WRONG } else { DONE }))
}

fn directory(path: &Path) -> Check {
    const NAME: &str = "data directory";
    let Ok(metadata) = std::fs::metadata(path) else {
        return bad(NAME, Verdict::Warning, "is not there", "galen serve makes it");
    };
    if !metadata.is_dir() {
        return bad(NAME, Verdict::Wrong, "is not a directory", "Give another --data");
    }
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o007 != 0 {
        return bad(NAME, Verdict::Warning, format!("mode {mode:o}: others may look in"), "chmod 700 it");
    }
    good(NAME, format!("{}, mode {mode:o}", path.display()))
}

fn key(place: &PlaceArguments, file: &File) -> Option<Check> {
    const NAME: &str = "root key";
    match store_config(place, file).key {
        KeySource::Environment(name) => Some(good(NAME, format!("from the environment variable {name}"))),
        KeySource::Command(_) => Some(good(NAME, "from a command")),
        KeySource::File(path) => {
            let metadata = std::fs::metadata(&path).ok()?;
            let mode = metadata.permissions().mode() & 0o777;
            if mode & 0o077 != 0 {
                return Some(bad(
                    NAME,
                    Verdict::Wrong,
                    format!("mode {mode:o}: others may read it"),
                    "chmod 600 it",
                ));
            }
            Some(bad(
                NAME,
                Verdict::Good,
                "a file beside the data",
                "Keep a copy elsewhere: without it nothing opens",
            ))
        }
    }
}

fn space(path: &Path) -> Option<Check> {
    const NAME: &str = "free space";
    let output = std::process::Command::new("df").args(["-Pk"]).arg(path).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let free: u64 = text.lines().nth(1)?.split_whitespace().nth(3)?.parse::<u64>().ok()? * 1024;
    let finding = format!("{} MiB", free >> 20);
    Some(if free < FREE_BYTES_MIN {
        bad(NAME, Verdict::Warning, finding, "Less than 1 GiB: make room before writing stops")
    } else {
        good(NAME, finding)
    })
}

async fn store(place: &PlaceArguments, file: &File) -> Check {
    const NAME: &str = "database";
    let config = store_config(place, file);
    let zone = config.zone.clone();
    if let Engine::Sqlite { directory } = &config.engine
        && !directory.join(format!("{zone}-00.db")).exists()
    {
        return bad(NAME, Verdict::Warning, "is not there", "galen serve makes it");
    }
    let store = match Store::open(config).await {
        Ok(store) => store,
        Err(error) => return bad(NAME, Verdict::Wrong, error.to_string(), "Correct this before serving"),
    };
    let ready = store.ready().await;
    let shards = store.shards();
    store.close().await;
    match ready {
        Ok(()) => good(NAME, format!("opens and can be written; zone {zone}, {shards} shard(s)")),
        Err(error) => bad(NAME, Verdict::Wrong, error.to_string(), "Correct this before serving"),
    }
}

fn policies() -> Check {
    const NAME: &str = "policies";
    match galen_service::build::policies(&crate::services::all()) {
        Ok(policies) => good(NAME, format!("valid; {} actions", policies.actions().len())),
        Err(error) => bad(NAME, Verdict::Wrong, error, "This program is broken: install it again"),
    }
}

fn checkpoints(place: &PlaceArguments, file: &File) -> Check {
    const NAME: &str = "audit checkpoints";
    let folder = checkpoint_folder(place, file);
    let latest = folder.join(galen_audit::checkpoint::LATEST);
    match std::fs::read_to_string(&latest).map(|text| galen_audit::Checkpoint::parse(&text)) {
        Ok(Ok(checkpoint)) if file.checkpoint_dir.is_none() => bad(
            NAME,
            Verdict::Warning,
            format!("newest of {}, beside the data", checkpoint.at),
            "Set checkpoint_dir to a place that whoever runs the database cannot write",
        ),
        Ok(Ok(checkpoint)) => good(NAME, format!("newest of {}", checkpoint.at)),
        Ok(Err(error)) => {
            bad(NAME, Verdict::Wrong, error.to_string(), "Run galen audit verify with an older checkpoint")
        }
        Err(_) => bad(
            NAME,
            Verdict::Warning,
            "none yet",
            "galen serve writes them; galen audit checkpoint writes one now",
        ),
    }
}
