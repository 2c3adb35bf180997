//! The Synthea bundles and the official examples: every resource must pass, and every index row must find its resource.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::panic,
    clippy::disallowed_methods
)]

use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use galen_fhir::bundle;
use galen_fhir::index::{references, rewrite_references};
use galen_fhir::json::parse;
use galen_fhir::validate::{ISSUES_MAX, Published, Request, Strictness, validate_as, validate_fully};
use galen_fhir::{Parameters, Resource, extract, patient_compartment, validate};

mod fhirpath;

/// Full validation with nothing uploaded.
const PUBLISHED: Request<'static> = Request { profiles: &[], conformance: &Published, now: None };

/// Where the corpora lie, beside the checkout; overridden by `GALEN_CORPORA`.
const CORPORA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared/corpora/fhir");

fn corpora(folder: &str) -> Vec<PathBuf> {
    let root = std::env::var("GALEN_CORPORA").unwrap_or_else(|_| CORPORA.to_owned());
    let Ok(entries) = fs::read_dir(PathBuf::from(root).join(folder)) else {
        eprintln!("notice: no {folder} corpus here, nothing tested");
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn bundles() -> Vec<Vec<u8>> {
    let read = |file: PathBuf| {
        let mut bytes = Vec::new();
        flate2::read::GzDecoder::new(fs::File::open(file).unwrap()).read_to_end(&mut bytes).unwrap();
        bytes
    };
    corpora("synthea").into_iter().map(read).collect()
}

#[test]
fn synthea_bundles_are_valid() {
    for bytes in bundles() {
        let bundle = Resource::parse(&bytes).unwrap();
        let issues = validate(&bundle);
        assert!(
            issues.is_empty(),
            "{} issues, first {:?}",
            issues.len(),
            issues.iter().take(5).collect::<Vec<_>>()
        );
        assert_eq!(parse(&bundle.to_bytes()).unwrap(), *bundle.json());
    }
}

#[test]
fn official_examples_are_valid() {
    for file in
        corpora("fhirpath").into_iter().filter(|file| file.extension().is_some_and(|kind| kind == "json"))
    {
        let resource = Resource::parse(&fs::read(&file).unwrap()).unwrap();
        assert_eq!(validate(&resource), [], "{}", file.display());
        assert!(!extract(&resource, &Parameters::default()).is_empty());
    }
}

#[test]
fn synthea_transactions_rewrite_and_land_in_compartments() {
    for bytes in bundles() {
        let bundle = bundle::read(parse(&bytes).unwrap()).unwrap();
        assert_eq!(bundle.processing_order().len(), bundle.entries.len());
        let urls: std::collections::HashMap<String, String> = bundle
            .entries
            .iter()
            .filter_map(|entry| {
                let resource = entry.resource.as_ref()?;
                Some((entry.full_url.clone()?, format!("{}/{}", resource.resource_type(), resource.id()?)))
            })
            .collect();
        for entry in bundle.entries {
            let mut resource = entry.resource.unwrap();
            rewrite_references(&mut resource, |text| urls.get(text).cloned());
            assert!(references(&resource).iter().all(|found| !found.literal.starts_with("urn:")));
            if ["Observation", "Condition", "Encounter"].contains(&resource.resource_type().name()) {
                assert_eq!(patient_compartment(&resource).len(), 1);
            }
        }
    }
}

/// Not a benchmark, but it prints what a benchmark would: `cargo test --release -p galen-fhir -- --nocapture timing`.
#[test]
fn timing() {
    let (mut parsing, mut checking, mut finding) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
    let (mut count, mut size, mut rows) = (0usize, 0usize, 0usize);
    let start = Instant::now();
    assert_eq!(galen_fhir::ResourceType::all().count(), 146);
    assert!(galen_fhir::ResourceType::parse("Patient").is_some());
    println!("definitions: {:?}", start.elapsed());
    for bytes in bundles() {
        let entries = bundle::read(parse(&bytes).unwrap()).unwrap().entries;
        for bytes in entries.into_iter().map(|entry| entry.resource.unwrap().to_bytes()) {
            let start = Instant::now();
            let resource = Resource::parse(&bytes).unwrap();
            parsing += start.elapsed();
            let start = Instant::now();
            assert!(validate(&resource).is_empty());
            checking += start.elapsed();
            let start = Instant::now();
            rows += extract(&resource, &Parameters::default()).len();
            finding += start.elapsed();
            count += 1;
            size += bytes.len();
        }
    }
    let each = u32::try_from(count.max(1)).unwrap();
    println!("{count} resources, {} bytes and {} rows each", size / count.max(1), rows / count.max(1));
    println!("parse {:?}, validate {:?}, extract {:?} each", parsing / each, checking / each, finding / each);
}

/// HL7's own definitions are the best conformant resources there are: thousands of them, using every type and binding.
/// Runs where `GALEN_R4_DEFINITIONS` names the folder that `xtask fhir-pack` reads.
#[test]
fn hl7_definitions_are_valid() {
    let Ok(folder) = std::env::var("GALEN_R4_DEFINITIONS") else {
        eprintln!("notice: GALEN_R4_DEFINITIONS is not set, nothing tested");
        return;
    };
    for name in [
        "profiles-types",
        "profiles-resources",
        "search-parameters",
        "valuesets",
        "v2-tables",
        "v3-codesystems",
        "conceptmaps",
        "extension-definitions",
        "profiles-others",
    ] {
        let bytes = fs::read(format!("{folder}/{name}.json")).unwrap();
        let entries = parse(&bytes).unwrap().as_object_mut().unwrap().remove("entry").unwrap();
        for entry in entries.items() {
            let resource = Resource::from_json(entry.get("resource").unwrap().clone()).unwrap();
            // A back-port from R4B in the same file; its own fhirVersion is no R4 code, and the validator says so.
            if resource.id() != Some("SubscriptionStatus") {
                assert_eq!(validate(&resource), [], "{name} {:?}", resource.id());
            }
            assert!(!extract(&resource, &Parameters::default()).is_empty());
        }
    }
}

/// What validation costs for each type of the Synthea corpus: `cargo test --release -p galen-fhir -- --nocapture validation_cost`.
#[test]
fn validation_cost() {
    let mut costs: std::collections::BTreeMap<&str, (u32, [Duration; 3])> = std::collections::BTreeMap::new();
    for bytes in bundles() {
        for entry in bundle::read(parse(&bytes).unwrap()).unwrap().entries {
            let resource = entry.resource.unwrap();
            let row = costs.entry(resource.resource_type().name()).or_default();
            row.0 += 1;
            for (spent, strictness) in
                row.1.iter_mut().zip([Strictness::Structure, Strictness::Rules, Strictness::Profiles])
            {
                let start = Instant::now();
                let errors = validate_as(resource.json(), strictness, &PUBLISHED)
                    .into_iter()
                    .filter(galen_fhir::Issue::is_error)
                    .count();
                *spent += start.elapsed();
                assert_eq!(errors, 0);
            }
        }
    }
    for (name, (count, [structure, rules, full])) in costs {
        println!(
            "{name:24} {count:6}: structure {:?}, with rules {:?}, full {:?}",
            structure / count,
            rules / count,
            full / count
        );
    }
}

/// Faults that R4's own examples have: the file, and the end of every place and message there.
const EXAMPLES_AT_FAULT: &[(&str, &str)] = &[
    ("Bundle-dataelements", "must have different meta.versionId (except in history bundles)"),
    ("Bundle-v2-valuesets", "code a code has no leading, trailing or double spaces"),
    ("CodeSystem-v2-0550", "code a code has no leading, trailing or double spaces"),
    ("DeviceMetric-example", "may point to Device, not to DeviceDefinition"),
    ("DeviceUseStatement-example", "DocumentReference, Media, Observation, not to Procedure"),
    ("ImplementationGuide-fhir", "not a reference: expected Type/id, an absolute url, #id or Type?query"),
    ("ImplementationGuide-fhir", "is required"),
    ("MedicationRequest-medrx0301", "may point to Organization, not to Practitioner"),
    ("Observation-clinical-gender", "RelatedPerson, not to Encounter"),
    ("Questionnaire-qs1", "Questionnaire.item.linkId is required"),
    ("SearchParameter-codesystem-extensions-CodeSystem-author", "base is required"),
    ("SearchParameter-codesystem-extensions-CodeSystem-effective", "base is required"),
    ("SearchParameter-codesystem-extensions-CodeSystem-end", "base is required"),
    ("SearchParameter-codesystem-extensions-CodeSystem-keyword", "base is required"),
    ("SearchParameter-codesystem-extensions-CodeSystem-workflow", "base is required"),
    (
        "SearchParameter-questionnaireresponse-extensions-QuestionnaireResponse-item-subject",
        "digits, '-' or '.'",
    ),
    ("SearchParameter-valueset-extensions-ValueSet-author", "base is required"),
    ("SearchParameter-valueset-extensions-ValueSet-effective", "base is required"),
    ("SearchParameter-valueset-extensions-ValueSet-end", "base is required"),
    ("SearchParameter-valueset-extensions-ValueSet-keyword", "base is required"),
    ("SearchParameter-valueset-extensions-ValueSet-workflow", "base is required"),
    ("StructureDefinition-Definition", "then there SHALL be a baseDefinition"),
    ("StructureDefinition-Event", "then there SHALL be a baseDefinition"),
    ("StructureDefinition-FiveWs", "then there SHALL be a baseDefinition"),
    ("StructureDefinition-Request", "then there SHALL be a baseDefinition"),
    ("ig-r4", "not a reference: expected Type/id, an absolute url, #id or Type?query"),
    ("ig-r4", "is required"),
];

/// Every example of R4 (npm `hl7.fhir.r4.examples`, unpacked to where `GALEN_R4_EXAMPLES` says) is valid and comes out as it went in.
#[test]
fn r4_examples_are_valid() {
    let Ok(folder) = std::env::var("GALEN_R4_EXAMPLES") else {
        eprintln!("notice: GALEN_R4_EXAMPLES is not set, nothing tested");
        return;
    };
    let (mut count, mut wrong) = (0usize, Vec::new());
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let json = parse(&fs::read(&file).unwrap()).unwrap();
        let Ok(resource) = Resource::from_json(json) else { continue };
        assert_eq!(parse(&resource.to_bytes()).unwrap(), *resource.json(), "{name}");
        let issues = validate_fully(resource.json(), &PUBLISHED);
        let at_write = validate(&resource);
        assert!(
            at_write.len() == ISSUES_MAX || at_write.iter().all(|issue| issues.contains(issue)),
            "{name}"
        );
        let errors = issues.iter().filter(|issue| issue.is_error());
        let said: Vec<String> = errors.map(|issue| format!("{} {}", issue.location, issue.message)).collect();
        let known: Vec<&str> =
            EXAMPLES_AT_FAULT.iter().filter(|row| row.0 == name).map(|row| row.1).collect();
        let new = said.iter().filter(|one| !known.iter().any(|end| one.ends_with(end)));
        wrong.extend(new.map(|one| format!("{name}: {one}")));
        let gone = known.iter().filter(|end| !said.iter().any(|one| one.ends_with(*end)));
        wrong.extend(gone.map(|end| format!("{name} is said no more to have: {end}")));
        count += 1;
    }
    assert!(count > 4_000, "only {count} examples");
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}
