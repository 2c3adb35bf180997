//! Patients who text back.

use crate::scene::{DAY, PHONE, Scene};
use galen_contracts::messaging::ReminderAnsweredV1;
use galen_kernel::Contract;
use serde_json::json;

const PATH: &str = "/api/messaging/replies";

async fn reminded() -> Scene {
    let scene = Scene::new().await;
    scene.prefer("ada", 0, json!({ "channels": ["sms"] })).await;
    scene.book("ada", 2 * DAY, false).await;
    scene.work().await;
    scene.ward.pass_seconds(DAY);
    scene.work().await;
    assert!(scene.sms.out()[1].text.reveal().contains("Reply Y"));
    scene
}

fn reply(body: &str) -> String {
    json!({ "From": PHONE, "Body": body }).to_string()
}

impl Scene {
    async fn answers(&self) -> Vec<bool> {
        let journal = self.ward.journal().await;
        let events = journal.iter().flat_map(|one| &one.events);
        events.filter_map(ReminderAnsweredV1::read).map(|event| event.accepted).collect()
    }

    async fn operations(&self, operation: &str) -> usize {
        self.ward.journal().await.iter().filter(|one| one.audit.operation == operation).count()
    }
}

#[tokio::test]
async fn a_reply_answers_the_last_reminder_and_tells_it_once() {
    let scene = reminded().await;
    scene.call_back(PATH, &reply("Y")).await;
    scene.call_back(PATH, "From=%2B447700900123&Body=yes").await;
    assert_eq!(scene.answers().await, [true], "the same answer again is none");
    scene.call_back(PATH, &reply("nage")).await;
    assert_eq!(scene.answers().await, [true, false], "a change of mind is");
}

#[tokio::test]
async fn a_reply_from_elsewhere_answers_nothing() {
    let scene = reminded().await;
    scene.call_back(PATH, &json!({ "From": "07700 900999", "Body": "Y" }).to_string()).await;
    scene.call_back(PATH, "").await;
    assert!(scene.answers().await.is_empty());
    assert_eq!(scene.operations("reminder-reply").await, 2, "it leaves its audit entry all the same");
    scene.ward.nobody().send("POST", PATH, reply("Y")).await.expect(403);
    assert!(scene.answers().await.is_empty());
}

#[tokio::test]
async fn other_words_are_for_a_person() {
    let scene = reminded().await;
    for _ in 0..2 {
        scene.call_back(PATH, &reply("I may be late, is that all right?")).await;
    }
    let house = &scene.ward.house;
    let task = galen_fhir::ResourceType::parse("Task").unwrap();
    let patient = galen_kernel::PatientId::parse("ada").unwrap();
    let tasks = house.records.in_compartment(task, &patient, 10).await.unwrap();
    assert_eq!(tasks.len(), 1, "the same words make one task");
    let text = String::from_utf8(tasks[0].document.body.clone().unwrap()).unwrap();
    assert!(text.contains("I may be late") && text.contains("read-reminder-reply"));
    assert!(scene.answers().await.is_empty());
}

#[tokio::test]
async fn who_says_stop_gets_no_more_text_messages() {
    let scene = reminded().await;
    for _ in 0..2 {
        scene.call_back(PATH, &reply("STOP")).await;
    }
    let path = "/api/patients/ada/message-preferences";
    let view = scene.ward.as_user("clerk").get(path).await.expect(200).json();
    assert_eq!((&view["version"], &view["preferences"]["consent"]["sms"]), (&json!(2), &json!(false)));
    scene.reschedule("ada", 5 * DAY).await;
    scene.work().await;
    assert!(scene.sms.out().is_empty());
    assert_eq!(scene.states("ada", "appointment-rescheduled").await, ["suppressed no-consent"]);
}
