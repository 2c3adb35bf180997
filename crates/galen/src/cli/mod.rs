//! The command line: what each command takes, with examples. The work is in the other files.

mod audit;
mod backup;
mod bench;
mod client;
mod demo;
mod doctor;
mod exchange;
mod import;
mod packed;
mod place;
mod reindex;
mod serve;
mod terminology;
mod user;
mod views;

use clap::{Args, Parser, Subcommand};
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// Done.
pub const DONE: u8 = 0;
/// It failed: the message says why.
pub const FAILED: u8 = 1;
/// It ran, and found something wrong (an audit fault, refused resources, a failed check).
pub const FOUND_WRONG: u8 = 3;

/// Galen: a hospital management system in one program.
#[derive(Debug, Parser)]
#[command(
    name = "galen",
    version,
    about,
    propagate_version = true,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

/// Where the data lies: the same for all commands.
#[derive(Debug, Clone, Args)]
pub struct PlaceArguments {
    /// Data directory (embedded database, key, certificates, checkpoints); made when absent
    #[arg(long, value_name = "DIR", env = "GALEN_DATA", default_value = "data")]
    pub data: PathBuf,
    /// PostgreSQL instead of the embedded database: `postgres://user:password@host/database`
    #[arg(long, value_name = "URL", env = "GALEN_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// Configuration file; DIR/galen.toml when absent
    #[arg(long, value_name = "FILE", env = "GALEN_CONFIG")]
    pub config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server
    #[command(
        after_help = "Examples:\n  galen serve --data ./data\n  galen serve --listen 0.0.0.0:8443 --data /var/lib/galen\n  galen serve --database-url postgres://galen@db/galen --service registration,fhir-api"
    )]
    Serve {
        /// Address to listen on. Plaintext is served on loopback only; elsewhere TLS 1.3
        #[arg(long, value_name = "ADDR", env = "GALEN_LISTEN")]
        listen: Option<SocketAddr>,
        /// Take connections from the listening socket on standard input (systemd: StandardInput=socket). Whoever holds
        /// it keeps it over a restart, so that clients wait for the next process instead of being refused
        #[arg(long, conflicts_with = "listen")]
        socket_on_stdin: bool,
        /// Serve TLS on loopback, too
        #[arg(long)]
        tls: bool,
        /// Run only these services (and those they need)
        #[arg(long, value_name = "A,B", value_delimiter = ',')]
        service: Vec<String>,
        #[command(flatten)]
        place: PlaceArguments,
    },
    /// Run a demo hospital, made on the first start; for trying out only, on loopback only
    #[command(
        after_help = "Examples:\n  galen demo\n  galen demo --patients 64000 --data ./large\n  galen demo --only-make --data ./demo\n\nEverybody knows the demo's passwords, and nobody in it exists."
    )]
    Demo(demo::DemoArguments),
    /// Load FHIR JSON, NDJSON or bundles (.gz too) from files and folders
    #[command(
        after_help = "Examples:\n  galen import ./synthea --data ./data\n  galen import patient.json obs.ndjson.gz --server https://galen.example --token \"$TOKEN\"\n\nA file that was loaded is skipped when the same command runs again."
    )]
    Import {
        /// Files and folders
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// Load into a running server instead of into the data directory
        #[arg(long, value_name = "URL", requires = "token")]
        server: Option<String>,
        /// Access token for --server
        #[arg(long, value_name = "T", env = "GALEN_TOKEN", hide_env_values = true)]
        token: Option<String>,
        /// Load files again that were loaded before
        #[arg(long)]
        again: bool,
        /// Print the report as JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: PlaceArguments,
    },
    /// Add, list, disable and reset accounts
    #[command(subcommand)]
    User(UserCommand),
    /// Add, list, disable and enable applications that may connect
    #[command(subcommand)]
    Client(client::ClientCommand),
    /// Exchange records with other FHIR servers: add, list, remove, keys, pull, push
    #[command(subcommand)]
    Exchange(exchange::ExchangeCommand),
    /// Load and list code systems: ICD-10-CM, LOINC, RxNorm, SNOMED CT
    #[command(subcommand)]
    Terminology(terminology::TerminologyCommand),
    /// Print an access token for scripts
    #[command(
        after_help = "Example:\n  curl -H \"Authorization: Bearer $(galen token --user ada --data ./data)\" http://127.0.0.1:8080/fhir/Patient"
    )]
    Token {
        /// Sign-in name
        #[arg(long, value_name = "NAME")]
        user: String,
        /// Life of the token: 90s, 15m, 1h; a day at most
        #[arg(long, value_name = "TIME", default_value = "1h", value_parser = parse_life)]
        ttl: i64,
        /// Print as JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: PlaceArguments,
    },
    /// Run ViewDefinitions of SQL on FHIR: rows for analytics, as CSV, Parquet or lines of JSON
    #[command(subcommand)]
    Views(views::ViewsCommand),
    /// Verify the audit log, or sign and export a checkpoint of it
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Write a consistent, encrypted copy of the embedded database
    #[command(
        after_help = "Example:\n  galen backup /backup/galen-2026-11-23 --data ./data\n\nThe key is not in the backup: keep galen.key safe, apart from it. PostgreSQL is backed up with its own tools."
    )]
    Backup {
        /// Folder to write to; must not exist
        #[arg(value_name = "TARGET")]
        target: PathBuf,
        #[command(flatten)]
        place: PlaceArguments,
    },
    /// Make a data directory out of a backup
    #[command(
        after_help = "Example:\n  cp galen.key ./restored/ && galen restore /backup/galen-2026-11-23 --data ./restored"
    )]
    Restore {
        /// Folder that `galen backup` wrote
        #[arg(value_name = "BACKUP")]
        backup: PathBuf,
        #[command(flatten)]
        place: PlaceArguments,
    },
    /// Work out the search index of everything stored again (a server does it by itself where it is needed)
    #[command(after_help = "Example:\n  galen reindex --data ./data\n\nThe server may run meanwhile.")]
    Reindex {
        /// Print the report as JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: PlaceArguments,
    },
    /// List the services of this program
    Services {
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
    /// Check the installation and say what is wrong
    #[command(after_help = "Example:\n  galen doctor --data ./data --json")]
    Doctor {
        /// Print as JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: PlaceArguments,
    },
    /// Measure this program on this machine
    #[command(
        after_help = "Examples:\n  galen bench\n  galen bench --patients 9000 --seconds 10 --json\n  galen bench --database-url postgres://postgres@127.0.0.1/bench"
    )]
    Bench(bench::BenchArguments),
    /// Print the version
    Version {
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Add an account; prints its first password
    #[command(
        after_help = "Examples:\n  galen user add --name ada --role doctor --data ./data\n  galen user add --name lab-feed --role integration --data ./data --json"
    )]
    Add {
        /// Sign-in name
        #[arg(long)]
        name: String,
        /// Role: code, alias or name (an unknown one lists them all)
        #[arg(long)]
        role: String,
        /// Facility (Organization id); all when absent
        #[arg(long)]
        facility: Option<String>,
        /// The patient it is, for the role patient
        #[arg(long)]
        patient: Option<String>,
        /// The practitioner it is
        #[arg(long)]
        practitioner: Option<String>,
        /// Print as JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: PlaceArguments,
    },
    /// List the accounts
    List {
        /// Print as JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: PlaceArguments,
    },
    /// Disable an account: its sessions and tokens end
    Disable {
        /// Sign-in name
        #[arg(long)]
        name: String,
        #[command(flatten)]
        place: PlaceArguments,
    },
    /// Give an account a new first password and let it enrol a new authenticator
    Reset {
        /// Sign-in name
        #[arg(long)]
        name: String,
        /// Print as JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: PlaceArguments,
    },
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Recompute every link of the log and compare it with a checkpoint
    #[command(
        after_help = "Examples:\n  galen audit verify --data ./data\n  galen audit verify --checkpoint /safe/place/latest.checkpoint --data ./data\n\nExit code 3 when something is wrong."
    )]
    Verify {
        /// Checkpoint to compare with; the newest exported one when absent
        #[arg(long, value_name = "FILE")]
        checkpoint: Option<PathBuf>,
        /// Print as JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: PlaceArguments,
    },
    /// Sign the present state of the log and export it
    Checkpoint {
        /// Folder to export to
        #[arg(long, value_name = "DIR")]
        to: Option<PathBuf>,
        #[command(flatten)]
        place: PlaceArguments,
    },
}

/// Why a command failed, in words for the person at the terminal.
#[derive(Debug)]
pub struct Failure(String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for Failure {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Failure {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<galen_kernel::Fault> for Failure {
    fn from(fault: galen_kernel::Fault) -> Self {
        Self(fault.to_string())
    }
}

impl From<galen_store::StoreError> for Failure {
    fn from(error: galen_store::StoreError) -> Self {
        Self(error.to_string())
    }
}

impl From<galen_service::Refusal> for Failure {
    fn from(refusal: galen_service::Refusal) -> Self {
        match refusal {
            galen_service::Refusal::Rejected(rejection) => match &rejection.next {
                Some(next) => Self(format!("{}. {next}", rejection.message)),
                None => Self(rejection.message.clone()),
            },
            galen_service::Refusal::Faulted(fault) => fault.into(),
        }
    }
}

/// What a command returns.
pub type Outcome = Result<ExitCode, Failure>;

/// Tells of a failure.
#[allow(clippy::print_stderr)] // a command line talks
pub fn failed(message: &str) -> ExitCode {
    eprintln!("galen: {message}");
    ExitCode::from(FAILED)
}

/// Tells something on standard output.
#[allow(clippy::print_stdout)] // a command line talks
pub fn say(text: impl fmt::Display) {
    println!("{text}");
}

/// Runs the command.
pub async fn run(arguments: Arguments) -> Outcome {
    match arguments.command {
        Command::Serve { listen, socket_on_stdin, tls, service, place } => {
            let served = serve::Served::of(&place, (listen, socket_on_stdin), tls, service)?;
            serve::serve(&place, served).await
        }
        Command::Demo(arguments) => demo::demo(arguments).await,
        Command::Import { paths, server: Some(server), token: Some(token), again, json, .. } => {
            import::into_server(&paths, &server, &token, again, json).await
        }
        Command::Import { paths, again, json, place, .. } => {
            import::into_data(&paths, &place, again, json).await
        }
        Command::User(command) => user::run(command).await,
        Command::Client(command) => client::run(command).await,
        Command::Exchange(command) => exchange::run(command).await,
        Command::Terminology(command) => terminology::run(command).await,
        Command::Views(command) => views::run(command).await,
        Command::Token { user, ttl, json, place } => user::token(&place, &user, ttl, json).await,
        Command::Audit(AuditCommand::Verify { checkpoint, json, place }) => {
            audit::verify(&place, checkpoint.as_deref(), json).await
        }
        Command::Audit(AuditCommand::Checkpoint { to, place }) => audit::checkpoint(&place, to).await,
        Command::Backup { target, place } => backup::backup(&place, &target).await,
        Command::Restore { backup, place } => backup::restore(&place, &backup),
        Command::Reindex { json, place } => reindex::reindex(&place, json).await,
        Command::Services { json } => Ok(list_services(json)),
        Command::Doctor { json, place } => doctor::examine(&place, json).await,
        Command::Bench(arguments) => bench::run(&arguments).await,
        Command::Version { json } => Ok(version(json)),
    }
}

fn list_services(json: bool) -> ExitCode {
    let services = crate::services::all();
    if json {
        let list: Vec<_> = services
            .iter()
            .map(
                |s| serde_json::json!({ "name": s.name, "about": s.about, "needs": s.needs, "owns": s.owns }),
            )
            .collect();
        say(serde_json::Value::from(list));
    } else {
        for service in services {
            let needs = if service.needs.is_empty() { "-".to_owned() } else { service.needs.join(", ") };
            say(format_args!(
                "{:<14} {}\n{:<14} needs: {needs}; owns: {}",
                service.name,
                service.about,
                "",
                owned(service)
            ));
        }
    }
    ExitCode::from(DONE)
}

fn owned(service: &galen_service::Service) -> String {
    if service.owns.is_empty() { "-".to_owned() } else { service.owns.join(", ") }
}

fn version(json: bool) -> ExitCode {
    let version = env!("CARGO_PKG_VERSION");
    if json {
        say(serde_json::json!({ "name": "galen", "version": version, "fhir": "4.0.1" }));
    } else {
        say(format_args!("galen {version} (FHIR 4.0.1)"));
    }
    ExitCode::from(DONE)
}

fn parse_life(text: &str) -> Result<i64, String> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let number: i64 = number.parse().map_err(|_| "give a number and a unit, for example 15m".to_owned())?;
    let seconds = match unit {
        "s" | "" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err("the unit is s, m, h or d".to_owned()),
    };
    number
        .checked_mul(seconds)
        .filter(|life| (1..=galen_access::token::LIFE_SECONDS_MAX).contains(life))
        .ok_or_else(|| "a token lives from 1 second to 1 day".to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn lives_are_read() {
        assert_eq!(parse_life("15m").unwrap(), 900);
        assert_eq!(parse_life("1d").unwrap(), 86_400);
        for bad in ["", "m", "2d", "0s", "1w", "-1s", "99999999999999999999s"] {
            assert!(parse_life(bad).is_err(), "{bad}");
        }
    }
}
