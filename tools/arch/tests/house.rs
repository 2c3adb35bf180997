//! Holds the tree to the house's rules.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};
use galen_arch::{
    ATTACKERS, DOMAIN_FILES, DOMAIN_FILES_REQUIRED, FILE_LINES_MAX, IMPURE, Layer, WRAPPED, empty_names,
    long_functions, sources,
};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .other_options(vec!["--offline".into()])
        .exec()
        .unwrap()
}

fn layer(package: &Package) -> Layer {
    let folder = package.manifest_path.parent().unwrap().as_std_path().to_owned();
    let relative = folder.strip_prefix(root()).unwrap().to_owned();
    Layer::of(&relative).unwrap_or_else(|| panic!("{} lies in no room of the house", relative.display()))
}

#[test]
fn crates_use_only_what_lies_below_them() {
    let metadata = metadata();
    let layers: BTreeMap<String, Layer> =
        metadata.workspace_packages().iter().map(|p| (p.name.to_string(), layer(p))).collect();
    let mut wrong = Vec::new();
    for package in metadata.workspace_packages() {
        let own = layers[package.name.as_str()];
        for dependency in package.dependencies.iter().filter(|d| d.kind == DependencyKind::Normal) {
            let Some(other) = layers.get(&dependency.name) else { continue };
            if !own.may_use(*other) {
                wrong.push(format!("{} ({own:?}) uses {} ({other:?})", package.name, dependency.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn guarded_libraries_are_used_only_by_their_wrappers() {
    let metadata = metadata();
    let mut wrong = Vec::new();
    for package in metadata.workspace_packages() {
        for dependency in &package.dependencies {
            for (library, wrappers) in WRAPPED {
                let attacks = dependency.kind == DependencyKind::Development
                    && ATTACKERS.contains(&(library, package.name.as_str()));
                if dependency.name == library && !attacks && !wrappers.contains(&package.name.as_str()) {
                    wrong.push(format!("{} uses {library}", package.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Names of all packages that a package reaches by normal dependencies.
fn reached(metadata: &Metadata, package: &Package) -> BTreeSet<String> {
    let resolve = metadata.resolve.as_ref().unwrap();
    let names: BTreeMap<_, _> = metadata.packages.iter().map(|p| (&p.id, p.name.to_string())).collect();
    let mut open = vec![&package.id];
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        if seen.insert(id) {
            let node = resolve.nodes.iter().find(|n| &n.id == id).unwrap();
            let normal =
                |d: &&cargo_metadata::NodeDep| d.dep_kinds.iter().any(|k| k.kind == DependencyKind::Normal);
            open.extend(node.deps.iter().filter(normal).map(|d| &d.pkg));
        }
    }
    seen.into_iter().map(|id| names[id].clone()).collect()
}

#[test]
fn pure_layers_stay_pure_even_through_others() {
    let metadata = metadata();
    for package in metadata.workspace_packages() {
        if matches!(layer(package), Layer::Kernel | Layer::Contracts | Layer::Standards | Layer::Demo) {
            for name in reached(&metadata, package) {
                assert!(!IMPURE.contains(&name.as_str()), "{} reaches {name}", package.name);
            }
        }
    }
}

#[test]
fn there_is_one_tls_provider() {
    let output = std::process::Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--workspace", "--edges", "normal,build", "--prefix", "none"])
        .current_dir(root())
        .output()
        .unwrap();
    let tree = String::from_utf8(output.stdout).unwrap();
    assert!(tree.contains("aws-lc-rs v"), "the tree could not be read");
    assert!(!tree.lines().any(|line| line.starts_with("ring v")), "ring is linked beside aws-lc-rs");
}

#[test]
fn files_are_short_and_begin_by_saying_what_they_are() {
    let mut wrong = Vec::new();
    for folder in ["crates", "tools", "tests"] {
        for path in sources(&root().join(folder)) {
            let text = std::fs::read_to_string(&path).unwrap();
            let name = path.strip_prefix(root()).unwrap().display().to_string();
            if !text.starts_with("//!") {
                wrong.push(format!("{name} does not begin with a //! line"));
            }
            if text.lines().count() > FILE_LINES_MAX {
                wrong.push(format!("{name} has {} lines", text.lines().count()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn functions_are_short() {
    let mut wrong = Vec::new();
    for path in sources(&root().join("crates")) {
        let text = std::fs::read_to_string(&path).unwrap();
        for (function, lines) in long_functions(&text) {
            wrong.push(format!(
                "{}: {function} has {lines} lines",
                path.strip_prefix(root()).unwrap().display()
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn names_say_something() {
    let mut wrong = Vec::new();
    for path in sources(&root().join("crates")) {
        for name in empty_names(&std::fs::read_to_string(&path).unwrap()) {
            wrong.push(format!("{}: {name}", path.strip_prefix(root()).unwrap().display()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn domains_have_the_same_shape() {
    let domains = root().join("crates/domains");
    let mut wrong = Vec::new();
    for domain in std::fs::read_dir(domains).unwrap().flatten().map(|e| e.path()).filter(|p| p.is_dir()) {
        let mut have = BTreeSet::new();
        for entry in std::fs::read_dir(domain.join("src")).unwrap().flatten().map(|e| e.path()) {
            let stem = entry.file_stem().unwrap().to_str().unwrap().to_owned();
            if !DOMAIN_FILES.contains(&stem.as_str()) {
                wrong.push(format!(
                    "{} is no file of a domain",
                    entry.strip_prefix(root()).unwrap().display()
                ));
            }
            have.insert(stem);
        }
        for required in DOMAIN_FILES_REQUIRED.iter().chain(&["policy"]) {
            if !have.contains(*required) {
                wrong.push(format!("{} has no {required}", domain.strip_prefix(root()).unwrap().display()));
            }
        }
        if std::fs::read_to_string(domain.join("src/lib.rs")).unwrap().lines().count() > 60 {
            wrong.push(format!(
                "{}: lib.rs is longer than 60 lines",
                domain.strip_prefix(root()).unwrap().display()
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_main_file_stays_small() {
    let text = std::fs::read_to_string(root().join("crates/galen/src/main.rs")).unwrap();
    assert!(text.lines().count() <= 80);
}

#[test]
fn the_measures_themselves_work() {
    let long = format!("    pub fn f() {{\n{}    }}\n", "        x();\n".repeat(80));
    assert_eq!(long_functions(&long), vec![("f".to_owned(), 82)]);
    assert_eq!(empty_names("pub struct UserManager {"), vec!["UserManager".to_owned()]);
    assert!(empty_names("pub struct Patient {").is_empty());
    assert!(!Layer::Domains.may_use(Layer::Domains));
    assert!(!Layer::Edges.may_use(Layer::Domains));
    assert!(!Layer::Platform.may_use(Layer::Contracts));
}
