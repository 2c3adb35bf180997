//! Tokens: the order in which they are called, that none is given twice, and that the waiting room learns no names.

use crate::api::{Clinic, timetable};
use crate::at;
use galen_kernel::{Instant, PatientId};
use galen_scheduling::decide::{TicketStep, call_next, issue, step};
use galen_scheduling::events::{QueueEvent, evolve_queue};
use galen_scheduling::model::{Queue, Ticket, Waiting};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const NOW: &str = "2026-11-27T10:00:00Z";

fn ticket(patient: &str, arrived: &str, due: Option<&str>) -> Ticket {
    Ticket {
        number: 0,
        patient: PatientId::parse(patient).unwrap(),
        appointment: due.map(|_| format!("a-{patient}")),
        service: None,
        priority: false,
        due: at(due.unwrap_or(arrived)),
        arrived: at(arrived),
        state: Waiting::Waiting,
        place: None,
        called: None,
    }
}

fn give(queue: &mut Queue, ticket: &Ticket) {
    for event in issue(queue, ticket, false).unwrap() {
        evolve_queue(queue, &event);
    }
}

fn call(queue: &mut Queue, place: &str, now: Instant) -> u32 {
    let events = call_next(queue, place, now).unwrap();
    for event in &events {
        evolve_queue(queue, event);
    }
    let Some(QueueEvent::Called { number, .. }) = events.last() else { panic!("nobody was called") };
    *number
}

fn waiting_room() -> Queue {
    let mut queue = Queue::default();
    give(&mut queue, &ticket("early", "2026-11-27T09:00:00Z", Some("2026-11-27T10:30:00Z")));
    give(&mut queue, &ticket("walk-in", "2026-11-27T09:10:00Z", None));
    give(&mut queue, &ticket("due-later", "2026-11-27T09:20:00Z", Some("2026-11-27T09:50:00Z")));
    give(&mut queue, &ticket("due-first", "2026-11-27T09:30:00Z", Some("2026-11-27T09:40:00Z")));
    give(&mut queue, &Ticket { priority: true, ..ticket("unwell", "2026-11-27T09:55:00Z", None) });
    queue
}

#[test]
fn given_a_waiting_room_when_called_then_priority_then_who_is_due_then_walk_ins_then_who_is_early() {
    let mut queue = waiting_room();
    let called: Vec<u32> = (0..5).map(|n| call(&mut queue, &format!("Room {n}"), at(NOW))).collect();
    assert_eq!(called, [5, 4, 3, 2, 1]);
    assert_eq!(call_next(&queue, "Room 1", at(NOW)).unwrap_err().code, "nobody-waits");
    // Before anybody is due, walk-ins fill the gaps.
    let queue = waiting_room();
    let early: Vec<u32> = queue.in_order(at("2026-11-27T09:35:00Z")).iter().map(|t| t.number).collect();
    assert_eq!(early, [5, 2, 4, 3, 1]);
}

#[test]
fn given_a_called_token_when_stepped_then_it_goes_the_ways_there_are() {
    let mut queue = waiting_room();
    let number = call(&mut queue, "Room 1", at(NOW));
    let code = |queue: &Queue, number, wanted| {
        step(queue, number, wanted, at(NOW)).map_or_else(|refused| refused.code.to_owned(), |_| "fine".into())
    };
    for wanted in [TicketStep::Recall, TicketStep::Skip, TicketStep::Finish] {
        assert_eq!(code(&queue, number, wanted), "fine");
        assert_eq!(code(&queue, 1, wanted), "not-possible-now", "who waits was not called");
        assert_eq!(code(&queue, 99, wanted), "not-found");
    }
    evolve_queue(&mut queue, &QueueEvent::Skipped { number });
    assert_eq!(code(&queue, number, TicketStep::Skip), "not-possible-now");
    assert_eq!(code(&queue, number, TicketStep::Recall), "fine", "who was skipped can be called again");
    evolve_queue(&mut queue, &QueueEvent::Finished { number });
    assert_eq!(code(&queue, number, TicketStep::Recall), "not-possible-now");

    // Whoever is called next to a room lets the one before go in.
    let (first, second) = (call(&mut queue, "Room 1", at(NOW)), call(&mut queue, "Room 1", at(NOW)));
    let state = |number| queue.ticket(number).unwrap().state;
    assert_eq!((state(first), state(second)), (Waiting::Finished, Waiting::Called));
}

#[test]
fn given_somebody_with_a_token_when_asked_again_then_there_is_no_second() {
    let mut queue = waiting_room();
    let again = ticket("walk-in", NOW, None);
    let refused = issue(&queue, &again, false).unwrap_err();
    assert_eq!((refused.code, &refused.related[..]), ("has-token", &["A002".to_owned()][..]));
    assert_eq!(issue(&queue, &ticket("dead", NOW, None), true).unwrap_err().code, "patient-deceased");
    evolve_queue(&mut queue, &QueueEvent::Finished { number: 2 });
    let QueueEvent::Issued(next) = &issue(&queue, &again, false).unwrap()[0] else {
        panic!("none was given")
    };
    assert_eq!(next.token(), "A006", "numbers go on, whoever has gone");
}

async fn clinic() -> Clinic {
    let clinic = Clinic::open().await;
    let fhir = clinic.ward.as_user("fhir");
    for (id, name) in [("outpatients", "Outpatients"), ("12", "Room 12")] {
        let place = json!({ "resourceType": "Location", "id": id, "name": name });
        fhir.put(&format!("/fhir/Location/{id}"), &place).await.expect(201);
    }
    for (schedule, actor) in [(&clinic.doctor, "Practitioner/7"), (&clinic.room, "Location/12")] {
        let mut form = timetable(actor);
        form["clinic"] = json!("outpatients");
        let path = format!("/api/schedules/{schedule}");
        let amended = json!({ "version": 1, "timetable": form });
        clinic.ward.as_user("admin").put(&path, &amended).await.expect(200);
    }
    clinic
}

const QUEUE: &str = "/api/clinics/outpatients/queue";
const TICKETS: &str = "/api/clinics/outpatients/tickets";
const NEXT: &str = "/api/clinics/outpatients/queue/next";
const DISPLAY: &str = "/api/clinics/outpatients/queue-display";

#[tokio::test]
async fn a_walk_in_is_called_and_the_waiting_room_shows_tokens_and_rooms_alone() {
    let clinic = clinic().await;
    let clerk = clinic.ward.as_user("clerk");
    let given = clerk.post(TICKETS, &json!({ "patient": clinic.patient })).await.expect(201).json();
    assert_eq!((&given["token"], &given["who"]), (&json!("A001"), &Value::Null));
    let refused = clerk.post(TICKETS, &json!({ "patient": clinic.patient })).await.expect(409).json();
    assert_eq!(refused["code"], "has-token");
    let queue = clerk.get(QUEUE).await.expect(200).json();
    assert_eq!(queue["waiting"][0]["who"]["family"], "Lovelace");
    assert_eq!(
        (queue["rooms"].as_array().unwrap().len(), &queue["rooms"][0]["name"]),
        (1, &json!("Room 12"))
    );

    clerk.post(NEXT, &json!({ "room": clinic.doctor })).await.expect(422);
    let called = clerk.post(NEXT, &json!({ "room": clinic.room })).await.expect(200).json();
    assert_eq!((&called["token"], &called["place"]), (&json!("A001"), &json!("Room 12")));
    let screen = clerk.get(DISPLAY).await.expect(200);
    let shown = screen.json();
    assert_eq!(
        (&shown["called"][0]["token"], &shown["called"][0]["place"]),
        (&json!("A001"), &json!("Room 12"))
    );
    let text = shown.to_string();
    assert!(!text.contains("Lovelace") && !text.contains(&clinic.patient), "{text}");

    let step = |wanted: &str| json!({ "step": wanted });
    let path = "/api/clinics/outpatients/tickets/1/step";
    clerk.post(path, &step("skip")).await.expect(200);
    clerk.post(NEXT, &json!({ "room": clinic.room })).await.expect(409);
    clerk.post(path, &step("recall")).await.expect(200);
    clerk.post(path, &step("finish")).await.expect(200);
    clerk.post(path, &step("finish")).await.expect(409);
    assert_eq!(clerk.get(QUEUE).await.expect(200).json()["finished"], 1);
}

#[tokio::test]
async fn who_has_an_appointment_gets_a_token_once_they_are_there() {
    let clinic = clinic().await;
    let booked = clinic.book("2026-09-22T08:00:00.000Z").await;
    clinic.ward.pass_seconds(12 * 3_600);
    let clerk = clinic.ward.as_user("clerk");
    let wanted = json!({ "appointment": booked["id"] });
    assert_eq!(clerk.post(TICKETS, &wanted).await.expect(409).json()["code"], "not-arrived");
    let path = format!("/api/appointments/{}/attendance", booked["id"].as_str().unwrap());
    clerk.post(&path, &json!({ "version": 1, "step": "arrive" })).await.expect(200);
    let given = clerk.post(TICKETS, &wanted).await.expect(201).json();
    assert_eq!((&given["due"], &given["appointment"]), (&json!("2026-09-22T08:00:00.000Z"), &booked["id"]));
    clerk.post(TICKETS, &json!({})).await.expect(404);
    clerk.post("/api/clinics/nowhere/tickets", &json!({ "patient": clinic.patient })).await.expect(404);
}

#[tokio::test]
async fn of_those_who_ask_at_once_nobody_gets_the_same_token() {
    let clinic = clinic().await;
    let fhir = clinic.ward.as_user("fhir").at("/fhir");
    let mut patients = Vec::new();
    for number in 0..12 {
        let patient = json!({ "resourceType": "Patient", "name": [{ "family": format!("Queue{number}") }] });
        patients.push(fhir.create(&patient).await);
    }
    let clerk = clinic.ward.as_user("clerk");
    let wanted: Vec<Value> = patients.iter().map(|patient| json!({ "patient": patient })).collect();
    let asked = wanted.iter().map(|wanted| clerk.post(TICKETS, wanted));
    let given = futures_util::future::join_all(asked).await;
    let tokens: BTreeSet<String> =
        given.into_iter().map(|one| one.expect(201).json()["token"].as_str().unwrap().to_owned()).collect();
    assert_eq!(tokens.len(), 12, "{tokens:?}");
}

#[tokio::test]
async fn who_may_show_the_screen_may_do_nothing_else() {
    let clinic = clinic().await;
    for user in ["ada", "lab", "support"] {
        for path in [QUEUE, DISPLAY] {
            clinic.ward.as_user(user).get(path).await.expect(403);
        }
        clinic.ward.as_user(user).post(TICKETS, &json!({ "patient": clinic.patient })).await.expect(403);
    }
    clinic.ward.nobody().get(DISPLAY).await.expect(401);
}
