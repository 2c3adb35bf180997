//! `galen views`: the rows of ViewDefinitions of SQL on FHIR, out of the data directory into a file.

use super::place::{house_for_command, terminal_context};
use super::{DONE, FOUND_WRONG, Failure, Outcome, PlaceArguments, say};
use clap::{Args, Subcommand, ValueEnum};
use galen_access::{Category, Context, Target};
use galen_audit::Interaction;
use galen_fhir::views::View;
use galen_fhir::{Issue, json};
use galen_records::{Extent, Sight, Walk, WalkPlace};
use galen_service::House;
use galen_service::observe::{Draft, looked};
use galen_tables::{Format, TableWriter};
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::File;
use std::io::{ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Resources read at a time.
const RESOURCES_AT_ONCE: u32 = 500;
/// Bytes that are written at a time, about.
const PART_BYTES: usize = 1 << 20;
/// Largest file with a ViewDefinition.
const VIEW_BYTES_MAX: u64 = 4 << 20;

#[derive(Debug, Subcommand)]
pub enum ViewsCommand {
    /// Write the rows of a ViewDefinition over everything stored of its type
    #[command(
        after_help = "Examples:\n  galen views run people.json --format csv --data ./data > people.csv\n  galen views run results.json --format parquet --out results.parquet --data ./data\n\nThe server may run meanwhile. What the administrator may not see has no rows."
    )]
    Run(RunArguments),
    /// Check a ViewDefinition and list its columns
    #[command(
        after_help = "Example:\n  galen views check people.json\n\nExit code 3 when something is wrong or doubtful."
    )]
    Check {
        /// File with the ViewDefinition
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
}

/// What `galen views run` takes.
#[derive(Debug, Args)]
pub struct RunArguments {
    /// File with the ViewDefinition
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// How the rows are written
    #[arg(long, value_enum, default_value_t = Output::Ndjson)]
    format: Output,
    /// File to write to; standard output when absent. It appears when it is whole
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write CSV without the line of names
    #[arg(long)]
    no_header: bool,
    /// Write no more than so many rows
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// Run a view in which something is doubtful, such as elements that FHIR R4 does not have
    #[arg(long)]
    lenient: bool,
    #[command(flatten)]
    place: PlaceArguments,
}

/// The formats by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    /// RFC 4180
    Csv,
    /// Apache Parquet
    Parquet,
    /// An object a line
    Ndjson,
    /// An array of objects
    Json,
}

/// Runs the command.
pub async fn run(command: ViewsCommand) -> Outcome {
    match command {
        ViewsCommand::Run(arguments) => written(&arguments).await,
        ViewsCommand::Check { file, json } => check(&file, json),
    }
}

/// The view in a file, or what is wrong with it.
fn read(file: &Path) -> Result<Result<View, Vec<Issue>>, Failure> {
    let fault = |e: &dyn std::fmt::Display| Failure::from(format!("{}: {e}", file.display()));
    let length = std::fs::metadata(file).map_err(|e| fault(&e))?.len();
    if length > VIEW_BYTES_MAX {
        return Err(fault(&format_args!("is larger than {VIEW_BYTES_MAX} bytes")));
    }
    let bytes = std::fs::read(file).map_err(|e| fault(&e))?;
    let definition = json::parse(&bytes).map_err(|e| {
        fault(&format_args!("not JSON: {} at line {} column {}", e.message, e.line, e.column))
    })?;
    Ok(View::read(&definition))
}

fn told(issue: &Issue) -> String {
    format!("{}: {}: {}", issue.severity.code(), issue.location, issue.message)
}

fn check(file: &Path, as_json: bool) -> Outcome {
    let (columns, issues) = match read(file)? {
        Ok(view) => (view.columns().to_vec(), view.warnings().to_vec()),
        Err(issues) => (Vec::new(), issues),
    };
    let type_of = |column: &galen_fhir::views::Column| {
        let many = if column.is_collection { " (collection)" } else { "" };
        format!("{}{many}", column.fhir_type.as_deref().unwrap_or("any primitive"))
    };
    if as_json {
        let list: Vec<_> = columns
            .iter()
            .map(
                |c| serde_json::json!({ "name": c.name, "type": c.fhir_type, "collection": c.is_collection }),
            )
            .collect();
        let wrong: Vec<String> = issues.iter().map(told).collect();
        say(serde_json::json!({ "columns": list, "issues": wrong }));
    } else {
        for column in &columns {
            say(format_args!("{:<32} {}", column.name, type_of(column)));
        }
        for issue in &issues {
            say(told(issue));
        }
    }
    Ok(ExitCode::from(if issues.is_empty() { DONE } else { FOUND_WRONG }))
}

/// The view of a run: what is doubtful is refused, unless leniency is asked for.
fn sound(arguments: &RunArguments) -> Result<View, Failure> {
    let wrong = |issues: &[Issue], hint: &str| {
        let lines: Vec<String> = issues.iter().map(told).collect();
        Failure::from(format!("{} is no sound view{hint}\n{}", arguments.file.display(), lines.join("\n")))
    };
    match read(&arguments.file)? {
        Ok(view) if view.warnings().is_empty() || arguments.lenient => Ok(view),
        Ok(view) => Err(wrong(view.warnings(), " (--lenient runs it all the same)")),
        Err(issues) => Err(wrong(&issues, "")),
    }
}

async fn written(arguments: &RunArguments) -> Outcome {
    let view = sound(arguments)?;
    let format = match arguments.format {
        Output::Csv => Format::Csv { header: !arguments.no_header },
        Output::Parquet => Format::Parquet,
        Output::Ndjson => Format::Ndjson,
        Output::Json => Format::Json,
    };
    let mut sink = Sink::open(arguments)?;
    let house = house_for_command(&arguments.place).await?;
    let table = TableWriter::new(format, view.columns())?;
    let outcome = pour(&house, &view, table, arguments.limit, &mut sink).await;
    house.store.close().await;
    outcome?;
    sink.keep()?;
    Ok(ExitCode::from(DONE))
}

/// What the one at the terminal may see of the view's type; the audit says that it is read.
async fn sight(house: &House, context: &Context, view: &View) -> Result<Sight, Failure> {
    let resource_type = view.resource_type();
    let target = Target::plain(resource_type.name(), Category::of_type(resource_type.name()));
    let visibility = house.access.visibility(context, "FhirExport", &target).await?;
    let visibility = visibility.map_err(|rejection| Failure::from(rejection.message))?;
    let mut draft = Draft::new("viewdefinition-run", Interaction::Execute);
    draft.entities = vec![resource_type.name().to_owned()];
    draft.query = view.name().map(str::to_owned);
    looked(house, context, draft).await?;
    Ok(Sight::nothing().with(resource_type, visibility))
}

/// Runs the view over everything of its type, page by page, into the sink.
async fn pour(
    house: &House,
    view: &View,
    mut table: TableWriter,
    limit: Option<u64>,
    sink: &mut Sink,
) -> Result<(), Failure> {
    let context = terminal_context(house)?;
    let sight = sight(house, &context, view).await?;
    let sealed = house.records.sealed(context.at).await?;
    let walk = Walk::new(&[view.resource_type()], &Extent::default(), &sight, &sealed);
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {human_pos} resources {elapsed} {per_sec}") {
        bar.set_style(style);
    }
    let mut left = limit.unwrap_or(u64::MAX);
    let mut place = Some(WalkPlace::default());
    while let Some(from) = place.take().filter(|_| left > 0) {
        let (page, next) = house.records.walk(&walk, from, RESOURCES_AT_ONCE).await?;
        bar.inc(u64::try_from(page.len()).unwrap_or(0));
        for stored in page {
            let Some(resource) = stored.resource()? else { continue };
            let rows = view.run(resource.json(), Some(context.at.micros()));
            for row in rows.map_err(|issue| Failure(format!("{}: {}", stored.reference(), told(&issue))))? {
                if left == 0 {
                    break;
                }
                left -= 1;
                table.write(&row)?;
                if table.ready() >= PART_BYTES && !sink.write(&table.take()?)? {
                    bar.finish_and_clear();
                    return Ok(());
                }
            }
        }
        place = next;
    }
    bar.finish_and_clear();
    sink.write(&table.finish()?)?;
    Ok(())
}

/// Where the bytes go.
enum Sink {
    Screen(std::io::Stdout),
    /// A file beside the one that is wanted, until it is whole.
    Part {
        file: File,
        part: PathBuf,
        whole: PathBuf,
    },
}

impl Sink {
    fn open(arguments: &RunArguments) -> Result<Self, Failure> {
        let Some(whole) = &arguments.out else {
            let screen = std::io::stdout();
            if arguments.format == Output::Parquet && screen.is_terminal() {
                return Err("Parquet is no text: name a file with --out".into());
            }
            return Ok(Self::Screen(screen));
        };
        let mut name = whole.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        let part = whole.with_file_name(name);
        let mut options = File::options();
        options.write(true).create(true).truncate(true);
        // Records lie in it: nobody else reads them.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&part).map_err(|e| format!("{}: {e}", part.display()))?;
        Ok(Self::Part { file, part, whole: whole.clone() })
    }

    /// Writes; false when nobody reads any more.
    fn write(&mut self, bytes: &[u8]) -> Result<bool, Failure> {
        let done = match self {
            Self::Screen(screen) => screen.write_all(bytes).and_then(|()| screen.flush()),
            Self::Part { file, .. } => file.write_all(bytes),
        };
        match done {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
            Err(error) => Err(format!("the rows could not be written: {error}").into()),
        }
    }

    /// The file is whole now.
    fn keep(self) -> Result<(), Failure> {
        let Self::Part { file, part, whole } = self else { return Ok(()) };
        file.sync_all()
            .and_then(|()| std::fs::rename(&part, &whole))
            .map_err(|e| format!("{}: {e}", whole.display()))?;
        say(whole.display());
        Ok(())
    }
}
