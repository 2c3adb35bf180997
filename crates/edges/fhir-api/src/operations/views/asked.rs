//! What a run asks for: the view, whose resources, and how the table is written.

use super::known;
use crate::failure::Failure;
use crate::operations::bulk::members;
use crate::operations::parameters::{VIEW_RESOURCE, bad};
use crate::operations::{Call, Parameters};
use crate::read::{absent, may_see};
use crate::wish::{Wish, table_format};
use galen_access::Context;
use galen_fhir::search::Handling;
use galen_fhir::views::View;
use galen_fhir::{Issue, IssueCode, Json, ParsedReference, Resource};
use galen_kernel::{Instant, PatientId, Rejection, RejectionKind};
use galen_service::House;
use galen_service::observe::Draft;
use galen_tables::Format;
use std::collections::BTreeSet;

/// Most patients, and most groups, that one run names.
const NAMED_MAX: usize = 100;
/// What a definition's places begin with.
const ROOT: &str = "ViewDefinition";

/// What is asked for.
pub(super) struct Asked {
    pub(super) view: View,
    pub(super) format: Format,
    /// In whose compartments; everybody's where none is named.
    pub(super) patients: Option<Vec<PatientId>>,
    pub(super) since: Option<Instant>,
    /// Rows.
    pub(super) limit: Option<u32>,
    /// The resources that came with it.
    pub(super) resources: Option<Vec<Resource>>,
}

impl Asked {
    /// Reads it; a definition, patients or groups that the caller may not see are refused.
    pub(super) async fn read(
        house: &House,
        context: &Context,
        draft: &mut Draft,
        mut call: Call,
        wish: Wish,
    ) -> Result<Self, Failure> {
        let resources = call.parameters.take_resources("resource");
        let parameters = &call.parameters;
        let format = format(parameters, wish)?;
        let view = view(house, context, draft, parameters, wish.handling).await?;
        let resources = if resources.is_empty() { None } else { Some(resources) };
        if resources.is_some()
            && let Some(name) = ["patient", "group", "_since"].into_iter().find(|name| parameters.has(name))
        {
            return Err(bad(name, "chooses among stored resources, and cannot be given beside 'resource'"));
        }
        Ok(Self {
            view,
            format,
            patients: patients(house, context, draft, parameters).await?,
            since: parameters.time("_since")?.map(|span| Instant::from_micros(span.low)),
            limit: parameters.count("_limit", u32::MAX)?,
            resources,
        })
    }

    /// What the audit remembers of it.
    pub(super) fn query(&self) -> String {
        let columns: Vec<&str> = self.view.columns().iter().map(|column| &*column.name).collect();
        format!(
            "{} {}({})",
            self.view.resource_type(),
            self.view.name().unwrap_or_default(),
            columns.join(",")
        )
    }
}

/// `_format`, else what `Accept` says, else lines.
fn format(parameters: &Parameters, wish: Wish) -> Result<Format, Failure> {
    let format = match parameters.text("_format") {
        Some(text) => table_format(text).ok_or_else(|| {
            let message = "The formats of a table are ndjson, csv, json and parquet";
            Failure::from(
                Rejection::new(RejectionKind::Malformed, "format-not-supported", message).at("_format"),
            )
        })?,
        None => wish.table.unwrap_or(Format::Ndjson),
    };
    Ok(match format {
        Format::Csv { .. } => Format::Csv { header: !parameters.has("header") || parameters.flag("header")? },
        other => other,
    })
}

/// The view, read and checked. What is doubtful is refused, unless the client asked for leniency.
async fn view(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    parameters: &Parameters,
    handling: Handling,
) -> Result<View, Failure> {
    let (definition, place) = match (parameters.complex(VIEW_RESOURCE), parameters.text("viewReference")) {
        (Some(definition), None) => (definition.clone(), VIEW_RESOURCE),
        (None, Some(reference)) => (referred(house, context, draft, reference).await?, ROOT),
        (given, _) => {
            let message = if given.is_some() {
                "Give viewResource or viewReference, not both"
            } else {
                "A run needs a view: viewResource, or viewReference"
            };
            return Err(Rejection::new(RejectionKind::Malformed, "view-required", message)
                .at(VIEW_RESOURCE)
                .into());
        }
    };
    let mut issues = match View::read(&definition) {
        Ok(view) if view.warnings().is_empty() || handling == Handling::Lenient => return Ok(view),
        Ok(view) => {
            let severity = galen_fhir::Severity::Error;
            view.warnings().iter().map(|issue| Issue { severity, ..issue.clone() }).collect()
        }
        Err(issues) => issues,
    };
    for issue in &mut issues {
        if let Some(rest) = issue.location.strip_prefix(ROOT) {
            issue.location = format!("{place}{rest}");
        }
    }
    Err(Failure::of_issues(RejectionKind::Unprocessable, "view-invalid", issues))
}

/// A definition that lies in a Binary: R4 has no type for it, and what is stored is R4.
async fn referred(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    reference: &str,
) -> Result<Json, Failure> {
    let id = match ParsedReference::parse(reference) {
        Some(ParsedReference::Local { resource_type, id, .. }) if resource_type.name() == "Binary" => {
            id.to_owned()
        }
        _ => {
            let message = "R4 has no type ViewDefinition, so none is stored as one";
            return Err(Rejection::new(RejectionKind::NotFound, "view-not-found", message)
                .at("viewReference")
                .next("Store it as the data of a Binary and refer to that, or send it as viewResource")
                .into());
        }
    };
    let binary = known("Binary")?;
    let Some(stored) = house.records.get(binary, &id).await? else {
        return Err(absent(house, context, "FhirRead", binary).await);
    };
    may_see(house, context, "FhirRead", &stored, draft).await?;
    draft.entities.push(format!("Binary/{id}"));
    let data = stored
        .resource()?
        .and_then(|resource| data_encoding::BASE64.decode(resource.json().str("data")?.as_bytes()).ok());
    data.and_then(|data| galen_fhir::json::parse(&data).ok()).ok_or_else(|| {
        let issue = Issue::error(IssueCode::Invalid, "the Binary holds no JSON").at("viewReference");
        Failure::of_issues(RejectionKind::Unprocessable, "view-invalid", vec![issue])
    })
}

/// The id of a reference to a resource of this type, or an id alone.
fn id_of<'t>(text: &'t str, name: &'static str, parameter: &str) -> Result<&'t str, Failure> {
    let id = text.strip_prefix(name).and_then(|rest| rest.strip_prefix('/')).unwrap_or(text);
    if galen_fhir::valid_id(id) { Ok(id) } else { Err(bad(parameter, &format!("must refer to a {name}"))) }
}

/// The patients that are named, themselves or as members of a group; of both, those who are in both.
async fn patients(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    parameters: &Parameters,
) -> Result<Option<Vec<PatientId>>, Failure> {
    let named: Vec<&str> = parameters.list("patient").collect();
    let groups: Vec<&str> = parameters.list("group").collect();
    if named.len().max(groups.len()) > NAMED_MAX {
        let message = format!("A run names at most {NAMED_MAX} patients or groups");
        return Err(Rejection::new(RejectionKind::Unprocessable, "too-costly", message).at("patient").into());
    }
    let mut chosen: Option<BTreeSet<PatientId>> = None;
    for text in groups {
        let found = members(house, context, draft, id_of(text, "Group", "group")?).await?;
        chosen.get_or_insert_default().extend(found);
    }
    let mut own = BTreeSet::new();
    let patient = known("Patient")?;
    for text in &named {
        let id = id_of(text, "Patient", "patient")?;
        let Some(stored) = house.records.get(patient, id).await? else {
            return Err(absent(house, context, "FhirRead", patient).await);
        };
        may_see(house, context, "FhirRead", &stored, draft).await?;
        own.insert(PatientId::parse(id).map_err(|_| bad("patient", "must refer to a Patient"))?);
    }
    Ok(match (named.is_empty(), chosen) {
        (true, chosen) => chosen.map(|all| all.into_iter().collect()),
        (false, None) => Some(own.into_iter().collect()),
        (false, Some(all)) => Some(all.intersection(&own).cloned().collect()),
    })
}
