//! `ValueSet/$validate-code` (<https://hl7.org/fhir/R4/valueset-operation-validate-code.html>) and `CodeSystem/$validate-code`.

use super::super::{Call, GET_OR_POST, Level, Of, Operation, Parameter, optional, returned};
use super::{Coding, answer, code_system, codings, may_ask, parameters, row, value_set};
use crate::answer::Answer;
use crate::failure::Failure;
use crate::wish::BodyFormat;
use galen_access::Context;
use galen_audit::Interaction;
use galen_fhir::Object;
use galen_fhir::terminology::{Content, Membership, grammar_holds, membership};
use galen_service::House;
use galen_service::observe::Draft;

const URL: Parameter = optional("url", "uri", "By its canonical url");
const CODE: Parameter = optional("code", "code", "The code");
const CODING: Parameter = optional("coding", "Coding", "The code, as a Coding");
const CONCEPT: Parameter = optional("codeableConcept", "CodeableConcept", "Codes of which one must be in");
const DISPLAY: Parameter = optional("display", "string", "What it should be called");
const ABSTRACT: Parameter = optional("abstract", "boolean", "Whether codes that only group count");
const VERSION: Parameter = optional("version", "string", "The version of the code system");
const LANGUAGE: Parameter = optional("displayLanguage", "code", "The language of the display");
const DATE: Parameter = optional("date", "dateTime", "As of when; the present is what there is");
const RESULT: Parameter = returned("Parameters", "result, and message and display where there are");

pub(in crate::operations) static IN_VALUE_SET: Operation = Operation {
    code: "validate-code",
    id: "ValueSet-validate-code",
    canonical: "http://hl7.org/fhir/OperationDefinition/ValueSet-validate-code",
    title: "Whether a code is in a value set",
    levels: &[Level::Type, Level::Instance],
    of: Of::Only(&["ValueSet"]),
    methods: GET_OR_POST,
    affects_state: false,
    formats: &[BodyFormat::Json, BodyFormat::Form],
    rest_max: 0,
    parameters: &[
        URL,
        optional("valueSet", "ValueSet", "The value set itself"),
        optional("valueSetVersion", "string", "Its version"),
        CODE,
        optional("system", "uri", "The code's system"),
        optional("systemVersion", "string", "The version of the code's system"),
        VERSION,
        CODING,
        CONCEPT,
        DISPLAY,
        ABSTRACT,
        LANGUAGE,
        DATE,
        RESULT,
    ],
    audited: "validate-code",
    class: Interaction::Execute,
    handler: |house, context, draft, call, _| Box::pin(in_value_set(house, context, draft, call)),
};

pub(in crate::operations) static IN_SYSTEM: Operation = Operation {
    code: "validate-code",
    id: "CodeSystem-validate-code",
    canonical: "http://hl7.org/fhir/OperationDefinition/CodeSystem-validate-code",
    title: "Whether a code is in a code system",
    levels: &[Level::Type, Level::Instance],
    of: Of::Only(&["CodeSystem"]),
    methods: GET_OR_POST,
    affects_state: false,
    formats: &[BodyFormat::Json, BodyFormat::Form],
    rest_max: 0,
    parameters: &[
        URL,
        optional("codeSystem", "CodeSystem", "The code system itself"),
        CODE,
        VERSION,
        CODING,
        CONCEPT,
        DISPLAY,
        ABSTRACT,
        LANGUAGE,
        DATE,
        RESULT,
    ],
    audited: "validate-code",
    class: Interaction::Execute,
    handler: |house, context, draft, call, _| Box::pin(in_system(house, context, draft, call)),
};

/// The answer about one code.
struct Verdict {
    holds: bool,
    message: Option<String>,
    display: Option<String>,
}

impl Verdict {
    fn no(message: String) -> Self {
        Self { holds: false, message: Some(message), display: None }
    }

    /// It is there: unless it only groups and that does not count, or is called something else.
    fn yes(coding: &Coding, display: Option<&str>, is_abstract: bool, takes_abstract: bool) -> Self {
        if is_abstract && !takes_abstract {
            return Self::no(format!("'{}' only groups other codes", coding.code));
        }
        let known = display.map(str::to_owned);
        match (&coding.display, &known) {
            (Some(given), Some(right)) if !given.trim().eq_ignore_ascii_case(right) => {
                let message = format!("'{}' is called '{right}'", coding.code);
                Self { holds: false, message: Some(message), display: known }
            }
            _ => Self { holds: true, message: None, display: known },
        }
    }

    fn written(self) -> Object {
        let mut rows = vec![row("result", "valueBoolean", self.holds)];
        rows.extend(self.message.map(|message| row("message", "valueString", message)));
        rows.extend(self.display.map(|display| row("display", "valueString", display)));
        parameters(rows)
    }
}

/// Of several codes one must hold; else the last says why not.
fn first(mut verdicts: Vec<Verdict>) -> Verdict {
    let at = verdicts.iter().position(|verdict| verdict.holds).unwrap_or(verdicts.len().saturating_sub(1));
    verdicts.swap_remove(at)
}

async fn in_value_set(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    call: Call,
) -> Result<Answer, Failure> {
    may_ask(house, context, draft, "ValueSet").await?;
    let takes_abstract = call.parameters.flag("abstract")?;
    let codings = codings(&call, "system")?;
    let set = value_set(house, &call).await?;
    let library = house.records.library(&set).await?;
    let verdict = |coding: &Coding| match membership(&set, coding.system.as_deref(), &coding.code, &library) {
        Membership::In { display, is_abstract } => {
            Verdict::yes(coding, display.as_deref(), is_abstract, takes_abstract)
        }
        Membership::Out => Verdict::no(format!("'{}' is not in the value set {}", coding.code, set.url)),
        Membership::Unknown(reason) => Verdict::no(format!("It cannot be told: {reason}")),
    };
    let found = first(codings.iter().map(verdict).collect()).written();
    answer(house, context, draft, found).await
}

async fn in_system(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    call: Call,
) -> Result<Answer, Failure> {
    may_ask(house, context, draft, "CodeSystem").await?;
    let takes_abstract = call.parameters.flag("abstract")?;
    let mut verdicts = Vec::new();
    for coding in codings(&call, "url")? {
        let url = coding.system.as_deref().or(call.parameters.text("url"));
        if let Some(holds) = url.and_then(|url| grammar_holds(url, &coding.code)) {
            verdicts.push(if holds {
                Verdict::yes(&coding, None, false, takes_abstract)
            } else {
                Verdict::no(format!("'{}' is no code of its system", coding.code))
            });
            continue;
        }
        let system = code_system(house, &call, url, coding.version.as_deref()).await?;
        verdicts.push(match system.concept(&coding.code) {
            Some(concept) => {
                Verdict::yes(&coding, concept.display.as_deref(), concept.is_abstract, takes_abstract)
            }
            None if system.content == Content::Complete => {
                Verdict::no(format!("'{}' is not in the code system {}", coding.code, system.url))
            }
            None => {
                Verdict::no(format!("It cannot be told: the code system {} is not loaded whole", system.url))
            }
        });
    }
    answer(house, context, draft, first(verdicts).written()).await
}
