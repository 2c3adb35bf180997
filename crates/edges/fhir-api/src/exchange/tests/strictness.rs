//! What comes is checked as strictly as the facility of who pulls wants, as a write of the same by REST is.

use super::ward::SERVICES;
use crate::exchange::arrive::Arrivals;
use crate::exchange::naming::Naming;
use crate::exchange::partner::Partner;
use crate::exchange::progress::{Progress, Span};
use crate::exchange::report::Report;
use galen_access::smart::ClientKey;
use galen_fhir::json::parse;
use galen_fhir::validate::Strictness;
use galen_fhir::{Resource, ResourceType, validate};
use galen_service::strictness::FacilityStrictness;
use galen_testkit::ward::Ward;
use serde_json::{Value, json};

/// A Patient whose contact breaks the rule pat-1.
fn ruleless(id: &str) -> Value {
    json!({ "resourceType": "Patient", "id": id, "contact": [{ "gender": "male" }] })
}

#[tokio::test]
async fn the_facility_says_how_strictly_what_comes_is_checked() {
    for (strictness, status) in [(Strictness::Structure, 201), (Strictness::Rules, 422)] {
        let facilities = FacilityStrictness { usual: strictness, facilities: [].into() };
        let ward = Ward::strict(facilities, SERVICES.to_vec()).await;
        let client = ward.as_user("fhir").at("/fhir");
        client.put("/Patient/direct", &ruleless("direct")).await.expect(status);
        let report =
            taken(&ward, &[ruleless("a"), ruleless("b"), json!({ "resourceType": "Patient", "id": "c" })])
                .await;
        if status == 201 {
            assert_eq!((report.created, report.refusals), (3, 0), "{report:?}");
            continue;
        }
        assert_eq!((report.created, report.refusals), (1, 2), "{report:?}");
        let refused = &report.refused[0];
        assert_eq!((refused.resource.as_str(), refused.code.as_str()), ("Patient/a", "resource-invalid"));
        assert!(refused.message.starts_with("Patient.contact"), "{}", refused.message);
        let refusals = ward.journal().await.into_iter().filter(|body| body.audit.operation == "create");
        assert_eq!(refusals.count(), 2, "each refusal is in the audit");
        provenance_is_valid(&client).await;
    }
}

/// What this program says of the exchange is not checked before it is written, so it must be right.
async fn provenance_is_valid(client: &galen_testkit::ward::Client<'_>) {
    let found = client.get("/Provenance").await.expect(200).of_mode("match");
    assert_eq!(found.len(), 1);
    let told = Resource::parse(found[0].to_string().as_bytes()).unwrap();
    assert_eq!(told.resource_type(), ResourceType::parse("Provenance").unwrap());
    assert!(!validate(&told).iter().any(galen_fhir::Issue::is_error));
}

/// What became of a page.
async fn taken(ward: &Ward, page: &[Value]) -> Report {
    let base = "https://ehr.example/fhir";
    let partner = Partner {
        name: "mercy".to_owned(),
        base: base.to_owned(),
        proof: None,
        key: ClientKey::generate().unwrap(),
        progress: Progress::default(),
    };
    let (naming, wanted) = (Naming::new(base), [ResourceType::parse("Patient").unwrap()]);
    let context = ward.context("fhir").await;
    let arrivals = Arrivals {
        house: &ward.house,
        context: &context,
        partner: &partner,
        naming: &naming,
        wanted: &wanted,
    };
    let (mut report, mut span) = (Report::default(), Span::default());
    let page = page.iter().map(|one| parse(one.to_string().as_bytes()).unwrap()).collect();
    arrivals.take(page, &mut report, &mut span).await.unwrap();
    report
}
