//! A house whose partner `mercy` is a server that answers as it was told to.

use super::server::{Say, Scripted};
use crate::exchange::{AddPartner, PullAsked, PushAsked, Report, add_partner, pull, push};
use galen_access::Context;
use galen_service::{Service, accounts};
use galen_testkit::ward::{Client, Ward};
use serde_json::{Value, json};

/// What runs in the house.
pub(super) const SERVICES: &[&Service] = &[&crate::SERVICE, &accounts::SERVICE];

/// A house and its partner.
pub(super) struct Exchanging {
    pub(super) ward: Ward,
    pub(super) partner: Scripted,
}

impl Exchanging {
    /// With a partner that answers so, in this order.
    pub(super) async fn new(script: Vec<Say>) -> Self {
        let _first = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let partner = Scripted::new(script).await;
        let ward = Ward::calling(vec![partner.address.clone()], SERVICES.to_vec()).await;
        let asked = AddPartner { name: "mercy".to_owned(), base: partner.base(), ..AddPartner::default() };
        let own = Self { ward, partner };
        add_partner(&own.ward.house, &own.context().await, asked).await.unwrap();
        own
    }

    pub(super) async fn context(&self) -> Context {
        self.ward.context("fhir").await
    }

    pub(super) fn client(&self) -> Client<'_> {
        self.ward.as_user("fhir").at("/fhir")
    }

    /// Pulls these types, a while after whatever was before.
    pub(super) async fn pull(&self, types: &[&str]) -> Report {
        self.ward.pass_seconds(60);
        let types = types.iter().map(|&one| one.to_owned()).collect();
        let asked = PullAsked { types, ..PullAsked::default() };
        pull(&self.ward.house, &self.context().await, "mercy", asked, &|_| ()).await.unwrap()
    }

    /// Pushes these types.
    pub(super) async fn push(&self, types: &[&str]) -> Report {
        let types = types.iter().map(|&one| one.to_owned()).collect();
        let asked = PushAsked { types, query: None };
        push(&self.ward.house, &self.context().await, "mercy", asked, &|_| ()).await.unwrap()
    }
}

/// An answer of JSON.
pub(super) fn says(body: &Value) -> Say {
    Say::This(200, "", body.to_string())
}

/// A page of a search.
pub(super) fn searchset(resources: &[Value]) -> Say {
    let entries: Vec<Value> = resources.iter().map(|one| json!({ "resource": one })).collect();
    says(&json!({ "resourceType": "Bundle", "type": "searchset", "entry": entries }))
}

/// A CapabilityStatement that says the same of these types.
pub(super) fn capabilities(types: &[&str], interactions: &[&str]) -> Say {
    let interactions: Vec<Value> = interactions.iter().map(|code| json!({ "code": code })).collect();
    let resources: Vec<Value> = types
        .iter()
        .map(|one| json!({ "type": one, "interaction": interactions, "conditionalCreate": true }))
        .collect();
    let rest = json!([{ "mode": "server", "resource": resources }]);
    says(&json!({ "resourceType": "CapabilityStatement", "rest": rest }))
}
