//! Series: the rules given/when/then, and through a whole house.

use crate::api::{Clinic, timetable as form};
use crate::now;
use crate::rules::{around, span, taken, wanted};
use galen_scheduling::decide::{Around, Choice, Occurrence, nearest, occurrences, state};
use galen_scheduling::model::{Ends, OCCURRENCES_MAX, Plan, Span, State, Unit, What, Zone};
use jiff::civil::{Date, Weekday, date, time};
use proptest::prelude::*;
use serde_json::{Value, json};

fn london() -> Zone {
    Zone::parse("Europe/London").unwrap()
}

fn weekly(first: Date, count: usize) -> Plan {
    Plan {
        first,
        time: time(9, 0, 0, 0),
        every: 1,
        unit: Unit::Weeks,
        days: Vec::new(),
        ends: Ends::After(count),
    }
}

fn starts(plan: &Plan) -> Vec<String> {
    let all = occurrences(plan, 20, &london()).unwrap();
    all.into_iter().map(|one| one.span.map_or("-".to_owned(), |span| span.start().to_string())).collect()
}

#[test]
fn given_a_change_of_clocks_when_planned_then_the_local_time_stays() {
    assert_eq!(
        starts(&weekly(date(2026, 10, 20), 3)),
        ["2026-10-20T08:00:00.000Z", "2026-10-27T09:00:00.000Z", "2026-11-03T09:00:00.000Z"]
    );
    // The hour that is skipped is said, the hour that is repeated is taken the first time.
    let night = |first, hour| Plan { time: time(hour, 30, 0, 0), ..weekly(first, 2) };
    assert_eq!(starts(&night(date(2027, 3, 21), 1)), ["2027-03-21T01:30:00.000Z", "-"]);
    assert_eq!(
        starts(&night(date(2026, 10, 18), 1)),
        ["2026-10-18T00:30:00.000Z", "2026-10-25T00:30:00.000Z"]
    );
}

#[test]
fn given_days_of_the_week_when_planned_then_each_from_the_first_on() {
    let days = |plan: &Plan| -> Vec<String> {
        occurrences(plan, 20, &london()).unwrap().iter().map(|one| one.day.to_string()).collect()
    };
    let plan =
        Plan { days: vec![Weekday::Monday, Weekday::Thursday], every: 2, ..weekly(date(2026, 11, 25), 4) };
    assert_eq!(days(&plan), ["2026-11-26", "2026-12-07", "2026-12-10", "2026-12-21"]);
    let daily = Plan { unit: Unit::Days, every: 10, ends: Ends::With(date(2026, 12, 15)), ..plan };
    assert_eq!(days(&daily), ["2026-11-25", "2026-12-05", "2026-12-15"]);
}

#[test]
fn given_limits_when_passed_then_they_are_named() {
    let refused = |plan: Plan| occurrences(&plan, 20, &london()).unwrap_err().code;
    let first = date(2026, 11, 25);
    assert_eq!(occurrences(&weekly(first, OCCURRENCES_MAX), 20, &london()).unwrap().len(), OCCURRENCES_MAX);
    assert_eq!(refused(weekly(first, OCCURRENCES_MAX + 1)), "too-many-occurrences");
    let with = |last| Plan { ends: Ends::With(last), ..weekly(first, 1) };
    assert_eq!(refused(with(date(2028, 1, 1))), "too-many-occurrences");
    assert_eq!(refused(with(date(2026, 11, 24))), "series-empty");
    assert_eq!(refused(Plan { every: 0, ..weekly(first, 2) }), "interval-invalid");
    assert_eq!(refused(Plan { every: 53, ..weekly(first, 2) }), "interval-invalid");
}

#[test]
fn given_what_stands_in_the_way_when_previewed_then_it_is_named() {
    let on = |day: Date, start: &str| Occurrence { number: 1, day, span: Some(span(start, 20)) };
    let tuesday = on(date(2026, 11, 24), "2026-11-24T09:00:00Z");
    let of = |time: &Occurrence, around: &Around| {
        state(time, &wanted("2026-11-24T09:00:00Z"), around, now()).unwrap()
    };
    let entry = |what| vec![taken("b", "2026-11-24T09:00:00Z", 20, what, None)];
    assert_eq!(of(&tuesday, &around(Vec::new())), State::Free);
    assert_eq!(of(&tuesday, &around(entry(What::Visit))), State::Taken);
    assert_eq!(of(&tuesday, &around(entry(What::Absence))), State::Leave);
    let mut busy = around(Vec::new());
    busy.patient_entries = entry(What::Visit);
    assert_eq!(of(&tuesday, &busy), State::PatientBusy);
    let saturday = on(date(2026, 11, 28), "2026-11-28T09:00:00Z");
    assert_eq!(of(&saturday, &around(Vec::new())), State::Closed);
    let mut holiday = around(Vec::new());
    holiday.schedules[0].timetable.closed = vec![date(2026, 11, 24)];
    assert_eq!(of(&tuesday, &holiday), State::Holiday);
    let past = on(date(2026, 11, 20), "2026-11-20T09:00:00Z");
    assert_eq!(of(&past, &around(Vec::new())), State::Past);
    let far = on(date(2029, 11, 20), "2029-11-20T09:00:00Z");
    assert_eq!(of(&far, &around(Vec::new())), State::TooFarAhead);
    assert_eq!(of(&Occurrence { span: None, ..tuesday }, &around(Vec::new())), State::ClockChange);
    // What is wrong with all of them refuses all of them.
    let mut died = around(Vec::new());
    died.is_deceased = true;
    let refused = state(&tuesday, &wanted("2026-11-24T09:00:00Z"), &died, now()).unwrap_err();
    assert_eq!(refused.code, "patient-deceased");
}

#[test]
fn given_free_times_when_one_cannot_be_then_the_nearest_is_named() {
    let choice = |start: &str| Choice { span: span(start, 20), schedules: vec!["s1".into()] };
    let free: Vec<Choice> =
        ["2026-11-24T08:00:00Z", "2026-11-24T09:40:00Z", "2026-11-24T10:00:00Z"].map(choice).into();
    let time =
        Occurrence { number: 1, day: date(2026, 11, 24), span: Some(span("2026-11-24T09:20:00Z", 20)) };
    let found = |patient: &[_], series: &[Span]| {
        nearest(&time, &free, patient, series, now()).map(|choice| choice.span.start().to_string())
    };
    assert_eq!(found(&[], &[]).as_deref(), Some("2026-11-24T09:40:00.000Z"));
    let own = [taken("b", "2026-11-24T09:40:00Z", 20, What::Visit, None)];
    assert_eq!(found(&own, &[]).as_deref(), Some("2026-11-24T10:00:00.000Z"));
    let series = [span("2026-11-24T10:00:00Z", 20)];
    assert_eq!(found(&own, &series).as_deref(), Some("2026-11-24T08:00:00.000Z"));
    assert_eq!(nearest(&time, &[], &[], &[], now()), None);
}

proptest! {
    /// Nothing is dropped and nothing shifted: as many as were asked for, each at the same local time or said not to be.
    #[test]
    fn a_series_keeps_its_local_time(
        day in 0i64..1_500, hour in 0i8..24, every in 1u32..9, weeks in any::<bool>(), count in 1usize..53,
    ) {
        let first = date(2026, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap();
        let unit = if weeks { Unit::Weeks } else { Unit::Days };
        let plan = Plan { time: time(hour, 30, 0, 0), every, unit, ..weekly(first, count) };
        let all = occurrences(&plan, 20, &london()).unwrap();
        prop_assert_eq!(all.len(), count);
        let step = i64::from(every) * if weeks { 7 } else { 1 };
        for (place, one) in all.iter().enumerate() {
            let due = first.checked_add(jiff::Span::new().days(step * i64::try_from(place).unwrap())).unwrap();
            prop_assert_eq!((one.number, one.day), (place + 1, due));
            let Some(span) = one.span else {
                prop_assert_eq!((hour, one.day.month(), one.day.weekday()), (1, 3, Weekday::Sunday));
                continue;
            };
            let local = jiff::Timestamp::from_microsecond(span.start().micros()).unwrap();
            let local = local.to_zoned(london().zone().clone());
            prop_assert_eq!((local.date(), local.hour(), local.minute()), (due, hour, 30));
        }
    }
}

fn plan(first: &str, count: u32) -> Value {
    json!({ "first": first, "time": "10:00", "unit": "weeks", "count": count })
}

async fn preview(clinic: &Clinic, plan: &Value) -> Value {
    let body = json!({ "patient": clinic.patient, "service": clinic.service,
                       "schedules": [clinic.doctor, clinic.room], "plan": plan });
    clinic.ward.as_user("clerk").post("/api/appointment-series/preview", &body).await.expect(200).json()
}

fn times(preview: &Value) -> Vec<Value> {
    let of = |one: &Value| match &one["nearest"] {
        Value::Null => json!(one["start"]),
        nearest => nearest["start"].clone(),
    };
    preview["occurrences"].as_array().unwrap().iter().map(of).collect()
}

impl Clinic {
    async fn book_series(&self, key: &str, starts: &[Value], status: u16) -> Value {
        let of = |start: &Value| json!({ "start": start, "schedules": [self.doctor, self.room] });
        let body = json!({ "patient": self.patient, "service": self.service,
                           "times": starts.iter().map(of).collect::<Vec<_>>() });
        let clerk = self.ward.as_user("clerk").with("idempotency-key", key);
        clerk.post("/api/appointment-series", &body).await.expect(status).json()
    }

    async fn of_series(&self, series: &Value) -> Vec<Value> {
        let path = format!("/api/appointments?series={}", series["series"].as_str().unwrap());
        let page = self.ward.as_user("clerk").get(&path).await.expect(200).json();
        page["appointments"].as_array().unwrap().clone()
    }
}

#[tokio::test]
async fn a_series_that_crosses_a_holiday_and_a_change_of_clocks_says_so_and_is_booked_as_agreed() {
    let clinic = Clinic::open().await;
    let admin = clinic.ward.as_user("admin");
    let mut closed = form("Practitioner/7");
    closed["closed"] = json!(["2026-10-27"]);
    let amended = json!({ "version": 1, "timetable": closed });
    admin.put(&format!("/api/schedules/{}", clinic.doctor), &amended).await.expect(200);
    clinic.book("2026-10-13T09:00:00Z").await;
    let shown = preview(&clinic, &plan("2026-10-06", 5)).await;
    assert_eq!(shown["zone"], json!("Europe/London"));
    let states: Vec<&str> =
        shown["occurrences"].as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["free", "taken", "free", "holiday", "free"]);
    let agreed = times(&shown);
    // Twenty past ten is nearest to what is taken; the clocks have gone back when the last one comes.
    assert_eq!(agreed[1], json!("2026-10-13T08:40:00.000Z"));
    assert_eq!(agreed[4], json!("2026-11-03T10:00:00.000Z"));
    assert_eq!(agreed[3].as_str().unwrap().get(..10), Some("2026-10-26"), "the day before the holiday");

    let booked = clinic.book_series("series-1", &agreed, 201).await;
    assert_eq!((&booked["isComplete"], booked["outcomes"].as_array().unwrap().len()), (&json!(true), 5));
    let all = clinic.of_series(&booked).await;
    let starts: Vec<Value> = all.iter().map(|one| one["start"].clone()).collect();
    let mut sorted = agreed.clone();
    sorted.sort_by_key(|start| start.as_str().unwrap().to_owned());
    assert_eq!(starts, sorted);
    assert!(all.iter().all(|one| one["series"] == booked["series"] && one["status"] == "booked"));
    let fhir = clinic.ward.as_user("fhir").at("/fhir");
    let number = booked["series"].as_str().unwrap();
    let path = format!("/Appointment?identifier=https://galen.health/fhir/appointment-series|{number}");
    assert_eq!(fhir.get(&path).await.expect(200).ids().len(), 5);
}

#[tokio::test]
async fn a_series_that_was_half_booked_is_finished_by_the_same_request() {
    let clinic = Clinic::open().await;
    let starts =
        [json!("2026-09-22T09:00:00Z"), json!("2026-09-29T09:00:00Z"), json!("2026-10-06T09:00:00Z")];
    let other = clinic.book("2026-09-29T09:00:00Z").await;
    // Without a key it could not be finished.
    let body = json!({ "patient": clinic.patient, "service": clinic.service, "times": [] });
    clinic.ward.as_user("clerk").post("/api/appointment-series", &body).await.expect(422);
    let half = clinic.book_series("k", &starts, 200).await;
    assert_eq!(half["isComplete"], json!(false));
    assert_eq!(half["outcomes"][1]["code"], json!("already-booked"));
    assert_eq!(clinic.of_series(&half).await.len(), 2);
    let path = format!("/api/appointments/{}/cancel", other["id"].as_str().unwrap());
    let reason = json!({ "version": 1, "reason": "pat" });
    clinic.ward.as_user("clerk").post(&path, &reason).await.expect(200);
    let whole = clinic.book_series("k", &starts, 201).await;
    assert_eq!((&whole["series"], &whole["isComplete"]), (&half["series"], &json!(true)));
    assert_eq!(whole["outcomes"][0]["appointment"]["id"], half["outcomes"][0]["appointment"]["id"]);
    assert_eq!(clinic.of_series(&whole).await.len(), 3, "nothing was booked twice");
    let again = clinic.book_series("k", &starts, 201).await;
    assert_eq!(again, whole);
    // What is left is booked at other times, into the same series; not into one of somebody else's.
    let more = |patient: &str| {
        json!({ "patient": patient, "service": clinic.service, "series": whole["series"],
                "times": [{ "start": "2026-10-13T09:00:00Z", "schedules": [clinic.doctor] }] })
    };
    let send = |patient: String, key: &'static str, status: u16| {
        let clerk = clinic.ward.as_user("clerk").with("idempotency-key", key);
        let body = more(&patient);
        async move { clerk.post("/api/appointment-series", &body).await.expect(status).json() }
    };
    let stranger = json!({ "resourceType": "Patient", "name": [{ "family": "Stranger" }] });
    let stranger = clinic.ward.as_user("fhir").at("/fhir").create(&stranger).await;
    assert_eq!(send(stranger, "k2", 422).await["code"], json!("series-unknown"));
    assert_eq!(send(clinic.patient.clone(), "k3", 201).await["series"], whole["series"]);
    assert_eq!(clinic.of_series(&whole).await.len(), 4);
    let another = clinic.book_series("other-key", &[json!("2026-10-07T09:00:00Z")], 201).await;
    assert_ne!(another["series"], whole["series"]);
}

#[tokio::test]
async fn one_this_and_following_or_all_are_called_off() {
    let clinic = Clinic::open().await;
    let starts = times(&preview(&clinic, &plan("2026-09-22", 4)).await);
    let series = clinic.book_series("k", &starts, 201).await;
    let path = format!("/api/appointment-series/{}/cancel", series["series"].as_str().unwrap());
    // Another patient's series is as if there were none.
    let stranger = json!({ "resourceType": "Patient", "name": [{ "family": "Stranger" }] });
    let stranger = clinic.ward.as_user("fhir").at("/fhir").create(&stranger).await;
    clinic.ward.add_patient_user("stranger", &stranger).await;
    clinic.ward.as_user("stranger").post(&path, &json!({ "reason": "pat" })).await.expect(404);
    let following = json!({ "from": starts[2], "reason": "pat" });
    let gone = clinic.ward.as_user("ada").post(&path, &following).await.expect(200).json();
    assert_eq!((gone["outcomes"].as_array().unwrap().len(), &gone["isComplete"]), (2, &json!(true)));
    let status =
        |all: &[Value]| all.iter().map(|one| one["status"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(status(&clinic.of_series(&series).await), ["booked", "booked", "cancelled", "cancelled"]);
    clinic.ward.as_user("clerk").post(&path, &json!({ "reason": "prov" })).await.expect(200);
    assert_eq!(status(&clinic.of_series(&series).await), ["cancelled"; 4]);
    clinic.ward.as_user("clerk").post(&path, &json!({ "reason": "prov" })).await.expect(404);
}
