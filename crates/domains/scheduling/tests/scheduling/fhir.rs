//! Appointments, Schedules and Slots that come in by FHIR pass the same rules.

use crate::api::Clinic;
use serde_json::{Value, json};

const NINE: &str = "2026-09-22T08:00:00Z";
const PAST_NINE: &str = "2026-09-22T08:20:00Z";

fn appointment(clinic: &Clinic, status: &str, start: &str, end: &str) -> Value {
    let actor = |reference: String| json!({ "actor": { "reference": reference }, "status": "accepted" });
    json!({
        "resourceType": "Appointment", "status": status, "start": start, "end": end,
        "participant": [
            actor(format!("Patient/{}", clinic.patient)), actor("Practitioner/7".into()), actor("Location/12".into()),
        ],
    })
}

async fn clinic() -> Clinic {
    let clinic = Clinic::open().await;
    for (kind, id) in [("Practitioner", "7"), ("Location", "12"), ("Practitioner", "8")] {
        let body = json!({ "resourceType": kind, "id": id });
        clinic.ward.as_user("fhir").put(&format!("/fhir/{kind}/{id}"), &body).await.expect(201);
    }
    clinic
}

#[tokio::test]
async fn an_appointment_by_fhir_takes_its_time_and_gives_it_back() {
    let clinic = clinic().await;
    let fhir = clinic.ward.as_user("fhir").at("/fhir");
    let new = appointment(&clinic, "booked", NINE, PAST_NINE);
    let id = fhir.create(&new).await;
    let stored = fhir.get(&format!("/Appointment/{id}")).await.expect(200).json();
    assert_eq!(stored["extension"].as_array().unwrap().len(), 3, "{stored}");
    let refused = fhir.post("/Appointment", &new).await.expect(409).text();
    assert!(refused.contains("already-booked") || refused.contains("taken"), "{refused}");
    clinic.ward.as_user("clerk").post("/api/appointments", &clinic.wanted(NINE)).await.expect(409);
    let times = clinic.times("clerk", "2026-09-22T00:00:00Z", "2026-09-22T09:00:00Z").await;
    assert_eq!(times, ["2026-09-22T08:20:00.000Z", "2026-09-22T08:40:00.000Z"]);

    let put = |change: &dyn Fn(&mut Value)| {
        let mut next = stored.clone();
        change(&mut next);
        next
    };
    let path = format!("/Appointment/{id}");
    fhir.put(&path, &put(&|next| next["status"] = json!("fulfilled"))).await.expect(409);
    let moved = put(&|next| {
        next["start"] = json!("2026-09-22T09:00:00Z");
        next["end"] = json!("2026-09-22T09:20:00Z");
    });
    fhir.put(&path, &moved).await.expect(200);
    clinic.book(NINE).await;
    let night = put(&|next| {
        next["start"] = json!("2026-09-22T22:00:00Z");
        next["end"] = json!("2026-09-22T22:20:00Z");
    });
    fhir.put(&path, &night).await.expect(422);
    let mut cancelled = moved.clone();
    cancelled["status"] = json!("cancelled");
    fhir.put(&path, &cancelled).await.expect(200);
    let times = clinic.times("clerk", "2026-09-22T09:00:00Z", "2026-09-22T09:20:00Z").await;
    assert_eq!(times.len(), 1);

    let other =
        fhir.create(&appointment(&clinic, "booked", "2026-09-22T09:00:00Z", "2026-09-22T09:20:00Z")).await;
    fhir.delete(&format!("/Appointment/{other}")).await.expect(204);
    let times = clinic.times("clerk", "2026-09-22T09:00:00Z", "2026-09-22T09:20:00Z").await;
    assert_eq!(times.len(), 1);
}

#[tokio::test]
async fn what_is_of_nobody_here_is_kept_as_it_comes() {
    let clinic = clinic().await;
    let fhir = clinic.ward.as_user("fhir").at("/fhir");
    let mut elsewhere = appointment(&clinic, "booked", "2013-12-10T09:03:00Z", "2013-12-10T11:00:00Z");
    elsewhere["participant"] = json!([{ "actor": { "reference": "Practitioner/8" }, "status": "accepted" }]);
    fhir.create(&elsewhere).await;
    fhir.create(&elsewhere).await;
    let history = appointment(&clinic, "fulfilled", "2013-12-10T09:03:00Z", "2013-12-10T11:00:00Z");
    fhir.create(&history).await;
    let slot = json!({ "resourceType": "Slot", "schedule": { "reference": "Schedule/elsewhere" }, "status": "free",
                       "start": NINE, "end": PAST_NINE });
    let schedule = json!({ "resourceType": "Schedule", "id": "elsewhere", "actor": [{ "reference": "Practitioner/8" }] });
    fhir.put("/Schedule/elsewhere", &schedule).await.expect(201);
    fhir.create(&slot).await;
}

#[tokio::test]
async fn slots_of_a_schedule_of_ours_close_and_open_it() {
    let clinic = clinic().await;
    let fhir = clinic.ward.as_user("fhir").at("/fhir");
    let slot = json!({ "resourceType": "Slot", "schedule": { "reference": format!("Schedule/{}", clinic.doctor) },
                       "status": "busy-unavailable", "start": NINE, "end": "2026-09-22T16:00:00Z" });
    let id = fhir.create(&slot).await;
    let day = ("2026-09-22T00:00:00Z", "2026-09-23T00:00:00Z");
    assert_eq!(clinic.times("clerk", day.0, day.1).await.len(), 0);
    let mut shorter = slot.clone();
    (shorter["id"], shorter["end"]) = (json!(id), json!("2026-09-22T15:00:00Z"));
    fhir.put(&format!("/Slot/{id}"), &shorter).await.expect(200);
    assert_eq!(clinic.times("clerk", day.0, day.1).await.len(), 3);
    fhir.delete(&format!("/Slot/{id}")).await.expect(204);
    assert_eq!(clinic.times("clerk", day.0, day.1).await.len(), 24);
}

#[tokio::test]
async fn who_is_there_already_comes_in_after_the_beginning_and_others_do_not() {
    let clinic = clinic().await;
    let fhir = clinic.ward.as_user("fhir").at("/fhir");
    let (start, end) = ("2026-09-21T14:00:00Z", "2026-09-21T14:20:00Z");
    fhir.post("/Appointment", &appointment(&clinic, "booked", start, end)).await.expect(422);
    fhir.post("/Appointment", &appointment(&clinic, "arrived", start, end)).await.expect(201);
    fhir.post("/Appointment", &appointment(&clinic, "checked-in", start, end)).await.expect(409);
    let past = appointment(&clinic, "fulfilled", "2026-09-18T14:00:00Z", "2026-09-18T14:20:00Z");
    fhir.post("/Appointment", &past).await.expect(201);
}

#[tokio::test]
async fn what_the_routes_do_not_let_somebody_do_fhir_does_not_either() {
    let clinic = clinic().await;
    let path = format!("/fhir/Schedule/{}", clinic.doctor);
    let schedule = clinic.ward.as_user("fhir").get(&path).await.expect(200).json();
    let slot = json!({ "resourceType": "Slot", "schedule": { "reference": format!("Schedule/{}", clinic.doctor) },
                       "status": "busy-unavailable", "start": NINE, "end": "2026-09-22T16:00:00Z" });
    for user in ["doctor", "clerk"] {
        clinic.ward.as_user(user).put(&path, &schedule).await.expect(403);
        clinic.ward.as_user(user).post("/fhir/Slot", &slot).await.expect(403);
    }
    clinic.ward.as_user("admin").put(&path, &schedule).await.expect(200);
}

#[tokio::test]
async fn one_transaction_books_a_day_once() {
    let clinic = clinic().await;
    let fhir = clinic.ward.as_user("fhir").at("/fhir");
    let entry = |start: &str, end: &str| json!({ "resource": appointment(&clinic, "booked", start, end), "request": { "method": "POST", "url": "Appointment" } });
    let both = [entry(NINE, PAST_NINE), entry("2026-09-22T09:00:00Z", "2026-09-22T09:20:00Z")];
    let mut bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": both });
    let refused = fhir.post("", &bundle).await.expect(422).text();
    assert!(refused.contains("same day"), "{refused}");
    assert_eq!(clinic.times("clerk", NINE, PAST_NINE).await.len(), 1, "nothing was half done");
    bundle["type"] = json!("batch");
    fhir.post("", &bundle).await.expect(200);
    assert_eq!(clinic.times("clerk", NINE, PAST_NINE).await.len(), 0);
}

fn parameters(parts: &Value) -> Value {
    json!({ "resourceType": "Parameters", "parameter": parts })
}

#[tokio::test]
async fn times_are_found_held_and_booked_by_operations() {
    let clinic = clinic().await;
    let fhir = || clinic.ward.as_user("clerk").at("/fhir");
    let (service, doctor) = (&clinic.service, &clinic.doctor);
    let path = format!(
        "/Appointment/$find?start=2026-09-22T00:00:00Z&end=2026-09-23T00:00:00Z&visit-type={service}&schedule={doctor}&count=2"
    );
    let (found, entries) = clinic.ward.entries_of(async { fhir().get(&path).await }).await;
    let found = found.expect(200);
    assert_eq!(entries.len(), 1, "one audit entry");
    assert_eq!(entries[0].audit.operation, "FindAppointmentTimes");
    let mut proposed = found.of_mode("match");
    assert_eq!(proposed.len(), 2);
    assert_eq!(
        (&proposed[0]["status"], &proposed[0]["start"]),
        (&json!("proposed"), &json!("2026-09-22T08:00:00.000Z"))
    );
    let by_person = path.replace(&format!("schedule={doctor}"), "provider-reference=Practitioner/7");
    assert_eq!(fhir().get(&by_person).await.expect(200).of_mode("match").len(), 2);
    let nobody = path.replace(&format!("schedule={doctor}"), "provider-reference=Practitioner/404");
    fhir().get(&nobody).await.expect(422);
    fhir().get("/Appointment/$find?start=x&end=y").await.expect(400);

    let patient =
        json!({ "actor": { "reference": format!("Patient/{}", clinic.patient) }, "status": "accepted" });
    proposed[0]["participant"].as_array_mut().unwrap().push(patient);
    let wanted = parameters(&json!([{ "name": "appt-resource", "resource": proposed[0] }]));
    let (held, entries) =
        clinic.ward.entries_of(async { fhir().post("/Appointment/$hold", &wanted).await }).await;
    let held = held.expect(200).of_mode("match").remove(0);
    assert_eq!((entries.len(), entries[0].audit.operation.as_str()), (1, "HoldAppointment"));
    assert_eq!(held["status"], json!("pending"));
    let (again, entries) =
        clinic.ward.entries_of(async { fhir().post("/Appointment/$hold", &wanted).await }).await;
    again.expect(409);
    assert_eq!(entries.len(), 1, "a refusal is written down once, too");
    let id = format!("Appointment/{}", held["id"].as_str().unwrap());
    let booking = parameters(&json!([{ "name": "appt-id", "valueUri": id }]));
    let booked = fhir().post("/Appointment/$book", &booking).await.expect(200).of_mode("match").remove(0);
    assert_eq!((&booked["status"], &booked["id"]), (&json!("booked"), &held["id"]));
    // At once, without holding; and nobody who may not.
    proposed[1]["participant"] = booked["participant"].clone();
    let at_once = parameters(&json!([{ "name": "appt-resource", "resource": proposed[1] }]));
    clinic.ward.as_user("lab").at("/fhir").post("/Appointment/$book", &at_once).await.expect(403);
    fhir().post("/Appointment/$book", &at_once).await.expect(200);
    fhir().post("/Appointment/$book", &parameters(&json!([]))).await.expect(422);
    let definition = fhir().get("/OperationDefinition/Appointment-find").await.expect(200).json();
    assert_eq!((&definition["code"], &definition["affectsState"]), (&json!("find"), &json!(false)));
}

#[tokio::test]
async fn slots_of_what_is_booked_and_free_are_computed() {
    let clinic = clinic().await;
    clinic.book(NINE).await;
    let held = clinic.wanted("2026-09-22T10:00:00.000Z");
    clinic.ward.as_user("clerk").post("/api/appointments/holds", &held).await.expect(201);
    let fhir = clinic.ward.as_user("doctor").at("/fhir");
    let window = "start=ge2026-09-22T00:00:00Z&start=lt2026-09-23T00:00:00Z";
    let path = |status: &str| format!("/Slot?schedule=Schedule/{}&status={status}&{window}", clinic.doctor);
    let slots = |reply: galen_testkit::ward::Reply| -> Vec<(String, String, String)> {
        let of = |slot: &Value, name: &str| {
            slot[name].as_str().unwrap().get(..19).unwrap_or(slot[name].as_str().unwrap()).to_owned()
        };
        reply
            .expect(200)
            .of_mode("match")
            .iter()
            .map(|s| (of(s, "status"), of(s, "start"), of(s, "end")))
            .collect()
    };
    let one = |status: &str, start: &str, end: &str| {
        (status.to_owned(), format!("2026-09-22T{start}:00"), format!("2026-09-22T{end}:00"))
    };
    assert_eq!(slots(fhir.get(&path("busy")).await), [one("busy", "08:00", "08:20")]);
    assert_eq!(
        slots(fhir.get(&path("busy,busy-tentative,free")).await),
        [
            one("busy", "08:00", "08:20"),
            one("free", "08:20", "10:00"),
            one("busy-tentative", "10:00", "10:20"),
            one("free", "10:20", "16:00"),
        ]
    );
    // It says nothing of by whom.
    let text = fhir.get(&path("busy")).await.text();
    assert!(!text.contains(&clinic.patient), "{text}");
    fhir.get(&format!("/Slot?schedule=Schedule/{}&status=busy", clinic.doctor)).await.expect(400);
    fhir.get(&format!("/Slot?status=busy&{window}")).await.expect(400);
    fhir.get(&format!("{}&identifier=x", path("busy"))).await.expect(400);
    // Exceptions are stored, as before.
    assert_eq!(
        fhir.get(&format!("/Slot?schedule=Schedule/{}", clinic.doctor)).await.expect(200).ids().len(),
        0
    );
}
