//! The server is killed while it takes writes and tells of them: everything that was acknowledged is told in the end.

use crate::harness::{Place, Server};
use http::{Method, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::json;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// How often the server is killed.
const KILLS: usize = 3;
/// Clients that write at once.
const WRITERS: usize = 4;
/// How long the server lives each time.
const LIFE: Duration = Duration::from_millis(800);
/// Longest wait for what must come: the lease of the process that was killed lapses first.
const PATIENCE: Duration = Duration::from_secs(90);

type Heard = Arc<Mutex<BTreeSet<String>>>;

/// A server that remembers the ids that were put to it; its address.
async fn hook(heard: Heard) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let heard = Arc::clone(&heard);
            let service = service_fn(move |request: http::Request<hyper::body::Incoming>| {
                let heard = Arc::clone(&heard);
                async move {
                    let id = request.uri().path().rsplit('/').next().unwrap().to_owned();
                    // Whoever is cut off while it speaks was not heard.
                    if request.into_body().collect().await.is_ok() {
                        heard.lock().unwrap().insert(id);
                    }
                    Ok::<_, Infallible>(http::Response::new(Full::<Bytes>::default()))
                }
            });
            tokio::spawn(
                hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service),
            );
        }
    });
    address
}

async fn subscribe(server: &Server, token: &str, endpoint: &str) {
    let wanted = json!({ "resourceType": "Subscription", "status": "requested", "reason": "kill test",
        "criteria": "Observation?status=final",
        "channel": { "type": "rest-hook", "endpoint": endpoint, "payload": "application/fhir+json" } });
    let made = server.call(token, Method::POST, "/fhir/Subscription", &wanted).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    let path = format!("/fhir/Subscription/{}", made.json()["id"].as_str().unwrap());
    let begun = Instant::now();
    while server.get(token, &path).await.json()["status"] != "active" {
        assert!(begun.elapsed() < Duration::from_secs(20), "it is not set up");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Writes until the server is killed; the ids that were acknowledged.
async fn write_and_kill(server: Server, token: &str) -> Vec<String> {
    let server = Arc::new(server);
    let mut writers = JoinSet::new();
    for _ in 0..WRITERS {
        let (server, bearer) = (Arc::clone(&server), format!("Bearer {token}"));
        writers.spawn(async move {
            let mut acknowledged = Vec::new();
            let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
            let body =
                json!({ "resourceType": "Observation", "status": "final", "code": { "text": "told" } });
            let body = body.to_string();
            let send = || server.try_send(Method::POST, "/fhir/Observation", &headers, body.as_bytes());
            while let Ok(answer) = send().await {
                assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
                acknowledged.push(answer.json()["id"].as_str().unwrap().to_owned());
            }
            acknowledged
        });
    }
    tokio::time::sleep(LIFE).await;
    assert!(Command::new("kill").args(["-KILL", &server.id().to_string()]).status().unwrap().success());
    writers.join_all().await.into_iter().flatten().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_at_random_tells_everything_it_acknowledged() {
    let heard = Heard::default();
    let address = hook(Arc::clone(&heard)).await;
    let place = Place::new();
    let rules = format!("[outbound]\nallowed = [\"{address}\"]\n");
    std::fs::write(place.path().join("galen.toml"), rules).unwrap();
    place.add_user("feed", "integration");
    let token = place.token("feed");
    let mut acknowledged = BTreeSet::new();
    for round in 0..KILLS {
        let server = place.serve();
        if round == 0 {
            subscribe(&server, &token, &format!("http://{address}/hook")).await;
        }
        acknowledged.extend(write_and_kill(server, &token).await);
    }
    let before = heard.lock().unwrap().len();
    let server = place.serve();
    let begun = Instant::now();
    let lost = || acknowledged.difference(&heard.lock().unwrap()).count();
    while lost() > 0 && begun.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    println!(
        "killed notifier: {KILLS} kills, {} acknowledged, {before} told before the last start, {} lost, {:?} to catch up",
        acknowledged.len(),
        lost(),
        begun.elapsed()
    );
    assert_eq!(lost(), 0);
    assert!(!acknowledged.is_empty());
    let list = server.get(&token, "/api/subscriptions").await.json();
    assert_eq!(list[0]["status"], "active", "{list}");
}
