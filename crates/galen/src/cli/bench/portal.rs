//! Patients at the portal: thousands with accounts, sessions and open sockets; visits that begin at a steady rate whether
//! the server keeps up or not; the server restarted in the middle. Times count from when a request was due.

use super::clinic;
use super::figures::Figure;
use super::server::BenchServer;
use super::sockets::Pages;
use super::{BenchArguments, now, ward};
use crate::cli::place::{house_for_command, terminal_context};
use crate::cli::{Failure, PlaceArguments};
use galen_access::actor::{ActorKind, Position};
use galen_access::session;
use galen_access::user::{HOME, StoredUser, User};
use galen_hospital::chance::Chance;
use galen_kernel::{Clock, Instant, MICROS_PER_DAY, PatientId, UserId};
use galen_service::House;
use galen_store::WriteSet;
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpSocket;
use tokio::task::JoinSet;

/// Accounts added in one commit.
const ACCOUNTS_AT_ONCE: usize = 250;
/// Connections that wait for a server that restarts.
const BACKLOG: u32 = 4_096;
/// How long a page waits for an answer before it says that the server is away.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(30);
/// A read that got no answer is sent again after these waits, as the portal does.
const RETRY_WAITS: [Duration; 2] = [Duration::from_millis(300), Duration::from_secs(1)];
/// The seed of the visits.
const SEED: u64 = 20_261_127;

/// A patient with an account that is signed in.
pub struct PortalUser {
    /// The Patient's id.
    pub patient: String,
    /// The session's token.
    pub token: String,
    /// What changes must carry.
    pub csrf: String,
}

/// Makes the accounts, starts the server, and measures the visits.
pub async fn measure(
    arguments: &BenchArguments,
    users: usize,
    folder: &Path,
) -> Result<Vec<Figure>, Failure> {
    let arguments = BenchArguments { patients: users, observations: 0, ..arguments.clone() };
    let mut figures = ward::fill(&arguments, folder).await?;
    let users = Arc::new(accounts(&arguments, folder).await?);
    let socket = TcpSocket::new_v4().map_err(|e| e.to_string())?;
    socket.bind("127.0.0.1:0".parse().map_err(|_| "address")?).map_err(|e| e.to_string())?;
    let socket =
        socket.listen(BACKLOG).and_then(tokio::net::TcpListener::into_std).map_err(|e| e.to_string())?;
    let token = ward::token(&arguments, folder)?;
    let server = BenchServer::start_on(&arguments, folder, &socket).await?;
    let load = super::Load { address: server.address.clone(), token, seconds: Duration::from_secs(1) };
    let clinic = clinic::small(&load).await?;
    figures.push(Figure::plain("idle memory", server.memory_mebibytes()?, "MiB"));
    let pages = Pages::open(&server.address, &users).await?;
    #[allow(clippy::cast_precision_loss)] // figures for people
    figures.push(Figure::plain("sockets open", pages.open_now() as f64, ""));
    figures.push(Figure::plain("memory with them", server.memory_mebibytes()?, "MiB"));
    let before = server.processor_seconds(&arguments)?;
    tokio::time::sleep(Duration::from_secs(arguments.seconds)).await;
    let idle = (server.processor_seconds(&arguments)? - before)
        / Duration::from_secs(arguments.seconds).as_secs_f64();
    figures.push(Figure::plain("processors while all are idle", idle, ""));

    let visiting = Visiting { address: server.address.clone(), users, clinic, client: client() };
    let (server, visited) = visits(&arguments, folder, &socket, server, Arc::new(visiting), &pages).await?;
    figures.extend(visited);
    figures.push(Figure::plain("memory after load", server.memory_mebibytes()?, "MiB"));
    pages.close().await;
    server.stop().await?;
    Ok(figures)
}

fn client() -> Client<HttpConnector, Full<Bytes>> {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    Client::builder(TokioExecutor::new()).pool_max_idle_per_host(512).build(connector)
}

async fn accounts(arguments: &BenchArguments, folder: &Path) -> Result<Vec<PortalUser>, Failure> {
    let place = PlaceArguments {
        data: folder.to_owned(),
        database_url: arguments.database_url.clone(),
        config: None,
    };
    let house = house_for_command(&place).await?;
    let at = terminal_context(&house)?.at;
    let mut users = Vec::with_capacity(arguments.patients);
    let mut operations = Vec::new();
    for number in 0..arguments.patients {
        let (user, made) = account(&house, number, at)?;
        users.push(user);
        operations.extend(made);
        if operations.len() >= ACCOUNTS_AT_ONCE || number + 1 == arguments.patients {
            let operations = std::mem::take(&mut operations);
            let set = WriteSet { shard: HOME, at, operations, journal: None };
            house.store.commit(set).await.map_err(|e| e.to_string())?;
        }
    }
    house.store.close().await;
    Ok(users)
}

fn account(
    house: &House,
    number: usize,
    at: Instant,
) -> Result<(PortalUser, Vec<galen_store::Operation>), Failure> {
    let role = house.access.catalogue.find("patient").ok_or("there is no role for patients")?;
    let position = Position { role: role.code().to_owned(), facility: None, added: Vec::new() };
    let run = at.micros();
    let mut user =
        User::new(format!("bench-{run}-{number}"), ActorKind::Patient, position, String::new(), at);
    let patient = format!("p{number}");
    user.patient = Some(PatientId::parse(patient.clone()).map_err(|e| e.to_string())?);
    let id = UserId::parse(format!("bench-{run}-{number}")).map_err(|e| e.to_string())?;
    let stored = StoredUser { id, version: 1, user };
    let (token, session, put) =
        session::start(&stored.id, at, house.entropy.thirty_two(), house.entropy.sixteen())?;
    let mut operations = stored.add()?;
    operations.push(put);
    Ok((PortalUser { patient, token, csrf: session.csrf }, operations))
}

/// What the visits need.
struct Visiting {
    address: String,
    users: Arc<Vec<PortalUser>>,
    clinic: clinic::Clinic,
    client: Client<HttpConnector, Full<Bytes>>,
}

/// One request of a visit: how long it took from when it was due, and whether the person would see an error.
#[derive(Debug, Clone, Copy)]
struct Asked {
    micros: u32,
    is_change: bool,
    is_error: bool,
}

async fn visits(
    arguments: &BenchArguments,
    folder: &Path,
    socket: &std::net::TcpListener,
    server: BenchServer,
    visiting: Arc<Visiting>,
    pages: &Pages,
) -> Result<(BenchServer, Vec<Figure>), Failure> {
    let begun = tokio::time::Instant::now();
    let length = Duration::from_secs(arguments.seconds);
    let generator = tokio::spawn(generate(Arc::clone(&visiting), begun, length, arguments.visits_per_second));
    let (mut server, mut figures, before) = (server, Vec::new(), pages.heard());
    if arguments.restart {
        tokio::time::sleep_until(begun + length / 2).await;
        let stopped = now();
        server.stop().await?;
        server = BenchServer::start_on(arguments, folder, socket).await?;
        let away = stopped.elapsed().as_secs_f64() * 1_000.0;
        figures.push(Figure::plain("restart, from asked to stop to ready", away, "ms"));
    }
    let asked = generator.await.map_err(|e| e.to_string())?;
    let seconds = begun.elapsed().as_secs_f64();
    for (name, is_change) in
        [("portal: reads", Some(false)), ("portal: changes", Some(true)), ("portal: all", None)]
    {
        figures.push(figure(name, &asked, is_change, seconds));
    }
    #[allow(clippy::cast_precision_loss)] // figures for people
    figures.push(Figure::plain(
        "changes heard by their patients' pages",
        (pages.heard() - before) as f64,
        "",
    ));
    Ok((server, figures))
}

fn figure(name: &str, asked: &[Asked], is_change: Option<bool>, seconds: f64) -> Figure {
    let these = asked.iter().filter(|one| is_change.is_none_or(|wanted| one.is_change == wanted));
    let failed = these.clone().filter(|one| one.is_error).count();
    let micros: Vec<u32> = these.map(|one| one.micros).collect();
    Figure::timed(name, micros.len(), seconds, micros, failed)
}

/// Begins visits at exponential distances, whatever became of those before.
async fn generate(
    visiting: Arc<Visiting>,
    begun: tokio::time::Instant,
    length: Duration,
    rate: f64,
) -> Vec<Asked> {
    let mut chance = Chance::new(SEED, 0);
    let (mut due, mut number) = (begun, 0);
    let mut running = JoinSet::new();
    let mut all = Vec::new();
    loop {
        // 52 random bits below one: an exponential distance is never infinite.
        #[allow(clippy::cast_precision_loss)]
        let fraction = (chance.draw() >> 12) as f64 / (1_u64 << 52) as f64;
        let wait = -(1.0 - fraction).ln() / rate;
        due += Duration::from_secs_f64(wait);
        if due > begun + length {
            break;
        }
        tokio::time::sleep_until(due).await;
        number += 1;
        let visiting = Arc::clone(&visiting);
        running.spawn(async move { visit(&visiting, Chance::new(SEED, number), due).await });
        while let Some(done) = running.try_join_next() {
            all.extend(done.unwrap_or_default());
        }
    }
    while let Some(done) = running.join_next().await {
        all.extend(done.unwrap_or_default());
    }
    all
}

/// A visit: the first screen, and then mostly looking, sometimes booking, moving or cancelling.
async fn visit(visiting: &Visiting, mut chance: Chance, due: tokio::time::Instant) -> Vec<Asked> {
    let Some(user) = visiting.users.get(place(&mut chance, visiting.users.len())) else { return Vec::new() };
    let mut asked = Vec::new();
    let own = format!("/api/appointments?patient={}", user.patient);
    visiting.read(user, &own, due, &mut asked).await;
    let later = || tokio::time::Instant::now();
    let what = chance.below(100);
    if what < 35 {
        visiting.read(user, &format!("/api/patients/{}", user.patient), later(), &mut asked).await;
        return asked;
    }
    visiting.read(user, &visiting.clinic.find(place(&mut chance, clinic::WEEKS)), later(), &mut asked).await;
    if what < 70 {
        return asked;
    }
    let booking = visiting.clinic.booking(&user.patient, &mut chance);
    let booked =
        visiting.change(user, Method::POST, "/api/appointments", &booking, later(), &mut asked).await;
    let Some(id) = booked.as_ref().and_then(|view| view["id"].as_str()).map(str::to_owned) else {
        return asked;
    };
    let path = |step: &str| format!("/api/appointments/{id}/{step}");
    if what < 80 {
        let moved = json!({ "version": 1, "start": visiting.clinic.start(&mut chance) });
        visiting.change(user, Method::POST, &path("reschedule"), &moved, later(), &mut asked).await;
    } else if what < 90 {
        let cancelled = json!({ "version": 1, "reason": "pat" });
        visiting.change(user, Method::POST, &path("cancel"), &cancelled, later(), &mut asked).await;
    }
    visiting.read(user, &own, later(), &mut asked).await;
    asked
}

impl Visiting {
    async fn read(&self, user: &PortalUser, path: &str, due: tokio::time::Instant, asked: &mut Vec<Asked>) {
        let mut answer = self.send(user, Method::GET, path, &Value::Null).await;
        for wait in RETRY_WAITS {
            if answer.is_some_and(|status| !is_away(status)) {
                break;
            }
            tokio::time::sleep(wait).await;
            answer = self.send(user, Method::GET, path, &Value::Null).await;
        }
        let is_error = !answer.is_some_and(|status| status.is_success());
        asked.push(Asked { micros: since(due), is_change: false, is_error });
    }

    /// A refusal by the rules (the time was taken meanwhile) is an answer, and no error.
    async fn change(
        &self,
        user: &PortalUser,
        method: Method,
        path: &str,
        body: &Value,
        due: tokio::time::Instant,
        asked: &mut Vec<Asked>,
    ) -> Option<Value> {
        let answer = self.answer(user, method, path, body).await;
        let is_refusal = |status| matches!(status, StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY);
        let is_error = !answer.as_ref().is_some_and(|(status, _)| status.is_success() || is_refusal(*status));
        asked.push(Asked { micros: since(due), is_change: true, is_error });
        answer.filter(|(status, _)| status.is_success()).map(|(_, body)| body)
    }

    async fn send(&self, user: &PortalUser, method: Method, path: &str, body: &Value) -> Option<StatusCode> {
        self.answer(user, method, path, body).await.map(|(status, _)| status)
    }

    async fn answer(
        &self,
        user: &PortalUser,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Option<(StatusCode, Value)> {
        let sent = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        let request = Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.address))
            .header("cookie", format!("{}={}", session::COOKIE, user.token))
            .header("x-csrf-token", &user.csrf)
            .header("content-type", "application/json")
            .body(Full::new(sent))
            .ok()?;
        let exchange = async {
            let response = self.client.request(request).await.ok()?;
            let status = response.status();
            let bytes = response.into_body().collect().await.ok()?.to_bytes();
            Some((status, serde_json::from_slice(&bytes).unwrap_or(Value::Null)))
        };
        tokio::time::timeout(ANSWER_TIME_MAX, exchange).await.ok().flatten()
    }
}

fn is_away(status: StatusCode) -> bool {
    matches!(status.as_u16(), 502..=504)
}

fn since(due: tokio::time::Instant) -> u32 {
    u32::try_from(due.elapsed().as_micros()).unwrap_or(u32::MAX)
}

/// Any of `all`.
pub fn place(chance: &mut Chance, all: usize) -> usize {
    let all = u64::try_from(all.max(1)).unwrap_or(u64::MAX);
    usize::try_from(chance.draw() % all).unwrap_or(0)
}

/// The day on which the clinic is open first.
pub fn first_day() -> Instant {
    let now = galen_access::system::SystemClock.now();
    Instant::from_micros((now.micros().div_euclid(MICROS_PER_DAY) + 2) * MICROS_PER_DAY)
}
