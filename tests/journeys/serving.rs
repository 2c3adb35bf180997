//! The server as an operator meets it: start, pages, errors at start, drain, hardening, wrong keys.

use crate::harness::{GALEN, Place};
use http::{Method, StatusCode};
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_first_start_names_an_administrator_and_serves_its_pages() {
    let place = Place::new();
    let server = place.serve();
    assert!(
        server.said.iter().any(|line| line.contains("'admin' with the one-time password")),
        "{:?}",
        server.said
    );
    for (path, kind) in [
        ("/", "text/html"),
        ("/api", "text/html"),
        ("/assets/viewer.js", "text/javascript"),
        ("/assets/galen.css", "text/css"),
        ("/api/openapi.json", "application/json"),
        ("/docs/readme", "text/plain"),
        ("/health/live", "application/json"),
        ("/health/ready", "application/json"),
        ("/metrics", "application/openmetrics-text"),
        ("/fhir/metadata", "application/fhir+json"),
        ("/.well-known/jwks.json", "application/json"),
    ] {
        let answer = server.send(Method::GET, path, &[], b"").await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(answer.headers["content-type"].to_str().unwrap().starts_with(kind), "{path}");
        for header in ["content-security-policy", "x-content-type-options", "x-request-id", "referrer-policy"]
        {
            assert!(answer.headers.contains_key(header), "{path} has no {header}");
        }
    }
    let key = std::fs::metadata(place.path().join("galen.key")).unwrap();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&key.permissions()) & 0o777, 0o600);
    drop(server);
    assert!(!place.serve().said.iter().any(|line| line.contains("one-time password")), "only once");
}

#[tokio::test]
async fn what_is_not_there_is_said_in_the_dialect_of_the_place() {
    let place = Place::new();
    place.add_user("ada", "doctor");
    let token = place.token("ada");
    let server = place.serve();
    let rest = server.get(&token, "/api/nothing").await;
    assert_eq!((rest.status, rest.code().as_str()), (StatusCode::NOT_FOUND, "no-such-address"));
    let fhir = server.get(&token, "/fhir/Patient/a/b/c/d").await;
    assert_eq!(
        (fhir.status, &fhir.json()["resourceType"]),
        (StatusCode::NOT_FOUND, &json!("OperationOutcome"))
    );
    let method = server.call(&token, Method::DELETE, "/api/patients", &json!(null)).await;
    assert_eq!(method.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[test]
fn a_busy_port_is_said() {
    let place = Place::new();
    let server = place.serve();
    let other = Place::new();
    let output = other.run(&["serve", "--listen", server.address()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("is in use by another program"));
}

#[test]
fn a_wrong_key_and_an_unknown_setting_are_said() {
    let place = Place::new();
    place.add_user("ada", "doctor");
    let key = place.path().join("galen.key");
    let right = std::fs::read(&key).unwrap();
    std::fs::write(&key, "00".repeat(32)).unwrap();
    let output = place.run(&["user", "list"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("does not open this database"), "{output:?}");
    std::fs::write(&key, right).unwrap();
    assert!(place.run(&["user", "list"]).status.success(), "nothing was lost");
    std::fs::write(place.path().join("galen.toml"), "lisen = \"127.0.0.1:1\"\n").unwrap();
    let output = place.run(&["user", "list"]);
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("the nearest known key is 'listen'"),
        "{output:?}"
    );
}

#[test]
fn every_command_has_examples_or_says_what_it_does() {
    for command in ["serve", "import", "token", "backup", "restore", "doctor"] {
        let output = Command::new(GALEN).args([command, "--help"]).output().unwrap();
        assert!(String::from_utf8_lossy(&output.stdout).contains("Example"), "{command}");
    }
    let services = Command::new(GALEN).args(["services", "--json"]).output().unwrap();
    let services: serde_json::Value = serde_json::from_slice(&services.stdout).unwrap();
    assert!(services.as_array().unwrap().iter().any(|s| s["name"] == "registration"));
}

#[tokio::test]
async fn some_services_run_without_the_others() {
    let place = Place::new();
    place.add_user("ada", "doctor");
    let token = place.token("ada");
    let server = place.serve_with(&["--service", "registration,web"]);
    assert_eq!(server.get(&token, "/api/patients?name=x").await.status, StatusCode::OK);
    assert_eq!(server.get(&token, "/fhir/Patient").await.status, StatusCode::NOT_FOUND);
    let live = server.send(Method::GET, "/health/live", &[], b"").await.json();
    assert_eq!(live["services"], json!(["registration", "web"]));
    let wrong = place.run(&["serve", "--service", "nope", "--listen", "127.0.0.1:0"]);
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("there is no service 'nope'"));
}

#[tokio::test]
async fn a_stop_lets_open_requests_finish() {
    let place = Place::new();
    let mut server = place.serve();
    let mut stream = TcpStream::connect(server.address()).unwrap();
    // Headers are there, the body is not: the request is open while the server is told to stop.
    let body = r#"{"name":"nobody","password":"x"}"#;
    let head = format!(
        "POST /api/session HTTP/1.1\r\nhost: h\r\ncontent-type: application/json\r\nexpect: 100-continue\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    // The server asks for the body once the handler waits for it: from here on the request is open for certain.
    let mut asked = [0; 25];
    stream.read_exact(&mut asked).unwrap();
    assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(&body.as_bytes()[..5]).unwrap();
    Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap();
    while TcpStream::connect(server.address()).is_ok() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stream.write_all(&body.as_bytes()[5..]).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    assert_eq!(server.stop("TERM"), Some(0), "it ends by itself, in order");
}

#[test]
fn connections_that_do_not_speak_are_closed() {
    let place = Place::new();
    let server = place.serve();
    let begun = Instant::now();
    let mut silent = TcpStream::connect(server.address()).unwrap();
    let mut slow = TcpStream::connect(server.address()).unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nhost: h\r\nx-slow: ").unwrap();
    for stream in [&mut silent, &mut slow] {
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let mut rest = Vec::new();
        // Closed with or without a word; what counts is that it is closed.
        let _ = stream.read_to_end(&mut rest);
    }
    assert!(begun.elapsed() < Duration::from_secs(15), "took {:?}", begun.elapsed());
}

#[test]
fn tls_is_1_3_only() {
    let place = Place::new();
    let server = place.serve_with(&["--tls"]);
    assert!(server.origin.starts_with("https://"));
    let speak = |version: &str| {
        let output = Command::new("openssl")
            .args(["s_client", "-connect", server.address(), version, "-brief"])
            .stdin(std::process::Stdio::null())
            .output()
            .expect("openssl is installed by scripts/install.sh");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(speak("-tls1_3").contains("TLSv1.3"));
    for old in ["-tls1_2", "-tls1_1"] {
        assert!(!speak(old).contains("CONNECTION ESTABLISHED"), "{old}");
    }
}
