//! Rest-hooks: what is sent, when, and in whose name.

use crate::scene::{Scene, labelled, observation, patient};
use galen_access::relationship::{self, Relationship};
use galen_kernel::{Clock, Instant, PatientId, UserId};
use galen_store::{ShardId, WriteSet};
use serde_json::{Value, json};

#[tokio::test]
async fn the_resource_is_put_to_the_endpoint_as_to_a_server() {
    let scene = Scene::new().await;
    let person = scene.fhir().create(&patient("Hook")).await;
    let before = scene.fhir().create(&observation(&person, "1975-2", "final")).await;
    scene.subscribed("Observation?code=http://loinc.org|1975-2&subject.family=hook").await;
    let id = scene.fhir().create(&observation(&person, "1975-2", "final")).await;
    scene.fhir().create(&observation(&person, "other", "final")).await;
    scene.work().await;
    let heard = scene.hook.heard();
    assert_eq!(heard.len(), 1, "{heard:?}");
    assert_eq!(
        (heard[0].method.as_str(), heard[0].path.as_str()),
        ("PUT", format!("/hook/Observation/{id}").as_str())
    );
    assert_eq!(heard[0].headers["content-type"], "application/fhir+json");
    assert_eq!(heard[0].headers["x-secret"], "s3");
    let told: Value = serde_json::from_str(&heard[0].body).unwrap();
    assert_eq!(told, scene.fhir().get(&format!("/Observation/{id}")).await.json());
    // What was there before is not told until it is written again.
    let mut again = observation(&person, "1975-2", "amended");
    again["id"] = before.as_str().into();
    scene.fhir().put(&format!("/Observation/{before}"), &again).await.expect(200);
    scene.work().await;
    assert_eq!(scene.paths(), [format!("/hook/Observation/{before}")]);
    scene.work().await;
    assert!(scene.paths().is_empty(), "nothing is told twice");
}

#[tokio::test]
async fn an_empty_payload_is_posted_without_a_body() {
    let scene = Scene::new().await;
    let id = scene.fhir().create(&scene.subscription("Patient?gender=female", None)).await;
    assert_eq!(scene.status(&id).await.0, "requested");
    scene.fhir().create(&patient("Early")).await;
    scene.set_up().await;
    assert_eq!(scene.status(&id).await.0, "active");
    scene.fhir().create(&patient("Later")).await;
    scene.work().await;
    let heard = scene.hook.heard();
    assert_eq!(heard.len(), 1);
    assert_eq!(
        (heard[0].method.as_str(), heard[0].path.as_str(), heard[0].body.as_str()),
        ("POST", "/hook", "")
    );
}

#[tokio::test]
async fn a_transaction_is_told_in_order_and_every_notification_is_audited() {
    let scene = Scene::new().await;
    scene.subscribed("Patient").await;
    let entries: Vec<Value> = (0..120)
        .map(|n| {
            json!({ "resource": { "resourceType": "Patient", "id": format!("p{n:03}"), "active": true },
                    "request": { "method": "PUT", "url": format!("Patient/p{n:03}") } })
        })
        .collect();
    let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries });
    scene.fhir().post("", &bundle).await.expect(200);
    let before = scene.ward.journal().await.len();
    scene.work().await;
    let paths = scene.paths();
    assert_eq!(paths.len(), 120);
    let mut sorted = paths.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(sorted.len(), 120);
    let audit = scene.ward.journal().await;
    assert!(audit.len() >= before + 120);
    let told = audit.iter().filter(|entry| entry.audit.operation == "subscription-notify");
    let told: Vec<_> = told.collect();
    assert_eq!(told.len(), 120);
    assert!(told.iter().all(|entry| entry.audit.user == "user-fhir" && entry.audit.patients.len() == 1));
}

#[tokio::test]
async fn off_is_off_and_the_end_comes() {
    let scene = Scene::new().await;
    let id = scene.subscribed("Patient").await;
    let mut off = scene.subscription("Patient", None);
    off["id"] = id.as_str().into();
    off["status"] = "off".into();
    scene.fhir().put(&format!("/Subscription/{id}"), &off).await.expect(200);
    scene.fhir().create(&patient("Unheard")).await;
    scene.work().await;
    assert!(scene.paths().is_empty());
    assert_eq!(scene.status(&id).await.0, "off");

    let end = Instant::from_micros(scene.ward.clock.now().micros() + 60_000_000);
    let mut short = scene.subscription("Patient", None);
    short["end"] = end.to_string().into();
    let short = scene.fhir().create(&short).await;
    scene.set_up().await;
    scene.fhir().create(&patient("Heard")).await;
    scene.work().await;
    assert_eq!(scene.paths().len(), 1);
    scene.ward.pass_seconds(61);
    scene.fhir().create(&patient("Late")).await;
    scene.work().await;
    assert!(scene.paths().is_empty());
    assert_eq!(scene.status(&short).await.0, "off");
    let mut over = scene.subscription("Patient", None);
    over["end"] = end.to_string().into();
    let refused = scene.fhir().post("/Subscription", &over).await.expect(422);
    assert_eq!(refused.issue().0, "Subscription.end");
}

#[tokio::test]
async fn what_is_asked_wrongly_is_refused_where_it_stands() {
    let scene = Scene::new().await;
    let mut inside = scene.subscription("Patient", None);
    inside["channel"]["endpoint"] = "http://169.254.169.254/latest/meta-data".into();
    let refused = scene.fhir().post("/Subscription", &inside).await.expect(422);
    assert_eq!(refused.issue().0, "Subscription.channel.endpoint");
    let refused =
        scene.fhir().post("/Subscription", &scene.subscription("Patient?nonsense=1", None)).await.expect(422);
    assert_eq!(refused.issue().0, "Subscription.criteria");
    // Nobody else keeps subscriptions, or learns of them.
    for name in ["doctor", "nurse", "clerk", "lab", "privacy"] {
        let client = scene.ward.as_user(name).at("/fhir");
        client.post("/Subscription", &scene.subscription("Patient", None)).await.expect(403);
        client.get("/Subscription").await.expect(403);
        scene.ward.as_user(name).get("/api/subscriptions").await.expect(403);
    }
}

async fn relate(scene: &Scene, patient: &str, until: Instant) {
    let now = scene.ward.clock.now();
    let user = UserId::parse("user-fhir").unwrap();
    let declared_by = UserId::parse("user-admin").unwrap();
    let patient = PatientId::parse(patient).unwrap();
    let made = Relationship { user: user.clone(), patient, from: now, until, declared_by };
    let operations = vec![relationship::add(&format!("r-{}", now.micros()), &made).unwrap()];
    let set = WriteSet { shard: ShardId(0), at: now, operations, journal: None };
    scene.ward.house.store.commit(set).await.unwrap();
    scene.ward.house.access.forget(&user);
}

#[tokio::test]
async fn rights_are_asked_again_when_it_is_told() {
    let scene = Scene::new().await;
    let person = scene.fhir().create(&patient("Private")).await;
    let until = scene.ward.clock.now().plus_micros(3_600_000_000);
    relate(&scene, &person, until).await;
    let id = scene.subscribed("Observation").await;
    scene.fhir().create(&labelled(observation(&person, "a", "final"), "R")).await;
    scene.work().await;
    assert_eq!(scene.paths().len(), 1, "who cares for a patient is told of what is sealed");

    // It matched while the relationship held; it is told when it does not hold any more.
    let secret = scene.fhir().create(&labelled(observation(&person, "b", "final"), "R")).await;
    scene.ward.house.bus.relay_once().await.unwrap();
    scene.ward.pass_seconds(3_700);
    scene.work().await;
    assert!(scene.paths().is_empty());
    let (status, error) = scene.status(&id).await;
    assert_eq!(status, "error");
    assert!(error.contains("may not see"), "{error}");
    let letters = scene.ward.as_user("admin").get(&format!("/api/subscriptions/{id}/dead-letters")).await;
    let letters = letters.expect(200).json();
    assert_eq!(letters[0]["reference"], format!("Observation/{secret}/_history/1"));

    // What may be seen goes on being told, and the subscription is well again.
    scene.fhir().create(&observation(&person, "c", "final")).await;
    scene.work().await;
    assert_eq!(scene.paths().len(), 1);
    assert_eq!(scene.status(&id).await.0, "active");
}

#[tokio::test]
async fn a_disabled_owner_is_told_nothing() {
    let scene = Scene::new().await;
    let id = scene.subscribed("Patient").await;
    let change = json!({ "change": "disable" });
    let admin = scene.ward.as_user("admin").with("content-type", "application/json");
    scene.fhir().create(&patient("Queued")).await;
    scene.ward.house.bus.relay_once().await.unwrap();
    admin.send("PATCH", "/api/users/user-fhir", change.to_string()).await.expect(200);
    scene.work().await;
    assert!(scene.paths().is_empty());
    let admin = scene.ward.as_user("admin").at("/fhir");
    let json = admin.get(&format!("/Subscription/{id}")).await.expect(200).json();
    assert_eq!(json["status"], "error");
    assert!(json["error"].as_str().unwrap().contains("owner"));
    // Who changes it is its owner from then on.
    let mut own = scene.subscription("Patient", None);
    own["id"] = id.as_str().into();
    admin.put(&format!("/Subscription/{id}"), &own).await.expect(200);
    scene.set_up().await;
    admin.create(&patient("Again")).await;
    scene.work().await;
    assert_eq!(scene.hook.heard().len(), 1);
}
