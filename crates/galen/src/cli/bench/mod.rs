//! `galen bench`: fills a place of its own, starts a server on it, loads it over HTTP, and prints what it did a second,
//! how long answers took, and how much processor time the server spent on each.

mod asks;
mod clinic;
mod figures;
mod load;
mod portal;
mod server;
mod sockets;
mod ward;

use super::{DONE, Failure, Outcome, say};
use asks::Scenario;
use figures::Figure;
use galen_store::{Expected, IndexRows, Kind, Operation, Put, ShardId, Store, WriteSet};
use load::Load;
use server::BenchServer;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// What to measure.
#[derive(Debug, Clone, clap::Args)]
pub struct BenchArguments {
    /// Patients to make
    #[arg(long, default_value_t = 1_000)]
    pub patients: usize,
    /// Observations of each patient, about a kilobyte each; there is a condition for every ten
    #[arg(long, default_value_t = 100)]
    pub observations: usize,
    /// Seconds for each measurement
    #[arg(long, default_value_t = 5)]
    pub seconds: u64,
    /// PostgreSQL to measure on, instead of the embedded database
    #[arg(long, value_name = "URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// Folder with Synthea's bundles, to measure them as transactions, too
    #[arg(long, value_name = "DIR")]
    pub synthea: Option<PathBuf>,
    /// Keep and reuse this data directory instead of a temporary one
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
    /// Instead of all that: so many patients with accounts use the portal, each with a socket open
    #[arg(long, value_name = "N")]
    pub portal_users: Option<usize>,
    /// Visits of the portal that begin in a second; each asks for two to four things
    #[arg(long, default_value_t = 40.0, requires = "portal_users")]
    pub visits_per_second: f64,
    /// Restart the server gracefully in the middle
    #[arg(long, requires = "portal_users")]
    pub restart: bool,
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
}

/// Connections that read.
const READERS: usize = 64;
/// Connections that write.
const WRITERS: usize = 256;
/// Slots that bookers race for.
const SLOTS: usize = 20_000;
/// Bookers of one slot.
const BOOKERS_PER_SLOT: usize = 2;

/// Measures and prints.
pub async fn run(arguments: &BenchArguments) -> Outcome {
    let temporary = std::env::temp_dir().join(format!("galen-bench-{}", std::process::id()));
    let folder = arguments.keep.clone().unwrap_or_else(|| temporary.clone());
    let outcome = measure(arguments, &folder).await;
    if arguments.keep.is_none() {
        // What cannot be removed now, the system's own sweep will.
        let _ = std::fs::remove_dir_all(&temporary);
    }
    let figures = outcome?;
    if arguments.json {
        say(serde_json::to_string(&figures).map_err(|e| e.to_string())?);
    } else {
        figures::print(&figures);
    }
    Ok(ExitCode::from(DONE))
}

async fn measure(arguments: &BenchArguments, folder: &std::path::Path) -> Result<Vec<Figure>, Failure> {
    std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    server::write_settings(folder)?;
    if let Some(users) = arguments.portal_users {
        return portal::measure(arguments, users, folder).await;
    }
    let mut figures = Vec::new();
    figures.extend(ward::fill(arguments, folder).await?);
    let token = ward::token(arguments, folder)?;
    let begun = now();
    let server = BenchServer::start(arguments, folder).await?;
    figures.push(Figure::plain("cold start to ready", begun.elapsed().as_secs_f64() * 1_000.0, "ms"));
    figures.push(Figure::plain("idle memory", server.memory_mebibytes()?, "MiB"));
    let load =
        Load { address: server.address.clone(), token, seconds: Duration::from_secs(arguments.seconds) };
    let ids = asks::sample(&load, arguments.patients).await?;
    let mut scenarios = asks::scenarios(&ids);
    let clock = galen_kernel::Clock::now(&galen_access::system::SystemClock);
    scenarios.extend(clinic::scenarios(&load, arguments.patients, clock).await?);
    if let Some(folder) = &arguments.synthea {
        scenarios.push(asks::synthea(&load, folder).await?);
    }
    for Scenario { name, clients, make } in scenarios {
        let before = server.processor_seconds(arguments)?;
        let mut figure = load.run(name, clients, make).await?;
        figure.spend(server.processor_seconds(arguments)? - before);
        figures.push(figure);
    }
    figures.push(Figure::plain("memory after load", server.memory_mebibytes()?, "MiB"));
    drop(server);
    figures.push(bookings(arguments, folder).await?);
    Ok(figures)
}

/// Bookings: a document and a claim in one commit, two bookers for each slot, exactly one winner. Straight on
/// the store, without the rules of scheduling.
async fn bookings(arguments: &BenchArguments, folder: &std::path::Path) -> Result<Figure, Failure> {
    const BOOKING: Kind = Kind(1_999);
    let store = Store::open(ward::store_config(arguments, folder)).await?;
    let at = galen_kernel::Clock::now(&galen_access::system::SystemClock);
    let run = at.micros();
    let begun = now();
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        let store = store.clone();
        tasks.spawn(async move {
            let mut won = 0_usize;
            for slot in (0..SLOTS * BOOKERS_PER_SLOT).skip(writer).step_by(WRITERS) {
                let (slot, booker) = (slot % SLOTS, slot / SLOTS);
                let put = Put {
                    kind: BOOKING,
                    id: format!("{run}-{slot}-{booker}"),
                    expected: Expected::Absent,
                    owner: String::new(),
                    body: format!("{{\"slot\":{slot}}}").into_bytes(),
                    index: IndexRows::default(),
                };
                let claim = Operation::Claim {
                    scope: "bench-slot",
                    value: format!("{run}-{slot}"),
                    holder: Vec::new(),
                    until: None,
                };
                let operations = vec![Operation::Put(put), claim];
                let set = WriteSet { shard: ShardId(0), at, operations, journal: Some(b"{}".to_vec()) };
                won += usize::from(store.commit(set).await.is_ok());
            }
            won
        });
    }
    let won: usize = tasks.join_all().await.into_iter().sum();
    let seconds = begun.elapsed().as_secs_f64();
    store.close().await;
    if won != SLOTS {
        return Err(format!("{won} bookings won {SLOTS} slots: exactly one may win each").into());
    }
    Ok(Figure::rate("book a slot, one winner of two (store)", SLOTS * BOOKERS_PER_SLOT, seconds))
}

#[allow(clippy::disallowed_methods)] // measuring is what this is for
fn now() -> Instant {
    Instant::now()
}
