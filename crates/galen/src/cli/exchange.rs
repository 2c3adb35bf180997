//! `galen exchange`: partners, and what is pulled from and pushed to them.

use super::place::{file, house, terminal_context};
use super::{DONE, FOUND_WRONG, Failure, Outcome, PlaceArguments, say};
use clap::Subcommand;
use galen_access::Context;
use galen_fhir_api::exchange::{
    AddPartner, PartnerView, PullAsked, PushAsked, Report, add_partner, key_set_of, partners, pull, push,
    remove_partner,
};
use galen_kernel::Instant;
use galen_service::{House, Refusal};
use indicatif::{ProgressBar, ProgressStyle};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// Refusals that are shown one by one on a terminal.
const REFUSALS_SHOWN: usize = 20;
/// How often the progress bar moves by itself.
const TICK: Duration = Duration::from_millis(200);

#[derive(Debug, Subcommand)]
pub enum ExchangeCommand {
    /// Add a partner or change one; makes the key we sign with
    #[command(
        after_help = "Examples:\n  galen exchange add mercy --url https://ehr.mercy.example/fhir --data ./data\n  galen exchange keys mercy --data ./data >mercy.jwks.json    # to be registered there\n  galen exchange add mercy --url https://ehr.mercy.example/fhir --client-id 4711 --scopes 'system/*.rs' --data ./data\n\nWithout a client id the partner is asked as an open server."
    )]
    Add {
        /// What it is called here: small letters, digits, '-'
        name: String,
        /// Its FHIR base
        #[arg(long, value_name = "URL")]
        url: String,
        /// Our client id there
        #[arg(long, value_name = "ID")]
        client_id: Option<String>,
        /// Its token endpoint, where it does not tell by .well-known/smart-configuration
        #[arg(long, value_name = "URL", requires = "client_id")]
        token_endpoint: Option<String>,
        /// What we ask for, as SMART scopes
        #[arg(long, requires = "client_id")]
        scopes: Option<String>,
        /// Print as JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: PlaceArguments,
    },
    /// List the partners
    List {
        /// Print as JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: PlaceArguments,
    },
    /// Remove a partner and its key; what was exchanged stays
    Remove {
        /// Its name
        name: String,
        #[command(flatten)]
        place: PlaceArguments,
    },
    /// Print the public keys by which a partner knows us, as a JSON Web Key Set
    Keys {
        /// Its name
        name: String,
        #[command(flatten)]
        place: PlaceArguments,
    },
    /// Take in what a partner has
    #[command(
        after_help = "Examples:\n  galen exchange pull mercy --type Patient --type Observation --data ./data\n  galen exchange pull mercy --type Observation --query 'patient=123&status=final' --data ./data --json\n  galen exchange pull mercy --id Patient/123 --data ./data\n\nThe next pull asks for what changed since, and deletes what was deleted there where the partner tells of it and nobody changed it here. Exit code 3 when something was refused."
    )]
    Pull {
        /// The partner's name
        name: String,
        /// Type to search; several times for several
        #[arg(long = "type", value_name = "TYPE", required_unless_present = "ids")]
        types: Vec<String>,
        /// Query for each of them, as the partner reads it
        #[arg(long, requires = "types")]
        query: Option<String>,
        /// Changed there then or later (RFC 3339), instead of since the last pull
        #[arg(long, value_name = "TIME", value_parser = parse_time, requires = "types")]
        since: Option<Instant>,
        /// All there is, whatever was pulled before
        #[arg(long, conflicts_with = "since")]
        whole: bool,
        /// Single resource, `Patient/123`; several times for several
        #[arg(long = "id", value_name = "TYPE/ID")]
        ids: Vec<String>,
        /// Print the report as JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: PlaceArguments,
    },
    /// Send a partner what we have
    #[command(
        after_help = "Examples:\n  galen exchange push mercy --type Patient --query 'general-practitioner=Practitioner/7' --data ./data\n  galen exchange push mercy --type Patient --type Observation --data ./data --json\n\nWhat changed there since we wrote it is reported, not overwritten. Types that the partner could not find again are counted, not sent. Exit code 3 when something was refused or not sent."
    )]
    Push {
        /// The partner's name
        name: String,
        /// Type to search; several times for several
        #[arg(long = "type", value_name = "TYPE", required = true)]
        types: Vec<String>,
        /// Query for each of them
        #[arg(long)]
        query: Option<String>,
        /// Print the report as JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: PlaceArguments,
    },
}

/// Runs a `galen exchange` command.
pub async fn run(command: ExchangeCommand) -> Outcome {
    match command {
        ExchangeCommand::Add { name, url, client_id, token_endpoint, scopes, json, place } => {
            let (house, context) = open(&place).await?;
            let asked = AddPartner { name, base: url, client_id, token_endpoint, scopes };
            let view = add_partner(&house, &context, asked).await;
            house.store.close().await;
            tell_partners(&[view?], json)
        }
        ExchangeCommand::List { json, place } => {
            let (house, context) = open(&place).await?;
            let views = partners(&house, &context).await;
            house.store.close().await;
            tell_partners(&views?, json)
        }
        ExchangeCommand::Remove { name, place } => {
            let (house, context) = open(&place).await?;
            let removed = remove_partner(&house, &context, &name).await;
            house.store.close().await;
            removed?;
            Ok(ExitCode::from(DONE))
        }
        ExchangeCommand::Keys { name, place } => {
            let (house, context) = open(&place).await?;
            let keys = key_set_of(&house, &context, &name).await;
            house.store.close().await;
            say(keys?);
            Ok(ExitCode::from(DONE))
        }
        ExchangeCommand::Pull { name, types, query, since, whole, ids, json, place } => {
            let (house, context) = open(&place).await?;
            let bar = bar(json);
            let asked = PullAsked { types, query, since, whole, ids };
            let report = pull(&house, &context, &name, asked, &|report| watch(&bar, report)).await;
            end(&house, &bar, report, json).await
        }
        ExchangeCommand::Push { name, types, query, json, place } => {
            let (house, context) = open(&place).await?;
            let bar = bar(json);
            let asked = PushAsked { types, query };
            let report = push(&house, &context, &name, asked, &|report| watch(&bar, report)).await;
            end(&house, &bar, report, json).await
        }
    }
}

/// The house, under the address that is told to partners.
async fn open(place: &PlaceArguments) -> Result<(Arc<House>, Context), Failure> {
    let file = file(place)?;
    let origin = file.origin.clone().unwrap_or_else(|| "http://127.0.0.1:8080".to_owned());
    let house = house(place, &file, origin, crate::services::all()).await?;
    let context = terminal_context(&house)?;
    Ok((house, context))
}

fn bar(json: bool) -> ProgressBar {
    if json {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(TICK);
    bar
}

fn watch(bar: &ProgressBar, report: &Report) {
    bar.set_message(format!("{} pages, {} resources", report.pages, report.seen));
}

async fn end(house: &House, bar: &ProgressBar, report: Result<Report, Refusal>, json: bool) -> Outcome {
    bar.finish_and_clear();
    house.store.close().await;
    let report = report?;
    if json {
        say(serde_json::to_string(&report).map_err(|e| e.to_string())?);
    } else {
        say(format_args!(
            "{} created, {} updated, {} deleted, {} unchanged, {} left where they come from, {} refused",
            report.created,
            report.updated,
            report.deleted,
            report.unchanged,
            report.returned,
            report.refusals
        ));
        for skipped in &report.skipped {
            say(format_args!("  {} {} not sent: {}", skipped.resources, skipped.type_name, skipped.message));
        }
        for type_name in &report.deletions_untold {
            say(format_args!("  The partner does not tell which {type_name} were deleted; they stay here"));
        }
        for refused in report.refused.iter().take(REFUSALS_SHOWN) {
            say(format_args!("  {} {}: {}", refused.resource, refused.code, refused.message));
        }
        if report.refusals > REFUSALS_SHOWN {
            say(format_args!("  and {} more; --json lists them", report.refusals - REFUSALS_SHOWN));
        }
    }
    let is_whole = report.refusals == 0 && report.skipped.iter().all(|skipped| skipped.resources == 0);
    Ok(ExitCode::from(if is_whole { DONE } else { FOUND_WRONG }))
}

fn tell_partners(views: &[PartnerView], json: bool) -> Outcome {
    if json {
        say(serde_json::to_string(views).map_err(|e| e.to_string())?);
    } else {
        say(format_args!("{:<16} {:<18} {:<24} URL", "NAME", "KEY", "CLIENT ID"));
        for view in views {
            let client = view.client_id.as_deref().unwrap_or("- (open)");
            say(format_args!("{:<16} {:<18} {client:<24} {}", view.name, view.key, view.base));
        }
    }
    Ok(ExitCode::from(DONE))
}

fn parse_time(text: &str) -> Result<Instant, String> {
    Instant::parse(text)
        .ok_or_else(|| "give a time with its zone, for example 2026-11-01T00:00:00Z".to_owned())
}
