//! FHIR Consents as what decisions obey. A Consent that asks for more than can be kept is refused: one that is stored and
//! not obeyed would be a promise broken in silence.

use crate::decide::consenting::{Choice, Contents, RESEARCH};
use crate::store;
use futures_util::future::BoxFuture;
use galen_access::consent::{self, Denial, Directive, Recipient};
use galen_access::{Category, Context, PurposeOfUse};
use galen_fhir::{Json, ParsedReference, Resource, ResourceType, array, object, temporal};
use galen_kernel::{Fault, Instant, PatientId, PractitionerId, Rejection, RejectionKind};
use galen_records::Change;
use galen_service::guard::Passed;
use galen_service::{Guard, House, Proposal, Refusal};

const SCOPES: &str = "http://terminology.hl7.org/CodeSystem/consentscope";
const ACT_CODES: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
const PURPOSES: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
const ROLES: &str = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
const RESOURCE_TYPES: &str = "http://hl7.org/fhir/resource-types";
/// Galen's categories of records, as `Consent.provision.class`.
const CATEGORIES: &str = "https://galen.health/fhir/CodeSystem/record-category";
/// What is done with data that decisions about access can keep from being done.
const ACTIONS_OF_ACCESS: [&str; 2] = ["access", "use"];
/// Parts of a provision that no decision looks at.
const NOT_KEPT: [&str; 4] = ["securityLabel", "code", "dataPeriod", "data"];

/// The guard of Consent.
pub static CONSENTS: ConsentGuard = ConsentGuard;

/// What a Consent withholds; `None` when it is not in force, not about access, or withholds nothing.
pub fn directive(consent: &Resource) -> Result<Option<Directive>, Rejection> {
    let json = consent.json();
    let purposes: &[PurposeOfUse] = match scope_of(json) {
        Some("patient-privacy") => &[],
        Some("research") => &RESEARCH,
        _ => return Ok(None),
    };
    if json.str("status") != Some("active") {
        return Ok(None);
    }
    let denials = denials(json, purposes)?;
    if denials.is_empty() {
        return Ok(None);
    }
    let patient = json
        .str_at(&["patient", "reference"])
        .and_then(|text| PatientId::parse(ParsedReference::local_id(text, "Patient")?).ok())
        .ok_or_else(|| not_kept("patient", "It does not say which patient of this server withholds it"))?;
    Ok(Some(Directive { patient, denials }))
}

fn scope_of(json: &Json) -> Option<&str> {
    let of_scope = |coding: &&Json| coding.str("system") == Some(SCOPES);
    json.get("scope")?.list("coding").find(of_scope)?.str("code")
}

fn not_kept(at: &str, message: impl Into<String>) -> Rejection {
    Rejection::new(RejectionKind::Unprocessable, "consent-not-enforceable", message)
        .at(format!("Consent.{at}"))
        .next("Say it in the terms that are kept here, or store it with a status other than active")
}

fn denials(json: &Json, purposes: &[PurposeOfUse]) -> Result<Vec<Denial>, Rejection> {
    let is_opted_out = json.get("policyRule").is_some_and(|rule| {
        rule.list("coding").any(|c| c.str("system") == Some(ACT_CODES) && c.str("code") == Some("OPTOUT"))
    });
    let Some(root) = json.get("provision") else {
        return Ok(if is_opted_out { vec![everything(purposes)] } else { Vec::new() });
    };
    if root.str("type") == Some("deny") {
        let mut denial = denial(root, "provision", purposes)?;
        for inner in root.list("provision") {
            except(&mut denial, inner)?;
        }
        return Ok(vec![denial]);
    }
    let mut all = Vec::new();
    for inner in root.list("provision").filter(|inner| inner.str("type") == Some("deny")) {
        if inner.list("provision").next().is_some() {
            return Err(not_kept("provision.provision.provision", "Exceptions of exceptions are not kept"));
        }
        all.push(denial(inner, "provision.provision", purposes)?);
    }
    Ok(all)
}

fn everything(purposes: &[PurposeOfUse]) -> Denial {
    Denial {
        recipients: Vec::new(),
        except: Vec::new(),
        contents: Vec::new(),
        purposes: purposes.to_vec(),
        from: None,
        until: None,
    }
}

fn denial(provision: &Json, at: &str, purposes: &[PurposeOfUse]) -> Result<Denial, Rejection> {
    kept_only(provision, at)?;
    let named = purposes_of(provision, at)?;
    let (from, until) = period(provision, at)?;
    Ok(Denial {
        recipients: recipients(provision, at)?,
        contents: contents(provision, at)?,
        purposes: if named.is_empty() { purposes.to_vec() } else { named },
        from,
        until,
        ..everything(&[])
    })
}

fn kept_only(provision: &Json, at: &str) -> Result<(), Rejection> {
    if let Some(name) = NOT_KEPT.iter().find(|name| provision.get(name).is_some()) {
        return Err(not_kept(&format!("{at}.{name}"), "Access is not decided by this here"));
    }
    let actions: Vec<&str> =
        provision.list("action").flat_map(|a| a.list("coding")).filter_map(|c| c.str("code")).collect();
    let is_access = actions.is_empty() || actions.iter().any(|code| ACTIONS_OF_ACCESS.contains(code));
    if is_access {
        Ok(())
    } else {
        Err(not_kept(&format!("{at}.action"), "Only access and use are decided here"))
    }
}

/// Takes a permit within a denial as its exception: for whom, or for what purpose.
fn except(denial: &mut Denial, inner: &Json) -> Result<(), Rejection> {
    let at = "provision.provision";
    kept_only(inner, at)?;
    if inner.str("type") != Some("permit") || inner.list("provision").next().is_some() {
        return Err(not_kept(at, "A denial is narrowed by permits, and these by nothing"));
    }
    if inner.get("class").is_some() || inner.get("period").is_some() {
        return Err(not_kept(at, "An exception names for whom or what purpose it is"));
    }
    let (who, why) = (recipients(inner, at)?, purposes_of(inner, at)?);
    match (who.is_empty(), why.is_empty()) {
        (false, true) => denial.except.extend(who),
        (true, false) => {
            let all: Vec<PurposeOfUse> = match denial.purposes.as_slice() {
                [] => PurposeOfUse::ALL.to_vec(),
                some => some.to_vec(),
            };
            denial.purposes = all.into_iter().filter(|purpose| !why.contains(purpose)).collect();
            if denial.purposes.is_empty() {
                return Err(not_kept(at, "These exceptions leave nothing that is denied"));
            }
        }
        _ => return Err(not_kept(at, "An exception names for whom, or for what purpose, and not both")),
    }
    Ok(())
}

fn recipients(provision: &Json, at: &str) -> Result<Vec<Recipient>, Rejection> {
    let one = |actor: &Json| {
        let text = actor.str_at(&["reference", "reference"])?;
        match ParsedReference::parse(text)? {
            ParsedReference::Local { resource_type, id, .. } => match resource_type.name() {
                "Practitioner" => PractitionerId::parse(id).ok().map(Recipient::Practitioner),
                "Organization" => Some(Recipient::Organization(id.to_owned())),
                _ => None,
            },
            _ => None,
        }
    };
    let refused = || {
        not_kept(&format!("{at}.actor.reference"), "Only a Practitioner or an Organization can be named here")
            .next("Proxies are ended, and applications disconnected, where they were let in")
    };
    provision.list("actor").map(|actor| one(actor).ok_or_else(refused)).collect()
}

fn contents(provision: &Json, at: &str) -> Result<Vec<String>, Rejection> {
    let one = |coding: &Json| {
        let code = coding.str("code")?;
        let is_known = match coding.str("system") {
            Some(RESOURCE_TYPES) => ResourceType::parse(code).is_some(),
            Some(CATEGORIES) => Category::ALL.iter().any(|category| category.code() == code),
            _ => false,
        };
        is_known.then(|| code.to_owned())
    };
    let refused =
        || not_kept(&format!("{at}.class"), "A class is a resource type, or a category of Galen's records");
    provision.list("class").map(|coding| one(coding).ok_or_else(refused)).collect()
}

fn purposes_of(provision: &Json, at: &str) -> Result<Vec<PurposeOfUse>, Rejection> {
    let refused = || not_kept(&format!("{at}.purpose"), "This purpose is not one that is asked for here");
    let one = |coding: &Json| coding.str("code").and_then(PurposeOfUse::parse).ok_or_else(refused);
    provision.list("purpose").map(one).collect()
}

fn period(provision: &Json, at: &str) -> Result<(Option<Instant>, Option<Instant>), Rejection> {
    let read = |name: &str| match provision.str_at(&["period", name]) {
        None => Ok(None),
        Some(text) => temporal::parse(text)
            .map(Some)
            .ok_or_else(|| not_kept(&format!("{at}.period.{name}"), "This is not a time")),
    };
    let (start, end) = (read("start")?, read("end")?);
    let from = start.map(|interval| Instant::from_micros(interval.low));
    let until = end.map(|interval| Instant::from_micros(interval.high));
    Ok((from, until))
}

/// A new Consent of a patient's choice.
pub fn consent_of(id: &str, patient: &PatientId, choice: &Choice, now: Instant) -> Result<Resource, Fault> {
    let by = object! { "reference" => format!("Patient/{patient}") };
    let mut root = object! { "type" => "deny" };
    if let Some(provision) = root.as_object_mut() {
        let named = match choice {
            Choice::WithholdFromPerson { practitioner, .. } => std::slice::from_ref(practitioner),
            _ => &[],
        };
        if !named.is_empty() {
            provision.insert("actor", actors(named));
        }
        let classes: Vec<Json> =
            choice.contents().codes().iter().map(|code| coding(CATEGORIES, code)).collect();
        if !classes.is_empty() {
            provision.insert("class", Json::Array(classes));
        }
        if let Choice::WithholdFromEverybody { except, .. } = choice
            && !except.is_empty()
        {
            let inner = object! { "type" => "permit", "actor" => actors(except) };
            provision.insert("provision", array![inner]);
        }
        if matches!(choice, Choice::NoResearch) {
            provision.insert("purpose", array![coding(PURPOSES, PurposeOfUse::Hresch.code())]);
        }
    }
    let scope = if matches!(choice, Choice::NoResearch) { "research" } else { "patient-privacy" };
    let resource = object! {
        "resourceType" => "Consent",
        "id" => id,
        "status" => "active",
        "scope" => concept(SCOPES, scope),
        "category" => array![concept(ACT_CODES, "IDSCL")],
        "patient" => by.clone(),
        "dateTime" => now.to_string(),
        "performer" => array![by],
        "policyRule" => concept(ACT_CODES, "OPTIN"),
        "provision" => root,
    };
    Resource::from_json(resource).map_err(|issue| Fault::new("consent", issue.message))
}

/// Sets a Consent's status.
pub fn set_status(consent: &mut Resource, status: &str) {
    super::set(consent, "status", status.into());
}

fn coding(system: &str, code: &str) -> Json {
    object! { "system" => system, "code" => code }
}

fn concept(system: &str, code: &str) -> Json {
    object! { "coding" => array![coding(system, code)] }
}

fn actors(practitioners: &[PractitionerId]) -> Json {
    let actor = |id: &PractitionerId| {
        let who = object! { "reference" => format!("Practitioner/{id}") };
        object! { "role" => concept(ROLES, "IRCP"), "reference" => who }
    };
    Json::Array(practitioners.iter().map(actor).collect())
}

/// The choice that a directive is; `None` when it says more, or other, than a choice does.
pub fn choice(directive: &Directive) -> Option<Choice> {
    let [denial] = directive.denials.as_slice() else { return None };
    let is_always = denial.from.is_none() && denial.until.is_none();
    let people = |list: &[Recipient]| {
        list.iter()
            .map(|one| match one {
                Recipient::Practitioner(id) => Some(id.clone()),
                Recipient::Organization(_) => None,
            })
            .collect::<Option<Vec<PractitionerId>>>()
    };
    if !is_always {
        return None;
    }
    let contents = Contents::of(&denial.contents)?;
    match (people(&denial.recipients)?.as_slice(), denial.purposes.as_slice()) {
        ([], purposes)
            if purposes == RESEARCH && denial.except.is_empty() && contents == Contents::Everything =>
        {
            Some(Choice::NoResearch)
        }
        ([], []) => Some(Choice::WithholdFromEverybody { except: people(&denial.except)?, contents }),
        ([one], []) if denial.except.is_empty() => {
            Some(Choice::WithholdFromPerson { practitioner: one.clone(), contents })
        }
        _ => None,
    }
}

/// Keeps the directives of Consents that come in by FHIR.
pub struct ConsentGuard;

impl Guard for ConsentGuard {
    fn resource_type(&self) -> &'static str {
        "Consent"
    }

    fn pass<'g>(
        &'g self,
        house: &'g House,
        _: &'g Context,
        proposal: Proposal<'g>,
        change: &'g mut Change,
    ) -> BoxFuture<'g, Result<Passed, Refusal>> {
        Box::pin(async move {
            let about = proposal.resource.as_ref().or(proposal.current.as_ref());
            let id = about.and_then(Resource::id).unwrap_or_default();
            let directive = proposal.resource.as_ref().map(directive).transpose()?.flatten();
            let kept = consent::kept(&house.store, id).await?;
            store::keep(id, directive.as_ref(), kept, change)?;
            Ok(Passed { resource: proposal.resource, warnings: Vec::new() })
        })
    }
}
