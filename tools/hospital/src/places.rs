//! The trust, its sites, departments, wards, beds, theatres and laboratories.

use crate::build::{Builder, reference, term};
use galen_fhir::{Json, array, object};

/// The trust's id.
pub const TRUST: &str = "demo-trust";
/// The trust's name.
pub const TRUST_NAME: &str = "Aldermoor University Hospitals";

/// A site.
struct Site {
    id: &'static str,
    name: &'static str,
}

const SITES: [Site; 3] = [
    Site { id: "demo-site-royal", name: "Aldermoor Royal Infirmary" },
    Site { id: "demo-site-mary", name: "St Mary's Hospital for Women and Children" },
    Site { id: "demo-site-dale", name: "Dale Community Hospital" },
];

/// A department: id, name.
pub type Department = (&'static str, &'static str);

/// Departments.
pub const DEPARTMENTS: [Department; 12] = [
    ("demo-dep-emergency", "Emergency Department"),
    ("demo-dep-medicine", "Acute Medicine"),
    ("demo-dep-cardiology", "Cardiology"),
    ("demo-dep-respiratory", "Respiratory Medicine"),
    ("demo-dep-surgery", "General Surgery"),
    ("demo-dep-orthopaedics", "Orthopaedics"),
    ("demo-dep-elderly", "Care of the Elderly"),
    ("demo-dep-paediatrics", "Paediatrics"),
    ("demo-dep-maternity", "Maternity"),
    ("demo-dep-diabetes", "Diabetes and Endocrinology"),
    ("demo-dep-renal", "Renal Medicine"),
    ("demo-dep-pathology", "Pathology"),
];

/// A ward.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ward {
    /// Its id; its beds' ids are this and a number.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Site.
    site: usize,
    /// Beds.
    pub beds: u32,
    /// Whether it takes children.
    pub children: bool,
}

/// Wards: 260 beds in all.
pub const WARDS: [Ward; 14] = [
    Ward { id: "demo-ward-amu", name: "Acute Medical Unit", site: 0, beds: 30, children: false },
    Ward { id: "demo-ward-a1", name: "Ward A1 Cardiology", site: 0, beds: 24, children: false },
    Ward { id: "demo-ward-ccu", name: "Coronary Care Unit", site: 0, beds: 8, children: false },
    Ward { id: "demo-ward-a2", name: "Ward A2 Respiratory", site: 0, beds: 24, children: false },
    Ward { id: "demo-ward-b1", name: "Ward B1 Surgery", site: 0, beds: 24, children: false },
    Ward { id: "demo-ward-b2", name: "Ward B2 Orthopaedics", site: 0, beds: 24, children: false },
    Ward { id: "demo-ward-icu", name: "Intensive Care Unit", site: 0, beds: 12, children: false },
    Ward { id: "demo-ward-renal", name: "Ward C1 Renal", site: 0, beds: 16, children: false },
    Ward { id: "demo-ward-elder", name: "Ward C2 Elderly Care", site: 0, beds: 24, children: false },
    Ward { id: "demo-ward-mat", name: "Maternity Ward", site: 1, beds: 20, children: false },
    Ward { id: "demo-ward-nicu", name: "Neonatal Unit", site: 1, beds: 10, children: true },
    Ward { id: "demo-ward-child", name: "Children's Ward", site: 1, beds: 18, children: true },
    Ward { id: "demo-ward-rehab", name: "Rehabilitation Ward", site: 2, beds: 16, children: false },
    Ward { id: "demo-ward-inter", name: "Intermediate Care", site: 2, beds: 10, children: false },
];

const THEATRES: u32 = 6;
const LABORATORIES: [&str; 3] = ["Blood Sciences", "Microbiology", "Cellular Pathology"];

/// The id of a ward's bed.
pub fn bed(ward: &Ward, number: u32) -> String {
    format!("{}-bed-{number:02}", ward.id)
}

fn organization(id: &str, name: &str, kind: &str, parent: Option<&str>) -> Json {
    Builder::new("Organization")
        .with("id", id)
        .with("active", true)
        .with("type", array![term("organization-type", kind)])
        .with("name", name)
        .maybe("partOf", parent.map(|parent| reference("Organization", parent)))
        .done()
}

fn location(id: &str, name: &str, kind: &str, parent: Option<&str>) -> Json {
    Builder::new("Location")
        .with("id", id)
        .with("status", "active")
        .with("name", name)
        .with("mode", "instance")
        .with("physicalType", term("location-physical-type", kind))
        .with("managingOrganization", reference("Organization", TRUST))
        .maybe("partOf", parent.map(|parent| reference("Location", parent)))
        .done()
}

/// Everything that stands, in layers: what contains comes in a layer before what is contained.
pub fn layers() -> Vec<Vec<Json>> {
    let site = |at: usize| SITES.get(at).map(|site| site.id);
    let departments = DEPARTMENTS.iter().map(|(id, name)| organization(id, name, "dept", Some(TRUST)));
    let sites = SITES.iter().map(|site| location(site.id, site.name, "si", None));
    let wards = WARDS.iter().map(|ward| location(ward.id, ward.name, "wa", site(ward.site)));
    let theatres = (1..=THEATRES)
        .map(|n| location(&format!("demo-theatre-{n}"), &format!("Theatre {n}"), "ro", site(0)));
    let laboratories = (1..)
        .zip(LABORATORIES)
        .map(|(n, name): (u32, _)| location(&format!("demo-lab-{n}"), name, "ro", site(0)));
    let beds = WARDS.iter().flat_map(|ward| {
        (1..=ward.beds).map(|n| location(&bed(ward, n), &format!("Bed {n}"), "bd", Some(ward.id)))
    });
    vec![
        vec![organization(TRUST, TRUST_NAME, "prov", None)],
        departments.chain(sites).collect(),
        wards.chain(theatres).chain(laboratories).collect(),
        beds.collect(),
    ]
}

/// The part of an encounter that says where.
pub fn stay(ward: &Ward, bed_number: u32, status: &str) -> Json {
    object! { "location" => reference("Location", &bed(ward, bed_number)), "status" => status }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hospital_has_its_beds() {
        assert_eq!(WARDS.iter().map(|w| w.beds).sum::<u32>(), 260);
        let places: usize = layers().iter().map(Vec::len).sum();
        assert_eq!(places, 1 + 12 + 3 + 14 + 260 + 6 + 3);
    }
}
