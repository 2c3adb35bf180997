//! The waiting list through a whole house: what becomes free is offered in order, held, answered, and offered on.

use crate::api::Clinic;
use galen_access::proxy::{Kinship, Proxy, ProxyScope, StoredProxy};
use galen_access::user;
use galen_bus::{Bus, Subscription};
use galen_kernel::{PatientId, Phi, UserId};
use galen_scheduling::reactions::OFFER_TIME;
use galen_service::observe::events_of;
use galen_service::reaction::subscription;
use galen_store::WriteSet;
use serde_json::{Value, json};
use std::sync::{Arc, OnceLock};

const FROM: &str = "2026-09-22T00:00:00Z";
const TO: &str = "2026-09-23T00:00:00Z";
const NINE: &str = "2026-09-22T08:00:00.000Z";
const TEN: &str = "2026-09-22T09:00:00.000Z";

impl Clinic {
    /// The relay, until nothing is left to tell.
    async fn relay(&self) {
        for _ in 0..6 {
            self.ward.house.bus.relay_once().await.unwrap();
        }
    }

    async fn another(&self, name: &str) -> String {
        let patient = json!({ "resourceType": "Patient", "name": [{ "family": name }] });
        let patient = self.ward.as_user("fhir").at("/fhir").create(&patient).await;
        self.ward.add_patient_user(name, &patient).await;
        patient
    }

    fn wish(&self, patient: &str) -> Value {
        json!({ "patient": patient, "service": self.service, "wishes": { "first": "2026-09-21", "last": "2026-10-30" } })
    }

    async fn wait(&self, user: &str, patient: &str) -> Value {
        self.ward.as_user(user).post("/api/waiting-list", &self.wish(patient)).await.expect(201).json()
    }

    async fn now(&self, of: &Value) -> Value {
        let path = format!("/api/appointments/{}", of["id"].as_str().unwrap());
        self.ward.as_user("clerk").get(&path).await.expect(200).json()
    }

    async fn step(&self, user: &str, of: &Value, step: &str, more: Value, status: u16) -> Value {
        let path = format!("/api/appointments/{}/{step}", of["id"].as_str().unwrap());
        let mut body = json!({ "version": of["version"] });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.ward.as_user(user).post(&path, &body).await.expect(status).json()
    }

    async fn cancel(&self, of: &Value) -> Value {
        self.step("clerk", of, "cancel", json!({ "reason": "pat" }), 200).await
    }

    fn is_free(times: &[String], start: &str) -> bool {
        times.iter().any(|time| time == start)
    }
}

#[tokio::test]
async fn a_cancelled_time_is_offered_to_who_waits_first_and_on_when_declined_or_lapsed() {
    let clinic = Clinic::open().await;
    let booked = clinic.book(TEN).await;
    let (second, third) = (clinic.another("second").await, clinic.another("third").await);
    let first = clinic.another("first").await;
    let one = clinic.wait("first", &first).await;
    assert_eq!((&one["status"], &one["wishes"]["priority"]), (&json!("waitlist"), &json!("routine")));
    clinic.ward.pass_seconds(60);
    let two = clinic.wait("second", &second).await;
    clinic.ward.pass_seconds(60);
    let three = clinic.wait("clerk", &third).await;
    clinic.relay().await;
    assert_eq!(clinic.now(&one).await["status"], json!("waitlist"), "nothing became free yet");

    clinic.cancel(&booked).await;
    clinic.relay().await;
    let offered = clinic.now(&one).await;
    assert_eq!(
        (&offered["status"], &offered["start"], &offered["isOffer"], &offered["zone"]),
        (&json!("pending"), &json!(TEN), &json!(true), &json!("Europe/London"))
    );
    assert_eq!(offered["schedules"], json!([clinic.doctor, clinic.room]), "as it was freed");
    assert!(!Clinic::is_free(&clinic.times("clerk", FROM, TO).await, TEN), "it is really held");
    assert_eq!(clinic.now(&two).await["status"], json!("waitlist"));

    // The first says no, the second says nothing, the third says yes.
    let back = clinic.step("first", &offered, "decline", json!({}), 200).await;
    assert_eq!(
        (&back["status"], &back["wishes"]["offers"], &back["start"]),
        (&json!("waitlist"), &json!(1), &Value::Null)
    );
    clinic.relay().await;
    let offered = clinic.now(&two).await;
    assert_eq!((&offered["status"], &offered["start"]), (&json!("pending"), &json!(TEN)));
    clinic.ward.pass_seconds(3 * 3_600);
    assert_eq!(galen_scheduling::jobs::end_lapsed(&clinic.ward.house).await.unwrap(), 1);
    clinic.relay().await;
    assert_eq!(clinic.now(&two).await["status"], json!("waitlist"), "whoever did not answer waits on");
    let offered = clinic.now(&three).await;
    assert_eq!((&offered["status"], &offered["start"]), (&json!("pending"), &json!(TEN)));
    let booked = clinic.step("third", &offered, "confirm", json!({}), 200).await;
    assert_eq!(
        (&booked["status"], &booked["start"], &booked["wishes"]),
        (&json!("booked"), &json!(TEN), &Value::Null)
    );
    // All who were offered it once wait for another time.
    clinic.cancel(&booked).await;
    clinic.relay().await;
    for waiting in [&one, &two] {
        assert_eq!(clinic.now(waiting).await["status"], json!("waitlist"));
    }
    assert!(Clinic::is_free(&clinic.times("clerk", FROM, TO).await, TEN));
}

#[tokio::test]
async fn an_accepted_offer_takes_the_place_of_the_later_appointment_in_one_commit() {
    let clinic = Clinic::open().await;
    let early = clinic.book(NINE).await;
    let ada = clinic.patient.clone();
    let other = clinic.another("other").await;
    let later = json!({ "patient": other, "service": clinic.service, "start": TEN, "schedules": [clinic.doctor, clinic.room] });
    let later = clinic.ward.as_user("other").post("/api/appointments", &later).await.expect(201).json();
    let mut wish = clinic.wish(&other);
    wish["wishes"]["replaces"] = later["id"].clone();
    let waiting = clinic.ward.as_user("other").post("/api/waiting-list", &wish).await.expect(201).json();
    assert_ne!(ada, other);

    clinic.cancel(&early).await;
    clinic.relay().await;
    let offered = clinic.now(&waiting).await;
    assert_eq!((&offered["status"], &offered["start"]), (&json!("pending"), &json!(NINE)));
    assert_eq!(clinic.now(&later).await["status"], json!("booked"), "nothing is lost before the answer");
    let version = offered["version"].clone();
    let booked = clinic.step("other", &offered, "confirm", json!({}), 200).await;
    assert_eq!((&booked["status"], &booked["start"]), (&json!("booked"), &json!(NINE)));
    assert_eq!(clinic.now(&later).await["status"], json!("cancelled"));
    let free = clinic.times("clerk", FROM, TO).await;
    assert!(Clinic::is_free(&free, TEN) && !Clinic::is_free(&free, NINE));
    // Twice by a double click: the second is told that it is done.
    let again = json!({ "id": offered["id"], "version": version });
    assert_eq!(
        clinic.step("other", &again, "confirm", json!({}), 409).await["code"],
        json!("not-possible-now")
    );
}

#[tokio::test]
async fn a_session_that_is_opened_is_offered_to_all_who_wait_each_once() {
    let clinic = Clinic::open().await;
    let saturday = json!({ "start": "2026-09-26T08:00:00Z", "end": "2026-09-26T08:40:00Z", "open": true });
    let mut waiting = Vec::new();
    for name in ["una", "duo", "tre"] {
        let patient = clinic.another(name).await;
        waiting.push(clinic.wait(name, &patient).await);
        clinic.ward.pass_seconds(1);
    }
    let path = format!("/api/schedules/{}/exceptions", clinic.doctor);
    clinic.ward.as_user("admin").post(&path, &saturday).await.expect(201);
    clinic.relay().await;
    let mut starts = Vec::new();
    for one in &waiting {
        starts.push(clinic.now(one).await["start"].clone());
    }
    assert_eq!(
        starts,
        [json!("2026-09-26T08:00:00.000Z"), json!("2026-09-26T08:20:00.000Z"), Value::Null],
        "there is room for two"
    );
    // Every delivery comes once more: the inbox knows them, and nothing is offered twice.
    let before = clinic.ward.journal().await.len();
    let house = &clinic.ward.house;
    let cell = Arc::new(OnceLock::new());
    cell.set(Arc::downgrade(house)).unwrap();
    let again = Subscription { name: "again", ..subscription(OFFER_TIME, &cell) };
    let bus = Bus::new(house.store.clone(), events_of, vec![again]);
    for _ in 0..3 {
        bus.relay_once().await.unwrap();
    }
    assert_eq!(clinic.ward.journal().await.len(), before);
}

#[tokio::test]
async fn whoever_waits_is_told_what_is_wrong_and_nobody_waits_twice() {
    let clinic = Clinic::open().await;
    let ada = clinic.patient.clone();
    let entry = clinic.wait("ada", &ada).await;
    let code = |reply: Value| reply["code"].as_str().unwrap_or_default().to_owned();
    let again = clinic.ward.as_user("clerk").post("/api/waiting-list", &clinic.wish(&ada)).await.expect(409);
    assert_eq!(code(again.json()), "already-waiting");
    let mut strange = clinic.wish(&ada);
    strange["wishes"]["days"] = json!(["someday"]);
    assert_eq!(
        clinic.ward.as_user("ada").post("/api/waiting-list", &strange).await.expect(422).json()["location"],
        json!("days")
    );
    // Others: not the entry, not the offer, not the list.
    let other = clinic.another("other").await;
    clinic.ward.as_user("other").post("/api/waiting-list", &clinic.wish(&ada)).await.expect(404);
    clinic.ward.as_user("other").get("/api/waiting-list").await.expect(403);
    let mut stolen = clinic.wish(&other);
    stolen["wishes"]["replaces"] = clinic.book(TEN).await["id"].clone();
    let refused = clinic.ward.as_user("other").post("/api/waiting-list", &stolen).await.expect(422);
    assert_eq!(code(refused.json()), "not-replaceable");
    for step in ["decline", "confirm", "cancel"] {
        let more = if step == "cancel" { json!({ "reason": "pat" }) } else { json!({}) };
        clinic.step("other", &entry, step, more, 404).await;
    }
    clinic.step("ada", &entry, "offer", json!({ "start": NINE, "schedules": [clinic.doctor] }), 403).await;
    // Leaving, and joining anew.
    let left = clinic.step("ada", &entry, "cancel", json!({ "reason": "pat" }), 200).await;
    assert_eq!(left["status"], json!("cancelled"));
    clinic.wait("ada", &ada).await;
}

#[tokio::test]
async fn a_proxy_answers_offers_as_far_as_it_covers_appointments() {
    let clinic = Clinic::open().await;
    let ada = clinic.patient.clone();
    clinic.another("carer").await;
    let house = &clinic.ward.house;
    for (scope, is_allowed) in [(ProxyScope::Record, false), (ProxyScope::Appointments, true)] {
        let now = house.clock.now();
        let proxy = Proxy {
            holder: UserId::parse("user-carer").unwrap(),
            name: Phi::new("Carer".to_owned()),
            patient: PatientId::parse(ada.clone()).unwrap(),
            kinship: Kinship::Parent,
            scopes: vec![scope],
            from: now,
            until: now.plus_micros(60_000_000),
            given_by: UserId::parse("user-admin").unwrap(),
        };
        let stored = StoredProxy { id: format!("proxy-{scope:?}"), version: 0, proxy };
        let operations = vec![stored.add().unwrap()];
        house.store.commit(WriteSet { shard: user::HOME, at: now, operations, journal: None }).await.unwrap();
        let acting = || clinic.ward.as_user("carer").with("x-acting-for", &ada);
        if !is_allowed {
            acting().post("/api/waiting-list", &clinic.wish(&ada)).await.expect(403);
            clinic.ward.pass_seconds(61);
            continue;
        }
        let entry = acting().post("/api/waiting-list", &clinic.wish(&ada)).await.expect(201).json();
        let by_hand = json!({ "start": NINE, "schedules": [clinic.doctor] });
        let offered = clinic.step("clerk", &entry, "offer", by_hand, 200).await;
        let path = format!("/api/appointments/{}/decline", offered["id"].as_str().unwrap());
        let body = json!({ "version": offered["version"] });
        clinic.ward.as_user("carer").post(&path, &body).await.expect(404);
        acting().post(&path, &body).await.expect(200);
        clinic.ward.pass_seconds(61);
        acting().post("/api/waiting-list", &clinic.wish(&ada)).await.expect(403);
    }
}

#[tokio::test]
async fn staff_see_who_waits_and_offer_a_time_by_hand() {
    let clinic = Clinic::open().await;
    let ada = clinic.patient.clone();
    clinic.wait("ada", &ada).await;
    clinic.ward.pass_seconds(5);
    let other = clinic.another("other").await;
    let mut urgent = clinic.wish(&other);
    urgent["wishes"]["priority"] = json!("urgent");
    let urgent = clinic.ward.as_user("clerk").post("/api/waiting-list", &urgent).await.expect(201).json();
    let list = clinic.ward.as_user("clerk").get("/api/waiting-list").await.expect(200).json();
    let names: Vec<&str> =
        list["entries"].as_array().unwrap().iter().map(|e| e["who"]["family"].as_str().unwrap()).collect();
    assert_eq!(names, ["other", "Lovelace"]);
    let path = format!("/api/waiting-list?service={}&priority=routine", clinic.service);
    let list = clinic.ward.as_user("doctor").get(&path).await.expect(200).json();
    assert_eq!(list["entries"].as_array().unwrap().len(), 1);

    for none in ["", "a,b", "a%7Cb"] {
        clinic.ward.as_user("clerk").get(&format!("/api/waiting-list?service={none}")).await.expect(422);
    }
    let by_hand = json!({ "start": NINE, "schedules": [clinic.doctor] });
    let offered = clinic.step("clerk", &urgent, "offer", by_hand.clone(), 200).await;
    assert_eq!((&offered["isOffer"], &offered["start"]), (&json!(true), &json!(NINE)));
    let twice = clinic
        .step("clerk", &offered, "offer", json!({ "start": TEN, "schedules": [clinic.doctor] }), 409)
        .await;
    assert_eq!(twice["code"], json!("not-possible-now"));
    let declined = clinic.step("clerk", &offered, "decline", json!({}), 200).await;
    let again = clinic.step("clerk", &declined, "offer", by_hand, 409).await;
    assert_eq!(again["code"], json!("offered-before"));
    clinic.step("clerk", &declined, "cancel", json!({ "reason": "other" }), 200).await;
}

#[tokio::test]
async fn a_fhir_entry_of_the_list_is_one_of_it() {
    let clinic = Clinic::open().await;
    let fhir = clinic.ward.as_user("fhir").at("/fhir");
    let entry = json!({
        "resourceType": "Appointment", "status": "waitlist", "priority": 1,
        "requestedPeriod": [{ "start": "2026-09-21", "end": "2026-10-30" }],
        "participant": [
            { "actor": { "reference": format!("Patient/{}", clinic.patient) }, "status": "accepted" },
            { "actor": { "reference": format!("HealthcareService/{}", clinic.service) }, "status": "accepted" },
        ],
    });
    let id = fhir.create(&entry).await;
    let refused = fhir.post("/Appointment", &entry).await;
    assert_eq!(refused.status.as_u16(), 409, "{}", refused.text());
    let booked = clinic.ward.as_user("clerk");
    let other = clinic.another("other").await;
    let time =
        json!({ "patient": other, "service": clinic.service, "start": TEN, "schedules": [clinic.doctor] });
    let booked = booked.post("/api/appointments", &time).await.expect(201).json();
    clinic.cancel(&booked).await;
    clinic.relay().await;
    let offered = fhir.get(&format!("/Appointment/{id}")).await.expect(200).json();
    assert_eq!((&offered["status"], &offered["start"]), (&json!("pending"), &json!(TEN)));
    assert_eq!(offered["participant"][0]["status"], json!("needs-action"), "the patient is asked");
    let view = clinic.now(&json!({ "id": id })).await;
    assert_eq!((&view["isOffer"], &view["isRequest"]), (&json!(true), &json!(false)));
}

#[tokio::test]
async fn what_lies_in_a_leave_is_to_be_moved_and_a_mistake_is_retracted() {
    let clinic = Clinic::open().await;
    let booked = clinic.book(TEN).await;
    let list =
        || async { clinic.ward.as_user("clerk").get("/api/appointments-to-move").await.expect(200).json() };
    assert_eq!(list().await["appointments"], json!([]));
    let leave = json!({ "start": "2026-09-22T07:00:00Z", "end": "2026-09-22T16:00:00Z" });
    let path = format!("/api/schedules/{}/exceptions", clinic.doctor);
    clinic.ward.as_user("admin").post(&path, &leave).await.expect(201);
    let found = list().await;
    let one = &found["appointments"][0];
    assert_eq!((&one["appointment"]["id"], &one["why"]), (&booked["id"], &json!("leave")));
    assert_eq!(
        (&one["missing"][0]["id"], one["missing"].as_array().unwrap().len()),
        (&json!(clinic.doctor), 1)
    );
    clinic.ward.as_user("ada").get("/api/appointments-to-move").await.expect(403);
    // Another day will do; then nothing is left to move.
    let moved =
        clinic.step("clerk", &booked, "reschedule", json!({ "start": "2026-09-23T09:00:00Z" }), 200).await;
    assert_eq!(list().await["appointments"], json!([]));

    let why = json!({ "reason": "Booked for her sister" });
    clinic.step("clerk", &moved, "retract", why.clone(), 403).await;
    let retracted = clinic.step("admin", &moved, "retract", why.clone(), 200).await;
    assert_eq!(retracted["status"], json!("entered-in-error"));
    assert_eq!(
        clinic.step("admin", &retracted, "retract", why, 409).await["code"],
        json!("not-possible-now")
    );
    let times = clinic.times("clerk", "2026-09-23T00:00:00Z", "2026-09-24T00:00:00Z").await;
    assert!(Clinic::is_free(&times, "2026-09-23T09:00:00.000Z"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_what_is_freed_while_others_book_nothing_is_given_twice_and_nothing_lies_idle() {
    let clinic = Clinic::open().await;
    let clerk = clinic.ward.as_user("clerk");
    let starts: Vec<String> = clinic.times("clerk", FROM, TO).await.into_iter().take(8).collect();
    let mut booked = Vec::new();
    for (number, start) in starts.iter().enumerate() {
        let mut wanted = clinic.wanted(start);
        wanted["patient"] = json!(clinic.another(&format!("first{number}")).await);
        booked.push(clerk.post("/api/appointments", &wanted).await.expect(201).json());
    }
    let mut waiting = Vec::new();
    for number in 0..10 {
        let patient = clinic.another(&format!("waits{number}")).await;
        waiting.push(clinic.wait("clerk", &patient).await);
    }
    let mut rivals = Vec::new();
    for number in 0..3 {
        rivals.push(clinic.another(&format!("rival{number}")).await);
    }
    clinic.relay().await;
    // All at once: the times are freed, others want to book them, and the relay offers them.
    let free = async {
        for appointment in &booked {
            clinic.cancel(appointment).await;
        }
    };
    let book = async {
        for (start, rival) in starts.iter().zip(rivals.iter().cycle()) {
            let mut wanted = clinic.wanted(start);
            wanted["patient"] = json!(rival);
            let status = clerk.post("/api/appointments", &wanted).await.status.as_u16();
            assert!([201, 409].contains(&status), "{status}");
        }
    };
    let tell = async {
        for _ in 0..24 {
            clinic.ward.house.bus.relay_once().await.unwrap();
        }
    };
    tokio::join!(free, book, tell);
    for _ in 0..4 {
        clinic.relay().await;
    }

    let board = format!("/api/appointments?schedule={}&from={FROM}&to={TO}", clinic.doctor);
    let board = clerk.get(&board).await.expect(200).json();
    let left = clinic.times("clerk", FROM, TO).await;
    let mut waits = 0;
    for one in &waiting {
        waits += usize::from(clinic.now(one).await["status"] == json!("waitlist"));
    }
    for start in &starts {
        let all = board["appointments"].as_array().unwrap().iter();
        let of_it = all.filter(|one| one["start"] == json!(start));
        let taken =
            of_it.filter(|one| ["booked", "pending"].contains(&one["status"].as_str().unwrap())).count();
        assert!(taken <= 1, "{start} was given to {taken}");
        assert_eq!(taken == 0, Clinic::is_free(&left, start), "{start} is free if nobody has it");
        assert!(taken == 1 || waits == 0, "{start} lies idle while {waits} wait");
    }
}
