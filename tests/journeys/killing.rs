//! The server is killed at random moments under concurrent writers. After each restart everything that was acknowledged
//! is there, transactions are whole or absent, a registration sent again gives the same patient, the audit log is good.
//!
//! `GALEN_TORTURE_KILLS` sets the kills per engine (a few by default).

use crate::harness::{Answer, Place, Server};
use http::{Method, StatusCode};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;

/// Kills per engine when nobody asks for more.
const KILLS: u64 = 3;
/// Writers that run at once; each does one kind of write.
const WRITERS: u64 = 24;
/// Resources of a transaction: enough to lie on every shard.
const PARTS: u64 = 5;
/// Longest time from the first acknowledged write to the kill.
const LIFE_MAX: Duration = Duration::from_millis(900);
/// A token is asked for anew after so many rounds.
const ROUNDS_PER_TOKEN: u64 = 20;

/// One write, and whether it was acknowledged.
enum Written {
    /// Observation id, value; nothing is known of one that was not acknowledged.
    Created(String, u64),
    /// Observation id, newest acknowledged version, whether one more was on its way.
    Updated(String, u64),
    /// Marker, acknowledged.
    Transaction(String, bool),
    /// Idempotency key, body, patient id when acknowledged.
    Registered(String, Value, Option<String>),
}

#[derive(Default)]
struct Tally {
    acknowledged: usize,
    resources: usize,
    unanswered: usize,
    half_applied: usize,
    lost: usize,
}

fn observation(text: &str, value: u64) -> Value {
    json!({
        "resourceType": "Observation", "status": "final",
        "code": { "text": text }, "valueInteger": value,
    })
}

/// A person whom nobody takes for another one.
fn person(seed: u64) -> Value {
    let mut chance = StdRng::seed_from_u64(seed);
    let mut word = || (0..12).map(|_| char::from(chance.random_range(b'a'..=b'z'))).collect::<String>();
    let (family, given) = (word(), word());
    let born = format!(
        "{}-{:02}-{:02}",
        chance.random_range(1930..2020),
        chance.random_range(1..=12),
        chance.random_range(1..=28)
    );
    json!({ "demographics": { "family": family, "given": [given], "gender": "female", "birthDate": born } })
}

/// A client that writes until the server is gone.
struct Writer {
    server: Arc<Server>,
    bearer: String,
    begun: Arc<AtomicBool>,
    round: u64,
    number: u64,
}

impl Writer {
    /// `None` when the server is gone.
    async fn send(&self, method: Method, path: &str, more: (&str, &str), body: &Value) -> Option<Answer> {
        let headers = [("authorization", self.bearer.as_str()), ("content-type", "application/json"), more];
        let answer = self.server.try_send(method, path, &headers, body.to_string().as_bytes()).await.ok()?;
        assert!(
            answer.status.is_success(),
            "{path}: {} {}",
            answer.status,
            String::from_utf8_lossy(&answer.body)
        );
        self.begun.store(true, Ordering::Release);
        Some(answer)
    }

    async fn run(self) -> Vec<Written> {
        let mut done = Vec::new();
        match self.number % 4 {
            0 => self.create(&mut done).await,
            1 => self.update(&mut done).await,
            2 => self.transact(&mut done).await,
            _ => self.register(&mut done).await,
        }
        done
    }

    async fn create(&self, done: &mut Vec<Written>) {
        for value in 0.. {
            let sent = observation("created", value);
            let Some(answer) = self.send(Method::POST, "/fhir/Observation", ("x-n", "1"), &sent).await else {
                return;
            };
            done.push(Written::Created(answer.json()["id"].as_str().unwrap().to_owned(), value));
        }
    }

    async fn update(&self, done: &mut Vec<Written>) {
        let id = format!("u-{}-{}", self.round, self.number);
        for version in 1.. {
            let path = format!("/fhir/Observation/{id}");
            let guard = format!("W/\"{}\"", version - 1);
            let header = if version == 1 { ("x-n", "1") } else { ("if-match", guard.as_str()) };
            let sent = json!({ "id": id }).as_object().cloned().map(|mut o| {
                o.extend(observation("updated", version).as_object().unwrap().clone());
                Value::Object(o)
            });
            if self.send(Method::PUT, &path, header, &sent.unwrap()).await.is_none() {
                done.push(Written::Updated(id, version - 1));
                return;
            }
        }
    }

    async fn transact(&self, done: &mut Vec<Written>) {
        for number in 0.. {
            let marker = format!("t-{}-{}-{number}", self.round, self.number);
            let entries: Vec<Value> = (0..PARTS)
                .map(|part| {
                    let id = format!("{marker}-{part}");
                    let mut resource = observation(&marker, part);
                    resource["id"] = json!(id);
                    json!({ "resource": resource, "request": { "method": "PUT", "url": format!("Observation/{id}") } })
                })
                .collect();
            let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries });
            let answered = self.send(Method::POST, "/fhir", ("x-n", "1"), &bundle).await.is_some();
            done.push(Written::Transaction(marker, answered));
            if !answered {
                return;
            }
        }
    }

    async fn register(&self, done: &mut Vec<Written>) {
        for number in 0.. {
            let key = format!("r-{}-{}-{number}", self.round, self.number);
            let body = person(self.round << 40 | self.number << 30 | number);
            let answer = self.send(Method::POST, "/api/patients", ("idempotency-key", &key), &body).await;
            let id = answer.map(|a| a.json()["id"].as_str().unwrap().to_owned());
            let gone = id.is_none();
            done.push(Written::Registered(key, body, id));
            if gone {
                return;
            }
        }
    }
}

/// Lets writers loose on the server, kills it, and returns what was written.
async fn write_and_kill(place: &Place, token: &str, round: u64) -> Vec<Written> {
    let server = Arc::new(place.serve());
    let begun = Arc::new(AtomicBool::new(false));
    let mut writers = JoinSet::new();
    for number in 0..WRITERS {
        let (server, begun) = (Arc::clone(&server), Arc::clone(&begun));
        let writer = Writer { server, bearer: format!("Bearer {token}"), begun, round, number };
        writers.spawn(writer.run());
    }
    while !begun.load(Ordering::Acquire) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let life = StdRng::seed_from_u64(round).random_range(Duration::ZERO..LIFE_MAX);
    tokio::time::sleep(life).await;
    assert!(Command::new("kill").args(["-KILL", &server.id().to_string()]).status().unwrap().success());
    let mut all = Vec::new();
    while let Some(done) = writers.join_next().await {
        all.extend(done.unwrap());
    }
    all
}

/// Looks after one write. Reads go over HTTP, as a client's would.
async fn verify(server: &Server, token: &str, written: Written, tally: &mut Tally) {
    let read = async |id: &str| {
        let answer = server.get(token, &format!("/fhir/Observation/{id}")).await;
        (answer.status == StatusCode::OK).then(|| answer.json())
    };
    match written {
        Written::Created(id, value) => {
            tally.acknowledged += 1;
            tally.resources += 1;
            let found = read(&id).await;
            tally.lost += usize::from(found.is_none());
            assert_eq!(found.unwrap()["valueInteger"], value, "{id}");
        }
        Written::Updated(id, version) => {
            tally.acknowledged += usize::try_from(version).unwrap();
            tally.resources += usize::try_from(version).unwrap();
            tally.unanswered += 1;
            let found = read(&id).await;
            let there: u64 =
                found.as_ref().map_or(0, |f| f["meta"]["versionId"].as_str().unwrap().parse().unwrap());
            assert!(
                (version..=version + 1).contains(&there),
                "{id}: {version} was acknowledged, {there} is there"
            );
            if let Some(found) = found {
                assert_eq!(found["valueInteger"], there, "{id} is not the version it says");
            }
        }
        Written::Transaction(marker, answered) => {
            let mut there = 0;
            for part in 0..PARTS {
                there += u64::from(read(&format!("{marker}-{part}")).await.is_some());
            }
            if answered {
                tally.acknowledged += 1;
                tally.resources += usize::try_from(PARTS).unwrap();
                tally.lost += usize::from(there < PARTS);
            } else {
                tally.unanswered += 1;
            }
            tally.half_applied += usize::from(there != 0 && there != PARTS);
        }
        Written::Registered(key, body, id) => {
            let bearer = format!("Bearer {token}");
            let headers = [
                ("authorization", bearer.as_str()),
                ("content-type", "application/json"),
                ("idempotency-key", key.as_str()),
            ];
            let again =
                server.send(Method::POST, "/api/patients", &headers, body.to_string().as_bytes()).await;
            assert_eq!(again.status, StatusCode::CREATED, "{key}: {again:?}");
            let patient = again.json()["id"].as_str().unwrap().to_owned();
            match id {
                Some(id) => {
                    tally.acknowledged += 1;
                    tally.resources += 1;
                    tally.lost += usize::from(id != patient);
                }
                None => tally.unanswered += 1,
            }
            let family = body["demographics"]["family"].as_str().unwrap();
            let found = server.get(token, &format!("/fhir/Patient?family={family}")).await.json();
            let there: Vec<&str> = found["entry"]
                .as_array()
                .unwrap()
                .iter()
                .map(|e| e["resource"]["id"].as_str().unwrap())
                .collect();
            assert_eq!(there, [patient], "{key} made more than one patient");
        }
    }
}

async fn verify_all(place: &Place, token: &str, written: Vec<Written>, tally: &mut Tally) {
    let audit = place.json(&["audit", "verify", "--json"]);
    assert_eq!(audit["faults"], json!([]), "{audit}");
    let server = Arc::new(place.serve());
    let mut parts: Vec<Vec<Written>> = (0..WRITERS).map(|_| Vec::new()).collect();
    for (number, one) in written.into_iter().enumerate() {
        let at = number % parts.len();
        parts[at].push(one);
    }
    let mut readers = JoinSet::new();
    for part in parts {
        let (server, token) = (Arc::clone(&server), token.to_owned());
        readers.spawn(async move {
            let mut tally = Tally::default();
            for one in part {
                verify(&server, &token, one, &mut tally).await;
            }
            tally
        });
    }
    while let Some(part) = readers.join_next().await {
        let part = part.unwrap();
        tally.acknowledged += part.acknowledged;
        tally.resources += part.resources;
        tally.unanswered += part.unanswered;
        tally.half_applied += part.half_applied;
        tally.lost += part.lost;
    }
}

async fn torture(engine: &str, place: &Place) {
    let kills = std::env::var("GALEN_TORTURE_KILLS").map_or(KILLS, |n| n.parse().unwrap());
    place.add_user("feed", "integration");
    let (mut token, mut tally) = (String::new(), Tally::default());
    for round in 0..kills {
        if round.is_multiple_of(ROUNDS_PER_TOKEN) {
            token = place.token("feed");
        }
        let written = write_and_kill(place, &token, round).await;
        verify_all(place, &token, written, &mut tally).await;
    }
    println!(
        "killed server, {engine}: {kills} kills, {} acknowledged writes of {} resources, {} unanswered, {} lost, {} half-applied",
        tally.acknowledged, tally.resources, tally.unanswered, tally.lost, tally.half_applied
    );
    assert_eq!((tally.lost, tally.half_applied), (0, 0));
    assert!(tally.acknowledged > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_at_random_loses_nothing_on_sqlite() {
    torture("sqlite", &Place::new()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_at_random_loses_nothing_on_postgres() {
    let place = Place::on_postgres(galen_testkit::postgres::server().database());
    std::fs::write(place.path().join("galen.toml"), "shards = 3\n").unwrap();
    torture("postgres", &place).await;
}
