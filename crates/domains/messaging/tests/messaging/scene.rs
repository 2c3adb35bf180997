//! A house with messaging, an outlet that fares as it is told to, and somebody who books appointments.

use futures_util::future::BoxFuture;
use galen_audit::Interaction;
use galen_contracts::scheduling::{
    AppointmentBookedV1, AppointmentCancelledV1, AppointmentRequestedV1, AppointmentRescheduledV1,
};
use galen_fhir::Resource;
use galen_kernel::{Contract, Instant, PatientId, Phi};
use galen_messaging::decide::Outcome;
use galen_messaging::jobs::{Customs, Messaging, Outlet, Parcel, Worker};
use galen_outbound::Rules;
use galen_records::Change;
use galen_service::observe::{Draft, commit};
use galen_service::reaction::system_context;
use galen_service::{House, Service, Settings};
use galen_store::Expected;
use galen_testkit::ward::Ward;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

pub const SECRET: &str = "between-us";
pub const PHONE: &str = "07700 900123";
pub const DAY: i64 = 86_400;
const SERVICES: &[&Service] = &[&galen_messaging::SERVICE, &galen_service::accounts::SERVICE];

/// What an outlet does with the next parcels; then it takes them.
#[derive(Debug, Clone, Copy)]
pub enum Fare {
    /// Nobody is there.
    Down,
    /// It takes the message and never says so.
    Lost,
    /// It will not take it.
    Reject,
    /// It takes the message, and the server dies before it hears so.
    TakeAndHang,
}

#[derive(Default)]
struct Shared {
    fares: Vec<Fare>,
    /// Every attempt.
    tried: Vec<Parcel>,
    /// What went out: each key once, as providers do it.
    out: Vec<Parcel>,
    keys: BTreeSet<String>,
}

/// An outlet.
#[derive(Clone, Default)]
pub struct Provider(Arc<Mutex<Shared>>);

impl Provider {
    pub fn fares(&self, fares: &[Fare]) {
        self.0.lock().unwrap().fares = fares.to_vec();
    }

    /// What went out since this was asked last.
    pub fn out(&self) -> Vec<Parcel> {
        std::mem::take(&mut self.0.lock().unwrap().out)
    }

    pub fn tries(&self) -> usize {
        self.0.lock().unwrap().tried.len()
    }

    fn take(&self, parcel: &Parcel) -> Option<Fare> {
        let mut shared = self.0.lock().unwrap();
        shared.tried.push(parcel.clone());
        let fare = if shared.fares.is_empty() { None } else { Some(shared.fares.remove(0)) };
        let is_taken = !matches!(fare, Some(Fare::Down | Fare::Reject));
        if is_taken && shared.keys.insert(parcel.key.clone()) {
            shared.out.push(parcel.clone());
        }
        fare
    }
}

impl Outlet for Provider {
    fn send<'s>(&'s self, _: &'s House, parcel: &'s Parcel) -> BoxFuture<'s, Outcome> {
        Box::pin(async move {
            match self.take(parcel) {
                None => Outcome::Accepted,
                Some(Fare::Down) => Outcome::Unreachable(None),
                Some(Fare::Lost) => Outcome::Unanswered,
                Some(Fare::Reject) => Outcome::Refused,
                Some(Fare::TakeAndHang) => std::future::pending().await,
            }
        })
    }
}

pub struct Scene {
    pub ward: Ward,
    pub email: Provider,
    pub sms: Provider,
    versions: AtomicU32,
}

pub fn customs() -> Customs {
    Customs {
        hospital: "Aldermoor".to_owned(),
        sender: Some("appointments@aldermoor.example".to_owned()),
        callback_secret: Some(Phi::new(SECRET.to_owned())),
        ..Customs::default()
    }
}

impl Scene {
    pub async fn new() -> Self {
        let (email, sms) = (Provider::default(), Provider::default());
        let messaging = Messaging {
            customs: customs(),
            email: Some(Arc::new(email.clone())),
            sms: Some(Arc::new(sms.clone())),
        };
        let mut scene = Self::with(messaging, Rules::default()).await;
        (scene.email, scene.sms) = (email, sms);
        scene
    }

    pub async fn with(messaging: Messaging, outbound: Rules) -> Self {
        let settings = Settings::default().with(messaging);
        let ward = Ward::set(outbound, settings, SERVICES.to_vec()).await;
        let scene =
            Self { ward, email: Provider::default(), sms: Provider::default(), versions: AtomicU32::new(0) };
        let telecom = json!([{ "system": "phone", "use": "mobile", "value": PHONE },
                             { "system": "email", "value": "ada@example.org" }]);
        scene.patient("ada", telecom).await;
        scene.ward.add_patient_user("ada", "ada").await;
        scene.patient("bob", json!([])).await;
        scene.ward.add_patient_user("bob", "bob").await;
        scene
    }

    pub fn now(&self) -> Instant {
        self.ward.house.clock.now()
    }

    pub async fn put(&self, json: Value) {
        self.commit(&[json], |_| {}).await;
    }

    /// Writes resources and tells events, as another domain does.
    async fn commit(&self, resources: &[Value], tell: impl FnOnce(&mut Change)) {
        let house = &self.ward.house;
        let mut change = Change::new();
        for json in resources {
            let mut resource = Resource::parse(json.to_string().as_bytes()).unwrap();
            let id = resource.id().unwrap().to_owned();
            let found = house.records.get(resource.resource_type(), &id).await.unwrap();
            let expected = found.map_or(Expected::Absent, |one| Expected::Version(one.document.version));
            change.put(&house.records, &mut resource, expected, self.now());
        }
        tell(&mut change);
        let draft = Draft::new("test", Interaction::Create);
        commit(house, &system_context(house, "test").unwrap(), draft, change).await.unwrap().unwrap();
    }

    pub async fn patient(&self, id: &str, telecom: Value) {
        let mut json = json!({ "resourceType": "Patient", "id": id,
                               "name": [{ "given": ["Ada"], "family": "Lovelace" }] });
        if telecom.as_array().is_some_and(|list| !list.is_empty()) {
            json["telecom"] = telecom;
        }
        self.put(json).await;
    }

    fn appointment(&self, status: &str, patient: &str, start: i64) -> Value {
        let at = |seconds: i64| self.now().plus_micros(seconds * 1_000_000).to_string();
        json!({ "resourceType": "Appointment", "id": format!("a-{patient}"), "status": status,
                "start": at(start), "end": at(start + 1_800),
                "participant": [{ "actor": { "reference": format!("Patient/{patient}") }, "status": "accepted" }] })
    }

    async fn tell(&self, resource: Value, event: &impl Contract) {
        self.commit(&[resource], |change| change.event(event)).await;
        self.relay().await;
    }

    fn next(&self) -> u64 {
        u64::from(self.versions.fetch_add(1, Ordering::SeqCst)) + 1
    }

    /// Books for a patient, so many seconds from now.
    pub async fn book(&self, patient: &str, start: i64, by_patient: bool) {
        let event = AppointmentBookedV1 {
            appointment: format!("a-{patient}"),
            patient: PatientId::parse(patient).unwrap(),
            version: self.next(),
            by_patient,
        };
        self.tell(self.appointment("booked", patient, start), &event).await;
    }

    /// Books ada at a place.
    pub async fn book_at(&self, location: &str, start: i64) {
        let mut appointment = self.appointment("booked", "ada", start);
        let place = json!({ "actor": { "reference": format!("Location/{location}") }, "status": "accepted" });
        appointment["participant"].as_array_mut().unwrap().push(place);
        let event = AppointmentBookedV1 {
            appointment: "a-ada".to_owned(),
            patient: PatientId::parse("ada").unwrap(),
            version: self.next(),
            by_patient: false,
        };
        self.tell(appointment, &event).await;
    }

    pub async fn request(&self, patient: &str, start: i64) {
        let event = AppointmentRequestedV1 {
            appointment: format!("a-{patient}"),
            patient: PatientId::parse(patient).unwrap(),
            version: self.next(),
        };
        self.tell(self.appointment("proposed", patient, start), &event).await;
    }

    pub async fn reschedule(&self, patient: &str, start: i64) {
        let event = AppointmentRescheduledV1 {
            appointment: format!("a-{patient}"),
            patient: PatientId::parse(patient).unwrap(),
            version: self.next(),
            by_patient: false,
        };
        self.tell(self.appointment("booked", patient, start), &event).await;
    }

    pub async fn cancel(&self, patient: &str, start: i64) {
        let event = AppointmentCancelledV1 {
            appointment: format!("a-{patient}"),
            patient: PatientId::parse(patient).unwrap(),
            version: self.next(),
            by_patient: false,
        };
        self.tell(self.appointment("cancelled", patient, start), &event).await;
    }

    pub async fn relay(&self) {
        self.ward.house.bus.relay_once().await.unwrap();
    }

    /// Does all that is due now, as a process that was started for it.
    pub async fn work(&self) {
        let mut worker = Worker::new(&self.ward.house);
        worker.settle().await.unwrap();
        worker.stop().await;
    }

    /// A patient's messages as staff see them, the newest first.
    pub async fn messages(&self, patient: &str) -> Vec<Value> {
        let path = format!("/api/patients/{patient}/messages");
        let page = self.ward.as_user("clerk").get(&path).await.expect(200).json();
        page["messages"].as_array().unwrap().clone()
    }

    /// The states of a patient's messages of a purpose, with their reasons.
    pub async fn states(&self, patient: &str, purpose: &str) -> Vec<String> {
        let all = self.messages(patient).await;
        let of = all.iter().filter(|one| one["purpose"] == purpose);
        of.map(|one| match one["reason"].as_str() {
            Some(reason) => format!("{} {reason}", one["state"].as_str().unwrap()),
            None => one["state"].as_str().unwrap().to_owned(),
        })
        .collect()
    }

    pub async fn prefer(&self, patient: &str, version: u64, preferences: Value) {
        let body = json!({ "version": version, "preferences": preferences });
        let path = format!("/api/patients/{patient}/message-preferences");
        self.ward.as_user("clerk").put(&path, &body).await.expect(200);
    }

    /// Calls back as the provider does.
    pub async fn call_back(&self, path: &str, body: &str) {
        let client = self.ward.nobody().with("authorization", &format!("Bearer {SECRET}"));
        client.send("POST", path, body).await.expect(204);
    }

    pub async fn tasks(&self) -> Vec<String> {
        let journal = self.ward.journal().await;
        journal
            .into_iter()
            .filter(|one| one.audit.operation == "messaging-tell-staff")
            .map(|one| one.audit.entities[0].clone())
            .collect()
    }
}
