//! A clinic with two patients, of whom one is sealed, and appointments of both.

use galen_access::proxy::{Kinship, Proxy, ProxyScope, StoredProxy};
use galen_audit::Interaction;
use galen_fhir::{ResourceType, array, object};
use galen_kernel::{Clock, PatientId, Phi, UserId};
use galen_outbound::Rules;
use galen_records::Change;
use galen_service::observe::{Draft, commit};
use galen_service::reaction::system_context;
use galen_service::{Service, Settings};
use galen_store::{Expected, ShardId, WriteSet};
use galen_testkit::ward::{Reply, Ward};
use serde_json::{Value, json};

pub const TEN: &str = "2026-09-22T09:00:00.000Z";
pub const ELEVEN: &str = "2026-09-22T10:00:00.000Z";
pub const NOON: &str = "2026-09-22T11:00:00.000Z";

pub fn services() -> Vec<&'static Service> {
    vec![
        &galen_directory::SERVICE,
        &galen_registration::SERVICE,
        &galen_scheduling::SERVICE,
        &galen_messaging::SERVICE,
        &galen_fhir_api::SERVICE,
        &galen_service::accounts::SERVICE,
        &galen_graphql::SERVICE,
    ]
}

pub struct Scene {
    pub ward: Ward,
    /// A patient, with the account `ada`.
    pub open: String,
    /// Another whose record is sealed.
    pub sealed: String,
    pub service: String,
    pub schedule: String,
    /// An appointment of each.
    pub of_open: String,
    pub of_sealed: String,
}

fn id(view: &Value) -> String {
    view["id"].as_str().unwrap().to_owned()
}

fn patient(family: &str) -> Value {
    json!({ "resourceType": "Patient", "name": [{ "family": family, "given": ["Ada"] }], "birthDate": "1985-12-10" })
}

impl Scene {
    pub async fn open() -> Self {
        Self::set(Settings::default()).await
    }

    pub async fn set(settings: Settings) -> Self {
        let ward = Ward::set(Rules::default(), settings, services()).await;
        let (admin, fhir) = (ward.as_user("admin"), ward.as_user("fhir").at("/fhir"));
        let service =
            json!({ "name": "Diabetes clinic", "minutes": 20, "portal": "self-book", "noticeMinutes": 60 });
        let service = id(&admin.post("/api/services", &service).await.expect(201).json());
        let king = json!({ "resourceType": "Practitioner", "id": "7", "name": [{ "prefix": ["Dr"], "given": ["Ada"], "family": "King" }] });
        fhir.put("/Practitioner/7", &king).await.expect(201);
        let place = json!({ "resourceType": "Location", "id": "outpatients", "name": "Outpatients" });
        fhir.put("/Location/outpatients", &place).await.expect(201);
        let timetable = json!({
            "actor": "Practitioner/7", "zone": "Europe/London", "clinic": "outpatients", "capacity": 2,
            "sessions": [{ "days": ["mon", "tue", "wed", "thu", "fri"], "start": "09:00", "end": "17:00" }],
        });
        let schedule = id(&admin.post("/api/schedules", &timetable).await.expect(201).json());
        let open = fhir.create(&patient("Lovelace")).await;
        let sealed = fhir.create(&patient("Secret")).await;
        ward.add_patient_user("ada", &open).await;
        let mut scene =
            Self { ward, open, sealed, service, schedule, of_open: String::new(), of_sealed: String::new() };
        scene.of_open = scene.booked(&scene.open, TEN).await;
        scene.of_sealed = scene.booked(&scene.sealed, ELEVEN).await;
        scene.relate("doctor", &scene.sealed).await;
        scene.seal().await;
        scene
    }

    async fn relate(&self, user: &str, patient: &str) {
        let declared = json!({ "user": user, "patient": patient, "days": 30 });
        self.ward.as_user("clerk").post("/api/access/relationships", &declared).await.expect(201);
    }

    /// Nobody may by FHIR seal what they could not open afterwards.
    async fn seal(&self) {
        let house = &self.ward.house;
        let kind = ResourceType::parse("Patient").unwrap();
        let stored = house.records.get(kind, &self.sealed).await.unwrap().unwrap();
        let mut resource = stored.resource().unwrap().unwrap();
        let system = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
        let label = object! { "system" => system, "code" => "R" };
        resource.json_mut().as_object_mut().unwrap().insert("meta", object! { "security" => array![label] });
        let mut change = Change::new();
        let read = Expected::Version(stored.document.version);
        change.put(&house.records, &mut resource, read, house.clock.now());
        let draft = Draft::new("seal", Interaction::Update);
        commit(house, &system_context(house, "test").unwrap(), draft, change).await.unwrap().unwrap();
    }

    async fn booked(&self, patient: &str, start: &str) -> String {
        let wanted = json!({ "patient": patient, "service": self.service, "start": start, "schedules": [self.schedule] });
        id(&self.ward.as_user("clerk").post("/api/appointments", &wanted).await.expect(201).json())
    }

    pub async fn ask(&self, user: &str, query: &str, variables: Value) -> Reply {
        let body = json!({ "query": query, "variables": variables });
        self.ward.as_user(user).with("content-type", "application/json").post("/graphql", &body).await
    }

    /// The answer's data, without errors.
    pub async fn data(&self, user: &str, query: &str, variables: Value) -> Value {
        let answer = self.ask(user, query, variables).await.expect(200).json();
        assert_eq!(answer.get("errors"), None, "{answer}");
        answer["data"].clone()
    }

    /// The codes of the answer's errors, and its data.
    pub async fn codes(&self, user: &str, query: &str, variables: Value) -> (Vec<String>, Value) {
        codes(&self.ask(user, query, variables).await.expect(200).json())
    }

    /// Lets `user` act for `patient` for ten days.
    pub async fn let_act(&self, user: &str, patient: &str, scopes: &[ProxyScope]) {
        let now = self.ward.clock.now();
        let holder = UserId::parse(format!("user-{user}")).unwrap();
        let proxy = Proxy {
            holder: holder.clone(),
            name: Phi::new(user.to_owned()),
            patient: PatientId::parse(patient).unwrap(),
            kinship: Kinship::Parent,
            scopes: scopes.to_vec(),
            from: now,
            until: now.plus_micros(864_000_000_000),
            given_by: UserId::parse("user-clerk").unwrap(),
        };
        let stored = StoredProxy { id: format!("{user}-{patient}"), version: 0, proxy };
        let operations = vec![stored.add().unwrap()];
        let set = WriteSet { shard: ShardId(0), at: now, operations, journal: None };
        self.ward.house.store.commit(set).await.unwrap();
        self.ward.house.access.forget(&holder);
    }
}

pub fn codes(answer: &Value) -> (Vec<String>, Value) {
    let errors = answer["errors"].as_array().cloned().unwrap_or_default();
    let code = |error: &Value| error["extensions"]["code"].as_str().unwrap().to_owned();
    (errors.iter().map(code).collect(), answer["data"].clone())
}
