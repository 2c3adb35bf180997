//! The policies against a table that was written by itself: role, action, category, label, whose.

use crate::ward::Ward;
use galen_access::{Category, Decision, Label, Target};
use galen_kernel::PatientId;

const ROLES: &[&str] = &[
    "fhir",
    "doctor",
    "nurse",
    "clerk",
    "lab",
    "pharmacist",
    "privacy",
    "guardian",
    "support",
    "admin",
    "olga",
];
const ACTIONS: &[&str] = &[
    "FhirRead",
    "FhirSearch",
    "FhirHistory",
    "FhirCreate",
    "FhirUpdate",
    "FhirDelete",
    "FhirExport",
    "FhirImport",
];

/// Categories that a role reads; written from the hospital's point of view, not from the policy's text.
fn reads(role: &str) -> &'static [&'static str] {
    match role {
        "fhir" => &[
            "demographic",
            "clinical",
            "laboratory",
            "medication",
            "administrative",
            "financial",
            "directory",
            "conformance",
        ],
        "admin" => &[
            "demographic",
            "clinical",
            "laboratory",
            "medication",
            "administrative",
            "financial",
            "directory",
            "conformance",
            "audit",
        ],
        "doctor" | "nurse" | "lab" | "pharmacist" => &[
            "demographic",
            "clinical",
            "laboratory",
            "medication",
            "administrative",
            "directory",
            "conformance",
        ],
        "guardian" => &[
            "demographic",
            "clinical",
            "laboratory",
            "medication",
            "administrative",
            "directory",
            "conformance",
            "audit",
        ],
        "clerk" => &["demographic", "administrative", "directory", "conformance"],
        "privacy" => &["audit", "directory", "conformance"],
        _ => &["directory", "conformance"],
    }
}

fn creates(role: &str) -> &'static [&'static str] {
    match role {
        "fhir" | "admin" => &[
            "demographic",
            "clinical",
            "laboratory",
            "medication",
            "administrative",
            "financial",
            "directory",
            "conformance",
        ],
        "doctor" | "nurse" => &["clinical", "laboratory", "medication", "administrative"],
        "lab" => &["laboratory"],
        "pharmacist" => &["medication"],
        "clerk" => &["demographic", "administrative"],
        _ => &[],
    }
}

fn allowed(role: &str, action: &str, category: &str, label: Label, own: bool) -> bool {
    let is_read = matches!(action, "FhirRead" | "FhirSearch" | "FhirHistory");
    let by_role = match action {
        "FhirCreate" | "FhirUpdate" => creates(role).contains(&category),
        "FhirDelete" | "FhirExport" | "FhirImport" => {
            matches!(role, "fhir" | "admin") && !matches!(category, "audit" | "security")
        }
        _ => reads(role).contains(&category) || (role == "olga" && own && category != "security"),
    };
    let unsealed = match label {
        Label::Normal => true,
        Label::Restricted => own || role == "guardian",
        Label::VeryRestricted => false,
    };
    by_role && unsealed && (is_read || role != "olga")
}

#[tokio::test]
async fn policy_agrees_with_the_table() {
    let ward = Ward::new().await;
    ward.add_patient_user("olga", "olga").await;
    let mut asked = 0;
    for role in ROLES {
        let context = ward.context(role).await;
        for action in ACTIONS {
            for category in Category::ALL {
                for label in Label::ALL {
                    for patient in [None, Some("olga"), Some("other")] {
                        let patients = patient.into_iter().map(|p| PatientId::parse(p).unwrap()).collect();
                        let target = Target::plain("Thing", category).of(patients).labelled(label);
                        let own = *role == "olga" && patient == Some("olga");
                        let decision = ward.house.access.authorize(&context, action, &target).await.unwrap();
                        let is_allowed = matches!(decision, Decision::Allowed { broken_glass: false });
                        let expected = allowed(role, action, category.code(), label, own);
                        assert_eq!(
                            is_allowed, expected,
                            "{role} {action} {category:?} {label:?} {patient:?}"
                        );
                        asked += 1;
                    }
                }
            }
        }
        let bundle = Target::plain("Bundle", Category::Clinical);
        let decision = ward.house.access.authorize(&context, "FhirBundle", &bundle).await.unwrap();
        assert_eq!(matches!(decision, Decision::Allowed { .. }), *role != "olga", "{role}");
    }
    assert_eq!(asked, 11 * 8 * 10 * 3 * 3);
}
