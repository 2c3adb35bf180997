//! Directory resources: built from commands, guarded on their way in by FHIR.

use crate::commands::{AddOrganization, AddPlace, AddPractitioner, AssignRole};
use crate::events::Event;
use crate::model::{PHYSICAL_TYPE, entry};
use crate::{decide, store};
use futures_util::future::BoxFuture;
use galen_access::Context;
use galen_contracts::directory::DirectoryEntryChangedV1;
use galen_fhir::{Json, Resource, array, object};
use galen_kernel::Fault;
use galen_records::Change;
use galen_service::guard::Passed;
use galen_service::{Guard, House, Proposal, Refusal};

/// System of ODS codes.
const ODS_SYSTEM: &str = "https://fhir.nhs.uk/Id/ods-organization-code";
/// System of the role catalogue's codes.
const ROLE_SYSTEM: &str = "https://galen.health/CodeSystem/role";

/// Guards a type of the directory.
pub struct EntryGuard(&'static str);

/// The guard of Organization.
pub static ORGANIZATIONS: EntryGuard = EntryGuard("Organization");
/// The guard of Location.
pub static LOCATIONS: EntryGuard = EntryGuard("Location");
/// The guard of Practitioner.
pub static PRACTITIONERS: EntryGuard = EntryGuard("Practitioner");
/// The guard of PractitionerRole.
pub static ROLES: EntryGuard = EntryGuard("PractitionerRole");

impl Guard for EntryGuard {
    fn resource_type(&self) -> &'static str {
        self.0
    }

    fn pass<'g>(
        &'g self,
        house: &'g House,
        _: &'g Context,
        proposal: Proposal<'g>,
        change: &'g mut Change,
    ) -> BoxFuture<'g, Result<Passed, Refusal>> {
        Box::pin(async move {
            let before = proposal.current.as_ref().map(entry);
            let Some(resource) = proposal.resource else {
                if let Some(before) = before {
                    let nothing = crate::model::Entry { id: before.id.clone(), ..Default::default() };
                    let events = decide::amend(self.0, &before, &nothing, &decide::Above::default())?;
                    store::claim(&before.id, &events, change);
                }
                return Ok(Passed { resource: None, warnings: Vec::new() });
            };
            let after = entry(&resource);
            let above = store::above(house, &after).await?;
            let (events, version): (Vec<Event>, u64) = match &before {
                None => (decide::add(self.0, &after, &above)?, 1),
                Some(before) => {
                    let known = proposal.current.as_ref().and_then(Resource::version_id);
                    let version = known.and_then(|v| v.parse::<u64>().ok()).unwrap_or(0) + 1;
                    (decide::amend(self.0, before, &after, &above)?, version)
                }
            };
            store::claim(&after.id, &events, change);
            change.event(&DirectoryEntryChangedV1 { entry: format!("{}/{}", self.0, after.id), version });
            Ok(Passed { resource: Some(resource), warnings: Vec::new() })
        })
    }
}

fn reference(kind: &str, id: &str) -> Json {
    object! { "reference" => format!("{kind}/{id}") }
}

fn resource(json: Json) -> Result<Resource, Fault> {
    Resource::from_json(json).map_err(|issue| Fault::new("directory entry", issue.message))
}

fn put(json: &mut Json, name: &str, value: Json) {
    if let Some(object) = json.as_object_mut() {
        object.insert(name, value);
    }
}

/// The Organization of a command.
pub fn organization(id: &str, command: &AddOrganization) -> Result<Resource, Fault> {
    let mut json = object! {
        "resourceType" => "Organization", "id" => id, "active" => true, "name" => command.name.trim(),
    };
    if let Some(code) = &command.ods_code {
        put(&mut json, "identifier", array![object! { "system" => ODS_SYSTEM, "value" => code.as_str() }]);
    }
    if let Some(parent) = &command.part_of {
        put(&mut json, "partOf", reference("Organization", parent));
    }
    resource(json)
}

/// The Location of a command.
pub fn location(id: &str, command: &AddPlace) -> Result<Resource, Fault> {
    let kind = object! { "system" => PHYSICAL_TYPE, "code" => command.kind.code() };
    let mut json = object! {
        "resourceType" => "Location", "id" => id, "status" => "active", "name" => command.name.trim(),
        "mode" => "instance", "physicalType" => object! { "coding" => array![kind] },
    };
    if let Some(organization) = &command.organization {
        put(&mut json, "managingOrganization", reference("Organization", organization));
    }
    if let Some(parent) = &command.part_of {
        put(&mut json, "partOf", reference("Location", parent));
    }
    resource(json)
}

/// The Practitioner of a command.
pub fn practitioner(id: &str, command: &AddPractitioner) -> Result<Resource, Fault> {
    let mut name = object! { "use" => "official", "family" => command.family.trim() };
    if !command.given.is_empty() {
        let given: Vec<Json> = command.given.iter().map(|g| g.trim().into()).collect();
        put(&mut name, "given", Json::Array(given));
    }
    let mut json =
        object! { "resourceType" => "Practitioner", "id" => id, "active" => true, "name" => array![name] };
    if let Some((system, value)) = &command.identifier {
        put(
            &mut json,
            "identifier",
            array![object! { "system" => system.as_str(), "value" => value.as_str() }],
        );
    }
    resource(json)
}

/// The PractitionerRole of a command.
pub fn role(id: &str, command: &AssignRole) -> Result<Resource, Fault> {
    let code =
        object! { "coding" => array![object! { "system" => ROLE_SYSTEM, "code" => command.code.as_str() }] };
    let mut json = object! {
        "resourceType" => "PractitionerRole", "id" => id, "active" => true,
        "practitioner" => reference("Practitioner", &command.practitioner),
        "organization" => reference("Organization", &command.organization),
        "code" => array![code],
    };
    if !command.locations.is_empty() {
        let places: Vec<Json> = command.locations.iter().map(|l| reference("Location", l)).collect();
        put(&mut json, "location", Json::Array(places));
    }
    resource(json)
}
