//! The input of an operation: a query's pairs and a Parameters resource, read alike.

use super::Operation;
use crate::failure::Failure;
use galen_fhir::temporal::{Interval, parse};
use galen_fhir::{Issue, IssueCode, Json, Resource};
use galen_kernel::{Rejection, RejectionKind};

/// Most parameters of one request.
const PARAMETERS_MAX: usize = 1_000;

/// The parameter that holds a ViewDefinition: a resource, but of no type of R4.
pub(crate) const VIEW_RESOURCE: &str = "viewResource";

/// Named values, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parameters {
    rows: Vec<(String, Value)>,
}

#[derive(Debug, Clone)]
enum Value {
    /// From a query, or a primitive.
    Text(String),
    /// A complex value.
    Complex(Json),
    /// A resource.
    Resource(Box<Resource>),
}

impl Parameters {
    /// Reads what came. A body that is no Parameters resource is the parameter `resource`.
    pub(super) fn read(
        operation: &Operation,
        query: Vec<(String, String)>,
        body: Option<Resource>,
    ) -> Result<Self, Failure> {
        let mut rows: Vec<(String, Value)> =
            query.into_iter().map(|(name, value)| (name, Value::Text(value))).collect();
        match body {
            None => {}
            Some(body) if body.resource_type().name() == "Parameters" => {
                let Json::Object(mut object) = body.into_json() else { return Err(no_parameters(0)) };
                let all = match object.remove("parameter") {
                    Some(Json::Array(all)) => all,
                    _ => Vec::new(),
                };
                for (place, parameter) in all.into_iter().enumerate() {
                    rows.push(row(place, parameter)?);
                }
            }
            Some(resource) => rows.push(("resource".to_owned(), Value::Resource(Box::new(resource)))),
        }
        if rows.len() > PARAMETERS_MAX {
            let message = format!("An operation takes at most {PARAMETERS_MAX} parameters");
            return Err(Rejection::new(RejectionKind::TooLarge, "too-many-parameters", message).into());
        }
        let parameters = Self { rows };
        parameters.check(operation)?;
        Ok(parameters)
    }

    /// Refuses names that the operation does not have: a misspelt one would be ignored in silence.
    fn check(&self, operation: &Operation) -> Result<(), Failure> {
        if operation.canonical.is_empty() {
            return Ok(());
        }
        let known = |name: &str| operation.parameters.iter().any(|one| one.is_in && one.name == name);
        for (name, _) in &self.rows {
            if !known(name) {
                let names: Vec<&str> =
                    operation.parameters.iter().filter(|one| one.is_in).map(|one| one.name).collect();
                let message = format!("${} has no such parameter", operation.code);
                let rejection = Rejection::new(RejectionKind::Malformed, "parameter-unknown", message);
                let next = if names.is_empty() {
                    "It takes none".to_owned()
                } else {
                    format!("It takes {}", names.join(", "))
                };
                return Err(rejection.at(short(name)).next(next).into());
            }
        }
        for one in operation.parameters.iter().filter(|one| one.is_in && one.is_required) {
            if !self.rows.iter().any(|(name, _)| name == one.name) {
                let message = format!("${} needs the parameter '{}'", operation.code, one.name);
                return Err(Rejection::new(RejectionKind::Malformed, "parameter-missing", message)
                    .at(one.name)
                    .into());
            }
        }
        Ok(())
    }

    /// The text of a parameter.
    pub(crate) fn text<'p>(&'p self, name: &'p str) -> Option<&'p str> {
        self.texts(name).next()
    }

    /// The texts of a parameter that repeats.
    pub(crate) fn texts<'p>(&'p self, name: &'p str) -> impl Iterator<Item = &'p str> {
        self.rows.iter().filter(move |(own, _)| own == name).filter_map(|(_, value)| match value {
            Value::Text(text) => Some(text.as_str()),
            Value::Complex(json) => json.str("reference").or_else(|| json.str("value")),
            Value::Resource(_) => None,
        })
    }

    /// The items of a parameter that is a list with commas, or repeats, or both.
    pub(crate) fn list<'p>(&'p self, name: &'p str) -> impl Iterator<Item = &'p str> {
        self.texts(name).flat_map(|text| text.split(',')).map(str::trim).filter(|item| !item.is_empty())
    }

    /// The parameters that have a text, as a query, with `name` left out or set anew.
    pub(crate) fn query(&self, name: &str, value: Option<&str>) -> String {
        let others = self.rows.iter().filter(|(own, _)| own != name).filter_map(|(own, value)| match value {
            Value::Text(text) => Some((own.clone(), text.clone())),
            _ => None,
        });
        let own = value.map(|value| (name.to_owned(), value.to_owned()));
        crate::search::written(&others.chain(own).collect::<Vec<_>>())
    }

    /// A complex value.
    pub(crate) fn complex(&self, name: &str) -> Option<&Json> {
        self.rows.iter().filter(|(own, _)| own == name).find_map(|(_, value)| match value {
            Value::Complex(json) => Some(json),
            _ => None,
        })
    }

    /// A resource.
    pub(crate) fn resource(&self, name: &str) -> Option<&Resource> {
        self.rows.iter().filter(|(own, _)| own == name).find_map(|(_, value)| match value {
            Value::Resource(resource) => Some(&**resource),
            _ => None,
        })
    }

    /// The resources of a parameter that repeats, taken out.
    pub(crate) fn take_resources(&mut self, name: &str) -> Vec<Resource> {
        let mut taken = Vec::new();
        for (own, value) in std::mem::take(&mut self.rows) {
            match value {
                Value::Resource(resource) if own == name => taken.push(*resource),
                value => self.rows.push((own, value)),
            }
        }
        taken
    }

    /// Whether it is there, whatever it is.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.rows.iter().any(|(own, _)| own == name)
    }

    /// A whole number from 1, at most `most`.
    pub(crate) fn count(&self, name: &str, most: u32) -> Result<Option<u32>, Failure> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let number: u64 =
            text.parse().ok().filter(|n| *n > 0).ok_or_else(|| bad(name, "must be a whole number from 1"))?;
        Ok(Some(u32::try_from(number).unwrap_or(u32::MAX).min(most)))
    }

    /// A boolean; false when it is not there.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Failure> {
        match self.text(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(bad(name, "must be true or false")),
        }
    }

    /// A date or instant, as the span of time it stands for.
    pub(crate) fn time(&self, name: &str) -> Result<Option<Interval>, Failure> {
        let Some(text) = self.text(name) else { return Ok(None) };
        // A plus sign of a zone reads as a space where it was not escaped.
        parse(&text.replace(' ', "+")).map(Some).ok_or_else(|| bad(name, "must be a date or an instant"))
    }

    /// Resource types.
    pub(crate) fn types(&self, name: &str) -> Result<Vec<galen_fhir::ResourceType>, Failure> {
        let mut types = Vec::new();
        for one in self.list(name) {
            let known =
                galen_fhir::ResourceType::parse(one).ok_or_else(|| bad(name, "names no resource type"))?;
            if !types.contains(&known) {
                types.push(known);
            }
        }
        Ok(types)
    }
}

/// The refusal of a value.
pub(crate) fn bad(name: &str, message: &str) -> Failure {
    Rejection::new(RejectionKind::Malformed, "parameter-invalid", format!("{name} {message}"))
        .at(name.to_owned())
        .into()
}

fn short(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric() || "_-:.".contains(*c)).take(40).collect()
}

fn no_parameters(place: usize) -> Failure {
    let issue = Issue::error(IssueCode::Structure, "a parameter has a name and a value or a resource")
        .at(format!("Parameters.parameter[{place}]"));
    Failure::of_issues(RejectionKind::Malformed, "parameters-invalid", vec![issue])
}

fn row(place: usize, parameter: Json) -> Result<(String, Value), Failure> {
    let Json::Object(mut object) = parameter else { return Err(no_parameters(place)) };
    let name = object.get("name").and_then(Json::as_str).ok_or_else(|| no_parameters(place))?.to_owned();
    if let Some(resource) = object.remove("resource") {
        if name == VIEW_RESOURCE {
            return Ok((name, Value::Complex(resource)));
        }
        let resource = Resource::from_json(resource).map_err(|issue| {
            let issue = issue.at(format!("Parameters.parameter[{place}].resource"));
            Failure::of_issues(RejectionKind::Malformed, "parameters-invalid", vec![issue])
        })?;
        return Ok((name, Value::Resource(Box::new(resource))));
    }
    let member =
        object.iter().find(|(member, _)| member.starts_with("value")).map(|(member, _)| member.to_owned());
    let value = member.and_then(|member| object.remove(&member));
    Ok((
        name,
        match value {
            Some(Json::String(text)) => Value::Text(text.into()),
            Some(Json::Number(text)) => Value::Text(text.into()),
            Some(Json::Bool(flag)) => Value::Text(flag.to_string()),
            Some(json @ Json::Object(_)) => Value::Complex(json),
            _ => return Err(no_parameters(place)),
        },
    ))
}
