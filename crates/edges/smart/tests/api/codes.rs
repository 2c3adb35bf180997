//! Authorization codes, launches, refresh tokens, and the end of all of them.

use crate::ward::{REDIRECT, Ward, code_form, parameter, two_patients};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

#[tokio::test]
async fn a_clinician_connects_an_application_to_one_patient() {
    let ward = Ward::new().await;
    let (one, other) = two_patients(&ward).await;
    let scope = "openid fhirUser launch/patient offline_access patient/*.rs";
    let token = ward.connect("doctor", scope, Some(&one)).await;
    assert_eq!(token["patient"], json!(one));
    assert_eq!(token["token_type"], "Bearer");
    assert_eq!(token["scope"], json!(scope));
    assert_eq!(token["need_patient_banner"], true);
    assert!(token["refresh_token"].is_string() && token["smart_style_url"].is_string());
    let app = ward.app(&token);
    app.get(&format!("/Patient/{one}")).await.expect(200);
    let refused = app.get(&format!("/Patient/{other}")).await.expect(403);
    assert!(refused.header("www-authenticate").contains("error=\"insufficient_scope\""));
    assert_eq!(app.get("/Observation").await.expect(200).ids().len(), 2, "only the patient's");
}

#[tokio::test]
async fn an_id_token_says_who_the_user_is_and_verifies() {
    let ward = Ward::new().await;
    let (one, _) = two_patients(&ward).await;
    ward.add_patient_user("ann", &one).await;
    let scope = "openid fhirUser patient/Patient.r";
    let client = ward.public_client(scope).await;
    let mut asking = Ward::asking(&client, scope);
    asking.push(("nonce", "n-1"));
    let code = ward.code("ann", &asking, None).await;
    let token = ward.exchange(&client, &code).await.expect(200).json();
    assert_eq!(token["patient"], json!(one), "a patient's own record is not asked for");
    let text = token["id_token"].as_str().unwrap();
    let parts: Vec<&str> = text.split('.').collect();
    let read = |part: &str| -> Value {
        serde_json::from_slice(&BASE64URL_NOPAD.decode(part.as_bytes()).unwrap()).unwrap()
    };
    let (header, claims) = (read(parts[0]), read(parts[1]));
    assert_eq!(claims["fhirUser"], format!("http://galen.test/fhir/Patient/{one}"));
    assert_eq!(
        (&claims["aud"], &claims["nonce"], &claims["iss"]),
        (&json!(client), &json!("n-1"), &json!("http://galen.test"))
    );
    let keys = ward.nobody().get("/oauth/jwks").await.expect(200).json();
    let key =
        keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == header["kid"]).unwrap().clone();
    let bytes = |name: &str| BASE64URL_NOPAD.decode(key[name].as_str().unwrap().as_bytes()).unwrap();
    let public = aws_lc_rs::signature::RsaPublicKeyComponents { n: bytes("n"), e: bytes("e") };
    let signature = BASE64URL_NOPAD.decode(parts[2].as_bytes()).unwrap();
    let signed = format!("{}.{}", parts[0], parts[1]);
    public.verify(&aws_lc_rs::signature::RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature).unwrap();
}

#[tokio::test]
async fn a_launch_brings_its_patient_and_works_once_for_its_user() {
    let ward = Ward::new().await;
    let (one, other) = two_patients(&ward).await;
    let scope = "launch patient/*.rs";
    let client = ward.public_client(scope).await;
    let wanted = json!({ "client": client, "patient": one });
    let launched = ward.as_user("doctor").post("/api/launches", &wanted).await.expect(201).json();
    let launch = launched["launch"].as_str().unwrap();
    assert!(launched["url"].as_str().unwrap().starts_with("https://app.example/launch?iss=http"));
    let mut asking = Ward::asking(&client, scope);
    asking.push(("launch", launch));
    let request = ward.request_of(&asking).await;
    let shown = format!("/api/authorizations/request?request={request}");
    let asked = ward.as_user("doctor").get(&shown).await.expect(200).json();
    assert_eq!(asked["patient"]["name"], "ADAMS, Ann");
    assert_eq!(asked["choosePatient"], false);
    ward.as_user("nurse").get(&shown).await.expect(403);
    let swap =
        json!({ "request": request, "allow": true, "scopes": ["launch", "patient/*.rs"], "patient": other });
    ward.as_user("doctor").post("/api/authorizations/request", &swap).await.expect(403);
    let code = ward.code("doctor", &asking, None).await;
    let token = ward.exchange(&client, &code).await.expect(200).json();
    assert_eq!(token["patient"], json!(one));
    let again = ward.authorize(&asking).await.expect(303);
    assert_eq!(parameter(again.header("location"), "error").as_deref(), Some("invalid_request"));
    let spent = json!({ "request": request, "allow": true, "scopes": ["launch", "patient/*.rs"] });
    ward.as_user("doctor").post("/api/authorizations/request", &spent).await.expect(410);
}

#[tokio::test]
async fn a_code_used_twice_ends_what_came_of_it() {
    let ward = Ward::new().await;
    let (one, _) = two_patients(&ward).await;
    let scope = "launch/patient patient/*.rs offline_access";
    let client = ward.public_client(scope).await;
    let code = ward.code("doctor", &Ward::asking(&client, scope), Some(&one)).await;
    let token = ward.exchange(&client, &code).await.expect(200).json();
    ward.app(&token).get(&format!("/Patient/{one}")).await.expect(200);
    let again = ward.exchange(&client, &code).await.expect(400).json();
    assert_eq!(again["error"], "invalid_grant");
    ward.app(&token).get(&format!("/Patient/{one}")).await.expect(401);
    let refresh = token["refresh_token"].as_str().unwrap();
    let pairs = [("grant_type", "refresh_token"), ("client_id", client.as_str()), ("refresh_token", refresh)];
    ward.oauth("/oauth/token", &pairs).await.expect(400);
}

#[tokio::test]
async fn refresh_tokens_rotate_and_a_used_one_ends_the_family() {
    let ward = Ward::new().await;
    let (one, _) = two_patients(&ward).await;
    let scope = "launch/patient patient/*.rs offline_access";
    let client = ward.public_client(scope).await;
    let code = ward.code("doctor", &Ward::asking(&client, scope), Some(&one)).await;
    let first = ward.exchange(&client, &code).await.expect(200).json();
    let refresh = |token: &Value, more: &[(&'static str, &'static str)]| {
        let refresh = token["refresh_token"].as_str().unwrap().to_owned();
        let (ward, client, more) = (&ward, client.clone(), more.to_vec());
        async move {
            let mut pairs =
                vec![("grant_type", "refresh_token"), ("client_id", &client), ("refresh_token", &refresh)];
            pairs.extend(more);
            ward.oauth("/oauth/token", &pairs).await
        }
    };
    let wider = refresh(&first, &[("scope", "patient/*.cruds")]).await.expect(400).json();
    assert_eq!(wider["error"], "invalid_scope");
    let second = refresh(&first, &[("scope", "patient/Observation.rs")]).await.expect(200).json();
    assert_eq!(second["scope"], "patient/Observation.rs");
    assert_eq!(second["patient"], json!(one));
    ward.app(&second).get(&format!("/Patient/{one}")).await.expect(403);
    let third = refresh(&second, &[]).await.expect(200).json();
    assert!(
        third["scope"].as_str().unwrap().contains("patient/*.rs"),
        "the family keeps what was authorized"
    );
    let replayed = refresh(&first, &[]).await.expect(400).json();
    assert_eq!(replayed["error"], "invalid_grant");
    for token in [&first, &second, &third] {
        ward.app(token).get("/Observation").await.expect(401);
    }
    refresh(&third, &[]).await.expect(400);
}

#[tokio::test]
async fn a_public_client_may_refresh_without_saying_who_it_is() {
    let ward = Ward::new().await;
    let (one, _) = two_patients(&ward).await;
    let scope = "launch/patient patient/*.rs offline_access";
    let first = ward.connect("doctor", scope, Some(&one)).await;
    let refresh = |token: &str| {
        let (ward, token) = (&ward, token.to_owned());
        async move {
            let pairs = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
            ward.oauth("/oauth/token", &pairs).await
        }
    };
    let held = |token: &Value| token["refresh_token"].as_str().unwrap().to_owned();
    let second = refresh(&held(&first)).await.expect(200).json();
    ward.app(&second).get("/Observation").await.expect(200);
    for bad in [held(&first), held(&second), "never-issued".to_owned()] {
        let refused = refresh(&bad).await.expect(400).json();
        assert_eq!(refused["error"], "invalid_grant", "{bad}");
    }
    ward.app(&second).get("/Observation").await.expect(401);

    let body = json!({ "name": "Portal", "redirectUris": [REDIRECT], "scopes": scope, "secret": true });
    let client = ward.register(body).await;
    let (id, secret) = (client["clientId"].as_str().unwrap(), client["clientSecret"].as_str().unwrap());
    let basic = crate::ward::basic(id, secret);
    let code = ward.code("doctor", &Ward::asking(id, scope), Some(&one)).await;
    let form = crate::ward::form(&code_form(id, &code));
    let token = ward.oauth_with("/oauth/token", &form, Some(&basic)).await.expect(200).json();
    let refused = refresh(&held(&token)).await.expect(401).json();
    assert_eq!(refused["error"], "invalid_client", "one that has a secret shows it");
    ward.app(&token).get("/Observation").await.expect(200);
}

#[tokio::test]
async fn everything_stops_at_once_when_user_client_or_authorization_ends() {
    let ward = Ward::new().await;
    let (one, _) = two_patients(&ward).await;
    let scope = "launch/patient patient/*.rs offline_access";
    let admin = ward.as_user("admin");

    let token = ward.connect("nurse", scope, Some(&one)).await;
    ward.app(&token).get("/Observation").await.expect(200);
    let listed = ward.as_user("nurse").get("/api/authorizations").await.expect(200).json();
    assert_eq!((&listed[0]["client"], &listed[0]["ended"]), (&json!("Growth chart"), &json!(false)));
    assert_eq!(listed[0]["patient"], json!({ "id": one, "name": "ADAMS, Ann", "birthDate": "1980-02-03" }));
    let id = listed[0]["id"].as_str().unwrap();
    ward.as_user("doctor").delete(&format!("/api/authorizations/{id}")).await.expect(404);
    ward.as_user("nurse").delete(&format!("/api/authorizations/{id}")).await.expect(204);
    ward.app(&token).get("/Observation").await.expect(401);

    let client = ward.public_client(scope).await;
    let code = ward.code("nurse", &Ward::asking(&client, scope), Some(&one)).await;
    let token = ward.exchange(&client, &code).await.expect(200).json();
    ward.app(&token).get("/Observation").await.expect(200);
    ward.pass_seconds(1);
    admin.send("PATCH", &format!("/api/clients/{client}"), r#"{"change":"disable"}"#).await.expect(200);
    ward.app(&token).get("/Observation").await.expect(401);
    ward.authorize(&Ward::asking(&client, scope)).await.expect(400);
    admin.send("PATCH", &format!("/api/clients/{client}"), r#"{"change":"enable"}"#).await.expect(200);
    ward.app(&token).get("/Observation").await.expect(401);
    let listed = ward.as_user("nurse").get("/api/authorizations").await.expect(200).json();
    assert_eq!(listed[0]["ended"], true, "what it had stays ended");

    let token = ward.connect("nurse", scope, Some(&one)).await;
    ward.app(&token).get("/Observation").await.expect(200);
    admin.send("PATCH", "/api/users/user-nurse", r#"{"change":"disable"}"#).await.expect(200);
    ward.app(&token).get("/Observation").await.expect(401);
}

#[tokio::test]
async fn tokens_are_introspected_and_revoked_by_their_client() {
    let ward = Ward::new().await;
    let (one, _) = two_patients(&ward).await;
    let scope = "launch/patient patient/*.rs offline_access";
    let body = json!({ "name": "Portal", "redirectUris": [REDIRECT], "scopes": scope, "secret": true });
    let client = ward.register(body).await;
    let (id, secret) = (client["clientId"].as_str().unwrap(), client["clientSecret"].as_str().unwrap());
    let basic = crate::ward::basic(id, secret);
    let code = ward.code("doctor", &Ward::asking(id, scope), Some(&one)).await;
    ward.exchange(id, &code).await.expect(401);
    let form = |pairs: &[(&str, &str)]| crate::ward::form(pairs);
    let token =
        ward.oauth_with("/oauth/token", &form(&code_form(id, &code)), Some(&basic)).await.expect(200).json();
    let access = token["access_token"].as_str().unwrap();
    let asked = form(&[("token", access)]);
    let told = ward.oauth_with("/oauth/introspect", &asked, Some(&basic)).await.expect(200).json();
    assert_eq!(
        (&told["active"], &told["client_id"], &told["patient"]),
        (&json!(true), &json!(id), &json!(one))
    );
    ward.oauth("/oauth/introspect", &[("token", access)]).await.expect(401);
    let resource_server = ward.as_user("fhir").with("content-type", "application/x-www-form-urlencoded");
    let told = resource_server.send("POST", "/oauth/introspect", asked.clone()).await.expect(200).json();
    assert_eq!(told["active"], true);
    let other = ward.public_client(scope).await;
    ward.oauth("/oauth/revoke", &[("token", access), ("client_id", &other)]).await.expect(200);
    ward.app(&token).get("/Observation").await.expect(200);
    ward.oauth_with("/oauth/revoke", &asked, Some(&basic)).await.expect(200);
    ward.app(&token).get("/Observation").await.expect(401);
    let told = ward.oauth_with("/oauth/introspect", &asked, Some(&basic)).await.expect(200).json();
    assert_eq!(told, json!({ "active": false }));
    let refresh = form(&[("token", token["refresh_token"].as_str().unwrap())]);
    let told = ward.oauth_with("/oauth/introspect", &refresh, Some(&basic)).await.expect(200).json();
    assert_eq!(told["active"], true);
    ward.oauth_with("/oauth/revoke", &refresh, Some(&basic)).await.expect(200);
    let told = ward.oauth_with("/oauth/introspect", &refresh, Some(&basic)).await.expect(200).json();
    assert_eq!(told["active"], false);
}

#[tokio::test]
async fn what_the_user_switches_off_is_not_granted_and_a_refusal_is_told() {
    let ward = Ward::new().await;
    let (one, _) = two_patients(&ward).await;
    let scope = "launch/patient patient/Observation.rs patient/Patient.rs";
    let client = ward.public_client(scope).await;
    let request = ward.request_of(&Ward::asking(&client, scope)).await;
    let answer = |body: Value| {
        let ward = &ward;
        async move { ward.as_user("doctor").post("/api/authorizations/request", &body).await }
    };
    answer(json!({ "request": request, "allow": true, "scopes": ["patient/Patient.rs"] })).await.expect(422);
    let widened =
        json!({ "request": request, "allow": true, "scopes": ["patient/Condition.rs"], "patient": one });
    answer(widened).await.expect(422);
    let less = json!({ "request": request, "allow": true, "scopes": ["patient/Patient.rs"], "patient": one });
    let redirect = answer(less).await.expect(200).json()["redirect"].as_str().unwrap().to_owned();
    let token = ward.exchange(&client, &parameter(&redirect, "code").unwrap()).await.expect(200).json();
    assert_eq!(token["scope"], "patient/Patient.rs");
    ward.app(&token).get("/Observation").await.expect(403);
    let denied = answer(json!({ "request": request, "allow": false })).await.expect(200).json();
    let redirect = denied["redirect"].as_str().unwrap();
    assert_eq!(parameter(redirect, "error").as_deref(), Some("access_denied"));
    assert_eq!(parameter(redirect, "state").as_deref(), Some("s-1"));
    ward.pass_seconds(16 * 60);
    answer(json!({ "request": request, "allow": true, "scopes": ["patient/Patient.rs"], "patient": one }))
        .await
        .expect(410);
}
