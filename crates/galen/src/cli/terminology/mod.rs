//! `galen terminology`: code systems from their publishers' releases.

mod files;

use super::place::{house_for_command, terminal_context};
use super::{DONE, Failure, Outcome, PlaceArguments, say};
use clap::{Args, Subcommand, ValueEnum};
use galen_access::Context;
use galen_fhir::terminology::release::{Files, Publication, ReleaseError, Wishes, read};
use galen_fhir::{Json, Object};
use galen_records::{CONCEPT_PAGES_MAX, Edition, PAGE_CONCEPTS};
use galen_service::House;
use indicatif::ProgressBar;
use std::path::PathBuf;
use std::process::ExitCode;
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Pages that wait between the reader and the store.
const PAGES_WAITING_MAX: usize = 4;

#[derive(Debug, Subcommand)]
pub enum TerminologyCommand {
    /// Load a code system from its publisher's release: a folder, a ZIP archive or one file
    #[command(
        disable_version_flag = true,
        after_help = "Examples:\n  galen terminology import icd-10-cm ./icd10cm-order-2026.txt --data ./data\n  galen terminology import loinc ./Loinc_2.80.zip --data ./data\n  galen terminology import rxnorm ./RxNorm_full_03022026.zip --data ./data\n  galen terminology import snomed ./SnomedCT_InternationalRF2 --dialect 900000000000508004 --data ./data\n\nICD-10-CM is in the public domain in the United States. LOINC, RxNorm and SNOMED CT come under licences of their publishers:\nload them only if you hold one. A newer release takes the place of the one before. The server may run meanwhile."
    )]
    Import(ImportArguments),
    /// List the code systems that were loaded
    List {
        /// Print as JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: PlaceArguments,
    },
}

#[derive(Debug, Args)]
pub struct ImportArguments {
    /// Whose release it is
    #[arg(value_enum)]
    publication: Release,
    /// Folder, archive or file
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// The release's version, where its files do not tell it
    #[arg(id = "release-version", long = "version", value_name = "V")]
    version: Option<String>,
    /// SNOMED CT: the language reference set whose preferred terms are displayed; US English when absent
    #[arg(long, value_name = "ID")]
    dialect: Option<String>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: PlaceArguments,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Release {
    #[value(name = "icd-10-cm")]
    Icd10Cm,
    Loinc,
    Rxnorm,
    Snomed,
}

impl Release {
    fn publication(self) -> Publication {
        match self {
            Self::Icd10Cm => Publication::Icd10Cm,
            Self::Loinc => Publication::Loinc,
            Self::Rxnorm => Publication::RxNorm,
            Self::Snomed => Publication::Snomed,
        }
    }

    /// The id of its `CodeSystem`: a newer release is a newer version of it.
    fn id(self) -> &'static str {
        match self {
            Self::Icd10Cm => "icd-10-cm",
            Self::Loinc => "loinc",
            Self::Rxnorm => "rxnorm",
            Self::Snomed => "snomed-ct",
        }
    }

    const ALL: [Self; 4] = [Self::Icd10Cm, Self::Loinc, Self::Rxnorm, Self::Snomed];
}

/// Runs a `galen terminology` command.
pub async fn run(command: TerminologyCommand) -> Outcome {
    match command {
        TerminologyCommand::Import(arguments) => import(arguments).await,
        TerminologyCommand::List { json, place } => list(&place, json).await,
    }
}

async fn import(arguments: ImportArguments) -> Outcome {
    let files = files::open(&arguments.path)?;
    let house = house_for_command(&arguments.place).await?;
    let context = terminal_context(&house)?;
    let bar = if arguments.json { ProgressBar::hidden() } else { ProgressBar::new_spinner() };
    let outcome = load(&house, &context, &arguments, files, &bar).await;
    bar.finish_and_clear();
    house.store.close().await;
    let edition = outcome?;
    let (url, id) = (arguments.publication.publication().url(), arguments.publication.id());
    if arguments.json {
        let Edition { version, concepts, .. } = edition;
        say(serde_json::json!({ "url": url, "id": id, "version": version, "concepts": concepts }));
    } else {
        say(format_args!("{url}|{}: {} concepts, as CodeSystem/{id}", edition.version, edition.concepts));
    }
    Ok(ExitCode::from(DONE))
}

/// Keeps the concepts, then the `CodeSystem`, then says that they are its: whoever asks meanwhile is answered from the
/// release before, or told that there is none.
async fn load(
    house: &House,
    context: &Context,
    arguments: &ImportArguments,
    mut files: Box<dyn Files + Send>,
    bar: &ProgressBar,
) -> Result<Edition, Failure> {
    let chance = data_encoding::HEXLOWER.encode(&house.entropy.sixteen());
    let mut edition = Edition { name: chance, version: String::new(), pages: 0, concepts: 0 };
    let publication = arguments.publication.publication();
    let wishes = Wishes { version: arguments.version.clone(), dialect: arguments.dialect.clone() };
    let (sender, receiver) = channel(PAGES_WAITING_MAX);
    let reader =
        tokio::task::spawn_blocking(move || read_release(publication, files.as_mut(), &wishes, &sender));
    let kept = keep(house, &mut edition, receiver, bar).await;
    let read = reader.await.map_err(|error| format!("reading stopped: {error}"))?;
    let loaded = match (kept, read) {
        (Err(failure), _) => Err(failure),
        (_, Err(error)) => Err(Failure::from(error.to_string())),
        (Ok(()), Ok(system)) => describe(house, context, arguments.publication, &mut edition, system).await,
    };
    if loaded.is_err() {
        house.records.drop_edition(&edition.name, house.clock.now()).await?;
    }
    loaded.map(|()| edition)
}

/// Reads the release, a page of concepts at a time; stops when nobody takes them any more.
fn read_release(
    publication: Publication,
    files: &mut dyn Files,
    wishes: &Wishes,
    pages: &Sender<Vec<Json>>,
) -> Result<Json, ReleaseError> {
    let mut page = Vec::with_capacity(PAGE_CONCEPTS);
    let system = read(publication, files, wishes, &mut |concept| {
        page.push(concept);
        if page.len() < PAGE_CONCEPTS {
            return true;
        }
        let full = std::mem::replace(&mut page, Vec::with_capacity(PAGE_CONCEPTS));
        pages.blocking_send(full).is_ok()
    })?;
    if page.is_empty() || pages.blocking_send(page).is_ok() { Ok(system) } else { Err(ReleaseError::Stopped) }
}

async fn keep(
    house: &House,
    edition: &mut Edition,
    mut pages: Receiver<Vec<Json>>,
    bar: &ProgressBar,
) -> Result<(), Failure> {
    while let Some(page) = pages.recv().await {
        if edition.pages == CONCEPT_PAGES_MAX {
            return Err(format!("the release has more than {CONCEPT_PAGES_MAX} pages of concepts").into());
        }
        edition.concepts += u64::try_from(page.len()).unwrap_or(0);
        house.records.keep_concepts(&edition.name, edition.pages, page, house.clock.now()).await?;
        edition.pages += 1;
        bar.set_message(format!("{} concepts", edition.concepts));
        bar.tick();
    }
    Ok(())
}

async fn describe(
    house: &House,
    context: &Context,
    release: Release,
    edition: &mut Edition,
    system: Json,
) -> Result<(), Failure> {
    if edition.concepts == 0 {
        return Err("the release has no concepts".into());
    }
    edition.version = system.str("version").unwrap_or_default().to_owned();
    let Json::Object(object) = system else { return Err("the release describes nothing".into()) };
    let count = Json::Number(edition.concepts.to_string().into());
    let resource: Json = object.with("id", release.id()).with("count", count).into();
    let report = galen_fhir_api::load(house, context, &resource.to_bytes()).await?;
    if let Some(refused) = report.refused.first() {
        return Err(format!("its CodeSystem was refused: {}", refused.message).into());
    }
    house.records.use_edition(release.id(), edition, house.clock.now()).await?;
    Ok(())
}

async fn list(place: &PlaceArguments, json: bool) -> Outcome {
    let house = house_for_command(place).await?;
    let mut loaded = Vec::new();
    for release in Release::ALL {
        let edition = house.records.edition(release.id()).await?;
        loaded.extend(edition.map(|(edition, _)| (release, edition)));
    }
    house.store.close().await;
    if json {
        let one = |(release, edition): &(Release, Edition)| -> Json {
            let count = Json::Number(edition.concepts.to_string().into());
            let object = Object::new().with("id", release.id()).with("url", release.publication().url());
            object.with("version", edition.version.as_str()).with("concepts", count).into()
        };
        say(Json::Array(loaded.iter().map(one).collect()));
    } else {
        for (release, edition) in &loaded {
            say(format_args!(
                "{:<10} {:>9} concepts  {}|{}",
                release.id(),
                edition.concepts,
                release.publication().url(),
                edition.version
            ));
        }
    }
    Ok(ExitCode::from(DONE))
}
