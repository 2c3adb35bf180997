//! The list of services: adding one is a line here.

use galen_service::Service;

/// Every service of this program.
pub fn all() -> Vec<&'static Service> {
    vec![
        &galen_service::accounts::SERVICE,
        &galen_directory::SERVICE,
        &galen_registration::SERVICE,
        &galen_fhir_api::SERVICE,
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

    #[test]
    fn an_unknown_service_is_named() {
        let refused = select(&["nope".to_owned()]).err();
        assert!(refused.is_some_and(|text| text.contains("'nope'")));
    }
}
