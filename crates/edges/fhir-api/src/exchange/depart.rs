//! One resource of ours on its way to a partner: never over what somebody else wrote there.

use super::link::Link;
use super::naming::{self, Known, Naming};
use super::remote::{Asked, Remote};
use super::trouble;
use crate::failure::Failure;
use galen_fhir::index::rewrite_references;
use galen_fhir::json::parse;
use galen_fhir::{Json, Object, Resource, ResourceType, valid_id};
use galen_kernel::{Fault, Rejection, RejectionKind};
use galen_outbound::Answer;
use galen_records::Stored;
use galen_service::House;
use http::{Method, StatusCode, header};
use std::collections::HashSet;

/// What came of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    Created,
    Updated,
    Unchanged,
    /// It came from there.
    Returned,
}

/// The way out.
pub(super) struct Departures<'d, 'h> {
    pub(super) house: &'d House,
    pub(super) naming: &'d Naming,
    pub(super) remote: &'d mut Remote<'h>,
    /// Our base, as it is told.
    pub(super) own_base: String,
}

impl Departures<'_, '_> {
    /// Sends one, if the partner does not have it as it is.
    pub(super) async fn send(&mut self, stored: &Stored) -> Result<Sent, Failure> {
        let Some(mut resource) = stored.resource()? else { return Ok(Sent::Unchanged) };
        let is_theirs = naming::is_from(&resource, self.naming.base());
        if is_theirs || self.naming.is_theirs(&stored.document.id) {
            return Ok(Sent::Returned);
        }
        let local = stored.reference();
        let link = Link::of_local(self.house, self.naming.base(), &local).await?;
        if link.as_ref().is_some_and(|link| link.version == stored.document.version) {
            return Ok(Sent::Unchanged);
        }
        self.write_for_them(&mut resource, &local, stored.document.version).await?;
        match link {
            Some(link) => self.update(resource, link, stored.document.version).await,
            None => self.create(resource, &local, stored.document.version).await,
        }
    }

    /// A resource as the partner is told it: their references, our identifier, no version of ours.
    async fn write_for_them(
        &self,
        resource: &mut Resource,
        local: &str,
        version: u64,
    ) -> Result<(), Failure> {
        let known = self.known(resource).await?;
        rewrite_references(resource, |text| naming::departing(text, &self.own_base, &known));
        if let Some(meta) = resource.json_mut().get_mut("meta").and_then(Json::as_object_mut) {
            meta.remove("versionId");
            meta.remove("lastUpdated");
        }
        naming::set_source(resource, &format!("{}/{local}|{version}", self.own_base));
        let own = Json::Object(Object::new().with("system", self.own_base.as_str()).with("value", local));
        let Some(object) = resource.json_mut().as_object_mut() else { return Ok(()) };
        match object.get_mut("identifier").and_then(Json::as_array_mut) {
            Some(identifiers) => {
                identifiers.retain(|one| one.str("system") != Some(self.own_base.as_str()));
                identifiers.push(own);
            }
            None => drop(object.insert("identifier", vec![own])),
        }
        Ok(())
    }

    /// What the resource refers to that the partner has: what we brought there, and what came from there.
    async fn known(&self, resource: &Resource) -> Result<Known, Fault> {
        let mut known = Known::new();
        let mut asked = HashSet::new();
        for text in naming::references(resource) {
            let Some(local) = naming::own_reference(&text, &self.own_base) else { continue };
            if !asked.insert(local.clone()) {
                continue;
            }
            let (type_name, id) = local.split_once('/').unwrap_or_default();
            if self.naming.is_theirs(id) {
                known.extend(self.origin(type_name, id).await?.map(|remote| (local, remote)));
            } else if let Some(link) = Link::of_local(self.house, self.naming.base(), &local).await? {
                known.insert(local, link.remote);
            }
        }
        Ok(known)
    }

    /// What something that came from there is there.
    async fn origin(&self, type_name: &str, id: &str) -> Result<Option<String>, Fault> {
        let Some(resource_type) = ResourceType::parse(type_name) else { return Ok(None) };
        let Some(stored) = self.house.records.get(resource_type, id).await? else { return Ok(None) };
        let Some(resource) = stored.resource()? else { return Ok(None) };
        let source = resource.json().str_at(&["meta", "source"]);
        Ok(source.and_then(|source| self.naming.of_source(source)).map(|(remote, _)| remote.to_owned()))
    }

    /// A new one there, unless our identifier is there already.
    async fn create(&mut self, mut resource: Resource, local: &str, version: u64) -> Result<Sent, Failure> {
        let type_name = resource.resource_type().name();
        resource.clear_id();
        let condition = [("identifier".to_owned(), format!("{}|{local}", self.own_base))];
        let asked = Asked::write(Method::POST, resource.to_bytes())
            .with(HEADER_IF_NONE_EXIST, &crate::search::written(&condition))?;
        let to = self.remote.below(type_name)?;
        let answer = self.remote.ask(&to, &asked).await?;
        if !answer.status.is_success() {
            return Err(trouble::refused(&answer).into());
        }
        let id =
            id_of(&answer, type_name).ok_or_else(|| trouble::unreadable("it does not say what it made"))?;
        let remote = format!("{type_name}/{id}");
        let link = Link { local: local.to_owned(), version, remote, etag: etag_of(&answer) };
        if answer.status != StatusCode::CREATED {
            return self.adopt(&resource, link).await;
        }
        link.keep(self.house, self.naming.base()).await?;
        Ok(Sent::Created)
    }

    /// The next version there, if it is still the one that we wrote.
    async fn update(&mut self, mut resource: Resource, link: Link, version: u64) -> Result<Sent, Failure> {
        let (_, id) = link.remote.split_once('/').unwrap_or_default();
        resource.set_id(id);
        let Some(etag) = &link.etag else {
            let message = "The partner does not tell versions, so it cannot be said whether it changed there";
            return Err(Rejection::new(RejectionKind::Conflict, "conflict", message).into());
        };
        let asked = Asked::write(Method::PUT, resource.to_bytes()).with(header::IF_MATCH, etag)?;
        let to = self.remote.below(&link.remote)?;
        let answer = self.remote.ask(&to, &asked).await?;
        let link = Link { version, etag: etag_of(&answer), ..link };
        if matches!(answer.status, StatusCode::PRECONDITION_FAILED | StatusCode::CONFLICT) {
            return self.adopt(&resource, link).await;
        }
        if !answer.status.is_success() {
            return Err(trouble::refused(&answer).into());
        }
        link.keep(self.house, self.naming.base()).await?;
        Ok(Sent::Updated)
    }

    /// Something is there that we do not remember writing. Where it is what we would write, an answer of theirs was lost
    /// and all is well; anything else is somebody's, and stays.
    async fn adopt(&mut self, resource: &Resource, link: Link) -> Result<Sent, Failure> {
        let to = self.remote.below(&link.remote)?;
        let answer = self.remote.ask(&to, &Asked::get()).await?;
        if !answer.status.is_success() {
            return Err(trouble::refused(&answer).into());
        }
        let there = parse(&answer.body).map_err(|_| trouble::unreadable("it is no JSON"))?;
        if !contents(&there).same_as(&contents(resource.json())) {
            let message = "It was changed there since we wrote it; it is not overwritten";
            return Err(Rejection::new(RejectionKind::Conflict, "conflict", message)
                .next("Compare the two, and write there what is right")
                .into());
        }
        Link { etag: etag_of(&answer), ..link }.keep(self.house, self.naming.base()).await?;
        Ok(Sent::Unchanged)
    }
}

const HEADER_IF_NONE_EXIST: http::HeaderName = http::HeaderName::from_static("if-none-exist");

/// A resource without what its server writes itself.
pub(super) fn contents(json: &Json) -> Json {
    let mut json = json.clone();
    if let Some(object) = json.as_object_mut() {
        object.remove("id");
        object.remove("meta");
        object.remove("text");
    }
    json
}

/// The id that an answer tells of: where it lies, else what it holds.
fn id_of(answer: &Answer, type_name: &str) -> Option<String> {
    let location = answer.headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
    let from_location = location.and_then(|location| {
        let mut parts = location.split('/').skip_while(|part| *part != type_name);
        parts.nth(1).map(str::to_owned)
    });
    let id = from_location.or_else(|| Some(parse(&answer.body).ok()?.str("id")?.to_owned()));
    id.filter(|id| valid_id(id))
}

/// The ETag of what was written: as told, else that of the version told.
fn etag_of(answer: &Answer) -> Option<String> {
    let told = answer.headers.get(header::ETAG).and_then(|value| value.to_str().ok()).map(str::to_owned);
    told.or_else(|| {
        let body = parse(&answer.body).ok()?;
        body.str_at(&["meta", "versionId"]).map(|version| format!("W/\"{version}\""))
    })
}
