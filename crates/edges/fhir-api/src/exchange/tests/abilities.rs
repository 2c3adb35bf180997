//! What a CapabilityStatement says of a partner.

use crate::exchange::abilities::Abilities;
use galen_fhir::ResourceType;
use serde_json::{Value, json};

fn of(name: &str) -> ResourceType {
    ResourceType::parse(name).unwrap()
}

fn statement(resources: &Value) -> Abilities {
    let rest = [json!({ "mode": "client" }), json!({ "mode": "server", "resource": resources })];
    Abilities::read(json!({ "resourceType": "CapabilityStatement", "rest": rest }).to_string().as_bytes())
}

fn refused(abilities: &Abilities, name: &str) -> Option<&'static str> {
    abilities.refuses(of(name)).map(|(code, _)| code)
}

#[test]
fn what_a_partner_says_of_a_type_decides() {
    let does = |codes: &[&str]| codes.iter().map(|code| json!({ "code": code })).collect::<Vec<_>>();
    let abilities = statement(&json!([
        { "type": "Patient", "interaction": does(&["read", "create", "history-type"]), "conditionalCreate": true },
        { "type": "Observation", "interaction": does(&["create", "history-instance"]), "conditionalCreate": false },
        { "type": "Condition", "interaction": does(&["create"]) },
        { "type": "Encounter", "interaction": does(&["read"]) },
        { "type": "Provenance", "interaction": does(&["create", "history-type"]), "conditionalCreate": true },
    ]));
    for (name, tells, code) in [
        ("Patient", true, None),
        ("Observation", false, Some("partner-creates-twice")),
        // It does not say whether it makes one only once; it is asked to.
        ("Condition", false, None),
        ("Encounter", false, Some("partner-creates-none")),
        ("Procedure", false, Some("partner-creates-none")),
        ("Provenance", true, Some("no-identifier")),
    ] {
        assert_eq!((abilities.tells_history(of(name)), refused(&abilities, name)), (tells, code), "{name}");
    }
}

#[test]
fn who_says_nothing_is_tried() {
    let none = statement(&json!([]));
    for silent in ["", "<html>", "[]", r#"{"resourceType":"OperationOutcome"}"#] {
        assert_eq!(Abilities::read(silent.as_bytes()), none, "{silent}");
    }
    assert_eq!(none, Abilities::default());
    assert!(!none.tells_history(of("Patient")));
    assert_eq!(refused(&none, "Patient"), None);
    // One identifier is not a list to add ours to.
    for name in ["Linkage", "Composition", "Binary"] {
        assert_eq!(refused(&none, name), Some("no-identifier"), "{name}");
    }
}
