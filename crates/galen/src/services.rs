//! The list of services: adding one is a line here.

use galen_service::Service;

/// Every service of this program.
pub fn all() -> Vec<&'static Service> {
    vec![
        &galen_service::accounts::SERVICE,
        &galen_directory::SERVICE,
        &galen_results::SERVICE,
        &galen_communications::SERVICE,
        &galen_registration::SERVICE,
        &galen_scheduling::SERVICE,
        &galen_messaging::SERVICE,
        &galen_fhir_api::SERVICE,
        &galen_subscriptions::SERVICE,
        &galen_realtime::SERVICE,
        &galen_graphql::SERVICE,
        &galen_smart::SERVICE,
        &galen_web::SERVICE,
    ]
}

/// The services of these names, and those they need; the error names what is not known.
pub fn select(names: &[String]) -> Result<Vec<&'static Service>, String> {
    let all = all();
    if names.is_empty() {
        return Ok(all);
    }
    let mut wanted: Vec<&str> = Vec::new();
    let mut open: Vec<&str> = names.iter().map(String::as_str).collect();
    while let Some(name) = open.pop() {
        let Some(service) = all.iter().find(|s| s.name == name) else {
            let known: Vec<&str> = all.iter().map(|s| s.name).collect();
            return Err(format!("there is no service '{name}'; there are: {}", known.join(", ")));
        };
        if !wanted.contains(&service.name) {
            wanted.push(service.name);
            open.extend(service.needs);
        }
    }
    Ok(all.into_iter().filter(|s| wanted.contains(&s.name)).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_consistent_and_its_policies_are_valid() {
        galen_service::build::check(&all(), &all()).unwrap();
        galen_service::build::policies(&all()).unwrap();
    }

    /// The golden file that the web's client is generated from. `GALEN_SCHEMAS=write cargo test -p galen` renews it.
    #[test]
    fn the_openapi_document_is_the_golden_file_and_whole() {
        let document = galen_service::openapi::document(&all(), "0.1.0");
        let text = format!("{document:#}\n");
        let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/openapi.json");
        if std::env::var("GALEN_SCHEMAS").as_deref() == Ok("write") {
            std::fs::write(golden, &text).unwrap();
        }
        let kept = std::fs::read_to_string(golden).unwrap_or_default();
        assert!(kept == text, "schemas/openapi.json is stale: run GALEN_SCHEMAS=write cargo test -p galen");

        let schemas = document["components"]["schemas"].as_object().unwrap();
        for target in text.split("\"$ref\": \"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let name = target.strip_prefix("#/components/schemas/").unwrap();
            assert!(schemas.contains_key(name), "{target} points to nothing");
        }
        let mut ids: Vec<&str> =
            text.split("\"operationId\": \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "operation ids are unique");
    }

    /// A golden file; `GALEN_SCHEMAS=write cargo test -p galen` renews it.
    fn keeps(file: &str, text: &str) {
        let golden = format!("{}/../../schemas/{file}", env!("CARGO_MANIFEST_DIR"));
        if std::env::var("GALEN_SCHEMAS").as_deref() == Ok("write") {
            std::fs::write(&golden, text).unwrap();
        }
        let kept = std::fs::read_to_string(&golden).unwrap_or_default();
        assert!(kept == text, "schemas/{file} is stale: run GALEN_SCHEMAS=write cargo test -p galen");
    }

    #[test]
    fn the_graphs_are_the_golden_files() {
        let parts: Vec<_> =
            all().iter().filter_map(|service| Some((service.name, service.subgraph?))).collect();
        keeps("graphql/galen.graphql", &galen_graphql::sdl(&parts, false).unwrap());
        for part in &parts {
            keeps(&format!("graphql/{}.graphql", part.0), &galen_graphql::sdl(&[*part], true).unwrap());
        }
        let operations: serde_json::Map<String, serde_json::Value> = parts
            .iter()
            .flat_map(|(_, part)| part.operations)
            .map(|(name, text)| {
                let known = serde_json::json!({ "sha256Hash": galen_graphql::hash(text), "query": text });
                ((*name).to_owned(), known)
            })
            .collect();
        keeps("graphql-operations.json", &format!("{:#}\n", serde_json::Value::Object(operations)));
        let kept = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/graphql")).unwrap();
        assert_eq!(kept.count(), parts.len() + 1, "a golden file whose domain is gone");
    }

    #[test]
    fn the_openapi_document_names_each_part_of_a_path_and_what_a_body_is_written_in() {
        let document = galen_service::openapi::document(&all(), "0.1.0");
        for (path, methods) in document["paths"].as_object().unwrap() {
            let parts = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
            let parts: Vec<&str> = parts.collect();
            for operation in methods.as_object().unwrap().values() {
                let parameters = operation["parameters"].as_array().unwrap();
                let named = parameters.iter().filter(|one| one["in"] == "path");
                assert_eq!(
                    named.map(|one| one["name"].as_str().unwrap()).collect::<Vec<_>>(),
                    parts,
                    "{path}"
                );
            }
        }
        let refusals = |path: &str, method: &str| {
            let content = &document["paths"][path][method]["responses"]["4XX"]["content"];
            content.as_object().unwrap().keys().cloned().collect::<Vec<_>>()
        };
        assert_eq!(refusals("/fhir/{type}/{id}", "get"), ["application/fhir+json"]);
        assert_eq!(refusals("/api/patients", "post"), ["application/problem+json"]);
        assert_eq!(refusals("/oauth/token", "post"), ["application/json", "application/problem+json"]);
        let signed_out = &document["paths"]["/api/session"]["delete"]["responses"];
        assert!(signed_out["204"].is_object() && signed_out["204"]["content"].is_null());
        assert_eq!(document["paths"]["/api/token"]["post"]["requestBody"]["required"], false);
        assert_eq!(document["paths"]["/api/session"]["post"]["requestBody"]["required"], true);
    }

    #[test]
    fn an_unknown_service_is_named() {
        let refused = select(&["nope".to_owned()]).err();
        assert!(refused.is_some_and(|text| text.contains("'nope'")));
    }
}
