//! Accounts by code, proxies, and who saw a record.

use galen_testkit::ward::{Client, Reply, Ward};
use serde_json::{Value, json};

const PASSWORD: &str = "correct-horse-battery-staple-42";
const BORN: &str = "1985-12-10";
/// On the ward's first day the child is nine.
const CHILD_BORN: &str = "2017-05-04";

struct Family {
    ward: Ward,
    mother: String,
    child: String,
}

async fn family() -> Family {
    let ward = Ward::new(vec![&galen_registration::SERVICE, &galen_service::accounts::SERVICE]).await;
    let mother = register(&ward, "Ada", BORN).await;
    let child = register(&ward, "Kit", CHILD_BORN).await;
    Family { ward, mother, child }
}

async fn register(ward: &Ward, given: &str, born: &str) -> String {
    let body = json!({ "demographics": { "family": "Lovelace", "given": [given], "birthDate": born } });
    let made = ward.as_user("clerk").post("/api/patients", &body).await.expect(201).json();
    made["id"].as_str().unwrap().to_owned()
}

async fn invite(client: &Client<'_>, patient: &str, body: &Value) -> Value {
    client.post(&format!("/api/patients/{patient}/invitations"), body).await.expect(201).json()
}

fn as_parent(scopes: &[&str], until: &str) -> Value {
    json!({ "proxy": { "name": "Ada Lovelace", "kinship": "PRN", "scopes": scopes, "until": until } })
}

async fn activate(ward: &Ward, invitation: &Value, born: &str, name: &str) -> Reply {
    let body = json!({ "code": invitation["code"], "birthDate": born, "name": name, "password": PASSWORD });
    ward.nobody().post("/api/activations", &body).await
}

/// The client of an account that was made by code.
async fn signed_in<'w>(ward: &'w Ward, name: &str) -> Client<'w> {
    let now = ward.house.clock.now();
    let found = galen_access::user::by_name(&ward.house.store, name, now).await.unwrap().unwrap();
    ward.as_account(&found.id)
}

/// The mother's account, with the right to act for the child.
async fn mother_of<'w>(family: &'w Family, scopes: &[&str]) -> Client<'w> {
    let ward = &family.ward;
    let own = invite(&ward.as_user("clerk"), &family.mother, &json!({})).await;
    activate(ward, &own, BORN, "ada").await.expect(201);
    let ada = signed_in(ward, "ada").await;
    let offered = invite(&ward.as_user("clerk"), &family.child, &as_parent(scopes, "2027-09-01")).await;
    let body = json!({ "code": offered["code"], "birthDate": CHILD_BORN });
    ada.post("/api/proxies", &body).await.expect(201);
    ada
}

#[tokio::test]
async fn a_patient_makes_an_account_by_code_and_birth_date_and_signs_in() {
    let family = family().await;
    let (ward, clerk) = (&family.ward, family.ward.as_user("clerk"));
    let first = invite(&clerk, &family.mother, &json!({})).await;
    let second = invite(&clerk, &family.mother, &json!({})).await;
    let refused = activate(ward, &first, BORN, "ada").await.expect(422).json();
    assert_eq!(refused["code"], "code-refused", "the second code took the first one's place");

    let mut typed = second.clone();
    typed["code"] = json!(second["code"].as_str().unwrap().to_uppercase().replace('-', " "));
    activate(ward, &typed, BORN, "ada").await.expect(201);
    let again = activate(ward, &second, BORN, "ada2").await.expect(422).json();
    assert_eq!(again["code"], "code-refused", "a code is good once");

    let body = json!({ "name": "ada", "password": PASSWORD });
    let next = ward.nobody().post("/api/session", &body).await.expect(202).json();
    assert_eq!(next["next"], "enrolment");
    let ada = signed_in(ward, "ada").await;
    assert_eq!(
        ada.get(&format!("/api/patients/{}", family.mother)).await.expect(200).json()["given"][0],
        "Ada"
    );
    ada.get(&format!("/api/patients/{}", family.child)).await.expect(404);

    let exists = clerk.post(&format!("/api/patients/{}/invitations", family.mother), &json!({})).await;
    assert_eq!(exists.expect(409).json()["code"], "account-exists");
    let by_hand = json!({ "name": "ada3", "role": "patient", "patient": family.mother });
    let exists = ward.as_user("admin").post("/api/users", &by_hand).await.expect(409).json();
    assert_eq!(exists["code"], "account-exists");
}

#[tokio::test]
async fn a_letter_alone_tells_its_code_and_takes_the_place_of_the_one_before() {
    let family = family().await;
    let (ward, clerk) = (&family.ward, family.ward.as_user("clerk"));
    let told = invite(&clerk, &family.mother, &json!({})).await;
    let path = format!("/api/patients/{}/invitation-letters", family.mother);
    let letter = clerk.post(&path, &json!({})).await.expect(200);
    assert_eq!(letter.header("content-type"), "application/pdf");
    assert!(letter.bytes.starts_with(b"%PDF-"));
    assert_eq!(activate(ward, &told, BORN, "ada").await.expect(422).json()["code"], "code-refused");
    let open = clerk.get(&format!("/api/patients/{}/invitations", family.mother)).await.expect(200).json();
    assert_eq!(open["invitations"].as_array().unwrap().len(), 1);
    clerk.post("/api/patients/nobody/invitation-letters", &json!({})).await.expect(404);
    ward.as_user("doctor").post(&path, &json!({})).await.expect(403);

    let ada = mother_of(&family, &["appointments"]).await;
    ada.post(&format!("/api/patients/{}/invitation-letters", family.child), &json!({})).await.expect(403);
    assert_eq!(clerk.post(&path, &json!({})).await.expect(409).json()["code"], "account-exists");
}

#[tokio::test]
async fn five_wrong_birth_dates_spend_a_code() {
    let family = family().await;
    let ward = &family.ward;
    let code = invite(&ward.as_user("clerk"), &family.mother, &json!({})).await;
    for _ in 0..5 {
        let refused = activate(ward, &code, "1985-12-11", "ada").await.expect(422).json();
        assert_eq!(refused["code"], "code-refused");
    }
    activate(ward, &code, BORN, "ada").await.expect(429);
    ward.pass_seconds(16 * 60);
    assert_eq!(activate(ward, &code, BORN, "ada").await.expect(422).json()["code"], "code-refused");
    let open = ward.as_user("clerk").get(&format!("/api/patients/{}/invitations", family.mother)).await;
    assert_eq!(open.expect(200).json()["invitations"], json!([]));
}

#[tokio::test]
async fn codes_are_not_kept_in_clear_and_run_out_and_can_be_withdrawn() {
    let family = family().await;
    let (ward, clerk) = (&family.ward, family.ward.as_user("clerk"));
    let code = invite(&clerk, &family.mother, &json!({})).await;
    let listed = clerk.get(&format!("/api/patients/{}/invitations", family.mother)).await.expect(200).text();
    assert!(!listed.contains(code["code"].as_str().unwrap()));
    clerk.delete(&format!("/api/invitations/{}", code["id"].as_str().unwrap())).await.expect(200);
    activate(ward, &code, BORN, "ada").await.expect(422);
    clerk.delete(&format!("/api/invitations/{}", code["id"].as_str().unwrap())).await.expect(409);

    let old = invite(&clerk, &family.mother, &json!({})).await;
    ward.pass_seconds(31 * 86_400);
    activate(ward, &old, BORN, "ada").await.expect(422);
}

#[tokio::test]
async fn a_parent_acts_for_a_child_within_the_proxy_and_until_it_ends() {
    let family = family().await;
    let ward = &family.ward;
    let ada = mother_of(&family, &["appointments"]).await;
    let path = format!("/api/patients/{}", family.child);
    ada.get(&path).await.expect(404);
    let people = ada.get("/api/proxies").await.expect(200).json();
    assert_eq!(people["people"][0]["given"][0], "Kit");
    let acting = signed_in(ward, "ada").await.with("x-acting-for", &family.child);
    assert_eq!(acting.get(&path).await.expect(200).json()["given"][0], "Kit");
    acting.get(&format!("/api/patients/{}", family.mother)).await.expect(404);
    let beyond = acting.get(&format!("{path}/accesses")).await.expect(403).json();
    assert_eq!(beyond["code"], "beyond-proxy");
    let beyond = acting.post(&format!("{path}/invitations"), &as_parent(&["record"], "2027-01-01")).await;
    assert_eq!(beyond.expect(403).json()["code"], "beyond-proxy", "who acts for somebody lets nobody else");

    let held = ada.get("/api/proxies").await.expect(200).json()["people"][0]["id"].clone();
    ward.as_user("clerk").delete(&format!("/api/proxies/{}", held.as_str().unwrap())).await.expect(200);
    assert_eq!(acting.get(&path).await.expect(403).json()["code"], "not-proxy");
    assert_eq!(ada.get("/api/proxies").await.expect(200).json()["people"], json!([]));
}

#[tokio::test]
async fn nobody_acts_for_somebody_without_a_proxy() {
    let family = family().await;
    let ward = &family.ward;
    let ada = mother_of(&family, &["record"]).await;
    let stranger = register(ward, "Zoe", "1990-01-01").await;
    for named in [stranger.as_str(), "nobody-at-all", "a b"] {
        let acting = signed_in(ward, "ada").await.with("x-acting-for", named);
        let refused = acting.get(&format!("/api/patients/{stranger}")).await.expect(403).json();
        assert_eq!(refused["code"], "not-proxy", "{named}");
    }
    let staff = ward.as_user("doctor").with("x-acting-for", &family.child);
    assert_eq!(
        staff.get(&format!("/api/patients/{}", family.child)).await.expect(403).json()["code"],
        "not-proxy"
    );
    // It lapses by itself.
    ward.pass_seconds(400 * 86_400);
    let acting = signed_in(ward, "ada").await.with("x-acting-for", &family.child);
    assert_eq!(
        acting.get(&format!("/api/patients/{}", family.child)).await.expect(403).json()["code"],
        "not-proxy"
    );
    drop(ada);
}

#[tokio::test]
async fn a_carer_who_is_no_patient_here_gets_an_account_for_acting_only() {
    let family = family().await;
    let ward = &family.ward;
    let own = invite(&ward.as_user("clerk"), &family.mother, &json!({})).await;
    activate(ward, &own, BORN, "ada").await.expect(201);
    let ada = signed_in(ward, "ada").await;
    let mut offer = as_parent(&["record"], "2027-01-31");
    offer["proxy"]["kinship"] = json!("FRND");
    let offered = invite(&ada, &family.mother, &offer).await;
    let own = json!({ "code": offered["code"], "birthDate": BORN });
    assert_eq!(ada.post("/api/proxies", &own).await.expect(422).json()["code"], "own-proxy");

    activate(ward, &offered, BORN, "carer").await.expect(201);
    let carer = signed_in(ward, "carer").await;
    let path = format!("/api/patients/{}", family.mother);
    carer.get(&path).await.expect(403);
    let acting = signed_in(ward, "carer").await.with("x-acting-for", &family.mother);
    acting.get(&path).await.expect(200);
    let who = ada.get(&format!("{path}/proxies")).await.expect(200).json();
    assert_eq!(who["proxies"][0]["kinship"], "FRND");

    let seen = ada.get(&format!("{path}/accesses")).await.expect(200).json();
    let by_proxy: Vec<_> =
        seen["accesses"].as_array().unwrap().iter().filter(|access| access["by"] == "proxy").collect();
    assert!(by_proxy.iter().any(|access| access["operation"] == "ReadPatient"), "{seen}");
    carer.delete(&format!("/api/proxies/{}", who["proxies"][0]["id"].as_str().unwrap())).await.expect(200);
    acting.get(&path).await.expect(403);
}

#[tokio::test]
async fn a_childs_proxy_ends_with_childhood_and_odd_invitations_are_refused() {
    let family = family().await;
    let (ward, clerk) = (&family.ward, family.ward.as_user("clerk"));
    let path = |patient: &str| format!("/api/patients/{patient}/invitations");
    let older = register(ward, "Tom", "2012-02-29").await;
    let cases = [
        (&older, as_parent(&["record"], "2028-03-01"), "beyond-childhood"),
        (&family.child, as_parent(&["record"], "2033-01-01"), "date-out-of-range"),
        (&family.child, as_parent(&["record"], "2026-01-01"), "date-out-of-range"),
        (&family.child, as_parent(&["record"], "next year"), "date-invalid"),
        (&family.child, as_parent(&[], "2027-01-01"), "scope-required"),
    ];
    for (patient, body, code) in cases {
        let refused = clerk.post(&path(patient), &body).await.expect(422).json();
        assert_eq!(refused["code"], code, "{body}");
    }
    invite(&clerk, &older, &as_parent(&["record"], "2028-02-27")).await;
    let unborn = json!({ "demographics": { "family": "Doe", "given": ["J"], "birthDate": "1990" } });
    let unborn = clerk.post("/api/patients", &unborn).await.expect(201).json();
    let refused = clerk.post(&path(unborn["id"].as_str().unwrap()), &json!({})).await.expect(422).json();
    assert_eq!(refused["code"], "birth-date-needed");
    for _ in 0..10 {
        invite(&clerk, &family.child, &as_parent(&["record"], "2027-01-01")).await;
    }
    let refused = clerk.post(&path(&family.child), &as_parent(&["record"], "2027-01-01")).await;
    assert_eq!(refused.expect(409).json()["code"], "too-many-invitations");
    ward.as_user("nurse").post(&path(&family.child), &json!({})).await.expect(403);
}

#[tokio::test]
async fn patients_see_who_saw_their_records_and_nobody_elses() {
    let family = family().await;
    let ward = &family.ward;
    let ada = mother_of(&family, &["record"]).await;
    ward.as_user("nurse").get(&format!("/api/patients/{}", family.mother)).await.expect(200);
    let path = format!("/api/patients/{}/accesses", family.mother);
    let seen = ada.get(&path).await.expect(200).json();
    let by_nurse: Vec<_> =
        seen["accesses"].as_array().unwrap().iter().filter(|a| a["roles"] == json!(["nurse"])).collect();
    assert_eq!(by_nurse.len(), 1, "{seen}");
    assert_eq!((&by_nurse[0]["purpose"], &by_nurse[0]["interaction"]), (&json!("TREAT"), &json!("read")));
    assert!(seen["accesses"].as_array().unwrap().iter().any(|a| a["by"] == "patient"));
    ada.get(&format!("/api/patients/{}/accesses", family.child)).await.expect(404);
    ward.as_user("doctor").get(&path).await.expect(403);
    ward.as_user("privacy").get(&path).await.expect(200);
    let acting = signed_in(ward, "ada").await.with("x-acting-for", &family.child);
    acting.get(&format!("/api/patients/{}/accesses", family.child)).await.expect(200);
}
