//! Appointments through the real program: booked, told of, moved and called off; and raced for while the server is killed.
//!
//! `GALEN_RACING_BOOKINGS` sets how many bookings race on each engine (a few thousand by default).

use crate::harness::{Answer, Place, Server};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Longest wait for a message.
const PATIENCE: Duration = Duration::from_secs(30);
/// Bookings that race when nobody asks for more.
const RACING: usize = 10_000;
/// Practitioners raced for.
const SCHEDULES: usize = 5;
/// Clients at once.
const RACERS: usize = 48;
/// How long the server lives before it is killed.
const LIFE: Duration = Duration::from_millis(250);
/// How often it is killed, at most.
const KILLS: usize = 5;

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

async fn made(server: &Server, token: &str, path: &str, body: &Value) -> Value {
    let answer = server.call(token, Method::POST, path, body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{path}: {answer:?}");
    answer.json()
}

fn id(made: &Value) -> String {
    made["id"].as_str().unwrap().to_owned()
}

/// Something to book at any hour, and so many who can be booked.
async fn clinic(server: &Server, token: &str, schedules: usize) -> (String, Vec<String>) {
    let service = json!({ "name": "Journeys", "minutes": 20, "portal": "self-book" });
    let service = id(&made(server, token, "/api/services", &service).await);
    let mut all = Vec::new();
    for number in 0..schedules {
        let timetable = json!({
            "actor": format!("Practitioner/{number}"), "zone": "Europe/London",
            "sessions": [{ "days": DAYS, "start": "00:00", "end": "00:00" }],
        });
        all.push(id(&made(server, token, "/api/schedules", &timetable).await));
    }
    (service, all)
}

#[allow(clippy::disallowed_methods)] // appointments are made from now on
fn hours_ahead(hours: i64) -> jiff::Timestamp {
    let hour = jiff::Timestamp::now().as_second().div_euclid(3_600) + hours;
    jiff::Timestamp::from_second(hour * 3_600).unwrap()
}

/// A zone in which it is about noon, so that no quiet hours are.
fn noon() -> String {
    let hour = hours_ahead(0).strftime("%H").to_string().parse::<i64>().unwrap();
    format!("Etc/GMT{:+}", hour - 12)
}

/// The messages of a channel, once there are so many.
async fn sent(place: &Place, channel: &str, many: usize) -> Vec<Value> {
    let begun = Instant::now();
    loop {
        let text =
            std::fs::read_to_string(place.path().join(format!("outbox/{channel}.jsonl"))).unwrap_or_default();
        let lines: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        if lines.len() >= many {
            assert_eq!(lines.len(), many, "{channel}: {lines:?}");
            return lines;
        }
        assert!(begun.elapsed() < PATIENCE, "{channel}: {} of {many} messages", lines.len());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_patient_is_told_of_what_becomes_of_an_appointment() {
    let place = Place::new();
    place.add_user("admin", "administrator");
    let folder = place.path().join("outbox");
    let settings = format!("[messaging]\nfolder = {folder:?}\ntime_zone = \"{}\"\n", noon());
    std::fs::write(place.path().join("galen.toml"), settings).unwrap();
    let (server, token) = (place.serve(), place.token("admin"));
    let patient = json!({ "demographics": { "family": "Lovelace", "given": ["Ada"], "birthDate": "1985-12-10",
                          "phone": "07700 900123", "email": "ada@example.org" } });
    let patient = id(&made(&server, &token, "/api/patients", &patient).await);
    let (service, schedules) = clinic(&server, &token, 1).await;
    let start = |hours| hours_ahead(hours).to_string();
    let new = json!({ "patient": patient, "service": service, "start": start(100), "schedules": schedules });
    let booked = id(&made(&server, &token, "/api/appointments", &new).await);
    let told = sent(&place, "email", 1).await;
    let calendar = told[0]["calendar"].to_string();
    assert!(calendar.contains("METHOD:REQUEST") && calendar.contains(&format!("{booked}@galen")), "{told:?}");

    let moved = json!({ "version": 1, "start": start(101) });
    let path = format!("/api/appointments/{booked}");
    let moved = server.call(&token, Method::POST, &format!("{path}/reschedule"), &moved).await;
    assert_eq!(moved.status, StatusCode::OK, "{moved:?}");
    let told = sent(&place, "email", 2).await;
    assert!(told[1]["calendar"].to_string().contains("SEQUENCE:1"), "{told:?}");

    let cancelled = json!({ "version": 2, "reason": "prov" });
    let cancelled = server.call(&token, Method::POST, &format!("{path}/cancel"), &cancelled).await;
    assert_eq!(cancelled.status, StatusCode::OK, "{cancelled:?}");
    let told = sent(&place, "email", 3).await;
    assert!(told[2]["calendar"].to_string().contains("METHOD:CANCEL"), "{told:?}");
}

/// What the server said of a booking.
#[derive(Debug, Clone, PartialEq)]
enum Told {
    /// The appointment.
    Booked(String),
    /// Somebody else has the time.
    Taken,
}

impl Told {
    fn booked(&self) -> Option<&String> {
        match self {
            Self::Booked(id) => Some(id),
            Self::Taken => None,
        }
    }

    /// `None` where the server is going down.
    fn of(answer: &Answer) -> Option<Self> {
        match answer.status {
            StatusCode::CREATED => Some(Self::Booked(id(&answer.json()))),
            StatusCode::CONFLICT => {
                assert!(
                    ["already-booked", "patient-has-another"].contains(&answer.code().as_str()),
                    "{answer:?}"
                );
                Some(Self::Taken)
            }
            status if status.is_server_error() => None,
            _ => panic!("{answer:?}"),
        }
    }
}

/// What is raced for.
struct Race {
    service: String,
    /// Schedule and start.
    slots: Vec<(String, String)>,
    patients: usize,
    next: AtomicUsize,
    /// What the server said of each booking.
    told: parking_lot::Mutex<BTreeMap<usize, Told>>,
}

impl Race {
    fn total(&self) -> usize {
        self.slots.len() * self.patients
    }

    /// The booking of this number: neighbours want the same slot.
    fn body(&self, number: usize) -> Value {
        let (schedule, start) = &self.slots[number / self.patients];
        let patient = format!("racer{}", number % self.patients);
        json!({ "patient": patient, "service": self.service, "start": start, "schedules": [schedule] })
    }

    /// Whether the server answered; the same again is answered the same.
    async fn ask(&self, server: &Server, bearer: &str, number: usize) -> bool {
        let key = format!("race-{number:012}");
        let headers = [
            ("authorization", bearer),
            ("content-type", "application/json"),
            ("idempotency-key", key.as_str()),
        ];
        let body = self.body(number).to_string();
        let answer = server.try_send(Method::POST, "/api/appointments", &headers, body.as_bytes()).await;
        let Some(told) = answer.ok().and_then(|answer| Told::of(&answer)) else { return false };
        let before = self.told.lock().insert(number, told.clone());
        assert!(
            before.is_none_or(|before| before == told),
            "booking {number} was answered twice differently"
        );
        true
    }
}

/// Books until the server is gone or everything was asked; what was asked without an answer.
async fn run(race: &Arc<Race>, server: &Arc<Server>, bearer: &str, again: Vec<usize>) -> Vec<usize> {
    let again = Arc::new(parking_lot::Mutex::new(again));
    let gone = Arc::new(AtomicBool::new(false));
    let mut racers = JoinSet::new();
    for _ in 0..RACERS {
        let (race, server, again, gone) =
            (Arc::clone(race), Arc::clone(server), Arc::clone(&again), Arc::clone(&gone));
        let bearer = bearer.to_owned();
        racers.spawn(async move {
            let mut unanswered = Vec::new();
            while !gone.load(Ordering::Acquire) {
                let retried = again.lock().pop();
                let number = match retried {
                    Some(number) => number,
                    None => race.next.fetch_add(1, Ordering::AcqRel),
                };
                if number >= race.total() {
                    break;
                }
                if !race.ask(&server, &bearer, number).await {
                    unanswered.push(number);
                    gone.store(true, Ordering::Release);
                }
            }
            unanswered
        });
    }
    let mut unanswered: Vec<usize> = racers.join_all().await.into_iter().flatten().collect();
    unanswered.append(&mut again.lock());
    unanswered
}

async fn race(place: &Place) {
    let racing =
        std::env::var("GALEN_RACING_BOOKINGS").ok().and_then(|text| text.parse().ok()).unwrap_or(RACING);
    place.add_user("admin", "administrator");
    let server = place.serve();
    let token = place.token("admin");
    // As many slots as patients for each, and a fifth of the patients at each time: nobody needs two at once.
    let patients = racing.isqrt();
    let (service, schedules) = clinic(&server, &token, SCHEDULES).await;
    let slots = racing.div_ceil(patients);
    let slots = (0..slots).map(|number| {
        let minutes = i64::try_from(number / SCHEDULES * 20).unwrap();
        let start = jiff::Timestamp::from_second(hours_ahead(48).as_second() + minutes * 60).unwrap();
        (schedules[number % SCHEDULES].clone(), start.to_string())
    });
    let race = Arc::new(Race {
        service,
        slots: slots.collect(),
        patients,
        next: AtomicUsize::new(0),
        told: parking_lot::Mutex::default(),
    });
    for number in 0..patients {
        let patient = json!({ "resourceType": "Patient", "id": format!("racer{number}") });
        let put = server.call(&token, Method::PUT, &format!("/fhir/Patient/racer{number}"), &patient).await;
        assert_eq!(put.status, StatusCode::CREATED);
    }
    drop(server);
    let (begun, mut again, mut kills) = (Instant::now(), Vec::new(), 0);
    loop {
        let server = Arc::new(place.serve());
        let bearer = format!("Bearer {}", place.token("admin"));
        let pid = server.id().to_string();
        let killer = (kills < KILLS).then(|| {
            tokio::spawn(async move {
                tokio::time::sleep(LIFE).await;
                assert!(Command::new("kill").args(["-KILL", &pid]).status().unwrap().success());
            })
        });
        again = run(&race, &server, &bearer, again).await;
        if again.is_empty() && race.next.load(Ordering::Acquire) >= race.total() {
            killer.inspect(tokio::task::JoinHandle::abort);
            check(&race, &server, &place.token("admin"), &schedules).await;
            break;
        }
        kills += usize::from(killer.is_some());
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!("{} bookings raced for {} slots, {kills} kills, {seconds:.0} s", race.total(), race.slots.len());
}

/// Every slot is one's, and that one was told.
async fn check(race: &Race, server: &Server, token: &str, schedules: &[String]) {
    let told = race.told.lock().clone();
    assert_eq!(told.len(), race.total(), "everybody was answered");
    let winners: BTreeSet<String> = told.values().filter_map(Told::booked).cloned().collect();
    assert_eq!(told.values().filter_map(Told::booked).count(), race.slots.len(), "every slot has one winner");
    let mut there: BTreeMap<(String, String), String> = BTreeMap::new();
    let last = race.slots.iter().map(|(_, start)| start.parse::<jiff::Timestamp>().unwrap()).max().unwrap();
    for schedule in schedules {
        let mut from = hours_ahead(47);
        while from <= last {
            let to = jiff::Timestamp::from_second(from.as_second() + 24 * 3_600).unwrap();
            let path = format!("/api/appointments?schedule={schedule}&from={from}&to={to}");
            let page = server.get(token, &path).await.json();
            for one in page["appointments"].as_array().unwrap() {
                assert_eq!(one["status"], "booked");
                let slot = (schedule.clone(), one["start"].as_str().unwrap().to_owned());
                let before = there.insert(slot, id(one));
                assert!(before.is_none_or(|before| before == id(one)), "booked twice: {one}");
            }
            from = to;
        }
    }
    assert_eq!(there.values().cloned().collect::<BTreeSet<_>>(), winners);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_racing_bookings_one_wins_each_time_although_the_server_is_killed() {
    race(&Place::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_racing_bookings_one_wins_each_time_on_postgresql_too() {
    race(&Place::on_postgres(galen_testkit::postgres::server().database())).await;
}
