//! Endpoints that fail: tried again later each time, given up in the end, never in others' way.

use crate::hook::Reply;
use crate::scene::{Scene, patient};
use galen_subscriptions::Worker;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_failing_endpoint_is_tried_later_in_order_across_restarts() {
    let scene = Scene::new().await;
    let id = scene.subscribed("Patient").await;
    let first = scene.fhir().create(&patient("First")).await;
    let second = scene.fhir().create(&patient("Second")).await;
    scene.hook.reply(&[Reply::Status(500), Reply::Redirect, Reply::Later(600)]);
    scene.work().await;
    assert_eq!(scene.paths(), [format!("/hook/Patient/{first}")]);
    let (status, error) = scene.status(&id).await;
    assert_eq!((status.as_str(), error.as_str()), ("error", "the endpoint answers 500"));
    let row = scene.row(&id).await;
    assert_eq!((row["waiting"].as_i64(), row["failures"].as_i64()), (Some(2), Some(1)), "{row}");
    scene.work().await;
    assert!(scene.paths().is_empty(), "it waits");
    scene.ward.pass_seconds(3);
    scene.work().await;
    assert_eq!(scene.paths(), [format!("/hook/Patient/{first}")]);
    assert!(scene.status(&id).await.1.contains("redirect"));
    scene.ward.pass_seconds(5);
    scene.work().await;
    assert_eq!(scene.paths(), [format!("/hook/Patient/{first}")]);
    scene.ward.pass_seconds(590);
    scene.work().await;
    assert!(scene.paths().is_empty(), "Retry-After is heeded");
    scene.ward.pass_seconds(20);
    scene.work().await;
    assert_eq!(scene.paths(), [format!("/hook/Patient/{first}"), format!("/hook/Patient/{second}")]);
    assert_eq!(scene.status(&id).await, ("active".to_owned(), String::new()));
    assert_eq!(scene.row(&id).await["waiting"], 0);
}

#[tokio::test]
async fn what_fails_for_too_long_is_given_up_and_can_be_tried_again() {
    let scene = Scene::new().await;
    let id = scene.subscribed("Patient").await;
    let first = scene.fhir().create(&patient("First")).await;
    let second = scene.fhir().create(&patient("Second")).await;
    scene.hook.reply(&[Reply::Status(404); 12]);
    for _ in 0..12 {
        scene.work().await;
        scene.ward.pass_seconds(1_000);
    }
    scene.work().await;
    let paths = scene.paths();
    assert_eq!(paths.len(), 13, "twelve tries of the first, then the second: {paths:?}");
    assert_eq!(paths[12], format!("/hook/Patient/{second}"));
    let row = scene.row(&id).await;
    assert_eq!((row["waiting"].as_i64(), row["deadLetters"].as_i64()), (Some(0), Some(1)), "{row}");

    let admin = scene.ward.as_user("admin");
    let letters = admin.get(&format!("/api/subscriptions/{id}/dead-letters")).await.expect(200).json();
    let letter = letters[0]["id"].as_str().unwrap();
    assert_eq!(letters[0]["reason"], "the endpoint answers 404");
    let address = format!("/api/subscriptions/{id}/dead-letters/{letter}");
    scene.ward.as_user("doctor").post(&format!("{address}/retry"), &json!(null)).await.expect(403);
    admin.post(&format!("{address}/retry"), &json!(null)).await.expect(204);
    admin.post(&format!("{address}/retry"), &json!(null)).await.expect(404);
    scene.work().await;
    assert_eq!(scene.paths(), [format!("/hook/Patient/{first}")]);
    assert_eq!(scene.row(&id).await["deadLetters"], 0);
    admin.delete(&address).await.expect(404);
}

#[tokio::test]
async fn an_endpoint_that_is_gone_is_not_called_again() {
    let scene = Scene::new().await;
    let id = scene.subscribed("Patient").await;
    scene.fhir().create(&patient("First")).await;
    scene.hook.reply(&[Reply::Status(410)]);
    scene.work().await;
    assert_eq!(scene.paths().len(), 1);
    assert_eq!(scene.status(&id).await.0, "off");
    scene.fhir().create(&patient("Second")).await;
    scene.ward.pass_seconds(4_000);
    scene.work().await;
    scene.work().await;
    assert!(scene.paths().is_empty());
}

#[tokio::test]
async fn one_that_hangs_delays_no_other() {
    let scene = Scene::new().await;
    let of_first = scene.subscribed("Patient?family=first").await;
    scene.subscribed("Patient?family=second").await;
    scene.fhir().create(&patient("First")).await;
    scene.hook.reply(&[Reply::Hang]);
    scene.ward.house.bus.relay_once().await.unwrap();
    let work = scene.work();
    tokio::pin!(work);
    // While the first hangs, what comes for the second is told.
    let begun = tokio::time::timeout(Duration::from_secs(1), &mut work).await;
    assert!(begun.is_err(), "the first hangs");
    scene.fhir().create(&patient("Second")).await;
    scene.ward.house.bus.relay_once().await.unwrap();
    let mut other = Worker::new(&scene.ward.house);
    assert_eq!(scene.paths().len(), 1);
    other.settle().await.unwrap();
    assert!(scene.paths().is_empty(), "one process delivers at a time");
    work.await;
    assert!(scene.status(&of_first).await.1.contains("in time"));
    scene.work().await;
    assert_eq!(scene.paths().len(), 1);
}
