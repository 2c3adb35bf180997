//! When the ground gives way: a file system that takes no more, a directory that cannot be written, data of a newer
//! version, a database that goes away under load and comes back. Clear words, the right status, nothing lost.

use crate::harness::{GALEN, Place, Server};
use http::{Method, StatusCode};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Writers during an outage.
const WRITERS: usize = 8;
/// How long the database is away.
const OUTAGE: Duration = Duration::from_secs(2);
/// Within this a server must serve again.
const RECOVERY_MAX: Duration = Duration::from_secs(15);
/// How often a state is asked for.
const POLL: Duration = Duration::from_millis(20);

fn observation(id: &str, value: usize, text: &str) -> Value {
    json!({
        "resourceType": "Observation", "id": id, "status": "final", "code": { "text": "troubled" },
        "valueInteger": value, "note": [{ "text": text }],
    })
}

async fn put(server: &Server, token: &str, id: &str, body: &Value) -> (StatusCode, bool) {
    let answer = server.call(token, Method::PUT, &format!("/fhir/Observation/{id}"), body).await;
    (answer.status, answer.headers.contains_key("retry-after"))
}

async fn is_ready(server: &Server) -> bool {
    server.send(Method::GET, "/health/ready", &[], b"").await.status == StatusCode::OK
}

async fn wait_until_ready(server: &Server) {
    let begun = Instant::now();
    while !is_ready(server).await {
        assert!(begun.elapsed() < RECOVERY_MAX, "not ready within {RECOVERY_MAX:?}");
        tokio::time::sleep(POLL).await;
    }
}

async fn wait_until_written(server: &Server, token: &str, id: &str) {
    let begun = Instant::now();
    while !put(server, token, id, &observation(id, 0, "after")).await.0.is_success() {
        assert!(begun.elapsed() < RECOVERY_MAX, "no recovery within {RECOVERY_MAX:?}");
        tokio::time::sleep(POLL).await;
    }
}

fn limit_files(server: &Server, soft: &str) {
    let status = Command::new("prlimit")
        .args(["--pid", &server.id().to_string(), &format!("--fsize={soft}:unlimited")])
        .status()
        .expect("prlimit is part of util-linux");
    assert!(status.success());
}

/// Files may not grow: what a full disk is to a program, without a file system to fill. Mounting a small one takes root;
/// the store's own ignored test `full_disk` does.
#[tokio::test]
async fn files_that_cannot_grow_refuse_writes_and_writing_resumes() {
    let place = Place::new();
    place.add_user("feed", "integration");
    let token = place.token("feed");
    // The signal that comes with the limit is ignored, so that writing fails instead of the process.
    let mut command = Command::new("sh");
    command.args([
        "-c",
        "trap '' XFSZ; exec \"$@\"",
        "sh",
        GALEN,
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--data",
    ]);
    command.arg(place.path()).env_remove("GALEN_KEY").env_remove("GALEN_CONFIG");
    let server = place.start(command);
    let mut chance = StdRng::seed_from_u64(1);
    // Letters by chance hardly shrink when they are packed.
    let text: String = (0..20_000).map(|_| char::from(chance.random_range(b'a'..=b'z'))).collect();
    for number in 0..5 {
        let id = format!("before-{number}");
        assert_eq!(put(&server, &token, &id, &observation(&id, number, &text)).await.0, StatusCode::CREATED);
    }
    limit_files(&server, "262144");
    let (mut written, mut refused) = (Vec::new(), 0);
    for number in 0..200 {
        let id = format!("full-{number}");
        let (status, _) =
            put(&server, &token, &id, &observation(&id, number, &format!("{number}{text}"))).await;
        match status {
            StatusCode::CREATED => written.push((id, number)),
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::INSUFFICIENT_STORAGE => refused += 1,
            other => panic!("{id}: {other}"),
        }
    }
    assert!(refused > 50, "{refused} refused");
    assert!(!is_ready(&server).await, "a load balancer must hear of it");
    for open in ["/health/live", "/fhir/metadata", "/metrics"] {
        assert_eq!(server.send(Method::GET, open, &[], b"").await.status, StatusCode::OK, "{open}");
    }
    // A read is answered when its audit entry could be written, and refused as unavailable when not: nothing else.
    let read = server.get(&token, "/fhir/Observation/before-0").await.status;
    assert!([StatusCode::OK, StatusCode::SERVICE_UNAVAILABLE].contains(&read), "{read}");

    limit_files(&server, "unlimited");
    wait_until_written(&server, &token, "after").await;
    wait_until_ready(&server).await;
    for (id, number) in &written {
        let found = server.get(&token, &format!("/fhir/Observation/{id}")).await;
        assert_eq!(found.json()["valueInteger"], *number, "{id} was acknowledged");
    }
    drop(server);
    assert_eq!(place.json(&["audit", "verify", "--json"])["faults"], json!([]));
}

fn set_modes(folder: &Path, directory: u32, file: u32) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            set_modes(&path, directory, file);
        } else {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(file)).unwrap();
        }
    }
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(directory)).unwrap();
}

/// The program as somebody to whom permissions apply: root writes everywhere.
fn as_nobody(place: &Place, program: &Path, arguments: &[&str]) -> std::process::Output {
    let is_root = Command::new("id").arg("-u").output().unwrap().stdout.trim_ascii() == b"0";
    let mut command = Command::new(if is_root { Path::new("setpriv") } else { program });
    if is_root {
        let given = Command::new("chown").args(["-R", "65534:65534"]).arg(place.path()).status().unwrap();
        assert!(given.success());
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"]).arg(program);
    }
    command
        .args(arguments)
        .arg("--data")
        .arg(place.path())
        .env_remove("GALEN_KEY")
        .env_remove("GALEN_CONFIG");
    command.current_dir("/").output().unwrap()
}

#[test]
fn a_directory_that_cannot_be_written_is_said() {
    let place = Place::new();
    place.add_user("ada", "doctor");
    // The program may lie where only its builder may go.
    let shelf = tempfile::tempdir().unwrap();
    std::fs::set_permissions(shelf.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let program = shelf.path().join("galen");
    std::fs::copy(GALEN, &program).unwrap();
    set_modes(place.path(), 0o555, 0o444);
    for arguments in [["serve", "--listen", "127.0.0.1:0"].as_slice(), ["user", "list"].as_slice()] {
        let output = as_nobody(&place, &program, arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {output:?}");
        assert!(said.contains("write permission"), "{arguments:?}: {said}");
    }
    set_modes(place.path(), 0o755, 0o600);
    assert!(as_nobody(&place, &program, &["user", "list"]).status.success(), "nothing was lost");
}

#[test]
fn data_of_a_newer_version_is_said() {
    let url = galen_testkit::postgres::server().database();
    let place = Place::on_postgres(url.clone());
    place.add_user("ada", "doctor");
    let set_format = |number: &str| {
        let sql = format!("UPDATE main_00.meta SET value = '\\x{number}' WHERE name = 'format'");
        assert!(Command::new("psql").args(["-X", "-q", "-c", &sql, &url]).status().unwrap().success());
    };
    let known = "SELECT encode(value, 'hex') FROM main_00.meta WHERE name = 'format'";
    let known =
        Command::new("psql").args(["-X", "-q", "-A", "-t", "-c", known, &url]).output().unwrap().stdout;
    set_format("00000063");
    for arguments in [["serve", "--listen", "127.0.0.1:0"].as_slice(), ["user", "list"].as_slice()] {
        let output = place.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(said.contains("newer version (format 99"), "{said}");
    }
    set_format(String::from_utf8_lossy(&known).trim());
    assert!(place.run(&["user", "list"]).status.success(), "nothing was lost");
}

/// A way to the database that can be cut. The server behind it is shared with other tests and stays up.
struct Way {
    url: String,
    is_open: Arc<AtomicBool>,
}

impl Way {
    async fn to(url: &str) -> Self {
        let (_, rest) = url.split_once('@').unwrap();
        let (behind, _) = rest.split_once('/').unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let is_open = Arc::new(AtomicBool::new(true));
        let way =
            Self { url: url.replace(behind, &format!("127.0.0.1:{port}")), is_open: Arc::clone(&is_open) };
        let behind = behind.to_owned();
        tokio::spawn(async move {
            loop {
                let (near, _) = listener.accept().await.unwrap();
                if is_open.load(Ordering::Acquire) {
                    tokio::spawn(carry(near, behind.clone(), Arc::clone(&is_open)));
                }
            }
        });
        way
    }
}

/// Carries bytes both ways until the way is cut: both ends then hear of it at once.
async fn carry(mut near: TcpStream, behind: String, is_open: Arc<AtomicBool>) {
    let Ok(mut far) = TcpStream::connect(behind).await else { return };
    let cut = async {
        while is_open.load(Ordering::Acquire) {
            tokio::time::sleep(POLL).await;
        }
    };
    tokio::select! {
        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
        () = cut => {}
    }
}

/// What a writer saw: acknowledged writes, and how many were refused for now.
async fn write_on(
    server: Arc<Server>,
    token: String,
    writer: usize,
    end: Arc<AtomicBool>,
) -> (Vec<(String, usize)>, usize) {
    let (mut written, mut refused) = (Vec::new(), 0);
    for number in 0.. {
        if end.load(Ordering::Acquire) {
            break;
        }
        let id = format!("w-{writer}-{number}");
        let (status, says_when) = put(&server, &token, &id, &observation(&id, number, "during")).await;
        match status {
            StatusCode::CREATED => written.push((id, number)),
            StatusCode::SERVICE_UNAVAILABLE => {
                assert!(says_when, "503 without Retry-After");
                refused += 1;
                tokio::time::sleep(POLL).await;
            }
            other => panic!("{id}: {other}"),
        }
    }
    (written, refused)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_goes_away_under_load_and_comes_back_loses_nothing() {
    let way = Way::to(&galen_testkit::postgres::server().database()).await;
    let place = Place::on_postgres(way.url.clone());
    std::fs::write(place.path().join("galen.toml"), "shards = 3\n").unwrap();
    place.add_user("feed", "integration");
    let token = place.token("feed");
    let server = Arc::new(place.serve());
    let end = Arc::new(AtomicBool::new(false));
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        writers.spawn(write_on(Arc::clone(&server), token.clone(), writer, Arc::clone(&end)));
    }
    wait_until_written(&server, &token, "before").await;
    wait_until_ready(&server).await;

    way.is_open.store(false, Ordering::Release);
    let cut = Instant::now();
    while is_ready(&server).await {
        assert!(cut.elapsed() < RECOVERY_MAX, "readiness does not tell that the database is away");
        tokio::time::sleep(POLL).await;
    }
    tokio::time::sleep(OUTAGE).await;
    assert_eq!(server.send(Method::GET, "/health/live", &[], b"").await.status, StatusCode::OK);
    let read = server.get(&token, "/fhir/Observation/before").await;
    assert_eq!(read.status, StatusCode::SERVICE_UNAVAILABLE, "{read:?}");
    assert!(read.headers.contains_key("retry-after"));

    way.is_open.store(true, Ordering::Release);
    let mended = Instant::now();
    wait_until_written(&server, &token, "after").await;
    wait_until_ready(&server).await;
    let recovery = mended.elapsed();
    tokio::time::sleep(Duration::from_millis(300)).await;
    end.store(true, Ordering::Release);
    let (mut written, mut refused) = (Vec::new(), 0);
    while let Some(done) = writers.join_next().await {
        let (theirs, not) = done.unwrap();
        written.extend(theirs);
        refused += not;
    }
    assert!(refused >= WRITERS, "{refused} refused");
    for (id, number) in &written {
        let found = server.get(&token, &format!("/fhir/Observation/{id}")).await;
        assert_eq!(found.status, StatusCode::OK, "{id} was acknowledged: {found:?}");
        assert_eq!(found.json()["valueInteger"], *number, "{id} was acknowledged");
    }
    println!(
        "an outage of {OUTAGE:?}: {} acknowledged, {refused} refused, back after {recovery:?}",
        written.len()
    );
    assert_eq!(place.json(&["audit", "verify", "--json"])["faults"], json!([]));
}
