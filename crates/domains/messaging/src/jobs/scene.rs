//! What is read of the world when a message is to go out: the appointment, the patient, the place, the preferences.

use super::{Messaging, outlet::Customs};
use crate::decide::Around;
use crate::fhir::{self, Contacts};
use crate::model::Message;
use crate::store;
use galen_access::Label;
use galen_fhir::Resource;
use galen_kernel::{Fault, Instant, PatientId};
use galen_records::label_of;
use galen_service::House;
use jiff::tz::TimeZone;

/// How far up from a room its site is looked for.
const PLACES_ABOVE_MAX: usize = 8;

/// What is there around a message.
pub(crate) struct Scene {
    pub(crate) patient: PatientId,
    pub(crate) appointment: Option<Resource>,
    pub(crate) contacts: Contacts,
    pub(crate) site: Site,
    pub(crate) around: Around,
}

/// Where an appointment takes place, as far as it is told outside of the house.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    /// The name of the site: never the clinic's, which may say what somebody suffers from.
    pub(crate) name: String,
    /// Its zone.
    pub(crate) zone: TimeZone,
}

impl Scene {
    pub(crate) async fn read(
        house: &House,
        messaging: &Messaging,
        message: &Message,
        now: Instant,
    ) -> Result<Self, Fault> {
        let customs = &messaging.customs;
        let appointment = house.records.resource("Appointment", &message.appointment).await?;
        let patient =
            appointment.as_ref().and_then(fhir::patient_of).unwrap_or_else(|| message.patient.clone());
        let person = house.records.resource("Patient", patient.as_str()).await?;
        let contacts = person.as_ref().map(|one| fhir::contacts(one, &customs.country, now));
        let mut site = site(house, customs, appointment.as_ref()).await?;
        // Of those whose record is sealed, not even the site is told.
        if person.as_ref().is_some_and(|one| label_of(one) != Label::Normal) {
            site.name.clone_from(&customs.hospital);
        }
        let around = Around {
            appointment: appointment.as_ref().map(fhir::appointment_now),
            recipient: contacts.as_ref().map(|one| one.recipient.clone()),
            preferences: store::preferences(house, &patient).await?.1,
            outlets: messaging.channels(),
            opt_in: customs.opt_in,
            language: customs.language,
            zone: site.zone.clone(),
        };
        Ok(Self { patient, appointment, contacts: contacts.unwrap_or_default(), site, around })
    }
}

/// The site of an appointment: the topmost of the places that its place is part of.
pub(crate) async fn site(
    house: &House,
    customs: &Customs,
    appointment: Option<&Resource>,
) -> Result<Site, Fault> {
    let mut site = Site { name: customs.hospital.clone(), zone: customs.zone.clone() };
    let mut at = appointment.and_then(|one| fhir::participants(one, "Location").into_iter().next());
    for _ in 0..PLACES_ABOVE_MAX {
        let Some(id) = at else { break };
        let Some(location) = house.records.resource("Location", &id).await? else { break };
        let place = fhir::place(&location);
        if let (Some(name), None) = (&place.name, &place.part_of) {
            site.name.clone_from(name);
        }
        if let Some(zone) = place.zone {
            site.zone = zone;
        }
        at = place.part_of;
    }
    Ok(site)
}
