//! Scheduling through a whole house: HTTP in, store and audit beneath.

use galen_testkit::ward::Ward;
use serde_json::{Value, json};

/// A clinic: somebody to book, something to book, somebody to come.
pub struct Clinic {
    pub ward: Ward,
    pub service: String,
    pub doctor: String,
    pub room: String,
    pub patient: String,
}

pub fn timetable(actor: &str) -> Value {
    json!({
        "actor": actor, "zone": "Europe/London",
        "sessions": [{ "days": ["mon", "tue", "wed", "thu", "fri"], "start": "09:00", "end": "17:00" }],
    })
}

impl Clinic {
    /// The ward's clock stands at Monday, 21 September 2026, 15:13 in London.
    pub async fn open() -> Self {
        let ward = Ward::new(vec![
            &galen_scheduling::SERVICE,
            &galen_fhir_api::SERVICE,
            &galen_service::accounts::SERVICE,
        ])
        .await;
        let service = json!({ "name": "Diabetes clinic", "minutes": 20, "portal": "self-book", "noticeMinutes": 60,
                              "price": { "minorUnits": 4550, "currency": "GBP" } });
        let service = made(&ward.as_user("admin").post("/api/services", &service).await.expect(201).json());
        let doctor = made(
            &ward
                .as_user("admin")
                .post("/api/schedules", &timetable("Practitioner/7"))
                .await
                .expect(201)
                .json(),
        );
        let room = made(
            &ward.as_user("admin").post("/api/schedules", &timetable("Location/12")).await.expect(201).json(),
        );
        let patient = json!({ "resourceType": "Patient", "name": [{ "family": "Lovelace" }] });
        let patient = ward.as_user("fhir").at("/fhir").create(&patient).await;
        ward.add_patient_user("ada", &patient).await;
        Self { ward, service, doctor, room, patient }
    }

    pub fn wanted(&self, start: &str) -> Value {
        json!({ "patient": self.patient, "service": self.service, "start": start, "schedules": [self.doctor, self.room] })
    }

    pub async fn book(&self, start: &str) -> Value {
        self.ward.as_user("clerk").post("/api/appointments", &self.wanted(start)).await.expect(201).json()
    }

    async fn code(&self, user: &str, path: &str, body: &Value, status: u16) -> String {
        let refused = self.ward.as_user(user).post(path, body).await.expect(status).json();
        refused["code"].as_str().unwrap().to_owned()
    }

    pub async fn times(&self, user: &str, from: &str, to: &str) -> Vec<String> {
        let (service, doctor, room) = (&self.service, &self.doctor, &self.room);
        let path = format!(
            "/api/appointments/times?service={service}&from={from}&to={to}&schedules={doctor};{room}"
        );
        let found = self.ward.as_user(user).get(&path).await.expect(200).json();
        found["choices"].as_array().unwrap().iter().map(|c| c["start"].as_str().unwrap().to_owned()).collect()
    }
}

fn made(view: &Value) -> String {
    view["id"].as_str().unwrap().to_owned()
}

fn path(appointment: &Value, step: &str) -> String {
    format!("/api/appointments/{}/{step}", appointment["id"].as_str().unwrap())
}

const TEN: &str = "2026-09-22T09:00:00.000Z";
const TWENTY_PAST: &str = "2026-09-22T09:20:00.000Z";

#[tokio::test]
async fn a_time_is_found_held_booked_moved_and_freed() {
    let clinic = Clinic::open().await;
    let (from, to) = ("2026-09-22T00:00:00Z", "2026-09-23T00:00:00Z");
    let all = clinic.times("ada", from, to).await;
    assert_eq!((all.len(), all[0].as_str()), (24, "2026-09-22T08:00:00.000Z"));

    let clerk = clinic.ward.as_user("clerk");
    let held = clerk.post("/api/appointments/holds", &clinic.wanted(TEN)).await.expect(201).json();
    assert_eq!((&held["status"], &held["version"]), (&json!("pending"), &json!(1)));
    assert!(!clinic.times("clerk", from, to).await.contains(&TEN.to_owned()));
    assert_eq!(clinic.code("clerk", "/api/appointments", &clinic.wanted(TEN), 409).await, "already-booked");

    let booked = clerk.post(&path(&held, "confirm"), &json!({ "version": 1 })).await.expect(200).json();
    assert_eq!((&booked["status"], &booked["heldUntil"]), (&json!("booked"), &Value::Null));
    clinic.ward.pass_seconds(3_600);
    assert_eq!(clinic.code("clerk", "/api/appointments", &clinic.wanted(TEN), 409).await, "already-booked");

    let clerk = clinic.ward.as_user("clerk");
    let later = json!({ "version": 2, "start": TWENTY_PAST });
    let moved = clerk.post(&path(&held, "reschedule"), &later).await.expect(200).json();
    assert_eq!((&moved["start"], &moved["version"]), (&json!(TWENTY_PAST), &json!(3)));
    let free = clinic.times("clerk", from, to).await;
    assert!(free.contains(&TEN.to_owned()) && !free.contains(&TWENTY_PAST.to_owned()));
    let stale = clerk
        .post(&path(&held, "cancel"), &json!({ "version": 2, "reason": "pat" }))
        .await
        .expect(409)
        .json();
    assert_eq!(stale["related"], json!(["3"]));
    let gone = clerk
        .post(&path(&held, "cancel"), &json!({ "version": 3, "reason": "pat" }))
        .await
        .expect(200)
        .json();
    assert_eq!((&gone["status"], &gone["steps"]), (&json!("cancelled"), &json!(["retract"])));
    assert_eq!(clinic.times("clerk", from, to).await.len(), 24);
    let read = clinic
        .ward
        .as_user("fhir")
        .get(&format!("/fhir/Appointment/{}", made(&held)))
        .await
        .expect(200)
        .json();
    assert_eq!(read["cancelationReason"]["coding"][0]["code"], "pat");
}

#[tokio::test]
async fn a_hold_that_nobody_confirms_lapses_by_itself() {
    let clinic = Clinic::open().await;
    let clerk = clinic.ward.as_user("clerk");
    let held = clerk.post("/api/appointments/holds", &clinic.wanted(TEN)).await.expect(201).json();
    clinic.ward.pass_seconds(601);
    assert_eq!(
        clinic.code("clerk", &path(&held, "confirm"), &json!({ "version": 1 }), 409).await,
        "hold-expired"
    );
    let other = clinic.book(TEN).await;
    assert_eq!(other["status"], "booked");
    // Its places went to the other; giving it up changes nothing for that.
    clerk.post(&path(&held, "cancel"), &json!({ "version": 1, "reason": "other" })).await.expect(200);
    assert_eq!(clinic.code("clerk", "/api/appointments", &clinic.wanted(TEN), 409).await, "already-booked");
}

#[tokio::test]
async fn what_lapsed_is_cancelled_and_only_of_a_request_somebody_is_told() {
    let clinic = Clinic::open().await;
    let house = clinic.ward.house.clone();
    let clerk = clinic.ward.as_user("clerk");
    let held = clerk.post("/api/appointments/holds", &clinic.wanted(TEN)).await.expect(201).json();
    let asking = json!({ "name": "Cardiology", "minutes": 20, "portal": "request-approval" });
    let service = made(&clinic.ward.as_user("admin").post("/api/services", &asking).await.expect(201).json());
    let mut new = clinic.wanted("2026-09-24T09:00:00Z");
    new["service"] = json!(service);
    let asked = clinic.ward.as_user("ada").post("/api/appointments", &new).await.expect(201).json();
    let events = async || {
        let entries = clinic.ward.journal().await;
        entries.iter().flat_map(|e| e.events.iter().map(|e| e.name.clone())).collect::<Vec<_>>()
    };
    let status = async |of: &Value| {
        let path = format!("/api/appointments/{}", of["id"].as_str().unwrap());
        let view = clinic.ward.as_user("clerk").get(&path).await.expect(200).json();
        view["status"].as_str().unwrap().to_owned()
    };
    let ended = async || galen_scheduling::jobs::end_lapsed(&house).await.unwrap();
    assert_eq!(ended().await, 0);
    clinic.ward.pass_seconds(601);
    assert_eq!((ended().await, ended().await), (1, 0));
    assert_eq!((status(&held).await.as_str(), status(&asked).await.as_str()), ("cancelled", "pending"));
    let told = "scheduling.AppointmentCancelledV1".to_owned();
    assert!(!events().await.contains(&told));
    clinic.ward.pass_seconds(48 * 3_600);
    assert_eq!(ended().await, 1);
    assert_eq!(status(&asked).await, "cancelled");
    assert!(events().await.contains(&told));
}

#[tokio::test]
async fn the_same_request_again_books_once() {
    let clinic = Clinic::open().await;
    let clerk = clinic.ward.as_user("clerk").with("idempotency-key", "0123456789abcdef-click");
    let first = clerk.post("/api/appointments", &clinic.wanted(TEN)).await.expect(201).json();
    let again = clerk.post("/api/appointments", &clinic.wanted(TEN)).await.expect(201).json();
    assert_eq!(first, again);
}

#[tokio::test]
async fn the_same_request_for_another_appointment_is_refused_and_changes_nothing() {
    let clinic = Clinic::open().await;
    let clerk = clinic.ward.as_user("clerk");
    let ten = clerk.post("/api/appointments", &clinic.wanted(TEN)).await.expect(201).json();
    let later = clerk.post("/api/appointments", &clinic.wanted(TWENTY_PAST)).await.expect(201).json();
    let keyed = clinic.ward.as_user("clerk").with("idempotency-key", "0123456789abcdef-cancel");
    let body = json!({ "version": 1, "reason": "pat" });
    keyed.post(&path(&ten, "cancel"), &body).await.expect(200);
    let refused = keyed.post(&path(&later, "cancel"), &body).await.expect(422).json();
    assert_eq!(refused["code"], "idempotency-key-reused");
    let read = clerk.get(&format!("/api/appointments/{}", later["id"].as_str().unwrap())).await;
    assert_eq!(read.expect(200).json()["status"], "booked");
    keyed.post(&path(&ten, "cancel"), &body).await.expect(200);
}

#[tokio::test]
async fn a_patient_books_within_what_the_clinic_lets_them_and_never_for_others() {
    let clinic = Clinic::open().await;
    let ada = clinic.ward.as_user("ada");
    let booked = ada.post("/api/appointments", &clinic.wanted(TEN)).await.expect(201).json();
    let listed = ada.get(&format!("/api/appointments?patient={}", clinic.patient)).await.expect(200).json();
    assert_eq!(listed["appointments"][0]["id"], booked["id"]);

    let other = json!({ "resourceType": "Patient", "name": [{ "family": "Babbage" }] });
    let other = clinic.ward.as_user("fhir").at("/fhir").create(&other).await;
    clinic.ward.add_patient_user("charles", &other).await;
    let charles = clinic.ward.as_user("charles");
    // To them it is not there.
    charles.post("/api/appointments", &clinic.wanted(TWENTY_PAST)).await.expect(404);
    charles.post("/api/appointments/holds", &clinic.wanted(TWENTY_PAST)).await.expect(404);
    charles.get(&format!("/api/appointments/{}", booked["id"].as_str().unwrap())).await.expect(404);
    for (step, body) in [
        ("confirm", json!({ "version": 1 })),
        ("reschedule", json!({ "version": 1, "start": TWENTY_PAST })),
        ("cancel", json!({ "version": 1, "reason": "pat" })),
    ] {
        charles.post(&path(&booked, step), &body).await.expect(404);
    }
    charles.post(&path(&booked, "attendance"), &json!({ "version": 1, "step": "arrive" })).await.expect(404);
    let listed =
        charles.get(&format!("/api/appointments?patient={}", clinic.patient)).await.expect(200).json();
    assert_eq!(listed["appointments"], json!([]));
    let board = format!(
        "/api/appointments?schedule={}&from=2026-09-22T00:00:00Z&to=2026-09-23T00:00:00Z",
        clinic.doctor
    );
    assert_eq!(charles.get(&board).await.expect(200).json()["appointments"], json!([]));

    let squeezed = json!({ "patient": clinic.patient, "service": clinic.service, "start": TWENTY_PAST,
                           "schedules": [clinic.doctor], "overbook": true });
    ada.post("/api/appointments", &squeezed).await.expect(403);
    ada.post(&path(&booked, "attendance"), &json!({ "version": 1, "step": "arrive" })).await.expect(422);
    // An hour before it is too late for a patient.
    clinic.ward.pass_seconds(18 * 3_600);
    let late = clinic
        .ward
        .as_user("ada")
        .post(&path(&booked, "cancel"), &json!({ "version": 1, "reason": "pat" }))
        .await
        .expect(422)
        .json();
    assert_eq!(late["code"], "too-late");
}

#[tokio::test]
async fn a_request_waits_for_staff() {
    let clinic = Clinic::open().await;
    let asking = json!({ "name": "Cardiology", "minutes": 20, "portal": "request-approval" });
    let service = made(&clinic.ward.as_user("admin").post("/api/services", &asking).await.expect(201).json());
    let mut new = clinic.wanted(TEN);
    new["service"] = json!(service);
    let (asked, entries) = clinic
        .ward
        .entries_of(async { clinic.ward.as_user("ada").post("/api/appointments", &new).await })
        .await;
    let asked = asked.expect(201).json();
    assert_eq!(asked["status"], "pending");
    let events: Vec<String> =
        entries.iter().flat_map(|entry| entry.events.iter().map(|e| e.name.clone())).collect();
    assert_eq!(events, ["scheduling.AppointmentRequestedV1"]);
    assert_eq!(
        clinic.code("ada", &path(&asked, "confirm"), &json!({ "version": 1 }), 409).await,
        "not-possible-now"
    );
    let approved =
        clinic.ward.as_user("clerk").post(&path(&asked, "confirm"), &json!({ "version": 1 })).await;
    assert_eq!(approved.expect(200).json()["status"], "booked");
}

#[tokio::test]
async fn the_day_goes_from_booked_to_fulfilled_on_the_board() {
    let clinic = Clinic::open().await;
    let booked = clinic.book(TEN).await;
    let board = format!(
        "/api/appointments?schedule={}&from=2026-09-22T00:00:00Z&to=2026-09-23T00:00:00Z",
        clinic.doctor
    );
    let on_board = async || {
        let page = clinic.ward.as_user("doctor").get(&board).await.expect(200).json();
        page["appointments"][0]["status"].as_str().unwrap().to_owned()
    };
    assert_eq!(on_board().await, "booked");
    assert_eq!(
        clinic
            .code("clerk", &path(&booked, "attendance"), &json!({ "version": 1, "step": "arrive" }), 422)
            .await,
        "too-early"
    );
    clinic.ward.pass_seconds(17 * 3_600);
    for (version, step, status) in
        [(1, "arrive", "arrived"), (2, "check-in", "checked-in"), (3, "fulfil", "fulfilled")]
    {
        let body = json!({ "version": version, "step": step });
        let view =
            clinic.ward.as_user("clerk").post(&path(&booked, "attendance"), &body).await.expect(200).json();
        assert_eq!((view["status"].as_str(), on_board().await.as_str()), (Some(status), status));
    }
}

#[tokio::test]
async fn leave_and_extra_sessions_change_what_is_free() {
    let clinic = Clinic::open().await;
    let admin = clinic.ward.as_user("admin");
    let booked = clinic.book(TEN).await;
    let path = format!("/api/schedules/{}/exceptions", clinic.doctor);
    let leave =
        json!({ "start": "2026-09-22T00:00:00Z", "end": "2026-09-25T00:00:00Z", "comment": "Annual leave" });
    let leave = admin.post(&path, &leave).await.expect(201).json();
    assert_eq!(leave["appointments"], json!([booked["id"]]));
    let (from, to) = ("2026-09-22T00:00:00Z", "2026-09-25T12:00:00Z");
    assert_eq!(clinic.times("clerk", from, to).await[0], "2026-09-25T08:00:00.000Z");
    assert_eq!(clinic.code("clerk", "/api/appointments", &clinic.wanted(TWENTY_PAST), 409).await, "absent");
    let slot = leave["slot"].as_str().unwrap();
    let read = clinic.ward.as_user("fhir").get(&format!("/fhir/Slot/{slot}")).await.expect(200).json();
    assert_eq!(read["status"], "busy-unavailable");
    admin.delete(&format!("{path}/{slot}")).await.expect(204);
    clinic.book(TWENTY_PAST).await;

    let saturday = json!({ "start": "2026-09-26T09:00:00Z", "end": "2026-09-26T10:00:00Z", "open": true });
    admin.post(&path, &saturday).await.expect(201);
    let mut alone = clinic.wanted("2026-09-26T09:20:00Z");
    assert_eq!(clinic.code("clerk", "/api/appointments", &alone, 422).await, "outside-opening");
    alone["schedules"] = json!([clinic.doctor]);
    clinic.ward.as_user("clerk").post("/api/appointments", &alone).await.expect(201);
}

#[tokio::test]
async fn those_with_the_right_squeeze_somebody_in() {
    let clinic = Clinic::open().await;
    clinic.book(TEN).await;
    let other = json!({ "resourceType": "Patient", "name": [{ "family": "Babbage" }] });
    let other = clinic.ward.as_user("fhir").at("/fhir").create(&other).await;
    let mut squeezed = clinic.wanted(TEN);
    squeezed["overbook"] = json!(true);
    clinic.ward.as_user("clerk").post("/api/appointments", &squeezed).await.expect(403);
    squeezed["patient"] = json!(other);
    let booked = clinic.ward.as_user("doctor").post("/api/appointments", &squeezed).await.expect(201).json();
    // Both go, and the time is free again.
    clinic
        .ward
        .as_user("clerk")
        .post(&path(&booked, "cancel"), &json!({ "version": 1, "reason": "prov" }))
        .await
        .expect(200);
    assert_eq!(clinic.code("clerk", "/api/appointments", &clinic.wanted(TEN), 409).await, "already-booked");
}

#[tokio::test]
async fn timetables_are_checked_and_changed_by_version() {
    let clinic = Clinic::open().await;
    let admin = clinic.ward.as_user("admin");
    for (change, at) in [
        (json!({ "zone": "Mars/Olympus" }), "zone"),
        (json!({ "capacity": 0 }), "capacity"),
        (json!({ "actor": "Patient/1" }), "actor"),
        (json!({ "from": "2026-02-30" }), "from"),
        (json!({ "from": "2027-01-01", "until": "2026-01-01" }), "until"),
        (json!({ "sessions": [{ "days": ["day"], "start": "09:00", "end": "10:00" }] }), "sessions[0].days"),
        (json!({ "sessions": [{ "days": ["mon"], "start": "09:02", "end": "10:00" }] }), "sessions[0]"),
        (json!({ "sessions": [{ "days": ["mon"], "start": "25:00", "end": "10:00" }] }), "sessions[0].start"),
    ] {
        let mut form = timetable("Practitioner/8");
        form.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let refused = admin.post("/api/schedules", &form).await.expect(422).json();
        assert_eq!(refused["location"], at, "{refused}");
    }
    let path = format!("/api/schedules/{}", clinic.doctor);
    let mut form = timetable("Practitioner/7");
    form["closed"] = json!(["2026-09-22"]);
    let changed = admin.put(&path, &json!({ "version": 1, "timetable": form })).await.expect(200).json();
    assert_eq!(changed["version"], 2);
    admin.put(&path, &json!({ "version": 1, "timetable": form })).await.expect(409);
    assert_eq!(clinic.code("clerk", "/api/appointments", &clinic.wanted(TEN), 422).await, "outside-opening");
    form["actor"] = json!("Practitioner/9");
    admin.put(&path, &json!({ "version": 2, "timetable": form })).await.expect(422);
}

#[tokio::test]
async fn those_who_may_not_are_refused() {
    let clinic = Clinic::open().await;
    for user in ["support", "lab"] {
        clinic.ward.as_user(user).post("/api/appointments", &clinic.wanted(TEN)).await.expect(403);
    }
    for user in ["clerk", "doctor", "ada"] {
        clinic
            .ward
            .as_user(user)
            .post("/api/services", &json!({ "name": "x", "minutes": 20 }))
            .await
            .expect(403);
        clinic.ward.as_user(user).post("/api/schedules", &timetable("Practitioner/1")).await.expect(403);
    }
    for path in ["/api/services", "/api/appointments?patient=x", "/api/appointments/x"] {
        clinic.ward.nobody().get(path).await.expect(401);
    }
}
