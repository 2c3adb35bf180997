//! The ways out themselves: a folder, a provider by HTTP, a mail server; each spoken to by a server of the test's own.

use crate::scene::{DAY, Scene, customs};
use galen_kernel::Phi;
use galen_messaging::Messaging;
use galen_messaging::jobs::{Credentials, FileOutlet, Format, Gateway, Outlet, Security, Smtp, SmtpSettings};
use galen_outbound::Rules;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

type Heard = Arc<Mutex<Vec<String>>>;

#[tokio::test]
async fn a_folder_gets_a_line_for_each_message_once() {
    let folder = tempfile::tempdir().unwrap();
    let outlet = |name: &str| Some(Arc::new(FileOutlet::new(folder.path(), name)) as Arc<dyn Outlet>);
    let messaging = || Messaging { customs: customs(), email: outlet("email"), sms: outlet("sms") };
    let scene = Scene::with(messaging(), Rules::default()).await;
    scene.book("ada", 10 * DAY, false).await;
    scene.work().await;
    let read = || std::fs::read_to_string(folder.path().join("email.jsonl")).unwrap();
    let line: Value = serde_json::from_str(read().lines().next().unwrap()).unwrap();
    assert_eq!((&line["to"], &line["language"]), (&json!("ada@example.org"), &json!("en")));
    assert!(line["calendar"]["content"].as_str().unwrap().starts_with("BEGIN:VCALENDAR"));
    scene.ward.pass_seconds(3 * DAY);
    scene.work().await;
    assert_eq!(read().lines().count(), 2);
    // A process that starts later knows what the file holds.
    let parcel = galen_messaging::jobs::Parcel {
        key: line["key"].as_str().unwrap().to_owned(),
        to: Phi::new("x@y".to_owned()),
        subject: Phi::default(),
        text: Phi::default(),
        html: None,
        calendar: None,
        language: galen_messaging::model::Language::En,
        at: scene.now(),
    };
    messaging().email.unwrap().send(&scene.ward.house, &parcel).await;
    assert_eq!(read().lines().count(), 2);
}

/// A provider that answers with these statuses, then with 201.
async fn http_provider(statuses: Vec<u16>) -> (String, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (heard, statuses): (Heard, _) = (Arc::default(), Arc::new(Mutex::new(statuses)));
    let own = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut text = Vec::new();
            let mut buffer = [0; 4_096];
            loop {
                let read = stream.read(&mut buffer).await.unwrap_or(0);
                text.extend_from_slice(&buffer[..read]);
                let whole = String::from_utf8_lossy(&text).into_owned();
                let Some((head, body)) = whole.split_once("\r\n\r\n") else { continue };
                let length = head
                    .to_lowercase()
                    .split("content-length: ")
                    .nth(1)
                    .and_then(|rest| rest.lines().next()?.parse().ok());
                if read == 0 || body.len() >= length.unwrap_or(0) {
                    break;
                }
            }
            own.lock().unwrap().push(String::from_utf8(text).unwrap());
            let status = {
                let mut all = statuses.lock().unwrap();
                if all.is_empty() { 201 } else { all.remove(0) }
            };
            let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{{}}");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (address, heard)
}

async fn texting(
    statuses: Vec<u16>,
    format: Format,
    credentials: Credentials,
    is_allowed: bool,
) -> (Scene, Heard) {
    let (address, heard) = http_provider(statuses).await;
    let url = format!("http://{address}/messages");
    let gateway = Gateway { url, format, sender: "Aldermoor".to_owned(), credentials };
    let messaging = Messaging { customs: customs(), email: None, sms: Some(Arc::new(gateway)) };
    let allowed = if is_allowed { vec![address] } else { vec![] };
    let scene = Scene::with(messaging, Rules { allowed, plaintext: false }).await;
    scene.book("ada", 10 * DAY, false).await;
    scene.work().await;
    (scene, heard)
}

#[tokio::test]
async fn a_provider_gets_a_form_with_its_key_and_where_to_call_back() {
    let credentials = Credentials::Basic("me".to_owned(), Phi::new("pass".to_owned()));
    let (scene, heard) = texting(vec![500, 503, 401], Format::Form, credentials, true).await;
    for _ in 0..3 {
        scene.ward.pass_seconds(1_000);
        scene.work().await;
    }
    let heard = heard.lock().unwrap().clone();
    assert_eq!(heard.len(), 4, "what may pass is tried again");
    let id =
        scene.messages("ada").await.iter().find(|one| one["purpose"] == "appointment-booked").unwrap()["id"]
            .as_str()
            .unwrap()
            .to_owned();
    for text in &heard {
        assert!(text.starts_with("POST /messages HTTP/1.1\r\n"), "{text}");
        assert!(text.contains(&format!("idempotency-key: {id}\r\n")));
        assert!(text.contains("authorization: Basic bWU6cGFzcw==\r\n"));
        assert!(text.contains("To=%2B447700900123&From=Aldermoor&Body=Aldermoor%3A%20your%20appointment"));
        assert!(text.ends_with(&format!(
            "StatusCallback=http%3A%2F%2Fgalen%2Etest%2Fapi%2Fmessaging%2Freceipts%2F{id}"
        )));
    }
    assert_eq!(scene.states("ada", "appointment-booked").await, ["sent"]);
}

#[tokio::test]
async fn a_provider_that_speaks_json_and_refuses_is_not_asked_again() {
    let bearer = Credentials::Bearer(Phi::new("token".to_owned()));
    let (scene, heard) = texting(vec![400], Format::Json, bearer, true).await;
    scene.ward.pass_seconds(1_000);
    scene.work().await;
    let heard = heard.lock().unwrap().clone();
    assert_eq!(heard.len(), 1);
    assert!(
        heard[0].contains("authorization: Bearer token\r\n") && heard[0].contains(r#""To":"+447700900123""#)
    );
    assert_eq!(scene.states("ada", "appointment-booked").await, ["dead refused"]);
}

#[tokio::test]
async fn a_provider_in_a_closed_network_is_not_called() {
    let bearer = Credentials::Bearer(Phi::new("token".to_owned()));
    let (scene, heard) = texting(vec![], Format::Json, bearer, false).await;
    assert!(heard.lock().unwrap().is_empty());
    assert_eq!(scene.states("ada", "appointment-booked").await, ["queued unreachable"]);
}

/// A mail server that takes everything, or answers to recipients with this line.
async fn mail_server(refusal: Option<&'static str>) -> (u16, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard: Heard = Arc::default();
    let own = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let own = Arc::clone(&own);
            tokio::spawn(async move {
                let (read, mut write) = stream.into_split();
                let mut lines = BufReader::new(read).lines();
                write.write_all(b"220 test ESMTP\r\n").await.unwrap();
                let (mut mail, mut is_mail) = (String::new(), false);
                while let Ok(Some(line)) = lines.next_line().await {
                    let answer = match (is_mail, line.as_str()) {
                        (true, ".") => {
                            own.lock().unwrap().push(std::mem::take(&mut mail));
                            is_mail = false;
                            "250 taken"
                        }
                        (true, _) => {
                            mail.push_str(&line);
                            mail.push_str("\r\n");
                            continue;
                        }
                        (_, "DATA") => {
                            is_mail = true;
                            "354 go on"
                        }
                        (_, "QUIT") => "221 bye",
                        (_, line) if line.starts_with("RCPT") => refusal.unwrap_or("250 ok"),
                        _ => "250 ok",
                    };
                    write.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
                }
            });
        }
    });
    (port, heard)
}

async fn mailing(port: u16) -> Scene {
    let settings = SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port: Some(port),
        security: Security::None,
        credentials: None,
        from: "Aldermoor <appointments@aldermoor.example>".to_owned(),
    };
    let smtp = Smtp::new(settings).unwrap();
    let messaging = Messaging { customs: customs(), email: Some(Arc::new(smtp)), sms: None };
    let scene = Scene::with(messaging, Rules::default()).await;
    scene.book("ada", 10 * DAY, false).await;
    scene.work().await;
    scene
}

#[tokio::test]
async fn a_mail_server_gets_text_html_and_the_invitation() {
    let (port, heard) = mail_server(None).await;
    let scene = mailing(port).await;
    assert_eq!(scene.states("ada", "appointment-booked").await, ["sent"]);
    let mail = heard.lock().unwrap()[0].clone();
    let id =
        scene.messages("ada").await.iter().find(|one| one["purpose"] == "appointment-booked").unwrap()["id"]
            .as_str()
            .unwrap()
            .to_owned();
    for part in [
        format!("Message-ID: <{id}@aldermoor.example>").as_str(),
        "To: ada@example.org",
        "From: Aldermoor <appointments@aldermoor.example>",
        "Subject: Your appointment - Aldermoor",
        "Date: Mon, 21 Sep 2026 14:13:20 +0000",
        "Auto-Submitted: auto-generated",
        "text/plain; charset=utf-8",
        "text/html; charset=utf-8",
        "text/calendar; charset=utf-8; method=REQUEST",
        "filename=\"appointment.ics\"",
    ] {
        assert!(mail.contains(part), "{part} is missing in {mail}");
    }
}

#[tokio::test]
async fn a_mail_server_that_refuses_or_is_not_there_is_told_apart() {
    let (port, heard) = mail_server(Some("550 no such mailbox")).await;
    let scene = mailing(port).await;
    assert_eq!(scene.states("ada", "appointment-booked").await, ["dead refused"]);
    let (port, _) = mail_server(Some("451 try later")).await;
    let scene = mailing(port).await;
    assert_eq!(scene.states("ada", "appointment-booked").await, ["queued unreachable"]);
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let scene = mailing(free).await;
    assert_eq!(scene.states("ada", "appointment-booked").await, ["queued unreachable"]);
    assert!(heard.lock().unwrap().is_empty());
    let bad = SmtpSettings {
        host: "h".into(),
        port: None,
        security: Security::Tls,
        credentials: None,
        from: "nobody".into(),
    };
    assert!(Smtp::new(bad.clone()).err().unwrap().contains("sender"));
    let open = SmtpSettings {
        security: Security::None,
        credentials: Some(("u".into(), Phi::new("p".into()))),
        ..bad
    };
    assert!(Smtp::new(open).err().unwrap().contains("TLS"));
}
