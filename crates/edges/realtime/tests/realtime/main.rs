//! Listening as pages do: a real house, real sockets.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use futures_util::{SinkExt, StreamExt};
use galen_access::actor::ActorKind;
use galen_access::proxy::{Kinship, Proxy, ProxyScope, StoredProxy};
use galen_kernel::{PatientId, Phi, UserId};
use galen_service::{Service, accept};
use galen_store::{ShardId, WriteSet};
use galen_testkit::ward::{Client, Ward};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// How long anything may take that is to come.
const SOON: Duration = Duration::from_secs(10);

fn services() -> Vec<&'static Service> {
    vec![
        &galen_fhir_api::SERVICE,
        &galen_registration::SERVICE,
        &galen_service::accounts::SERVICE,
        &galen_realtime::SERVICE,
    ]
}

struct Served {
    ward: Ward,
    address: String,
    stop: watch::Sender<bool>,
}

async fn served() -> Served {
    let ward = Ward::new(services()).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (stop, stopped) = watch::channel(false);
    let house = ward.house.clone();
    let router = galen_service::http::router(&house, &services());
    tokio::spawn(accept::serve(listener, None, router, house.clone(), stopped.clone()));
    tokio::spawn(galen_realtime::run(house, stopped));
    Served { ward, address, stop }
}

impl Served {
    fn fhir(&self) -> Client<'_> {
        self.ward.as_user("fhir").at("/fhir")
    }

    async fn connect(&self, user: &str, more: &[(&str, &str)]) -> Result<Socket, Error> {
        let house = &self.ward.house;
        let user = UserId::parse(format!("user-{user}")).unwrap();
        let keys = house.access.keys();
        let token =
            galen_access::token::issue(&keys[0], &user, house.clock.now(), 3600, "j".to_owned()).unwrap();
        let mut request = format!("ws://{}/api/live", self.address).into_client_request().unwrap();
        request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        for (name, value) in more {
            let name: http::HeaderName = name.parse().unwrap();
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        connect_async(request).await.map(|(socket, _)| socket)
    }

    /// A socket that hears, and the answer to its first message.
    async fn hearing(&self, user: &str, said: Value) -> (Socket, Value) {
        let mut socket = self.connect(user, &[]).await.unwrap();
        let answer = say(&mut socket, said).await;
        (socket, answer)
    }

    async fn patient(&self, family: &str, label: &str) -> String {
        let mut body = json!({ "resourceType": "Patient", "name": [{ "family": family }] });
        if label == "R" {
            let system = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
            body["meta"] = json!({ "security": [{ "system": system, "code": "R" }] });
        }
        self.fhir().create(&body).await
    }

    async fn task(&self, patient: &str) -> String {
        let body = json!({ "resourceType": "Task", "status": "requested", "intent": "order",
                           "for": { "reference": format!("Patient/{patient}") } });
        self.fhir().create(&body).await
    }

    async fn let_act(&self, user: &str, patient: &str) -> StoredProxy {
        let now = self.ward.house.clock.now();
        let proxy = Proxy {
            holder: UserId::parse(format!("user-{user}")).unwrap(),
            name: Phi::new("Carer".to_owned()),
            patient: PatientId::parse(patient).unwrap(),
            kinship: Kinship::Friend,
            scopes: vec![ProxyScope::Record],
            from: now,
            until: now.plus_micros(86_400_000_000),
            given_by: UserId::parse("user-clerk").unwrap(),
        };
        let stored = StoredProxy { id: "proxy-1".to_owned(), version: 0, proxy };
        self.write(stored.add().unwrap()).await;
        stored
    }

    async fn write(&self, operation: galen_store::Operation) {
        let at = self.ward.house.clock.now();
        let set = WriteSet { shard: ShardId(0), at, operations: vec![operation], journal: None };
        self.ward.house.store.commit(set).await.unwrap();
    }
}

async fn say(socket: &mut Socket, said: Value) -> Value {
    socket.send(Message::text(said.to_string())).await.unwrap();
    heard(socket).await
}

async fn heard(socket: &mut Socket) -> Value {
    loop {
        match timeout(SOON, socket.next()).await.unwrap().unwrap().unwrap() {
            Message::Text(text) => return serde_json::from_str(&text).unwrap(),
            Message::Ping(_) | Message::Pong(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

/// The code with which the server closes.
async fn closed(socket: &mut Socket) -> Option<u16> {
    loop {
        match timeout(SOON, socket.next()).await.unwrap() {
            Some(Ok(Message::Close(frame))) => return frame.map(|frame| frame.code.into()),
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return None,
        }
    }
}

fn listen(types: &[&str]) -> Value {
    json!({ "listen": types })
}

#[tokio::test(flavor = "multi_thread")]
async fn two_screens_hear_of_a_change_by_its_id_and_of_nothing_else() {
    let served = served().await;
    let patient = served.patient("Open", "N").await;
    let (mut board, hello) = served.hearing("clerk", listen(&["Task"])).await;
    assert_eq!(hello["reset"], true, "who begins reads everything");
    let (mut other, _) = served.hearing("doctor", listen(&["Task", "Patient"])).await;
    let task = served.task(&patient).await;
    for socket in [&mut board, &mut other] {
        let said = heard(socket).await;
        assert_eq!((&said["type"], &said["id"]), (&json!("Task"), &json!(task)));
        assert_eq!(said.as_object().unwrap().len(), 3, "ids only: {said}");
    }
    served.patient("Another", "N").await;
    assert_eq!(heard(&mut other).await["type"], "Patient");
    let next = served.task(&patient).await;
    assert_eq!(heard(&mut board).await["id"], json!(next), "the board did not ask for patients");
    served.fhir().delete(&format!("/Task/{next}")).await.expect(204);
    assert_eq!(heard(&mut board).await["id"], json!(next), "that it is gone is heard, too");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_hears_of_what_they_may_not_read() {
    let served = served().await;
    let open = served.patient("Open", "N").await;
    let own = served.patient("Own", "N").await;
    let sealed = served.patient("Sealed", "N").await;
    served.ward.add_patient_user("olga", &own).await;
    served.ward.add_user("stray", ActorKind::Patient, "patient", None).await;
    let (mut board, _) = served.hearing("clerk", listen(&["Task"])).await;
    let (mut patient, _) = served.hearing("olga", listen(&["Task"])).await;
    let (mut lab, _) = served.hearing("lab", listen(&["Appointment", "Task"])).await;
    let hidden = served.task(&open).await;
    let shown = served.task(&own).await;
    assert_eq!(heard(&mut patient).await["id"], json!(shown), "and not the other patient's");
    // What is committed at nearly the same time is told together, in any order.
    let both = [heard(&mut board).await["id"].clone(), heard(&mut board).await["id"].clone()];
    assert!(both.contains(&json!(hidden)) && both.contains(&json!(shown)));
    drop(lab.close(None).await);

    let mut body = served.fhir().get(&format!("/Patient/{sealed}")).await.json();
    let system = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
    served.task(&sealed).await;
    assert_eq!(heard(&mut board).await["type"], "Task");
    body["meta"] = json!({ "security": [{ "system": system, "code": "R" }] });
    let relate = json!({ "user": "records", "patient": sealed, "days": 30 });
    served.ward.as_user("admin").post("/api/access/relationships", &relate).await.expect(201);
    served.ward.as_user("records").put(&format!("/fhir/Patient/{sealed}"), &body).await.expect(200);
    let of_sealed = json!({ "resourceType": "Task", "status": "requested", "intent": "order",
                            "for": { "reference": format!("Patient/{sealed}") } });
    served.ward.as_user("records").post("/fhir/Task", &of_sealed).await;
    let visible = served.task(&open).await;
    assert_eq!(heard(&mut board).await["id"], json!(visible), "the sealed patient's Task was not told");

    let (_, refused) = served.hearing("stray", listen(&["Task"])).await;
    assert_eq!(refused["error"], "say for whom you act");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_acts_for_a_patient_hears_of_that_patient_until_the_proxy_ends() {
    let served = served().await;
    let child = served.patient("Child", "N").await;
    served.ward.add_user("carer", ActorKind::Patient, "patient", None).await;
    let acting = json!({ "listen": ["Task"], "actingFor": child });
    let (_, refused) = served.hearing("carer", acting.clone()).await;
    assert_eq!(refused["error"], "you cannot act for this person");
    let mut proxy = served.let_act("carer", &child).await;
    served.ward.house.access.forget(&proxy.proxy.holder);
    let (mut socket, hello) = served.hearing("carer", acting).await;
    assert_eq!(hello["reset"], true);
    let task = served.task(&child).await;
    assert_eq!(heard(&mut socket).await["id"], json!(task));

    proxy.version = 1;
    proxy.proxy.until = served.ward.house.clock.now();
    served.write(proxy.change().unwrap()).await;
    served.ward.house.access.forget(&proxy.proxy.holder);
    served.task(&child).await;
    assert_eq!(closed(&mut socket).await, Some(1008));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_hears_what_was_missed() {
    let served = served().await;
    let patient = served.patient("Open", "N").await;
    let (mut keeps, _) = served.hearing("clerk", listen(&["Task"])).await;
    let (mut goes, hello) = served.hearing("doctor", listen(&["Task"])).await;
    served.task(&patient).await;
    let last = heard(&mut goes).await["sequence"].clone();
    goes.close(None).await.unwrap();
    heard(&mut keeps).await;
    let missed = served.task(&patient).await;
    assert_eq!(heard(&mut keeps).await["id"], json!(missed));
    let back = json!({ "listen": ["Task"], "after": { "epoch": hello["epoch"], "sequence": last } });
    let (mut back, again) = served.hearing("doctor", back).await;
    assert_eq!(again["reset"], false);
    assert_eq!(heard(&mut back).await["id"], json!(missed));
    let elsewhere = json!({ "listen": ["Task"], "after": { "epoch": "another", "sequence": last } });
    let (_, again) = served.hearing("doctor", elsewhere).await;
    assert_eq!(again["reset"], true, "another process's number says nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn sockets_are_refused_to_strangers_and_end_with_account_and_server() {
    let served = served().await;
    let refused = |outcome: Result<Socket, Error>| match outcome {
        Err(Error::Http(response)) => response.status().as_u16(),
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(served.connect("doctor", &[("authorization", "Bearer nonsense")]).await), 401);
    let mut open = Vec::new();
    for _ in 0..galen_realtime::SOCKETS_PER_USER_MAX {
        open.push(served.connect("nurse", &[]).await.unwrap());
    }
    assert_eq!(refused(served.connect("nurse", &[]).await), 429);
    drop(open);

    let (mut socket, _) = served.hearing("clerk", listen(&["Task"])).await;
    for wrong in [json!({}), json!({ "listen": [] }), json!({ "listen": ["Nothing"] }), json!("x")] {
        let said = say(&mut socket, wrong.clone()).await;
        assert!(said["error"].is_string(), "{wrong}: {said}");
    }
    let (mut gone, _) = served.hearing("pharmacist", listen(&["Task", "Patient"])).await;
    let body = json!({ "change": "disable" });
    let path = "/api/users/user-pharmacist";
    served.ward.as_user("admin").send("PATCH", path, body.to_string()).await.expect(200);
    let patient = served.patient("Late", "N").await;
    assert_eq!(closed(&mut gone).await, Some(1008));
    served.task(&patient).await;
    assert_eq!(heard(&mut socket).await["type"], "Task");
    served.stop.send(true).unwrap();
    assert_eq!(closed(&mut socket).await, Some(1012), "come back in a moment");
}
