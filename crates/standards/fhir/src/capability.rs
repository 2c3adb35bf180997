//! The `CapabilityStatement`, made from what is switched on, so that it cannot promise more.

use crate::definitions::{ParamKind, SearchParameter};
use crate::json::{Json, Object};
use crate::resource_type::ResourceType;

/// What the server does with one type.
#[derive(Debug, Clone)]
pub struct TypeSupport {
    /// The type.
    pub resource_type: ResourceType,
    /// Interaction codes: `read`, `vread`, `create`, `search-type`...
    pub interactions: Vec<&'static str>,
    /// The search parameters answered.
    pub search_parameters: Vec<&'static SearchParameter>,
    /// `_include` values.
    pub includes: Vec<String>,
    /// `_revinclude` values.
    pub revincludes: Vec<String>,
    /// Operations: (name, canonical url of the definition).
    pub operations: Vec<(String, String)>,
    /// `no-version`, `versioned` or `versioned-update`.
    pub versioning: &'static str,
    /// Whether `ifNoneExist` is honoured.
    pub conditional_create: bool,
    /// Whether PUT to a search is honoured.
    pub conditional_update: bool,
    /// `not-supported`, `single` or `multiple`.
    pub conditional_delete: &'static str,
    /// Whether PUT to an unknown id creates.
    pub update_create: bool,
}

/// What the server does.
#[derive(Debug, Clone)]
pub struct ServerSupport {
    /// Product name.
    pub name: String,
    /// Product version.
    pub version: String,
    /// When it was released, a date.
    pub release_date: String,
    /// When this statement was made, a dateTime.
    pub date: String,
    /// Base url of the server.
    pub url: String,
    /// Types in any order; written alphabetically.
    pub types: Vec<TypeSupport>,
    /// System interactions: `transaction`, `batch`, `history-system`...
    pub system_interactions: Vec<&'static str>,
    /// Operations at system level.
    pub operations: Vec<(String, String)>,
    /// Where websocket subscriptions are bound, if they are.
    pub websocket: Option<String>,
    /// SMART endpoints: (`authorize` | `token` | ..., url). Empty without SMART.
    pub oauth_uris: Vec<(String, String)>,
}

/// The compartments that are searched by `Type/id/Member`.
const COMPARTMENTS: [&str; 5] = [
    "http://hl7.org/fhir/CompartmentDefinition/patient",
    "http://hl7.org/fhir/CompartmentDefinition/encounter",
    "http://hl7.org/fhir/CompartmentDefinition/practitioner",
    "http://hl7.org/fhir/CompartmentDefinition/relatedPerson",
    "http://hl7.org/fhir/CompartmentDefinition/device",
];

/// Builds the statement.
pub fn capability_statement(server: &ServerSupport) -> Json {
    let mut types: Vec<&TypeSupport> = server.types.iter().collect();
    types.sort_by_key(|one| one.resource_type);
    let mut rest = Object::new();
    if let Some(address) = &server.websocket {
        let extension = Object::new()
            .with("url", "http://hl7.org/fhir/StructureDefinition/capabilitystatement-websocket")
            .with("valueUri", address.as_str());
        rest.insert("extension", vec![extension]);
    }
    rest.insert("mode", "server");
    if !server.oauth_uris.is_empty() {
        rest.insert("security", security(&server.oauth_uris));
    }
    put_list(&mut rest, "resource", types.into_iter().map(resource));
    put_list(&mut rest, "interaction", server.system_interactions.iter().map(|code| coded(code)));
    put_list(&mut rest, "operation", server.operations.iter().map(operation));
    put_list(&mut rest, "compartment", COMPARTMENTS.iter().map(|url| Json::from(*url)));
    let software = Object::new()
        .with("name", server.name.as_str())
        .with("version", server.version.as_str())
        .with("releaseDate", server.release_date.as_str());
    let implementation =
        Object::new().with("description", server.name.as_str()).with("url", server.url.as_str());
    crate::object! {
        "resourceType" => "CapabilityStatement",
        "url" => format!("{}/metadata", server.url),
        "version" => server.version.as_str(),
        "name" => "GalenCapabilityStatement",
        "status" => "active",
        "date" => server.date.as_str(),
        "kind" => "instance",
        "software" => software,
        "implementation" => implementation,
        "fhirVersion" => "4.0.1",
        "format" => vec!["application/fhir+json", "json"],
        "patchFormat" => vec!["application/json-patch+json", "application/fhir+json"],
        "rest" => vec![rest],
    }
}

fn put_list(object: &mut Object, name: &str, rows: impl Iterator<Item = Json>) {
    let rows: Vec<Json> = rows.collect();
    if !rows.is_empty() {
        object.insert(name, rows);
    }
}

fn coded(code: &str) -> Json {
    Json::Object(Object::new().with("code", code))
}

fn operation((name, definition): &(String, String)) -> Json {
    Json::Object(Object::new().with("name", name).with("definition", definition))
}

fn resource(one: &TypeSupport) -> Json {
    let name = one.resource_type.name();
    let mut row = Object::new()
        .with("type", name)
        .with("profile", format!("http://hl7.org/fhir/StructureDefinition/{name}"));
    put_list(&mut row, "interaction", one.interactions.iter().map(|code| coded(code)));
    row.insert("versioning", one.versioning);
    row.insert("readHistory", one.interactions.contains(&"vread"));
    row.insert("updateCreate", one.update_create);
    row.insert("conditionalCreate", one.conditional_create);
    row.insert("conditionalRead", "full-support");
    row.insert("conditionalUpdate", one.conditional_update);
    row.insert("conditionalDelete", one.conditional_delete);
    put_list(&mut row, "searchInclude", one.includes.iter().map(Json::from));
    put_list(&mut row, "searchRevInclude", one.revincludes.iter().map(Json::from));
    put_list(&mut row, "searchParam", one.search_parameters.iter().map(|param| search_parameter(param)));
    put_list(&mut row, "operation", one.operations.iter().map(operation));
    Json::Object(row)
}

fn search_parameter(param: &SearchParameter) -> Json {
    let mut row = Object::new().with("name", param.code);
    if let Some(url) = param.url {
        row.insert("definition", url);
    }
    Json::Object(row.with("type", kind_code(param.kind)))
}

fn kind_code(kind: ParamKind) -> &'static str {
    match kind {
        ParamKind::Number => "number",
        ParamKind::Date => "date",
        ParamKind::String => "string",
        ParamKind::Token => "token",
        ParamKind::Reference => "reference",
        ParamKind::Composite => "composite",
        ParamKind::Quantity => "quantity",
        ParamKind::Uri => "uri",
        ParamKind::Special => "special",
    }
}

/// The SMART extension (<https://hl7.org/fhir/smart-app-launch/>).
fn security(uris: &[(String, String)]) -> Object {
    let uris = uris.iter().map(|(name, uri)| Object::new().with("url", name).with("valueUri", uri));
    let extension = Object::new()
        .with("url", "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris")
        .with("extension", uris.collect::<Vec<_>>());
    let coding = Object::new()
        .with("system", "http://terminology.hl7.org/CodeSystem/restful-security-service")
        .with("code", "SMART-on-FHIR");
    Object::new()
        .with("extension", vec![extension])
        .with("service", vec![Object::new().with("coding", vec![coding])])
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_statement_is_valid_and_says_only_what_is_on() {
        let patient = ResourceType::parse("Patient").unwrap();
        let server = ServerSupport {
            name: "Galen".into(),
            version: "0.1.0".into(),
            release_date: "2026-01-01".into(),
            date: "2026-01-01T00:00:00Z".into(),
            url: "https://galen.example/fhir".into(),
            types: vec![TypeSupport {
                resource_type: patient,
                interactions: vec!["read", "create", "search-type"],
                search_parameters: vec![crate::search_parameter(patient, "name").unwrap()],
                includes: vec!["Patient:organization".into()],
                revincludes: vec![],
                operations: vec![],
                versioning: "versioned",
                conditional_create: true,
                conditional_update: false,
                conditional_delete: "not-supported",
                update_create: true,
            }],
            system_interactions: vec!["transaction"],
            operations: vec![],
            websocket: Some("wss://galen.example/fhir/$subscription-websocket".into()),
            oauth_uris: vec![("token".into(), "https://galen.example/token".into())],
        };
        let statement = capability_statement(&server);
        assert_eq!(crate::validate::validate_json(&statement), []);
        let params = statement.at(&["rest", "0", "resource", "0", "searchParam"]).unwrap();
        assert_eq!(params.items().map(|one| one.str("name").unwrap()).collect::<Vec<_>>(), ["name"]);
    }
}
