//! `galen user` and `galen token`.

use super::place::{house_for_command, terminal_context};
use super::{DONE, Failure, Outcome, PlaceArguments, UserCommand, say};
use galen_access::user::{self, StoredUser};
use galen_service::House;
use galen_service::accounts::tokens;
use galen_service::accounts::users::{AccountChange, AddUser, AddedView, add_user, change_user, view};
use std::process::ExitCode;

/// Runs a `galen user` command.
pub async fn run(command: UserCommand) -> Outcome {
    match command {
        UserCommand::Add { name, role, facility, patient, practitioner, json, place } => {
            let house = house_for_command(&place).await?;
            let command =
                AddUser { name, role, facility, patient, practitioner, password_hash: String::new() };
            let added = add_user(&house, &terminal_context(&house)?, command).await?;
            tell(&added, json)?;
            finish(&house).await
        }
        UserCommand::List { json, place } => {
            let house = house_for_command(&place).await?;
            let users: Vec<_> = user::list(&house.store).await?.into_iter().map(view).collect();
            if json {
                say(serde_json::to_string(&users).map_err(|e| e.to_string())?);
            } else {
                say(format_args!("{:<24} {:<18} {:<9} SINCE", "NAME", "ROLES", "STATE"));
                for user in users {
                    let state = if user.disabled { "disabled" } else { "active" };
                    say(format_args!(
                        "{:<24} {:<18} {state:<9} {}",
                        user.name,
                        user.roles.join(","),
                        user.created
                    ));
                }
            }
            finish(&house).await
        }
        UserCommand::Disable { name, place } => change(&place, &name, AccountChange::Disable, false).await,
        UserCommand::Reset { name, json, place } => change(&place, &name, AccountChange::Reset, json).await,
    }
}

async fn change(place: &PlaceArguments, name: &str, change: AccountChange, json: bool) -> Outcome {
    let house = house_for_command(place).await?;
    let found = find(&house, name).await?;
    let changed = change_user(&house, &terminal_context(&house)?, found.id.to_string(), change).await?;
    tell(&changed, json)?;
    finish(&house).await
}

async fn find(house: &House, name: &str) -> Result<StoredUser, Failure> {
    let parsed = user::parse_name(name).map_err(|r| r.message)?;
    let found = user::by_name(&house.store, &parsed, house.clock.now()).await?;
    found.ok_or_else(|| format!("there is no account '{name}'; see galen user list").into())
}

fn tell(view: &AddedView, json: bool) -> Result<(), Failure> {
    if json {
        say(serde_json::to_string(view).map_err(|e| e.to_string())?);
        return Ok(());
    }
    match &view.first_password {
        Some(password) => {
            say(format_args!(
                "{}: first password {password} (to be changed at the first sign-in)",
                view.name
            ));
        }
        None => say(format_args!("{}: done", view.name)),
    }
    Ok(())
}

/// Prints an access token.
pub async fn token(place: &PlaceArguments, name: &str, seconds: i64, json: bool) -> Outcome {
    let house = house_for_command(place).await?;
    let found = find(&house, name).await?;
    let Some((actor, _)) = house.access.actor(&found.id, house.clock.now()).await? else {
        return Err(format!("the account '{name}' is disabled").into());
    };
    let mut context = terminal_context(&house)?;
    context.purpose = actor.default_purpose();
    context.actor = actor;
    let issued = tokens::issue_for(&house, &context, seconds).await?;
    if json {
        say(serde_json::to_string(&issued).map_err(|e| e.to_string())?);
    } else {
        say(&issued.token);
    }
    finish(&house).await
}

async fn finish(house: &House) -> Outcome {
    house.store.close().await;
    Ok(ExitCode::from(DONE))
}
