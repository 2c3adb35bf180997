//! `galen demo`: a whole hospital to try out, made on the first start.

use super::place::{self, terminal_context_with};
use super::serve::{Served, serve};
use super::{Failure, Outcome, PlaceArguments, say};
use crate::demo::{self, Stage};
use galen_access::{Context, password};
use galen_audit::Interaction;
use galen_hospital::clinics::{self, Clinics};
use galen_hospital::{Hospital, Plan};
use galen_kernel::UserId;
use galen_records::Change;
use galen_service::House;
use galen_service::observe::{Draft, commit};
use galen_store::ShardId;
use indicatif::{ProgressBar, ProgressStyle};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::task::JoinSet;

/// Resources loaded in one commit, about.
const LINES_AT_ONCE: usize = 400;
/// Commits on their way at the same time.
const LOADS_AT_ONCE: usize = 4;
/// Patients that the demo takes.
const PATIENTS_MAX: u32 = 100_000;

/// NHS activity by which somebody may write what is sealed (legal override): some of the demo's patients are.
const SEALS: &str = "B0082";

/// What `galen demo` takes.
#[derive(Debug, clap::Args)]
pub struct DemoArguments {
    /// Patients of a hospital that is made now
    #[arg(long, value_name = "N", default_value_t = galen_hospital::PATIENTS_DEFAULT, value_parser = clap::value_parser!(u32).range(1..=i64::from(PATIENTS_MAX)))]
    patients: u32,
    /// Seed: another one makes other people
    #[arg(long, value_name = "N", default_value_t = galen_hospital::SEED_DEFAULT)]
    seed: u64,
    /// Address to listen on; loopback only, because everybody knows the demo's passwords
    #[arg(long, value_name = "ADDR", env = "GALEN_LISTEN")]
    listen: Option<SocketAddr>,
    /// Make the hospital and stop
    #[arg(long)]
    only_make: bool,
    #[command(flatten)]
    place: PlaceArguments,
}

/// Makes the hospital when there is none, then serves it.
pub async fn demo(arguments: DemoArguments) -> Outcome {
    if let Some(listen) = arguments.listen
        && !listen.ip().is_loopback()
    {
        return Err(format!(
            "the demo is served on loopback only: everybody knows its passwords. {listen} is not; use `galen serve`"
        )
        .into());
    }
    make(&arguments).await?;
    if arguments.only_make {
        return Ok(std::process::ExitCode::from(super::DONE));
    }
    let mut services = crate::services::all();
    services.push(&demo::SERVICE);
    let served =
        Served { listen: arguments.listen, socket_on_stdin: false, tls: false, services, is_demo: true };
    serve(&arguments.place, served).await
}

async fn make(arguments: &DemoArguments) -> Result<(), Failure> {
    let house = place::house_for_command(&arguments.place).await?;
    let made = make_in(&house, arguments).await;
    house.store.close().await;
    made
}

async fn make_in(house: &Arc<House>, arguments: &DemoArguments) -> Result<(), Failure> {
    let context = terminal_context_with(house, &[SEALS.to_owned()])?;
    let folder = arguments.place.data.display();
    match demo::stage(house, context.at).await? {
        Stage::Done => return Ok(()),
        Stage::Begun => {
            return Err(format!(
                "making the demo hospital in {folder} was interrupted; remove the folder and start again"
            )
            .into());
        }
        Stage::None if !galen_access::user::list(&house.store).await?.is_empty() => {
            return Err(
                format!("{folder} holds a hospital of its own; give the demo another --data folder").into()
            );
        }
        Stage::None => {}
    }
    let now = jiff::Timestamp::from_microsecond(context.at.micros()).map_err(|e| e.to_string())?;
    let today = clinics::today(now);
    let started = super::import::started();
    let plan = Plan { seed: arguments.seed, patients: arguments.patients, today };
    let hospital = Hospital::new(plan);
    let clinics = Clinics::new(plan, &hospital.staff, now);
    let mut change = Change::default();
    change.push(ShardId(0), demo::begin(arguments.seed));
    record(house, &context, "BeginDemo", change).await?;
    let resources = load(house, &context, hospital, &clinics, arguments.patients).await?;
    say(format_args!(
        "Made {}: {} patients, {resources} resources in {:.1} s. Nobody in it exists.",
        galen_hospital::places::TRUST_NAME,
        arguments.patients,
        started.elapsed().as_secs_f64(),
    ));
    Ok(())
}

async fn load(
    house: &Arc<House>,
    context: &Context,
    hospital: Hospital,
    clinics: &Clinics,
    patients: u32,
) -> Result<usize, Failure> {
    let bar = ProgressBar::new(patients.into());
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} patients {elapsed}") {
        bar.set_style(style);
    }
    let mut loading =
        Loading { house: Arc::clone(house), context: context.clone(), running: JoinSet::new(), count: 0 };
    // What patients refer to must be there before them.
    for layer in hospital.directory().into_iter().chain(clinics.layers()) {
        loading.start(lines_of(&layer)).await?;
        loading.wait_for_all().await?;
    }
    accounts(house, context, &hospital, clinics).await?;
    let mut lines = Vec::new();
    for chart in hospital {
        lines.extend(lines_of(&chart));
        bar.inc(1);
        if lines.len() >= LINES_AT_ONCE {
            loading.start(std::mem::take(&mut lines)).await?;
        }
    }
    loading.start(lines).await?;
    loading.wait_for_all().await?;
    // Appointments of one day are each decided by those before them.
    for round in clinics.rounds() {
        loading.start(lines_of(&round)).await?;
        loading.wait_for_all().await?;
    }
    bar.finish_and_clear();
    let mut change = Change::default();
    change.push(ShardId(0), demo::finish());
    record(house, context, "FinishDemo", change).await?;
    Ok(loading.count)
}

fn lines_of(resources: &[galen_fhir::Json]) -> Vec<Vec<u8>> {
    resources.iter().map(galen_fhir::Json::to_bytes).collect()
}

/// Loads on their way: a few at once, so that reading one and writing another overlap.
struct Loading {
    house: Arc<House>,
    context: Context,
    running: JoinSet<Result<usize, Failure>>,
    count: usize,
}

impl Loading {
    async fn start(&mut self, lines: Vec<Vec<u8>>) -> Result<(), Failure> {
        while self.running.len() >= LOADS_AT_ONCE {
            self.take_one().await?;
        }
        let (house, context) = (Arc::clone(&self.house), self.context.clone());
        self.running.spawn(async move {
            let lines: Vec<&[u8]> = lines.iter().map(Vec::as_slice).collect();
            let report = galen_fhir_api::load_lines(&house, &context, &lines).await?;
            match report.refused.first() {
                Some(refused) => Err(format!("the demo's own data was refused: {}", refused.message).into()),
                None => Ok(report.created),
            }
        });
        Ok(())
    }

    async fn take_one(&mut self) -> Result<(), Failure> {
        if let Some(joined) = self.running.join_next().await {
            self.count += joined.map_err(|e| format!("loading stopped: {e}"))??;
        }
        Ok(())
    }

    async fn wait_for_all(&mut self) -> Result<(), Failure> {
        while !self.running.is_empty() {
            self.take_one().await?;
        }
        Ok(())
    }
}

async fn accounts(
    house: &House,
    context: &Context,
    hospital: &Hospital,
    clinics: &Clinics,
) -> Result<(), Failure> {
    let hash = password::hash(demo::PASSWORD.to_owned()).await?;
    let mut change = Change::default();
    for colleague in &hospital.staff {
        let id = UserId::parse(colleague.id.replace("staff", "user")).map_err(|e| e.to_string())?;
        for operation in demo::account(colleague, id, &hash, context.at)? {
            change.push(ShardId(0), operation);
        }
    }
    if let Some(patient) = clinics.sample_patient() {
        for operation in demo::patient_account(&patient, &hash, context.at)? {
            change.push(ShardId(0), operation);
        }
    }
    record(house, context, "AddDemoAccounts", change).await
}

async fn record(house: &House, context: &Context, operation: &str, change: Change) -> Result<(), Failure> {
    let draft = Draft::new(operation, Interaction::Execute);
    match commit(house, context, draft, change).await? {
        Ok(()) => Ok(()),
        Err(_) => Err("somebody else is making the demo hospital here".into()),
    }
}
