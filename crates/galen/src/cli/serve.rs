//! `galen serve`.

use super::audit::checkpoint_keys;
use super::place::{checkpoint_folder, file, house, terminal_context};
use super::{DONE, Failure, Outcome, PlaceArguments, say};
use crate::config::File;
use crate::demo::{self, Stage};
use futures_util::future::join_all;
use galen_access::signing::{self, KeyUse};
use galen_access::user;
use galen_audit::Checkpointer;
use galen_records::{Progress, Reindexer};
use galen_service::accounts::users::{AddUser, add_user};
use galen_service::{House, Service, accept, http, tls};
use galen_telemetry::LogFormat;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// Where a server listens when nobody says otherwise.
const LISTEN_DEFAULT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8080);
/// How often the audit is checkpointed when something was written.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(10);
/// How often quiet rate-limit counters are forgotten.
const SWEEP_EVERY: Duration = Duration::from_secs(60);
/// How long the indexer waits between pages, for new work, and after a fault.
const INDEX_PAUSE: Duration = Duration::from_millis(5);
const INDEX_IDLE: Duration = Duration::from_secs(1);
const INDEX_RETRY: Duration = Duration::from_secs(10);
/// The first administrator.
const FIRST_ADMINISTRATOR: &str = "admin";

/// What is served, and where.
pub struct Served {
    /// Address, when it is not the usual one.
    pub listen: Option<SocketAddr>,
    /// Whether standard input is the listening socket.
    pub socket_on_stdin: bool,
    /// TLS on loopback, too.
    pub tls: bool,
    /// The services.
    pub services: Vec<&'static Service>,
    /// Whether it is the demo hospital.
    pub is_demo: bool,
}

impl Served {
    /// As the command line and the configuration file say.
    pub fn of(
        place: &PlaceArguments,
        (listen, socket_on_stdin): (Option<SocketAddr>, bool),
        tls: bool,
        names: Vec<String>,
    ) -> Result<Self, Failure> {
        let names = if names.is_empty() { file(place)?.services.unwrap_or_default() } else { names };
        let services = crate::services::select(&names)?;
        Ok(Self { listen, socket_on_stdin, tls, services, is_demo: false })
    }
}

/// Runs the server until it is told to stop.
pub async fn serve(place: &PlaceArguments, served: Served) -> Outcome {
    let mut file = file(place)?;
    let _logs = start_logs(&file)?;
    let Served { listen, socket_on_stdin, tls, services, is_demo } = served;
    if is_demo {
        // Nobody in the demo exists: what they are told is looked at, not sent.
        file.messaging.folder.get_or_insert_with(|| place.data.join("messages"));
    }
    let listen = listen.or(file.listen).unwrap_or(LISTEN_DEFAULT);
    let listener = if socket_on_stdin {
        handed_over().map_err(|e| format!("standard input is no listening socket: {e}"))?
    } else {
        TcpListener::bind(listen).await.map_err(|e| busy(listen, &e))?
    };
    let bound = listener.local_addr().map_err(|e| format!("{listen}: {e}"))?;
    let encrypted = tls || !bound.ip().is_loopback();
    let scheme = if encrypted { "https" } else { "http" };
    let origin = file.origin.clone().unwrap_or_else(|| format!("{scheme}://{bound}"));
    let house = house(place, &file, origin.clone(), services.clone()).await?;
    let acceptor = if encrypted { Some(tls::acceptor(&tls_files(place, &file)?)?) } else { None };
    known_passwords(&house, bound, is_demo).await?;
    first_administrator(&house).await?;

    let (stop, stopped) = watch::channel(false);
    let router = http::router(&house, &services);
    let relay = tokio::spawn({
        let (house, stopped) = (Arc::clone(&house), stopped.clone());
        async move { house.bus.run(stopped).await }
    });
    let work = services.iter().filter_map(|service| service.work);
    let work: Vec<_> = work.map(|work| tokio::spawn(work(Arc::clone(&house), stopped.clone()))).collect();
    let folder = checkpoint_folder(place, &file);
    let keeper = tokio::spawn(keep(Arc::clone(&house), folder, stopped.clone()));
    let indexer = tokio::spawn(index(Arc::clone(&house), stopped.clone()));
    say(format_args!("Galen serves {origin} ({})", names_of(&services)));
    if is_demo {
        demo_sign_ins(&house, &origin).await?;
    }
    tokio::spawn(async move {
        wait_for_signal().await;
        // Nobody listens any more only when everything has stopped already.
        let _ = stop.send(true);
    });
    accept::serve(listener, acceptor, router, Arc::clone(&house), stopped).await;
    let _ended = tokio::join!(relay, keeper, indexer, join_all(work));
    house.store.close().await;
    Ok(ExitCode::from(DONE))
}

/// The listening socket that this process was started with.
fn handed_over() -> std::io::Result<TcpListener> {
    use std::os::fd::AsFd;
    let listener = std::net::TcpListener::from(std::io::stdin().as_fd().try_clone_to_owned()?);
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}

fn names_of(services: &[&'static Service]) -> String {
    services.iter().map(|s| s.name).collect::<Vec<_>>().join(", ")
}

fn busy(listen: SocketAddr, error: &std::io::Error) -> Failure {
    match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            format!("{listen} is in use by another program; stop that or give another --listen address")
                .into()
        }
        std::io::ErrorKind::PermissionDenied => {
            format!("{listen} may not be used by this account; take a port from 1024 on").into()
        }
        _ => format!("{listen}: {error}").into(),
    }
}

fn start_logs(file: &File) -> Result<galen_telemetry::LogGuard, Failure> {
    use std::io::IsTerminal;
    let format = match file.log.format.as_deref() {
        Some("json") => LogFormat::Json,
        Some("text") => LogFormat::Text,
        Some(_) => return Err("log.format is json or text".into()),
        None if std::io::stderr().is_terminal() => LogFormat::Text,
        None => LogFormat::Json,
    };
    Ok(galen_telemetry::start(format, file.log.level.as_deref().unwrap_or("info"), file.otlp.as_deref())?)
}

fn tls_files(place: &PlaceArguments, file: &File) -> Result<tls::TlsFiles, Failure> {
    match (&file.tls.certificate, &file.tls.key) {
        (Some(certificate), Some(key)) => {
            Ok(tls::TlsFiles { certificate: certificate.clone(), key: key.clone() })
        }
        (None, None) => Ok(tls::development(&place.data.join("tls"))?),
        _ => Err("tls.certificate and tls.key go together".into()),
    }
}

/// Everybody knows the demo's passwords: whatever command serves it, it is served on loopback only.
async fn known_passwords(house: &House, bound: SocketAddr, is_demo: bool) -> Result<(), Failure> {
    let stage = demo::stage(house, house.clock.now()).await?;
    if stage == Stage::None || is_demo || bound.ip().is_loopback() {
        return Ok(());
    }
    house.store.close().await;
    Err(format!("this is the demo hospital, whose passwords everybody knows: it is not served on {bound}")
        .into())
}

/// Prints the sample sign-ins.
async fn demo_sign_ins(house: &House, origin: &str) -> Result<(), Failure> {
    let page = demo::page(house, house.clock.now()).await?;
    say(format_args!(
        "\nDemo hospital '{}'. For trying out only: everybody knows these passwords, and nobody in it exists.\n\
         Open {origin} and choose whom to sign in as; or sign in by hand. The password of all is {}\n",
        page.hospital,
        demo::PASSWORD,
    ));
    for account in page.accounts {
        say(format_args!("  {:<28} code {}   {}", account.name, account.code, account.about));
    }
    say(format_args!("\nCodes change every 30 seconds; {origin}/api/demo/sign-ins has those of the moment."));
    Ok(())
}

/// Makes the first administrator when there is no account at all, and prints the one-time password.
async fn first_administrator(house: &House) -> Result<(), Failure> {
    if !user::list(&house.store).await?.is_empty() {
        return Ok(());
    }
    let command = AddUser {
        name: FIRST_ADMINISTRATOR.to_owned(),
        role: "administrator".to_owned(),
        facility: None,
        patient: None,
        practitioner: None,
        password_hash: String::new(),
    };
    let added = add_user(house, &terminal_context(house)?, command).await?;
    let password = added.first_password.unwrap_or_default();
    say(format_args!(
        "The first administrator is '{FIRST_ADMINISTRATOR}' with the one-time password {password}\n\
         It must be changed at the first sign-in, where an authenticator app is enrolled, too."
    ));
    Ok(())
}

/// Checkpoints the audit and forgets quiet counters, until stopped; then checkpoints once more.
async fn keep(house: Arc<House>, folder: std::path::PathBuf, mut stop: watch::Receiver<bool>) {
    let mut checkpointer = Checkpointer::new(house.store.clone(), folder);
    match checkpoint_keys(&house.store).await {
        Ok(keys) => checkpointer.resume(&keys),
        Err(fault) => tracing::warn!(context = fault.context(), "the whole journal is read again"),
    }
    let mut ticks = tokio::time::interval(CHECKPOINT_EVERY);
    let mut sweeps = tokio::time::interval(SWEEP_EVERY);
    loop {
        let ended = tokio::select! {
            _ = ticks.tick() => false,
            _ = sweeps.tick() => { house.limits.sweep(); continue; }
            _ = stop.changed() => true,
        };
        if let Err(fault) = checkpoint(&house, &mut checkpointer).await {
            tracing::error!(context = fault.context(), "the audit could not be checkpointed");
        }
        if ended {
            return;
        }
    }
}

/// Indexes what was written before it was to be, until stopped: page by page, with pauses that leave the server to its
/// users.
async fn index(house: Arc<House>, mut stop: watch::Receiver<bool>) {
    let mut reindexer = Reindexer::new(house.records.clone());
    loop {
        let pause = match reindexer.step(house.clock.now()).await {
            Ok(Progress::Idle) => INDEX_IDLE,
            Ok(Progress::Working) => INDEX_PAUSE,
            Ok(Progress::Finished(resource_type, count)) => {
                tracing::info!(resource_type = resource_type.name(), count, "indexed anew");
                INDEX_PAUSE
            }
            Err(fault) => {
                tracing::error!(context = fault.context(), "what is stored could not be indexed anew");
                INDEX_RETRY
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.changed() => return,
        }
    }
}

async fn checkpoint(house: &House, checkpointer: &mut Checkpointer) -> Result<(), galen_kernel::Fault> {
    if !checkpointer.advance().await? {
        return Ok(());
    }
    let keys = signing::list(&house.store, KeyUse::Checkpoint).await?;
    if let Some(key) = keys.first() {
        checkpointer.export(&key.pair, house.clock.now())?;
    }
    Ok(())
}

async fn wait_for_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        Err(error) => {
            tracing::warn!(%error, "SIGTERM cannot be heard; stop with Ctrl-C");
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}
