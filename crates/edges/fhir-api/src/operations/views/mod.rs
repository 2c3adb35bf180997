//! `$viewdefinition-run`: rows of a ViewDefinition
//! (<https://sql-on-fhir.org/ig/latest/OperationDefinition-ViewDefinitionRun.html>).
//!
//! A run is a search whose answer is a table: it goes over what its caller may find, and no more. The table is sent while it
//! is made; whose records are in it is in the audit before it is sent.

mod asked;
mod stream;

use super::{
    Call, GET_OR_POST, Level, Of, Operation, Parameter, optional, parameters::VIEW_RESOURCE, returned,
};
use crate::answer::Answer;
use crate::failure::{Failure, broken};
use crate::sights::{Seen, sight};
use crate::wish::{BodyFormat, Wish};
use asked::Asked;
use axum::body::Body;
use galen_access::Context;
use galen_audit::Interaction;
use galen_records::{Extent, Walk};
use galen_service::House;
use galen_service::observe::{Draft, Witness, looked};
use galen_tables::TableWriter;
use http::{HeaderValue, StatusCode};
use stream::{Making, Source};

pub(super) static RUN: Operation = Operation {
    code: "viewdefinition-run",
    id: "ViewDefinitionRun",
    canonical: "http://hl7.org/fhir/uv/sql-on-fhir/OperationDefinition/ViewDefinitionRun",
    title: "The rows of a ViewDefinition",
    levels: &[Level::System],
    of: Of::Every,
    methods: GET_OR_POST,
    affects_state: false,
    formats: &[BodyFormat::Json, BodyFormat::Form],
    rest_max: 0,
    parameters: &[
        optional(VIEW_RESOURCE, "Resource", "The ViewDefinition"),
        optional("viewReference", "Reference", "A Binary that holds the ViewDefinition, instead"),
        optional("_format", "code", "ndjson, csv, json or parquet; without it, what Accept says"),
        optional("header", "boolean", "Of CSV, whether the names come first; true where nothing is said"),
        Parameter { max: "*", ..optional("patient", "Reference", "Of these patients' compartments only") },
        Parameter {
            max: "*",
            ..optional("group", "Reference", "Of the compartments of these groups' members only")
        },
        optional("_since", "instant", "Of resources changed then or later"),
        optional("_limit", "integer", "Most rows"),
        Parameter {
            max: "*",
            ..optional("resource", "Resource", "Of these resources instead of the stored ones")
        },
        returned("Binary", "The table"),
    ],
    audited: "viewdefinition-run",
    class: Interaction::Execute,
    handler: |house, context, draft, call, wish| Box::pin(run(house, context, draft, call, wish)),
};

async fn run(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    call: Call,
    wish: Wish,
) -> Result<Answer, Failure> {
    let is_head = call.method == galen_fhir::bundle::Method::Head;
    let asked = Asked::read(house, context, draft, call, wish).await?;
    let resource_type = asked.view.resource_type();
    draft.entities.push(resource_type.name().to_owned());
    draft.query = Some(asked.query());
    let Seen { sight, refused, opened } = sight(house, context, [resource_type]).await?;
    if let Some(rejection) = refused {
        return Err(rejection.into());
    }
    let source = match asked.resources {
        Some(resources) => Source::Given(resources.into_iter()),
        None => {
            let sealed = house.records.sealed(context.at).await?;
            let extent = Extent { patients: asked.patients, since: asked.since, ..Extent::default() };
            let walk = Walk::new(&[resource_type], &extent, &sight, &sealed);
            Source::stored(house.records.clone(), walk)
        }
    };
    let table = TableWriter::new(asked.format, asked.view.columns())?;
    let witness = Witness::of(house, context);
    let shown = Draft { patients: Vec::new(), broken_glass: false, ..draft.clone() };
    let mut making = Making::new(asked.view, table, source, (witness, shown, opened), context.at);
    making.left = asked.limit;
    // The first part is made before the answer begins: a view that does not work is refused like any other request.
    let first = making.part().await?.unwrap_or_default();
    making.tell(draft);
    looked(house, context, std::mem::replace(draft, Draft::new("", draft.interaction))).await?;
    let body = if is_head { Body::empty() } else { Body::from_stream(making.stream(first)) };
    let kind = HeaderValue::from_static(asked.format.media_type());
    Ok(Answer { stream: Some((kind, body)), ..Answer::empty(StatusCode::OK) })
}

/// The type of a name that R4 has.
fn known(name: &'static str) -> Result<galen_fhir::ResourceType, Failure> {
    galen_fhir::ResourceType::parse(name).ok_or_else(|| broken("a type of R4 is not known"))
}
