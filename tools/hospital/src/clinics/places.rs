//! Clinics, their rooms and devices, and what can be booked in them.

use super::rota::{EVERY_DAY, schedule};
use super::{ZONE, extension};
use crate::build::{Builder, number, reference, term};
use crate::places::TRUST;
use galen_fhir::{Json, array, object};
use jiff::civil::Date;

/// A clinic: id, name, site, rooms.
pub struct Clinic {
    /// Its id.
    pub id: &'static str,
    name: &'static str,
    site: &'static str,
    rooms: &'static [&'static str],
}

pub const CLINICS: [Clinic; 4] = [
    Clinic {
        id: "demo-clinic-medical",
        name: "Medical Outpatients",
        site: "demo-site-royal",
        rooms: &["Consulting Room 1", "Consulting Room 2", "Consulting Room 3", "Treatment Room 1"],
    },
    Clinic {
        id: "demo-clinic-cardiology",
        name: "Cardiology Clinic",
        site: "demo-site-royal",
        rooms: &["Consulting Room 4", "Echo Room"],
    },
    Clinic {
        id: "demo-clinic-diabetes",
        name: "Diabetes Centre",
        site: "demo-site-dale",
        rooms: &["Consulting Room 5", "Foot Care Room"],
    },
    Clinic {
        id: "demo-clinic-children",
        name: "Children's Outpatients",
        site: "demo-site-mary",
        rooms: &["Play Room 1", "Play Room 2"],
    },
];

/// The device that can be booked.
const ECHO: (&str, &str) = ("demo-device-echo-1", "Echocardiograph 1");

/// What one can make an appointment for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// Id of the HealthcareService.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// How long it takes.
    pub minutes: i16,
    portal: &'static str,
    pence: u32,
    /// What to do before coming; empty where there is nothing.
    pub preparation: &'static str,
    clinic: &'static str,
    /// Why people come.
    pub reasons: &'static [&'static str],
}

/// What can be booked: all four positions of the clinic's switch are there.
pub const OFFERS: [Offer; 9] = [
    Offer {
        id: "demo-service-medical-new",
        name: "Medical clinic, first appointment",
        minutes: 30,
        portal: "request-approval",
        pence: 18_500,
        preparation: "Bring all medicines that you take, and the letter from your GP.",
        clinic: "demo-clinic-medical",
        reasons: &["Weight loss, referred by GP", "Tiredness, referred by GP", "Raised inflammatory markers"],
    },
    Offer {
        id: "demo-service-medical-review",
        name: "Medical clinic, follow-up",
        minutes: 15,
        portal: "self-book",
        pence: 9_500,
        preparation: "Bring all medicines that you take.",
        clinic: "demo-clinic-medical",
        reasons: &[
            "Blood pressure review",
            "Results of investigations",
            "Review after admission",
            "Anaemia review",
        ],
    },
    Offer {
        id: "demo-service-blood-test",
        name: "Blood test",
        minutes: 10,
        portal: "self-book",
        pence: 2_500,
        preparation: "Drink water as usual. Eat nothing for 8 hours if a fasting test was asked for.",
        clinic: "demo-clinic-medical",
        reasons: &["Monitoring bloods", "Fasting lipids", "Before clinic"],
    },
    Offer {
        id: "demo-service-memory",
        name: "Memory assessment",
        minutes: 60,
        portal: "off",
        pence: 24_000,
        preparation: "Bring your glasses and hearing aids. A relative may come with you.",
        clinic: "demo-clinic-medical",
        reasons: &["Memory concerns"],
    },
    Offer {
        id: "demo-service-cardiology-new",
        name: "Cardiology, first appointment",
        minutes: 30,
        portal: "view-only",
        pence: 21_000,
        preparation: "An ECG is recorded before you are seen: come 15 minutes early.",
        clinic: "demo-clinic-cardiology",
        reasons: &["Palpitations", "Chest pain on exertion", "Murmur found by GP"],
    },
    Offer {
        id: "demo-service-echo",
        name: "Echocardiogram",
        minutes: 45,
        portal: "view-only",
        pence: 32_000,
        preparation: "Wear a top that opens at the front.",
        clinic: "demo-clinic-cardiology",
        reasons: &["Left ventricular function", "Valve follow-up"],
    },
    Offer {
        id: "demo-service-diabetes",
        name: "Diabetes review",
        minutes: 20,
        portal: "self-book",
        pence: 11_000,
        preparation: "Bring your meter and your record of readings.",
        clinic: "demo-clinic-diabetes",
        reasons: &["Annual review", "Change of treatment", "HbA1c above target"],
    },
    Offer {
        id: "demo-service-feet",
        name: "Diabetic foot check",
        minutes: 20,
        portal: "self-book",
        pence: 6_500,
        preparation: "",
        clinic: "demo-clinic-diabetes",
        reasons: &["Yearly foot check", "Dressing change"],
    },
    Offer {
        id: "demo-service-children",
        name: "Children's clinic",
        minutes: 30,
        portal: "request-approval",
        pence: 16_000,
        preparation: "Bring the red book.",
        clinic: "demo-clinic-children",
        reasons: &["Asthma review", "Growth review", "Eczema", "Constipation"],
    },
];

impl Offer {
    /// Whether staff approve what patients ask for.
    pub fn needs_approval(&self) -> bool {
        self.portal == "request-approval"
    }

    fn resource(&self) -> Json {
        let price = object! { "value" => number(&crate::build::decimal(i32::try_from(self.pence).unwrap_or(0), 2)), "currency" => "GBP" };
        let extensions = array![
            extension("appointment-minutes", "valuePositiveInt", i32::from(self.minutes)),
            extension("portal-booking", "valueCode", self.portal),
            extension("booking-notice-minutes", "valueUnsignedInt", 24 * 60),
            extension("appointment-price", "valueMoney", price),
        ];
        Builder::new("HealthcareService")
            .with("id", self.id)
            .with("extension", extensions)
            .with("active", true)
            .with("providedBy", reference("Organization", TRUST))
            .with("location", array![reference("Location", self.clinic)])
            .with("name", self.name)
            .maybe("extraDetails", (!self.preparation.is_empty()).then_some(self.preparation))
            .with("appointmentRequired", true)
            .done()
    }
}

/// The id of a clinic's room.
pub fn room(clinic: &str, number: usize) -> String {
    format!("{clinic}-room-{}", number + 1)
}

fn location(id: &str, name: &str, kind: &str, parent: &str) -> Json {
    Builder::new("Location")
        .with("id", id)
        .with("status", "active")
        .with("name", name)
        .with("mode", "instance")
        .with("physicalType", term("location-physical-type", kind))
        .with("managingOrganization", reference("Organization", TRUST))
        .with("partOf", reference("Location", parent))
        .done()
}

/// Clinics; then rooms; then what is offered and the device.
pub fn layers() -> Vec<Vec<Json>> {
    let clinics = CLINICS.iter().map(|clinic| location(clinic.id, clinic.name, "area", clinic.site));
    let rooms = CLINICS.iter().flat_map(|clinic| {
        clinic
            .rooms
            .iter()
            .enumerate()
            .map(|(number, name)| location(&room(clinic.id, number), name, "ro", clinic.id))
    });
    let device = Builder::new("Device")
        .with("id", ECHO.0)
        .with("status", "active")
        .with("deviceName", array![object! { "name" => ECHO.1, "type" => "user-friendly-name" }])
        .with("owner", reference("Organization", TRUST))
        .with("location", reference("Location", &room("demo-clinic-cardiology", 1)))
        .done();
    let offers = OFFERS.iter().map(Offer::resource);
    vec![clinics.collect(), rooms.collect(), offers.chain([device]).collect()]
}

/// The schedule of the device.
pub fn echo() -> (String, String) {
    (format!("demo-schedule-{}", ECHO.0), format!("Device/{}", ECHO.0))
}

/// The Schedules of rooms and the device: open whenever the clinic might be.
pub fn schedules(today: Date) -> Vec<Json> {
    let hours = [(7 * 60, 20 * 60)];
    let rooms = CLINICS.iter().flat_map(|clinic| {
        (0..clinic.rooms.len()).map(|number| (clinic.id, format!("Location/{}", room(clinic.id, number))))
    });
    let device = ("demo-clinic-cardiology", echo().1);
    rooms
        .chain([device])
        .map(|(clinic, actor)| {
            let id = actor.split('/').next_back().unwrap_or_default();
            schedule(&format!("demo-schedule-{id}"), &actor, clinic, &EVERY_DAY, &hours, &[], today, ZONE)
        })
        .collect()
}
