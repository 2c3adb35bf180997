//! `galen import`: files and folders into the data directory or into a running server. Resumable, with a report.

mod remote;
mod target;
mod units;

use super::place::{house_for_command, terminal_context};
use super::{DONE, FOUND_WRONG, Failure, Outcome, PlaceArguments, say};
use indicatif::{ProgressBar, ProgressStyle};
use remote::Remote;
use serde::Serialize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use target::{Answer, Local, Target};
use tokio::task::JoinSet;
use units::{Unit, files_of};

/// Units that are loaded at the same time: enough to keep the writer's batches full.
const UNITS_AT_ONCE: usize = 8;
/// Rounds: what referred to something not loaded yet is tried again after the rest.
const ROUNDS_MAX: usize = 4;
/// Refusals that the report shows one by one on a terminal.
const REFUSALS_SHOWN: usize = 20;
/// Refusals that the report remembers.
const REFUSALS_KEPT_MAX: usize = 100_000;

/// Something that was refused.
#[derive(Debug, Clone, Serialize)]
pub struct Refused {
    /// The file.
    pub file: String,
    /// Entry or line in it, from 1.
    pub entry: usize,
    /// Where in that, as a FHIRPath.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Stable code.
    pub code: String,
    /// Why.
    pub message: String,
}

/// What an import came to.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    files: usize,
    skipped: usize,
    created: usize,
    updated: usize,
    unchanged: usize,
    refused: Vec<Refused>,
    seconds: f64,
}

/// Loads into the data directory.
pub async fn into_data(paths: &[PathBuf], place: &PlaceArguments, again: bool, json: bool) -> Outcome {
    let house = house_for_command(place).await?;
    let context = terminal_context(&house)?;
    let target = Target::Local(Box::new(Local { house: Arc::clone(&house), context }));
    let outcome = run(paths, Arc::new(target), again, json).await;
    house.store.close().await;
    outcome
}

/// Loads into a running server.
pub async fn into_server(paths: &[PathBuf], server: &str, token: &str, again: bool, json: bool) -> Outcome {
    let target = Target::Remote(Box::new(Remote::new(server, token)?));
    run(paths, Arc::new(target), again, json).await
}

async fn run(paths: &[PathBuf], target: Arc<Target>, again: bool, json: bool) -> Outcome {
    let started = started();
    let files = files_of(paths)?;
    let bytes: u64 = files.iter().map(|f| f.bytes).sum();
    let bar = if json { ProgressBar::hidden() } else { ProgressBar::new(bytes) };
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {msg} {elapsed}") {
        bar.set_style(style);
    }
    let report = Report { files: files.len(), ..Report::default() };
    let mut import = Import { target, again, bar, report, waiting: Vec::new(), running: JoinSet::new() };
    for file in files {
        for unit in units::of_file(&file)? {
            import.offer(unit?).await?;
        }
        import.bar.inc(file.bytes);
    }
    import.drain().await?;
    for _ in 1..ROUNDS_MAX {
        if !import.again_with_waiting().await? {
            break;
        }
    }
    import.give_up_waiting();
    import.bar.finish_and_clear();
    import.report.seconds = started.elapsed().as_secs_f64();
    tell(&import.report, json)
}

/// An import on its way.
struct Import {
    target: Arc<Target>,
    again: bool,
    bar: ProgressBar,
    report: Report,
    /// Units that refer to something not loaded yet, with what was said of them.
    waiting: Vec<(Unit, Answer)>,
    running: JoinSet<(Unit, Result<Answer, Failure>)>,
}

impl Import {
    /// Starts a unit, as soon as fewer than the most are running: memory stays flat whatever the files' sizes.
    async fn offer(&mut self, unit: Unit) -> Result<(), Failure> {
        if !self.again && self.target.is_done(&unit).await? {
            self.report.skipped += 1;
            return Ok(());
        }
        while self.running.len() >= UNITS_AT_ONCE {
            self.take_one().await?;
        }
        let target = Arc::clone(&self.target);
        self.running.spawn(async move {
            let answer = target.load(&unit).await;
            (unit, answer)
        });
        Ok(())
    }

    async fn drain(&mut self) -> Result<(), Failure> {
        while !self.running.is_empty() {
            self.take_one().await?;
        }
        Ok(())
    }

    async fn take_one(&mut self) -> Result<(), Failure> {
        let Some(joined) = self.running.join_next().await else { return Ok(()) };
        let (unit, answer) = joined.map_err(|e| format!("loading stopped: {e}"))?;
        let answer = answer?;
        if answer.waits() {
            self.waiting.push((unit, answer));
            return Ok(());
        }
        self.target.mark_done(&unit).await?;
        self.count(&unit, answer);
        Ok(())
    }

    fn count(&mut self, unit: &Unit, answer: Answer) {
        self.report.created += answer.created;
        self.report.updated += answer.updated;
        self.report.unchanged += answer.unchanged;
        self.bar.set_message(format!("{} resources", self.report.created + self.report.updated));
        let room = REFUSALS_KEPT_MAX.saturating_sub(self.report.refused.len());
        self.report.refused.extend(answer.refused.into_iter().take(room).map(|r| Refused {
            file: unit.file.clone(),
            entry: unit.first + r.index + 1,
            location: r.location,
            code: r.code,
            message: r.message,
        }));
    }

    /// Tries what waits once more; says whether any of it got through.
    async fn again_with_waiting(&mut self) -> Result<bool, Failure> {
        let waiting = std::mem::take(&mut self.waiting);
        let before = waiting.len();
        for (unit, _) in waiting {
            self.offer(unit).await?;
        }
        self.drain().await?;
        Ok(self.waiting.len() < before)
    }

    fn give_up_waiting(&mut self) {
        for (unit, answer) in std::mem::take(&mut self.waiting) {
            self.count(&unit, answer);
        }
    }
}

fn tell(report: &Report, json: bool) -> Outcome {
    if json {
        say(serde_json::to_string(report).map_err(|e| e.to_string())?);
    } else {
        let loaded = report.created + report.updated;
        #[allow(clippy::cast_precision_loss)] // a rate for people
        let rate = loaded as f64 / report.seconds.max(0.001);
        say(format_args!(
            "{} files: {} created, {} updated, {} unchanged, {} refused, {} parts skipped (loaded before); {rate:.0} resources/s",
            report.files,
            report.created,
            report.updated,
            report.unchanged,
            report.refused.len(),
            report.skipped
        ));
        for refused in report.refused.iter().take(REFUSALS_SHOWN) {
            let place = refused.location.as_deref().unwrap_or("-");
            say(format_args!("  {}:{} {place}: {}", refused.file, refused.entry, refused.message));
        }
        if report.refused.len() > REFUSALS_SHOWN {
            say(format_args!("  and {} more; --json lists them all", report.refused.len() - REFUSALS_SHOWN));
        }
    }
    Ok(ExitCode::from(if report.refused.is_empty() { DONE } else { FOUND_WRONG }))
}

/// The moment from which a report measures.
#[allow(clippy::disallowed_methods)] // measuring for the report
pub fn started() -> std::time::Instant {
    std::time::Instant::now()
}
