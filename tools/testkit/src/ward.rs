//! A house for one test, in this process: a clock that the test moves, seeded chance, users of every kind, a client.

use axum::Router;
use axum::body::Body;
use galen_access::actor::ActorKind;
use galen_access::roles::RoleCatalogue;
use galen_access::{Actor, Context, Position, PurposeOfUse, token, user};
use galen_audit::JournalBody;
use galen_kernel::{Clock, Entropy, Instant, PatientId, PractitionerId, RequestId, UserId};
use galen_outbound::Rules;
use galen_service::build::{Plan, house};
use galen_service::limits::LimitFigures;
use galen_service::strictness::FacilityStrictness;
use galen_service::{House, Service, Settings};
use galen_store::{ChainId, Engine, JournalPosition, KeySource, ShardId, Store, StoreConfig, WriteSet};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use tower::ServiceExt;

/// Where the house believes to be.
pub const ORIGIN: &str = "http://galen.test";
/// When the clock starts.
pub const START: i64 = 1_790_000_000_000_000;

pub struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Instant {
        Instant::from_micros(self.0.load(Ordering::SeqCst))
    }
}

pub struct Seeded(AtomicU64);

impl Entropy for Seeded {
    fn fill(&self, out: &mut [u8]) {
        for chunk in out.chunks_mut(8) {
            let mut z = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::SeqCst);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^= z >> 31;
            chunk.copy_from_slice(&z.to_le_bytes()[..chunk.len()]);
        }
    }
}

pub struct Ward {
    pub house: Arc<House>,
    pub clock: Arc<TestClock>,
    router: Router,
    _directory: tempfile::TempDir,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self
    }

    /// Ids of the matches of a search, in order.
    pub fn ids(&self) -> Vec<String> {
        self.of_mode("match").into_iter().map(|r| r["id"].as_str().unwrap().to_owned()).collect()
    }

    pub fn of_mode(&self, mode: &str) -> Vec<Value> {
        let json = self.json();
        let entries = json["entry"].as_array().cloned().unwrap_or_default();
        entries.into_iter().filter(|e| e["search"]["mode"] == mode).map(|e| e["resource"].clone()).collect()
    }

    pub fn link(&self, relation: &str) -> Option<String> {
        let json = self.json();
        let found = json["link"].as_array()?.iter().find(|l| l["relation"] == relation)?.clone();
        Some(found["url"].as_str().unwrap().to_owned())
    }

    /// The location of the first issue, and its text.
    pub fn issue(&self) -> (String, String) {
        let json = self.json();
        let issue = &json["issue"][0];
        let place = issue["expression"][0].as_str().unwrap_or_default().to_owned();
        (place, issue["diagnostics"].as_str().unwrap_or_default().to_owned())
    }
}

pub struct Client<'w> {
    ward: &'w Ward,
    token: String,
    headers: Vec<(String, String)>,
    base: &'static str,
}

impl Client<'_> {
    /// Paths are below this from now on, for example `/fhir`.
    pub fn at(mut self, base: &'static str) -> Self {
        self.base = base;
        self
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub async fn send(&self, method: &str, path: &str, body: impl Into<Vec<u8>>) -> Reply {
        let own = format!("{ORIGIN}{}", self.base);
        let path = path.strip_prefix(own.as_str()).unwrap_or(path);
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        if !self.token.is_empty() {
            request = request.header("authorization", format!("Bearer {}", self.token));
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request.body(Body::from(body.into())).unwrap();
        let response = self.ward.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        Reply { status: parts.status, headers: parts.headers, bytes }
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, Vec::new()).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send("POST", path, body.to_string()).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Reply {
        self.send("PUT", path, body.to_string()).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.send("DELETE", path, Vec::new()).await
    }

    /// Creates a FHIR resource and gives the id.
    pub async fn create(&self, resource: &Value) -> String {
        let kind = resource["resourceType"].as_str().unwrap();
        let made = self.post(&format!("/{kind}"), resource).await.expect(201).json();
        made["id"].as_str().unwrap().to_owned()
    }
}

impl Ward {
    /// A house with these services and the usual limits.
    pub async fn new(services: Vec<&'static Service>) -> Self {
        Self::of(LimitFigures::default(), services).await
    }

    /// A house with these services and limits.
    pub async fn of(limits: LimitFigures, services: Vec<&'static Service>) -> Self {
        Self::built(limits, Rules::default(), FacilityStrictness::default(), Settings::default(), services)
            .await
    }

    /// A house with these services that checks what is written so strictly.
    pub async fn strict(strictness: FacilityStrictness, services: Vec<&'static Service>) -> Self {
        Self::built(LimitFigures::default(), Rules::default(), strictness, Settings::default(), services)
            .await
    }

    /// A house with these services that may call these hosts, each with its port.
    pub async fn calling(allowed: Vec<String>, services: Vec<&'static Service>) -> Self {
        let outbound = Rules { allowed, plaintext: false };
        Self::set(outbound, Settings::default(), services).await
    }

    /// A house with these services, whom it may call, and what is set for them.
    pub async fn set(outbound: Rules, settings: Settings, services: Vec<&'static Service>) -> Self {
        Self::built(LimitFigures::default(), outbound, FacilityStrictness::default(), settings, services)
            .await
    }

    async fn built(
        limits: LimitFigures,
        outbound: Rules,
        strictness: FacilityStrictness,
        settings: Settings,
        services: Vec<&'static Service>,
    ) -> Self {
        let directory = tempfile::tempdir().unwrap();
        // The same tests hold on the other engine, with several shards: GALEN_TEST_ENGINE=postgres runs them there.
        let engine = if std::env::var("GALEN_TEST_ENGINE").is_ok_and(|engine| engine == "postgres") {
            Engine::Postgres { url: crate::postgres::server().database(), shards: 3 }
        } else {
            Engine::Sqlite { directory: directory.path().join("data") }
        };
        let store = Store::open(StoreConfig {
            engine,
            zone: "t1".to_owned(),
            key: KeySource::File(directory.path().join("key")),
        })
        .await
        .unwrap();
        let clock = Arc::new(TestClock(AtomicI64::new(START)));
        let plan = Plan {
            store,
            clock: clock.clone(),
            entropy: Arc::new(Seeded(AtomicU64::new(7))),
            limits,
            origin: ORIGIN.to_owned(),
            outbound,
            settings,
            strictness,
            catalogue: RoleCatalogue::shipped().unwrap(),
            all: services.clone(),
            run: services.clone(),
        };
        let house = house(plan).await.unwrap();
        let router = galen_service::http::router(&house, &services);
        let ward = Self { house, clock, router, _directory: directory };
        for (name, kind, role) in [
            ("fhir", ActorKind::Service, "integration"),
            ("doctor", ActorKind::Staff, "doctor"),
            ("nurse", ActorKind::Staff, "nurse"),
            ("clerk", ActorKind::Staff, "receptionist"),
            ("lab", ActorKind::Staff, "biomedical-scientist"),
            ("pharmacist", ActorKind::Staff, "pharmacist"),
            ("privacy", ActorKind::Staff, "privacy-officer"),
            ("guardian", ActorKind::Staff, "caldicott-guardian"),
            ("support", ActorKind::Staff, "systems-support"),
            ("admin", ActorKind::Staff, "administrator"),
            ("records", ActorKind::Staff, "records-manager"),
        ] {
            ward.add_user(name, kind, role, None).await;
        }
        ward
    }

    /// Moves the clock.
    pub fn pass_seconds(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }

    pub async fn add_user(&self, name: &str, kind: ActorKind, role: &str, patient: Option<&str>) {
        let patient = patient.map(|p| PatientId::parse(p).unwrap());
        self.add_account(name, kind, role, |account| account.patient = patient).await;
    }

    /// Staff whose position holds at one facility only.
    pub async fn add_user_at(&self, name: &str, role: &str, facility: &str) {
        let at = |account: &mut user::User| account.positions[0].facility = Some(facility.to_owned());
        self.add_account(name, ActorKind::Staff, role, at).await;
    }

    /// Staff who are this practitioner.
    pub async fn add_practitioner_user(&self, name: &str, role: &str, practitioner: &str) {
        let practitioner = PractitionerId::parse(practitioner).unwrap();
        let is = |account: &mut user::User| account.practitioner = Some(practitioner);
        self.add_account(name, ActorKind::Staff, role, is).await;
    }

    async fn add_account(&self, name: &str, kind: ActorKind, role: &str, make: impl FnOnce(&mut user::User)) {
        let role = self.house.access.catalogue.find(role).unwrap().code().to_owned();
        let position = Position { role, facility: None, added: vec![] };
        let mut account =
            user::User::new(name.to_owned(), kind, position, "x".to_owned(), Instant::from_micros(0));
        make(&mut account);
        let id = UserId::parse(format!("user-{name}")).unwrap();
        let stored = user::StoredUser { id, version: 0, user: account };
        let operations = stored.add().unwrap();
        self.house
            .store
            .commit(WriteSet { shard: user::HOME, at: self.house.clock.now(), operations, journal: None })
            .await
            .unwrap();
    }

    pub async fn add_patient_user(&self, name: &str, patient: &str) {
        self.add_user(name, ActorKind::Patient, "patient", Some(patient)).await;
    }

    pub fn as_user(&self, name: &str) -> Client<'_> {
        self.as_account(&UserId::parse(format!("user-{name}")).unwrap())
    }

    /// The client of an account that the ward did not make itself.
    pub fn as_account(&self, id: &UserId) -> Client<'_> {
        let keys = self.house.access.keys();
        let token = token::issue(&keys[0], id, self.house.clock.now(), 3600, "j".to_owned()).unwrap();
        Client { ward: self, token, headers: Vec::new(), base: "" }
    }

    pub fn nobody(&self) -> Client<'_> {
        Client { ward: self, token: String::new(), headers: Vec::new(), base: "" }
    }

    pub async fn context(&self, name: &str) -> Context {
        let id = UserId::parse(format!("user-{name}")).unwrap();
        let now = self.house.clock.now();
        let (actor, _): (Arc<Actor>, _) = self.house.access.actor(&id, now).await.unwrap().unwrap();
        Context {
            actor,
            purpose: PurposeOfUse::Hoperat,
            at: now,
            request: RequestId::parse("r-1").unwrap(),
            client: String::new(),
            session: None,
            multi_factor: false,
        }
    }

    /// Every audit entry so far, chain by chain.
    pub async fn journal(&self) -> Vec<JournalBody> {
        let mut all = Vec::new();
        for shard in (0..self.house.store.shards()).map(ShardId) {
            for head in self.house.store.journal_heads(shard).await.unwrap() {
                let mut after = JournalPosition { chain: ChainId(head.position.chain.0), sequence: 0 };
                loop {
                    let rows = self.house.store.journal(shard, after, 500).await.unwrap();
                    let Some(last) = rows.last() else { break };
                    after = last.position;
                    all.extend(rows.iter().map(|r| JournalBody::parse(r.body.as_deref().unwrap()).unwrap()));
                }
            }
        }
        all
    }

    /// How many audit entries `work` writes.
    pub async fn entries_of(&self, work: impl Future<Output = Reply>) -> (Reply, Vec<JournalBody>) {
        // By content, not by place: several chains of several shards grow at once.
        let before = self.journal().await;
        let reply = work.await;
        let mut after = self.journal().await;
        after.retain(|entry| !before.contains(entry));
        (reply, after)
    }
}
