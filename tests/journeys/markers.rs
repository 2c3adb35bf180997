//! A thousand made-up words go in wherever a patient's particulars can go in: names, addresses, identifiers, texts,
//! queries, failed sign-ins, requests that are refused. None of them may be found in a file, a log, a metric or the text
//! of an error afterwards.

use crate::harness::{Answer, Place, Server};
use http::Method;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use std::cell::Cell;
use std::collections::HashMap;
use std::path::Path;

/// Words that go in.
const MARKERS: usize = 1_000;
/// What every word begins with, so that files can be searched fast; no language has it.
const BEGINNING: &[u8] = b"zqxj";
/// Letters of a word.
const LETTERS: usize = 16;

/// The words, handed out one after the other, and where each went.
struct Markers {
    words: Vec<String>,
    used: Cell<usize>,
    went: std::cell::RefCell<HashMap<String, String>>,
}

impl Markers {
    fn new() -> Self {
        let mut chance = StdRng::seed_from_u64(1_000);
        let mut word = || {
            let tail = (BEGINNING.len()..LETTERS).map(|_| char::from(chance.random_range(b'a'..=b'z')));
            String::from_utf8_lossy(BEGINNING).chars().chain(tail).collect::<String>()
        };
        let words = (0..MARKERS).map(|_| word()).collect();
        Self { words, used: Cell::new(0), went: HashMap::new().into() }
    }

    fn next(&self, place: &str) -> String {
        let word = self.words[self.used.get()].clone();
        self.used.set(self.used.get() + 1);
        self.went.borrow_mut().insert(word.clone(), place.to_owned());
        word
    }

    fn are_left(&self) -> bool {
        self.used.get() + 60 < MARKERS
    }

    /// Words found in these bytes, in any case, with where each went in.
    fn found_in(&self, bytes: &[u8]) -> Vec<String> {
        let bytes = bytes.to_ascii_lowercase();
        let went = self.went.borrow();
        let mut found: Vec<String> = memchr_all(&bytes)
            .filter_map(|at| std::str::from_utf8(bytes.get(at..at + LETTERS)?).ok())
            .filter_map(|word| went.get(word).cloned())
            .collect();
        found.sort();
        found.dedup();
        found
    }
}

/// Where the beginning of a word stands.
fn memchr_all(bytes: &[u8]) -> impl Iterator<Item = usize> {
    bytes.windows(BEGINNING.len()).enumerate().filter(|(_, w)| *w == BEGINNING).map(|(at, _)| at)
}

/// Every file below a folder, with the words found in it.
fn search_files(folder: &Path, markers: &Markers, wrong: &mut Vec<String>) -> u64 {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            bytes += search_files(&path, markers, wrong);
            continue;
        }
        let content = std::fs::read(&path).unwrap();
        bytes += content.len() as u64;
        for place in markers.found_in(&content) {
            wrong.push(format!("{}: {place}", path.file_name().unwrap().to_string_lossy()));
        }
    }
    bytes
}

/// Sends what carries the words.
struct Sender<'t> {
    server: &'t Server,
    token: &'t str,
    markers: &'t Markers,
    wrong: std::cell::RefCell<Vec<String>>,
}

impl Sender<'_> {
    async fn raw(&self, method: Method, path: &str, kind: &str, body: &[u8]) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let headers = [("authorization", bearer.as_str()), ("content-type", kind)];
        self.server.send(method, path, &headers, body).await
    }

    async fn accepted(&self, method: Method, path: &str, body: &Value) -> Answer {
        let answer = self.raw(method, path, "application/json", body.to_string().as_bytes()).await;
        assert!(answer.status.is_success(), "{path}: {}", String::from_utf8_lossy(&answer.body));
        answer
    }

    /// A request that must be refused, by an error that does not repeat what was sent.
    async fn refused(&self, what: &str, method: Method, path: &str, body: &[u8]) {
        let answer = self.raw(method, path, "application/json", body).await;
        if !answer.status.is_client_error() {
            self.wrong.borrow_mut().push(format!("{what} is not refused: {}", answer.status));
        }
        let text = format!("{:?} {}", answer.headers, String::from_utf8_lossy(&answer.body));
        if !self.markers.found_in(text.as_bytes()).is_empty() {
            self.wrong.borrow_mut().push(format!("the error of {what}: {text}"));
        }
    }

    async fn registrations(&self, number: usize) -> String {
        let m = |place: &str| self.markers.next(place);
        let body = json!({ "demographics": {
            "family": m("registered family name"), "given": [m("registered given name")], "gender": "other",
            "birthDate": format!("19{:02}-01-{:02}", number % 100, number / 100 % 28 + 1), "email": format!("{}@example.org", m("registered e-mail")),
            "phone": m("registered telephone"), "address": [m("registered address"), m("registered postcode")],
        } });
        let answer = self.accepted(Method::POST, "/api/patients", &body).await;
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    async fn resources(&self, patient: &str) {
        let m = |place: &str| self.markers.next(place);
        let id = format!("m{}", self.markers.used.get());
        let div = format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{}</div>", m("narrative"));
        let resource = json!({
            "resourceType": "Patient", "id": id,
            "text": { "status": "generated", "div": div },
            "identifier": [{ "system": format!("urn:{}", m("identifier system")), "value": m("identifier value") }],
            "name": [{ "family": m("FHIR family name"), "given": [m("FHIR given name")] }],
            "address": [{ "line": [m("FHIR address line")], "city": m("FHIR city"), "postalCode": m("FHIR postcode") }],
            "contact": [{ "name": { "text": m("FHIR contact") } }],
            "extension": [{ "url": "http://example.org/x", "valueString": m("extension") }],
        });
        self.accepted(Method::PUT, &format!("/fhir/Patient/{id}"), &resource).await;
        let observation = json!({
            "resourceType": "Observation", "status": "final", "subject": { "reference": format!("Patient/{patient}") },
            "code": { "text": m("observation code text"), "coding": [{ "system": "http://loinc.org", "code": m("observation code") }] },
            "valueString": m("observation value"), "note": [{ "text": m("observation note") }],
        });
        let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": [
            { "resource": observation, "request": { "method": "POST", "url": "Observation",
                "ifNoneExist": format!("code={}", m("conditional create")) } },
        ] });
        self.accepted(Method::POST, "/fhir", &bundle).await;
    }

    async fn queries(&self) {
        let m = |place: &str| self.markers.next(place);
        for path in [
            format!("/fhir/Patient?name={}", m("searched name")),
            format!("/fhir/Patient?identifier=urn:x|{}", m("searched identifier")),
            format!("/fhir/Observation?patient.family={}", m("searched chain")),
            format!("/fhir/Observation?code={}&_count=1", m("searched code")),
            format!("/api/patients?name={}", m("searched in registration")),
            format!("/api/patients?nhsNumber={}", m("number searched in registration")),
        ] {
            self.accepted(Method::GET, &path, &Value::Null).await;
        }
        let form = format!("family={}", m("searched by form"));
        let kind = "application/x-www-form-urlencoded";
        let answer = self.raw(Method::POST, "/fhir/Patient/_search", kind, form.as_bytes()).await;
        assert!(answer.status.is_success());
    }

    async fn refusals(&self) {
        let m = |place: &str| self.markers.next(place);
        let (get, post, put) = (Method::GET, Method::POST, Method::PUT);
        self.refused("an absent resource", get.clone(), &format!("/fhir/Patient/{}", m("absent id")), b"")
            .await;
        let path = format!("/api/patients/{}", m("absent patient"));
        self.refused("an absent patient", get.clone(), &path, b"").await;
        let path = format!("/{}/{}", m("unknown address"), m("unknown address"));
        self.refused("an unknown address", get.clone(), &path, b"").await;
        let path = format!("/fhir/Patient?birthdate={}", m("date searched"));
        self.refused("a search by what is no date", get, &path, b"").await;
        let body = format!("{{\"resourceType\":\"Patient\",\"name\":[{{\"family\":\"{}\"", m("cut off"));
        self.refused("JSON that is cut off", post.clone(), "/fhir/Patient", body.as_bytes()).await;
        let body = json!({ "resourceType": "Patient", "birthDate": m("birth date") });
        self.refused("what is no date", post.clone(), "/fhir/Patient", body.to_string().as_bytes()).await;
        let body = json!({ "resourceType": "Patient", "name": m("name as text") });
        self.refused("a wrong type", post.clone(), "/fhir/Patient", body.to_string().as_bytes()).await;
        let body = json!({ "resourceType": "Patient", "id": "other", "name": [{ "family": m("wrong id") }] });
        self.refused("another id", put, "/fhir/Patient/one", body.to_string().as_bytes()).await;
        let body =
            json!({ "demographics": { "family": m("bad NHS number"), "nhsNumber": m("no NHS number") } });
        self.refused("what is no NHS number", post.clone(), "/api/patients", body.to_string().as_bytes())
            .await;
        let body = json!({ "demographics": { "family": "x", "birthDate": m("no birth date") } });
        self.refused("what is no birth date", post.clone(), "/api/patients", body.to_string().as_bytes())
            .await;
        let body = format!("{{\"demographics\":{{\"family\":[\"{}\"]}}}}", m("family of a wrong type"));
        self.refused("a family of a wrong type", post.clone(), "/api/patients", body.as_bytes()).await;
        let body = format!("{{\"demographics\":{{\"family\":\"x\",\"email\":\"{}\"}} \"", m("bad REST JSON"));
        self.refused("REST JSON that is wrong", post.clone(), "/api/patients", body.as_bytes()).await;
        let body = json!({ "name": m("sign-in name"), "password": m("password") });
        self.refused("a failed sign-in", post, "/api/session", body.to_string().as_bytes()).await;
    }
}

/// Everything goes in, in rounds, until the words are used up. What errors gave away.
async fn send_all(server: &Server, token: &str, markers: &Markers) -> Vec<String> {
    let sender = Sender { server, token, markers, wrong: Vec::new().into() };
    let mut round = 0;
    while markers.are_left() {
        let patient = sender.registrations(round).await;
        sender.resources(&patient).await;
        sender.queries().await;
        sender.refusals().await;
        round += 1;
    }
    while markers.used.get() < MARKERS {
        let path = format!("/fhir/Patient?family={}", markers.next("searched family"));
        sender.accepted(Method::GET, &path, &Value::Null).await;
    }
    // The search itself works, in any case of letters.
    assert_eq!(markers.found_in(markers.words[1].to_uppercase().as_bytes()).len(), 1);
    let metrics = server.send(Method::GET, "/metrics", &[], b"").await;
    let mut wrong = sender.wrong.into_inner();
    wrong.extend(markers.found_in(&metrics.body).into_iter().map(|place| format!("/metrics: {place}")));
    wrong
}

fn assert_none(mut wrong: Vec<String>, bytes: u64) {
    wrong.sort();
    wrong.dedup();
    println!("{MARKERS} markers, {bytes} bytes of files searched, {} finds", wrong.len());
    assert!(wrong.is_empty(), "{} finds:\n{}", wrong.len(), wrong.join("\n"));
}

/// The most that an operator would turn the log up to.
fn talkative(place: &Place) {
    std::fs::write(place.path().join("galen.toml"), "[log]\nlevel = \"debug\"\n").unwrap();
}

#[tokio::test]
async fn no_word_of_a_patient_is_in_any_file_of_sqlite() {
    let (place, markers) = (Place::new(), Markers::new());
    talkative(&place);
    place.add_user("feed", "integration");
    let token = place.token("feed");
    let mut server = place.serve();
    let mut wrong = send_all(&server, &token, &markers).await;

    // As a thief finds it: the process ended in the middle of work, with all that it had not tidied up.
    server.stop("KILL");
    assert!(
        std::fs::metadata(place.path().join("main-00.db-wal")).is_ok_and(|wal| wal.len() > 0),
        "there is a WAL"
    );
    let mut bytes = search_files(place.path(), &markers, &mut wrong);

    // As it lies after an orderly stop, and in a backup; the audit's checkpoints and the logs lie there, too.
    let mut server = place.serve();
    let known = markers.words[0].clone();
    assert!(
        server.get(&token, &format!("/fhir/Patient?family={known}")).await.json()["entry"].is_array(),
        "it is there"
    );
    assert_eq!(server.stop("TERM"), Some(0));
    let backup = tempfile::tempdir().unwrap();
    let target = backup.path().join("backup");
    assert!(place.run(&["backup", target.to_str().unwrap()]).status.success());
    bytes += search_files(place.path(), &markers, &mut wrong);
    bytes += search_files(backup.path(), &markers, &mut wrong);
    assert!(place.path().join("checkpoints").join("latest.checkpoint").exists());
    assert!(std::fs::metadata(&server.log).unwrap().len() > 0, "there is a log");
    assert_none(wrong, bytes);
}

#[tokio::test]
async fn no_word_of_a_patient_is_in_logs_metrics_or_errors_on_postgres() {
    let place = Place::on_postgres(galen_testkit::postgres::server().database());
    talkative(&place);
    let markers = Markers::new();
    place.add_user("feed", "integration");
    let token = place.token("feed");
    let mut server = place.serve();
    let mut wrong = send_all(&server, &token, &markers).await;
    assert_eq!(server.stop("TERM"), Some(0));
    // The data directory has the logs, keys and checkpoints; the database is behind the operator's disk encryption.
    let bytes = search_files(place.path(), &markers, &mut wrong);
    assert!(std::fs::metadata(&server.log).unwrap().len() > 0, "there is a log");
    assert_none(wrong, bytes);
}
