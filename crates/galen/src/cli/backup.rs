//! `galen backup` and `galen restore`.

use super::place::{file, store_config};
use super::{DONE, Outcome, PlaceArguments, say};
use galen_store::Store;
use std::path::Path;
use std::process::ExitCode;

/// Writes a consistent copy.
pub async fn backup(place: &PlaceArguments, target: &Path) -> Outcome {
    let store = Store::open(store_config(place, &file(place)?)).await?;
    store.backup(target).await?;
    store.close().await;
    say(format_args!("{} written; keep the key apart from it", target.display()));
    Ok(ExitCode::from(DONE))
}

/// Makes a data directory out of a backup.
pub fn restore(place: &PlaceArguments, backup: &Path) -> Outcome {
    let zone = store_config(place, &file(place)?).zone;
    galen_store::restore(backup, &place.data, &zone)?;
    say(format_args!("{} restored into {}", backup.display(), place.data.display()));
    Ok(ExitCode::from(DONE))
}
