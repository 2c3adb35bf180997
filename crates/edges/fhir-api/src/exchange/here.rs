//! What of a page that came lies here already: read in one go for the whole page, asked without further reads.

use super::link::Link;
use super::naming::{self, Known, Naming};
use galen_fhir::{Resource, ResourceType};
use galen_kernel::Fault;
use galen_records::Stored;
use galen_service::House;
use std::collections::{BTreeSet, HashMap};

/// Names that are looked up at once: what a page of references holds in memory.
const NAMES_AT_ONCE: usize = 1_000;

/// What lies here of some things of a partner's, by their `Type/id` there.
#[derive(Debug, Default)]
pub(super) struct Here {
    pub(super) stored: HashMap<String, Stored>,
    pub(super) links: HashMap<String, Link>,
}

impl Here {
    /// Looks these names up: two reads for each [`NAMES_AT_ONCE`], however many resources they come from.
    pub(super) async fn look(
        house: &House,
        naming: &Naming,
        names: &BTreeSet<String>,
    ) -> Result<Self, Fault> {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut here = Self::default();
        for some in names.chunks(NAMES_AT_ONCE) {
            let places: HashMap<(ResourceType, String), &str> =
                some.iter().filter_map(|name| Some((local_of(naming, name)?, *name))).collect();
            let wanted: Vec<(ResourceType, String)> = places.keys().cloned().collect();
            for stored in house.records.get_many(&wanted).await? {
                let place = (stored.resource_type, stored.document.id.clone());
                if let Some(name) = places.get(&place).filter(|_| !stored.document.deleted) {
                    here.stored.insert((*name).to_owned(), stored);
                }
            }
            here.links.extend(Link::of_remotes(house, naming.base(), some).await?);
        }
        Ok(here)
    }

    /// What came from there under this name, if it lies here still.
    pub(super) fn stored(&self, name: &str) -> Option<&Stored> {
        self.stored.get(name)
    }

    /// What of ours we brought there, where it has this name.
    pub(super) fn link(&self, name: &str) -> Option<&Link> {
        self.links.get(name)
    }

    /// What resources refer to that lies here.
    pub(super) fn known(&self, naming: &Naming) -> Known {
        let ours = self.links.iter().map(|(name, link)| (name.clone(), link.local.clone()));
        let mut known: Known = ours.collect();
        for name in self.stored.keys() {
            if let Some((resource_type, id)) = local_of(naming, name) {
                known.insert(name.clone(), format!("{resource_type}/{id}"));
            }
        }
        known
    }
}

/// The names of a page: of its resources, and of what they refer to there.
pub(super) fn names<'r>(
    naming: &Naming,
    page: impl Iterator<Item = (&'r str, &'r Resource)>,
) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for (name, resource) in page {
        all.insert(name.to_owned());
        all.extend(naming::references(resource).iter().filter_map(|text| naming.their_reference(text)));
    }
    all
}

/// Where what is `Type/id` there lies here.
fn local_of(naming: &Naming, name: &str) -> Option<(ResourceType, String)> {
    let (type_name, id) = name.split_once('/')?;
    Some((ResourceType::parse(type_name)?, naming.local_id(type_name, id)))
}
