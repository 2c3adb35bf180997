//! What an operator sees from outside: metrics that count, traces that reach a collector, logs without content.

use crate::harness::Place;
use http::Method;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;

/// Takes one request of a collector's client and answers it; its first line and its body.
fn collect_one(listener: &TcpListener) -> (String, Vec<u8>) {
    let (stream, _) = listener.accept().unwrap();
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).unwrap();
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
    (first, body)
}

#[tokio::test]
async fn traces_reach_the_collector_and_name_routes_only() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}/v1/traces", listener.local_addr().unwrap());
    let place = Place::new();
    std::fs::write(place.path().join("galen.toml"), format!("otlp = \"{endpoint}\"\n")).unwrap();
    let collected = tokio::task::spawn_blocking(move || collect_one(&listener));
    let server = place.serve();
    server.send(Method::GET, "/fhir/Patient?name=Tracelessname", &[], b"").await;
    let (first, body) = collected.await.unwrap();
    assert!(first.starts_with("POST /v1/traces"), "{first}");
    let text = String::from_utf8_lossy(&body);
    assert!(text.contains("galen") && text.contains("/fhir/{type}"), "no span of the request");
    assert!(!text.contains("Tracelessname"));
}

#[tokio::test]
async fn metrics_count_by_route() {
    let place = Place::new();
    let server = place.serve();
    for _ in 0..3 {
        server.send(Method::GET, "/fhir/Patient/some-id", &[], b"").await;
    }
    let text = String::from_utf8(server.send(Method::GET, "/metrics", &[], b"").await.body).unwrap();
    let line = text
        .lines()
        .find(|l| l.starts_with("galen_http_requests_total") && l.contains("/fhir/{type}/{id}\""));
    assert!(line.is_some_and(|l| l.ends_with(" 3")), "{text}");
    assert!(!text.contains("some-id"));
}
