//! The demo hospital: made once, signed in to by its sample accounts, never served where others could reach it.

use crate::harness::{Place, Server};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn the_demo_is_made_once_and_its_sample_sign_ins_open_what_their_role_may() {
    let place = Place::new();
    let mut command = place.command(&["demo", "--patients", "40", "--listen", "127.0.0.1:0"]);
    command.env_remove("GALEN_LISTEN");
    let server = place.start(command);
    assert!(server.said.iter().any(|line| line.contains("40 patients")), "{:?}", server.said);

    let page = server.send(Method::GET, "/api/demo/sign-ins", &[], b"").await.json();
    let accounts = page["accounts"].as_array().unwrap().clone();
    let roles: BTreeSet<&str> = accounts.iter().map(|a| a["role"].as_str().unwrap()).collect();
    assert_eq!((accounts.len(), roles.len()), (23, 23), "one for each role, and a patient");

    for (role, expected) in [("doctor", StatusCode::OK), ("privacy-officer", StatusCode::FORBIDDEN)] {
        let account = accounts.iter().find(|a| a["role"] == role).unwrap();
        let body =
            json!({ "name": account["name"], "password": account["password"], "code": account["code"] });
        let answer = server.send(Method::POST, "/api/session", &[JSON], body.to_string().as_bytes()).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        let cookie = answer.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let chart = "/fhir/Condition?patient=demo-patient-00001";
        let read = server.send(Method::GET, chart, &[("cookie", cookie.as_str())], b"").await;
        assert_eq!(read.status, expected, "{role}: {read:?}");
    }

    let today = jiff::Zoned::now().in_tz("Europe/London").unwrap().date();
    let cookie = cookie_of(&server, &accounts, "receptionist").await;
    let path = format!("/api/clinics/demo-clinic-medical/days/{today}");
    let board = server.send(Method::GET, &path, &[("cookie", cookie.as_str())], b"").await.json();
    let doctor = &board["columns"][0];
    assert!(doctor["entries"].as_array().unwrap().len() > 3, "{doctor}");
    let patient = accounts.iter().find(|a| a["role"] == "patient").unwrap();
    let cookie = cookie_of(&server, &accounts, "patient").await;
    let own = server.send(Method::GET, "/api/session", &[("cookie", cookie.as_str())], b"").await.json();
    assert_eq!(own["name"], patient["name"], "{own}");

    // The code of the moment was used; the next one that is shown is another, and good.
    let again = server.send(Method::GET, "/api/demo/sign-ins", &[], b"").await.json();
    let doctor =
        again["accounts"].as_array().unwrap().iter().find(|a| a["role"] == "doctor").unwrap().clone();
    let body = json!({ "name": doctor["name"], "password": doctor["password"], "code": doctor["code"] });
    let answer = server.send(Method::POST, "/api/session", &[JSON], body.to_string().as_bytes()).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    drop(server);

    let again = place.start(place.command(&["demo", "--patients", "40", "--listen", "127.0.0.1:0"]));
    assert!(again.said.is_empty(), "nothing is made twice: {:?}", again.said);
}

async fn cookie_of(server: &Server, accounts: &[Value], role: &str) -> String {
    let account = accounts.iter().find(|a| a["role"] == role).unwrap();
    let body = json!({ "name": account["name"], "password": account["password"], "code": account["code"] });
    let answer = server.send(Method::POST, "/api/session", &[JSON], body.to_string().as_bytes()).await;
    assert_eq!(answer.status, StatusCode::OK, "{role}: {answer:?}");
    answer.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned()
}

#[test]
fn the_demo_is_refused_where_others_could_reach_it_and_where_a_hospital_is() {
    let place = Place::new();
    let refused = place.run(&["demo", "--listen", "0.0.0.0:0"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("loopback only"), "{said}");

    let made = place.run(&["demo", "--patients", "3", "--only-make"]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let served = place.run(&["serve", "--listen", "0.0.0.0:0"]);
    let said = String::from_utf8_lossy(&served.stderr).into_owned();
    assert!(!served.status.success() && said.contains("whose passwords everybody knows"), "{said}");

    let own = Place::new();
    own.add_user("ada", "doctor");
    let refused = own.run(&["demo", "--only-make"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("a hospital of its own"), "{said}");
}
