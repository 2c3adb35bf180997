//! `galen reindex`.

use super::place::house_for_command;
use super::{DONE, Outcome, PlaceArguments, say};
use galen_records::{Progress, Reindexer};
use indicatif::ProgressBar;
use std::process::ExitCode;
use std::time::Duration;

/// How long it waits for a definition to settle.
const PAUSE: Duration = Duration::from_millis(500);

/// Works out the index rows of everything stored again, whatever was indexed before.
pub async fn reindex(place: &PlaceArguments, json: bool) -> Outcome {
    let house = house_for_command(place).await?;
    house.records.ensure_indexed(true, house.clock.now()).await?;
    let mut reindexer = Reindexer::new(house.records.clone());
    let bar = if json { ProgressBar::hidden() } else { ProgressBar::new_spinner() };
    let (mut types, mut resources) = (0_usize, 0_u64);
    loop {
        match reindexer.step(house.clock.now()).await? {
            Progress::Working => bar.tick(),
            Progress::Finished(resource_type, count) => {
                types += 1;
                resources += count;
                bar.set_message(format!("{resource_type}: {count}"));
            }
            Progress::Idle if house.records.is_indexed().await? => break,
            Progress::Idle => tokio::time::sleep(PAUSE).await,
        }
    }
    bar.finish_and_clear();
    house.store.close().await;
    if json {
        say(serde_json::json!({ "types": types, "resources": resources }));
    } else {
        say(format_args!("{resources} resources of {types} types are indexed anew"));
    }
    Ok(ExitCode::from(DONE))
}
