//! Errors as answers tell them: the code that REST would tell, nothing from inside, where in the answer.

use async_graphql::Pos;
use galen_kernel::{Fault, Rejection};
use galen_service::Refusal;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// A line and a column of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl From<Pos> for Place {
    fn from(pos: Pos) -> Self {
        Self { line: pos.line, column: pos.column }
    }
}

/// Why something is not in the answer.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct GraphError {
    /// For people.
    pub message: String,
    /// Where in the document.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub locations: Vec<Place>,
    /// Where in the answer.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub path: Vec<Value>,
    /// For programs: `code` is the problem's.
    pub extensions: Map<String, Value>,
}

impl GraphError {
    /// Of a refusal. A fault shows the request's number only; its text goes to the log under the same number.
    pub fn of(refusal: &Refusal, request: &str) -> Self {
        let mut extensions = Map::new();
        extensions.insert("code".to_owned(), refusal.code().into());
        match refusal {
            Refusal::Rejected(rejection) => {
                extensions.insert("status".to_owned(), refusal.status().as_u16().into());
                for (name, text) in [("location", &rejection.location), ("next", &rejection.next)] {
                    if let Some(text) = text {
                        extensions.insert(name.to_owned(), text.as_str().into());
                    }
                }
                if !rejection.related.is_empty() {
                    extensions.insert("related".to_owned(), rejection.related.clone().into());
                }
            }
            Refusal::Faulted(fault) => {
                extensions.insert("status".to_owned(), refusal.status().as_u16().into());
                extensions.insert("reference".to_owned(), request.into());
                tracing::error!(request, context = fault.context(), fault = %fault, "fault");
            }
        }
        Self { message: refusal.message(), locations: Vec::new(), path: Vec::new(), extensions }
    }

    /// Of a rule of the edge's own.
    pub fn rejected(rejection: Rejection) -> Self {
        Self::of(&rejection.into(), "")
    }

    /// What the parser or the validation says: names of the schema and of the document, no values.
    pub fn invalid(message: String, locations: &[Pos]) -> Self {
        let extensions = Map::from_iter([("code".to_owned(), json!("query-invalid"))]);
        let locations = locations.iter().copied().map(Place::from).collect();
        Self { message, locations, path: Vec::new(), extensions }
    }

    /// What was to be there and is not: a mistake of ours.
    pub fn absent(field: &str, request: &str) -> Self {
        Self::of(&Fault::new("graph", format!("{field} is never absent, and was")).into(), request)
    }

    /// The same, at this place of the answer and the document.
    #[must_use]
    pub fn at(self, path: &Path, place: Pos) -> Self {
        Self { path: path.segments(), locations: vec![place.into()], ..self }
    }
}

/// A place in the answer, from its end.
#[derive(Clone, Default)]
pub struct Path(Option<Arc<(Path, Segment)>>);

#[derive(Clone)]
enum Segment {
    Key(String),
    Index(usize),
}

impl Path {
    /// A member of what is here.
    pub fn key(&self, key: &str) -> Self {
        Self(Some(Arc::new((self.clone(), Segment::Key(key.to_owned())))))
    }

    /// An item of what is here.
    pub fn index(&self, index: usize) -> Self {
        Self(Some(Arc::new((self.clone(), Segment::Index(index)))))
    }

    fn segments(&self) -> Vec<Value> {
        let mut all = Vec::new();
        let mut next = self;
        while let Some(step) = &next.0 {
            all.push(match &step.1 {
                Segment::Key(key) => Value::from(key.as_str()),
                Segment::Index(index) => Value::from(*index),
            });
            next = &step.0;
        }
        all.reverse();
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use galen_kernel::RejectionKind;

    #[test]
    fn a_fault_tells_a_reference_and_nothing_else() {
        let fault = Fault::new("read patient", "disk sector 7 holds Smith").into();
        let error = GraphError::of(&fault, "r-1");
        let text = serde_json::to_string(&error).unwrap_or_default();
        assert!(!text.contains("Smith") && text.contains("r-1") && text.contains("\"fault\""), "{text}");
    }

    #[test]
    fn a_refusal_tells_its_code_and_what_to_do() {
        let rejection = Rejection::new(RejectionKind::Forbidden, "not-permitted", "No").next("Ask").at("id");
        let error = GraphError::rejected(rejection).at(&Path::default().key("a").index(3), Pos::default());
        assert_eq!(
            (&error.extensions["code"], &error.extensions["next"]),
            (&json!("not-permitted"), &json!("Ask"))
        );
        assert_eq!(error.path, [json!("a"), json!(3)]);
    }
}
