//! `galen audit`.

use super::place::{checkpoint_folder, file, house_for_command};
use super::{DONE, FOUND_WRONG, Failure, Outcome, PlaceArguments, say};
use galen_access::signing::{self, KeyUse};
use galen_audit::checkpoint::LATEST;
use galen_audit::{Checkpoint, Checkpointer};
use galen_kernel::Fault;
use galen_store::Store;
use indicatif::ProgressBar;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Verifies the log.
pub async fn verify(place: &PlaceArguments, checkpoint: Option<&Path>, json: bool) -> Outcome {
    let file = file(place)?;
    let newest = checkpoint_folder(place, &file).join(LATEST);
    let (path, required) = match checkpoint {
        Some(path) => (path.to_owned(), true),
        None => (newest, false),
    };
    let checkpoint = read(&path, required)?;
    let house = house_for_command(place).await?;
    let keys = checkpoint_keys(&house.store).await?;
    let bar = if json { ProgressBar::hidden() } else { ProgressBar::new_spinner() };
    let report =
        galen_audit::verify(&house.store, checkpoint.as_ref(), &keys, |entries| bar.inc(entries)).await?;
    bar.finish_and_clear();
    let faults: Vec<String> = report.faults.iter().map(ToString::to_string).collect();
    if json {
        say(serde_json::json!({
            "entries": report.entries, "chains": report.chains, "faults": faults,
            "checkpoint": checkpoint.as_ref().map(|c| c.at.to_string()),
        }));
    } else {
        say(format_args!("{} entries in {} chains are good", report.entries, report.chains));
        match &checkpoint {
            Some(checkpoint) => say(format_args!("compared with the checkpoint of {}", checkpoint.at)),
            None => say("no checkpoint was found: a cut-off end cannot be noticed without one"),
        }
        for fault in &faults {
            say(format_args!("WRONG: {fault}"));
        }
    }
    house.store.close().await;
    Ok(ExitCode::from(if faults.is_empty() { DONE } else { FOUND_WRONG }))
}

/// The public keys that sign this installation's checkpoints.
pub async fn checkpoint_keys(store: &Store) -> Result<Vec<Vec<u8>>, Fault> {
    let keys = signing::list(store, KeyUse::Checkpoint).await?;
    Ok(keys.iter().map(|key| key.public().to_vec()).collect())
}

fn read(path: &Path, required: bool) -> Result<Option<Checkpoint>, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(Checkpoint::parse(&text).map_err(|e| format!("{}: {e}", path.display()))?)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !required => Ok(None),
        Err(error) => Err(format!("{}: {error}", path.display()).into()),
    }
}

/// Signs and exports the present state.
pub async fn checkpoint(place: &PlaceArguments, to: Option<PathBuf>) -> Outcome {
    let file = file(place)?;
    let folder = to.unwrap_or_else(|| checkpoint_folder(place, &file));
    let house = house_for_command(place).await?;
    let keys = signing::list(&house.store, KeyUse::Checkpoint).await?;
    let key = keys.first().ok_or_else(|| Failure::from("there is no checkpoint key"))?;
    let mut checkpointer = Checkpointer::new(house.store.clone(), folder);
    checkpointer.resume(&checkpoint_keys(&house.store).await?);
    checkpointer.advance().await?;
    let written = checkpointer.export(&key.pair, house.clock.now())?;
    say(written.display());
    house.store.close().await;
    Ok(ExitCode::from(DONE))
}
