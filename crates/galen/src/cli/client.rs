//! `galen client`: applications that may connect.

use super::place::{house_for_command, terminal_context};
use super::{DONE, Failure, Outcome, PlaceArguments, say};
use clap::Subcommand;
use galen_access::smart::client;
use galen_service::House;
use galen_smart::{AddClient, AddedClient, ClientChange, add_client, change_client, view};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub enum ClientCommand {
    /// Register an application; prints its client id, and its secret where it has one
    #[command(
        after_help = "Examples:\n  galen client add --name 'Growth chart' --redirect-uri https://app.example/cb --scopes 'launch launch/patient patient/*.rs openid fhirUser' --data ./data\n  galen client add --name Loader --jwks keys.json --user lab-feed --scopes 'system/*.rs' --data ./data --json"
    )]
    Add {
        /// What people know it by
        #[arg(long)]
        name: String,
        /// Where answers may be sent, whole; several times for several
        #[arg(long = "redirect-uri", value_name = "URL")]
        redirect_uris: Vec<String>,
        /// Where an EHR launch begins
        #[arg(long, value_name = "URL")]
        launch_url: Option<String>,
        /// What it may ask for at most, as SMART scopes
        #[arg(long)]
        scopes: String,
        /// Whether it keeps a secret
        #[arg(long)]
        secret: bool,
        /// File with the public keys by which it signs
        #[arg(long, value_name = "FILE", conflicts_with = "secret")]
        jwks: Option<PathBuf>,
        /// Address of those keys, instead
        #[arg(long, value_name = "URL", conflicts_with_all = ["secret", "jwks"])]
        jwks_uri: Option<String>,
        /// For system/ scopes: the account of a program whose rights they are within
        #[arg(long)]
        user: Option<String>,
        /// Print as JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: PlaceArguments,
    },
    /// List the applications
    List {
        /// Print as JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: PlaceArguments,
    },
    /// Disable an application: its tokens end
    Disable {
        /// Its client id
        #[arg(long)]
        id: String,
        #[command(flatten)]
        place: PlaceArguments,
    },
    /// Enable an application again; what it had stays ended
    Enable {
        /// Its client id
        #[arg(long)]
        id: String,
        #[command(flatten)]
        place: PlaceArguments,
    },
}

/// Runs a `galen client` command.
pub async fn run(command: ClientCommand) -> Outcome {
    match command {
        ClientCommand::Add {
            name,
            redirect_uris,
            launch_url,
            scopes,
            secret,
            jwks,
            jwks_uri,
            user,
            json,
            place,
        } => {
            let jwks = jwks.as_deref().map(read_keys).transpose()?;
            let command = AddClient {
                name,
                redirect_uris,
                launch_url,
                scopes,
                secret,
                jwks,
                jwks_uri,
                user,
                secret_hash: None,
            };
            let house = house_for_command(&place).await?;
            let added = add_client(&house, &terminal_context(&house)?, command).await?;
            tell(&added, json)?;
            finish(&house).await
        }
        ClientCommand::List { json, place } => list(&place, json).await,
        ClientCommand::Disable { id, place } => change(&place, id, ClientChange::Disable).await,
        ClientCommand::Enable { id, place } => change(&place, id, ClientChange::Enable).await,
    }
}

fn read_keys(path: &Path) -> Result<serde_json::Value, Failure> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    serde_json::from_str(&text).map_err(|e| format!("{}: {e}", path.display()).into())
}

async fn list(place: &PlaceArguments, json: bool) -> Outcome {
    let house = house_for_command(place).await?;
    let clients: Vec<_> = client::list(&house.store).await?.into_iter().map(view).collect();
    if json {
        say(serde_json::to_string(&clients).map_err(|e| e.to_string())?);
    } else {
        say(format_args!("{:<32} {:<24} {:<9} STATE", "CLIENT ID", "NAME", "PROOF"));
        for client in clients {
            let state = if client.disabled { "disabled" } else { "active" };
            say(format_args!(
                "{:<32} {:<24} {:<9} {state}",
                client.client_id, client.name, client.authentication
            ));
        }
    }
    finish(&house).await
}

async fn change(place: &PlaceArguments, id: String, change: ClientChange) -> Outcome {
    let house = house_for_command(place).await?;
    let changed = change_client(&house, &terminal_context(&house)?, id, change).await?;
    tell(&changed, false)?;
    finish(&house).await
}

fn tell(view: &AddedClient, json: bool) -> Result<(), Failure> {
    if json {
        say(serde_json::to_string(view).map_err(|e| e.to_string())?);
        return Ok(());
    }
    say(format_args!("{}: client id {}", view.name, view.client_id));
    if let Some(secret) = &view.client_secret {
        say(format_args!("{}: secret {secret} (shown once)", view.name));
    }
    Ok(())
}

async fn finish(house: &House) -> Outcome {
    house.store.close().await;
    Ok(ExitCode::from(DONE))
}
