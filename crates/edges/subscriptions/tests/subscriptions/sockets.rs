//! The websocket channel, over a real connection.

use crate::scene::{Scene, patient};
use futures_util::{SinkExt, StreamExt};
use galen_kernel::Clock;
use galen_service::accept;
use serde_json::json;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

struct Served {
    scene: Scene,
    address: String,
    _stop: watch::Sender<bool>,
}

async fn served() -> Served {
    let scene = Scene::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (stop, stopped) = watch::channel(false);
    let house = scene.ward.house.clone();
    let router = galen_service::http::router(
        &house,
        &[&galen_fhir_api::SERVICE, &galen_service::accounts::SERVICE, &galen_subscriptions::SERVICE],
    );
    tokio::spawn(accept::serve(listener, None, router, house, stopped));
    Served { scene, address, _stop: stop }
}

impl Served {
    async fn connect(&self, user: &str, more: &[(&str, &str)]) -> Result<Socket, Error> {
        let house = &self.scene.ward.house;
        let user = galen_kernel::UserId::parse(format!("user-{user}")).unwrap();
        let keys = house.access.keys();
        let token =
            galen_access::token::issue(&keys[0], &user, house.clock.now(), 3600, "j".to_owned()).unwrap();
        let address = format!("ws://{}/fhir/$subscription-websocket", self.address);
        let mut request = address.into_client_request().unwrap();
        request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        for (name, value) in more {
            let name: http::HeaderName = name.parse().unwrap();
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        connect_async(request).await.map(|(socket, _)| socket)
    }

    async fn subscription(&self) -> String {
        let wanted = json!({ "resourceType": "Subscription", "status": "requested", "reason": "test",
            "criteria": "Patient?gender=female", "channel": { "type": "websocket" } });
        let id = self.scene.fhir().create(&wanted).await;
        self.scene.set_up().await;
        assert_eq!(self.scene.status(&id).await.0, "active");
        id
    }
}

async fn text(socket: &mut Socket) -> String {
    loop {
        let message = tokio::time::timeout(Duration::from_secs(5), socket.next()).await.unwrap();
        match message.unwrap().unwrap() {
            Message::Text(text) => return text.to_string(),
            Message::Ping(_) | Message::Pong(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bound_then_pinged() {
    let served = served().await;
    let id = served.subscription().await;
    let metadata = served.scene.fhir().get("/metadata").await.expect(200).json();
    let extension = &metadata["rest"][0]["extension"][0];
    assert!(extension["url"].as_str().unwrap().ends_with("capabilitystatement-websocket"));
    assert_eq!(extension["valueUri"], "ws://galen.test/fhir/$subscription-websocket");

    let mut socket = served.connect("fhir", &[]).await.unwrap();
    socket.send(Message::text(format!("bind {id}"))).await.unwrap();
    assert_eq!(text(&mut socket).await, format!("bound {id}"));
    served.scene.fhir().create(&patient("Ping")).await;
    served.scene.work().await;
    assert_eq!(text(&mut socket).await, format!("ping {id}"));
    let mut male = patient("Silent");
    male["gender"] = "male".into();
    served.scene.fhir().create(&male).await;
    served.scene.work().await;
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    // The next text is the answer to what is sent next: there was no ping before it.
    for bad in ["bind nothing", "bind ../etc", "hello", "bind"] {
        socket.send(Message::text(bad)).await.unwrap();
        assert!(text(&mut socket).await.starts_with("error: "), "{bad}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_listen_hears_nothing() {
    let served = served().await;
    let id = served.subscription().await;
    let refused = |outcome: Result<Socket, Error>| match outcome {
        Err(Error::Http(response)) => response.status().as_u16(),
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(served.connect("doctor", &[]).await), 403);
    assert_eq!(refused(served.connect("fhir", &[("authorization", "Bearer nonsense")]).await), 401);

    let mut socket = served.connect("fhir", &[]).await.unwrap();
    socket.send(Message::text(format!("bind {id}"))).await.unwrap();
    assert_eq!(text(&mut socket).await, format!("bound {id}"));
    served.scene.fhir().create(&patient("Last")).await;
    let admin = served.scene.ward.as_user("admin").with("content-type", "application/json");
    admin.send("PATCH", "/api/users/user-fhir", json!({ "change": "disable" }).to_string()).await.expect(200);
    // The match itself is found in the name of the owner, who may not act any more: bump it as if it had been before.
    let counted =
        galen_store::Operation::Add { balance: format!("subscription-matched/{id}"), delta: 1, floor: 0 };
    let at = served.scene.ward.clock.now();
    let set = galen_store::WriteSet {
        shard: galen_store::ShardId(0),
        at,
        operations: vec![counted],
        journal: None,
    };
    served.scene.ward.house.store.commit(set).await.unwrap();
    let end = loop {
        match tokio::time::timeout(Duration::from_secs(5), socket.next()).await.unwrap() {
            Some(Ok(Message::Ping(_))) => {}
            end => break end,
        }
    };
    assert!(matches!(end, None | Some(Ok(Message::Close(_)) | Err(_))), "{end:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn long_and_binary_messages_end_the_talk() {
    let served = served().await;
    for message in [Message::binary(vec![1, 2, 3]), Message::text("b".repeat(100_000))] {
        let mut socket = served.connect("fhir", &[]).await.unwrap();
        socket.send(message).await.unwrap();
        let end = tokio::time::timeout(Duration::from_secs(5), async {
            while let Some(Ok(message)) = socket.next().await {
                if matches!(message, Message::Close(_)) {
                    break;
                }
            }
        });
        end.await.unwrap();
    }
}
