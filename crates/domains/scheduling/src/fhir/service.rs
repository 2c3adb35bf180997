//! HealthcareServices: what one may make an appointment for.

use super::{extension, extensions, resource};
use crate::commands::Price;
use crate::model::{Portal, ServiceRules};
use galen_fhir::{Json, Resource, object};
use galen_kernel::Fault;

const MINUTES: &str = "appointment-minutes";
const PORTAL: &str = "portal-booking";
const NOTICE: &str = "booking-notice-minutes";
const PRICE: &str = "appointment-price";

/// What the rules read of a HealthcareService; `None` for one that says no duration: it cannot be booked here.
pub fn service_rules(service: &Resource) -> Option<ServiceRules> {
    let json = service.json();
    let number = |name: &'static str, value: &str| {
        extensions(json, name).find_map(|e| e.get(value)).and_then(Json::as_i64)
    };
    let portal = extensions(json, PORTAL).find_map(|e| e.str("valueCode")).and_then(Portal::of_code);
    Some(ServiceRules {
        id: service.id().unwrap_or_default().to_owned(),
        name: json.str("name").unwrap_or_default().to_owned(),
        active: json.get("active").and_then(Json::as_bool).unwrap_or(true),
        minutes: number(MINUTES, "valuePositiveInt")?,
        portal: portal.unwrap_or_default(),
        notice_minutes: number(NOTICE, "valueUnsignedInt").unwrap_or(0),
        preparation: json.str("extraDetails").map(str::to_owned),
    })
}

/// The HealthcareService of these rules.
pub fn healthcare_service(rules: &ServiceRules, price: Option<&Price>) -> Result<Resource, Fault> {
    let mut extensions = vec![
        extension(MINUTES, "valuePositiveInt", rules.minutes),
        extension(PORTAL, "valueCode", rules.portal.code()),
        extension(NOTICE, "valueUnsignedInt", rules.notice_minutes),
    ];
    if let Some(price) = price {
        let money = object! { "value" => Json::Number(price.decimal().into()), "currency" => price.currency.as_str() };
        extensions.push(extension(PRICE, "valueMoney", money));
    }
    let mut json = object! {
        "resourceType" => "HealthcareService", "id" => rules.id.as_str(),
        "extension" => Json::Array(extensions), "active" => Json::Bool(rules.active),
        "name" => rules.name.trim(), "appointmentRequired" => Json::Bool(true),
    };
    if let (Some(text), Some(json)) = (&rules.preparation, json.as_object_mut()) {
        json.insert("extraDetails", text.as_str());
    }
    resource(json)
}
