//! Messages on their way: through outlets that are down, slow, rejecting, answering twice; through crashes.

use crate::scene::{DAY, Fare, Scene};
use galen_messaging::jobs::Worker;
use galen_messaging::model::calendar::{Method, unfold};
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_booking_is_confirmed_once_with_an_invitation_and_reminded_of() {
    let scene = Scene::new().await;
    scene.book("ada", 10 * DAY, false).await;
    scene.relay().await;
    scene.work().await;
    scene.work().await;
    let out = scene.email.out();
    assert_eq!(out.len(), 1);
    assert_eq!(
        (out[0].to.reveal().as_str(), out[0].subject.reveal().as_str()),
        ("ada@example.org", "Your appointment - Aldermoor")
    );
    assert!(out[0].text.reveal().contains("Dear Ada Lovelace") && out[0].html.is_some());
    let part = out[0].calendar.as_ref().unwrap();
    let calendar = unfold(part.content.reveal());
    assert_eq!(part.method, Method::Request);
    assert!(calendar.contains("UID:a-ada@galen\r\nSEQUENCE:0\r\n"), "{calendar}");
    assert_eq!(scene.states("ada", "appointment-booked").await, ["sent"]);
    assert_eq!(scene.states("ada", "appointment-reminder").await, ["queued", "queued"]);
    for (days, reminders) in [(3, 1), (6, 1), (2, 0)] {
        scene.ward.pass_seconds(days * DAY);
        scene.work().await;
        assert_eq!(scene.email.out().len(), reminders, "after {days} days");
    }
    assert_eq!(scene.states("ada", "appointment-reminder").await, ["sent", "sent"]);
}

#[tokio::test]
async fn a_move_supersedes_and_a_cancellation_ends_what_was_planned() {
    let scene = Scene::new().await;
    scene.book("ada", 10 * DAY, false).await;
    scene.work().await;
    scene.reschedule("ada", 20 * DAY).await;
    assert_eq!(
        scene.states("ada", "appointment-reminder").await,
        ["queued", "queued", "suppressed superseded", "suppressed superseded"]
    );
    scene.work().await;
    let out = scene.email.out();
    assert_eq!(out.len(), 2);
    let update = unfold(out[1].calendar.as_ref().unwrap().content.reveal());
    assert!(update.contains("UID:a-ada@galen\r\nSEQUENCE:1\r\n"));
    scene.cancel("ada", 20 * DAY).await;
    scene.work().await;
    let out = scene.email.out();
    let part = out[0].calendar.as_ref().unwrap();
    assert_eq!((out.len(), part.method), (1, Method::Cancel));
    assert!(part.content.reveal().contains("SEQUENCE:2\r\n"));
    scene.ward.pass_seconds(30 * DAY);
    scene.work().await;
    assert!(scene.email.out().is_empty(), "nobody is reminded of what does not take place");
    assert!(
        scene.states("ada", "appointment-reminder").await.iter().all(|one| one == "suppressed superseded")
    );
}

#[tokio::test]
async fn what_changed_without_an_event_is_seen_when_it_is_to_go_out() {
    let scene = Scene::new().await;
    scene.book("ada", 10 * DAY, false).await;
    scene.work().await;
    let deceased = json!({ "resourceType": "Patient", "id": "ada", "deceasedBoolean": true,
                           "telecom": [{ "system": "email", "value": "ada@example.org" }] });
    scene.put(deceased).await;
    scene.email.out();
    scene.ward.pass_seconds(9 * DAY);
    scene.work().await;
    assert!(scene.email.out().is_empty());
    assert_eq!(
        scene.states("ada", "appointment-reminder").await,
        ["suppressed deceased", "suppressed deceased"]
    );
}

#[tokio::test]
async fn an_outlet_that_is_down_is_tried_later_each_time_and_then_the_message_is_dead_and_seen() {
    let scene = Scene::new().await;
    scene.book("ada", 10 * DAY, false).await;
    scene.email.fares(&[Fare::Down; 8]);
    scene.work().await;
    scene.work().await;
    assert_eq!(scene.email.tries(), 1, "it waits");
    assert_eq!(scene.states("ada", "appointment-booked").await, ["queued unreachable"]);
    let queue = "/api/messaging/queue";
    // Tokens end within the hour.
    let clerk = || scene.ward.as_user("clerk");
    for _ in 0..7 {
        scene.ward.pass_seconds(3_700);
        let counts = clerk().get(queue).await.expect(200).json();
        assert_eq!((&counts["open"], &counts["dead"]), (&json!(3), &json!(0)));
        // Later waits are longer than the time after which somebody must look.
        let is_overdue = scene.email.tries() < 4;
        assert!(counts["overdue"] == 1 || !is_overdue, "{counts}");
        scene.work().await;
        // By day, so that quiet hours stay out of it.
        if scene.email.tries() == 5 {
            scene.ward.pass_seconds(DAY - 4 * 3_700);
        }
    }
    scene.ward.pass_seconds(DAY / 2);
    scene.work().await;
    assert_eq!(scene.email.tries(), 8);
    assert_eq!(scene.states("ada", "appointment-booked").await, ["dead unreachable"]);
    let letters = clerk().get("/api/messaging/dead-letters").await.expect(200).json();
    let id = letters["messages"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(clerk().get(queue).await.expect(200).json()["dead"], 1);
    let resend = format!("/api/messaging/messages/{id}/resend");
    let again = clerk().post(&resend, &json!(null)).await.expect(200).json();
    assert_eq!(again["state"], "queued");
    clerk().post(&resend, &json!(null)).await.expect(409);
    scene.ward.pass_seconds(DAY / 2);
    scene.work().await;
    let out = scene.email.out();
    assert_eq!((out.len(), out[0].key.clone()), (1, format!("{id}.1")));
    assert_eq!(clerk().get(queue).await.expect(200).json()["dead"], 0);
}

#[tokio::test]
async fn a_refusal_is_final() {
    let scene = Scene::new().await;
    scene.book("ada", 10 * DAY, false).await;
    scene.email.fares(&[Fare::Reject]);
    scene.work().await;
    scene.ward.pass_seconds(600);
    scene.work().await;
    assert_eq!((scene.email.tries(), scene.email.out().len()), (1, 0));
    assert_eq!(scene.states("ada", "appointment-booked").await, ["dead refused"]);
}

#[tokio::test]
async fn an_answer_that_was_lost_does_not_send_twice() {
    let scene = Scene::new().await;
    scene.book("ada", 10 * DAY, false).await;
    scene.email.fares(&[Fare::Lost, Fare::Lost]);
    for _ in 0..3 {
        scene.work().await;
        scene.ward.pass_seconds(300);
    }
    assert_eq!((scene.email.tries(), scene.email.out().len()), (3, 1), "one key, one message");
    assert_eq!(scene.states("ada", "appointment-booked").await, ["sent"]);
}

#[tokio::test]
async fn a_crash_between_sending_and_writing_it_down_neither_sends_twice_nor_sticks() {
    let scene = Scene::new().await;
    scene.book("ada", 10 * DAY, false).await;
    scene.email.fares(&[Fare::TakeAndHang]);
    let mut worker = Worker::new(&scene.ward.house);
    let cut = tokio::time::timeout(Duration::from_millis(1_500), worker.settle()).await;
    assert!(cut.is_err(), "the outlet hangs");
    drop(worker);
    assert_eq!(scene.states("ada", "appointment-booked").await, ["sending"]);
    scene.work().await;
    assert_eq!(scene.email.tries(), 1, "it may still be on its way");
    scene.ward.pass_seconds(121);
    scene.work().await;
    assert_eq!((scene.email.tries(), scene.email.out().len()), (2, 1), "one key, one message");
    assert_eq!(scene.states("ada", "appointment-booked").await, ["sent"]);
}

#[tokio::test]
async fn several_processes_send_each_message_once() {
    let scene = Scene::new().await;
    scene.book("ada", 10 * DAY, false).await;
    scene.book("bob", 10 * DAY, false).await;
    let (mut one, mut other) = (Worker::new(&scene.ward.house), Worker::new(&scene.ward.house));
    let (first, second) = tokio::join!(one.settle(), other.settle());
    first.unwrap();
    second.unwrap();
    assert_eq!(scene.email.tries(), 1, "bob has no address");
    assert_eq!(scene.states("bob", "appointment-booked").await, ["suppressed no-address"]);
}

#[tokio::test]
async fn one_that_hangs_delays_no_other() {
    let scene = Scene::new().await;
    scene.patient("bob", json!([{ "system": "phone", "use": "mobile", "value": "07700 900456" }])).await;
    scene.book("ada", 10 * DAY, false).await;
    scene.email.fares(&[Fare::TakeAndHang]);
    let mut worker = Worker::new(&scene.ward.house);
    let work = worker.settle();
    tokio::pin!(work);
    assert!(tokio::time::timeout(Duration::from_millis(800), &mut work).await.is_err());
    scene.book("bob", 10 * DAY, false).await;
    scene.work().await;
    assert_eq!(scene.sms.out().len(), 1);
    assert_eq!(scene.states("bob", "appointment-booked").await, ["sent"]);
}

#[tokio::test]
async fn receipts_count_once_whenever_they_come() {
    let scene = Scene::new().await;
    scene.prefer("ada", 0, json!({ "channels": ["sms", "in-app"] })).await;
    scene.book("ada", 10 * DAY, false).await;
    scene.sms.fares(&[Fare::Lost]);
    scene.work().await;
    let key = scene.sms.out()[0].key.clone();
    let path = format!("/api/messaging/receipts/{key}");
    scene.call_back(&path, "MessageStatus=sent").await;
    assert_eq!(scene.states("ada", "appointment-booked").await, ["queued unanswered"]);
    for _ in 0..2 {
        scene.call_back(&path, "MessageStatus=delivered").await;
    }
    scene.call_back(&path, r#"{"status":"failed"}"#).await;
    assert_eq!(scene.states("ada", "appointment-booked").await, ["delivered"], "the lost answer is found");
    scene.ward.pass_seconds(3_600);
    scene.work().await;
    assert_eq!(scene.sms.tries(), 1);
    for unknown in ["nobody", "nobody.x", &format!("{key}.7")] {
        scene.call_back(&format!("/api/messaging/receipts/{unknown}"), "MessageStatus=failed").await;
    }
    let wrong = scene.ward.nobody().with("authorization", "Bearer guess");
    assert_eq!(
        wrong.send("POST", &path, "MessageStatus=failed").await.expect(403).json()["code"],
        "callback-secret-wrong"
    );
    scene.ward.nobody().send("POST", &path, "MessageStatus=failed").await.expect(403);
    scene.ward.as_user("admin").send("POST", &path, "MessageStatus=failed").await.expect(403);
}

#[tokio::test]
async fn what_did_not_arrive_is_dead_and_sent_anew_under_another_key() {
    let scene = Scene::new().await;
    scene.prefer("ada", 0, json!({ "channels": ["sms"] })).await;
    scene.book("ada", 10 * DAY, false).await;
    scene.work().await;
    let key = scene.sms.out()[0].key.clone();
    let basic = data_encoding::BASE64.encode(format!("any:{}", crate::scene::SECRET).as_bytes());
    let client = scene.ward.nobody().with("authorization", &format!("Basic {basic}"));
    let path = format!("/api/messaging/receipts/{key}");
    client.send("POST", &path, "MessageStatus=undelivered").await.expect(204);
    assert_eq!(scene.states("ada", "appointment-booked").await, ["dead undelivered"]);
    let resend = format!("/api/messaging/messages/{key}/resend");
    scene.ward.as_user("clerk").post(&resend, &json!(null)).await.expect(200);
    scene.work().await;
    assert_eq!(scene.sms.out()[0].key, format!("{key}.1"));
    client.send("POST", &path, "MessageStatus=undelivered").await.expect(204);
    assert_eq!(
        scene.states("ada", "appointment-booked").await,
        ["sent"],
        "the old receipt is of the old round"
    );
}

#[tokio::test]
async fn what_is_due_at_night_goes_out_in_the_morning() {
    let scene = Scene::new().await;
    // The clock starts at 15:13 in London.
    scene.ward.pass_seconds(8 * 3_600);
    scene.book("ada", 10 * DAY, false).await;
    scene.work().await;
    assert!(scene.email.out().is_empty());
    let due = scene
        .messages("ada")
        .await
        .iter()
        .filter(|one| one["purpose"] == "appointment-booked")
        .map(|one| one["due"].clone())
        .next();
    assert_eq!(due, Some(json!("2026-09-22T07:00:00.000Z")));
    scene.ward.pass_seconds(9 * 3_600);
    scene.work().await;
    assert_eq!(scene.email.out().len(), 1);
}

#[tokio::test]
async fn each_attempt_leaves_an_audit_entry_and_metrics_count() {
    let scene = Scene::new().await;
    scene.book("ada", 10 * DAY, false).await;
    scene.work().await;
    let journal = scene.ward.journal().await;
    let sent: Vec<_> = journal.iter().filter(|one| one.audit.operation == "send-message").collect();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].audit.patients, ["ada"]);
    assert!(scene.ward.house.metrics.render().contains("galen_messages_sent_total 1"));
}

#[tokio::test]
async fn a_process_sends_what_comes_and_ends_when_it_is_told_to() {
    let scene = Scene::new().await;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let running = tokio::spawn(galen_messaging::run(scene.ward.house.clone(), stopped));
    scene.book("ada", 10 * DAY, false).await;
    let sent = async {
        while scene.email.tries() == 0 || scene.states("ada", "appointment-booked").await != ["sent"] {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), sent).await.unwrap();
    stop.send(true).unwrap();
    tokio::time::timeout(Duration::from_secs(10), running).await.unwrap().unwrap();
    assert_eq!(scene.email.out().len(), 1);
}
