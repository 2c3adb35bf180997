//! A Subscription resource, read: what it watches, whom it tells and how. What cannot be answered is refused with its place.

use galen_fhir::bundle::query_pairs;
use galen_fhir::search::{Handling, SearchQuery, Total, parse};
use galen_fhir::{Json, Parameters, Resource, ResourceType};
use galen_kernel::{Instant, Rejection, RejectionKind};
use galen_outbound::{Destination, Rules};
use galen_service::House;
use http::{HeaderName, HeaderValue, header};

/// Longest criteria that are looked at.
const CRITERIA_BYTES_MAX: usize = 8_192;
/// Most headers that a rest-hook may want.
const HEADERS_MAX: usize = 20;
/// Longest of them.
const HEADER_BYTES_MAX: usize = 4_096;
/// The one format of payloads.
const FHIR_JSON: &str = "application/fhir+json";
/// Headers that belong to the connection or to the message, not to who asks for it.
const OWN_HEADERS: [HeaderName; 10] = [
    header::HOST,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::CONNECTION,
    header::TRANSFER_ENCODING,
    header::TE,
    header::TRAILER,
    header::UPGRADE,
    header::EXPECT,
    header::PROXY_AUTHORIZATION,
];

/// The states of a subscription (subscription-status).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Requested,
    Active,
    Error,
    Off,
}

impl Status {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Active => "active",
            Self::Error => "error",
            Self::Off => "off",
        }
    }

    fn of_code(code: &str) -> Option<Self> {
        [Self::Requested, Self::Active, Self::Error, Self::Off].into_iter().find(|one| one.code() == code)
    }
}

/// How one is told.
#[derive(Debug, Clone)]
pub(crate) enum Channel {
    /// By a request to an endpoint.
    RestHook {
        endpoint: Destination,
        headers: Vec<(HeaderName, HeaderValue)>,
        /// Whether the resource goes along.
        with_resource: bool,
    },
    /// By a message on an open socket.
    WebSocket,
}

/// A subscription, read.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) status: Status,
    pub(crate) query: SearchQuery,
    pub(crate) channel: Channel,
    pub(crate) end: Option<Instant>,
}

impl Wanted {
    /// Reads a resource by what the house allows and defines.
    pub(crate) fn of(resource: &Resource, house: &House) -> Result<Self, Rejection> {
        Self::read(resource, house.outbound.rules(), &house.fhir_base(), &house.records.parameters())
    }

    /// Reads a resource; `base` is this server's address of FHIR.
    fn read(
        resource: &Resource,
        rules: &Rules,
        base: &str,
        parameters: &Parameters,
    ) -> Result<Self, Rejection> {
        let json = resource.json();
        let status = json.str("status").and_then(Status::of_code);
        let status = status.ok_or_else(|| {
            refusal("status-invalid", "Subscription.status", "The status is requested, active, error or off")
        })?;
        let query = criteria(json.str("criteria").unwrap_or_default(), base, parameters)?;
        let end = match json.str("end") {
            None => None,
            Some(text) => Some(Instant::parse(text).ok_or_else(|| {
                refusal("end-invalid", "Subscription.end", "The end is an instant with its time zone")
            })?),
        };
        Ok(Self { status, query, channel: channel(json.get("channel"), rules)?, end })
    }

    /// Every type that must be seen to tell whether something matches.
    pub(crate) fn types(&self) -> Vec<ResourceType> {
        let mut types = vec![self.query.resource_type];
        for criterion in &self.query.criteria {
            criterion.each_type(self.query.resource_type, &mut |touched| types.push(touched));
        }
        types.sort_unstable();
        types.dedup();
        types
    }

    /// Whether its time is over.
    pub(crate) fn is_over(&self, now: Instant) -> bool {
        self.end.is_some_and(|end| now >= end)
    }
}

fn refusal(code: &'static str, place: &str, message: impl Into<String>) -> Rejection {
    Rejection::new(RejectionKind::Unprocessable, code, message).at(place)
}

fn criteria(text: &str, base: &str, parameters: &Parameters) -> Result<SearchQuery, Rejection> {
    const PLACE: &str = "Subscription.criteria";
    let wrong = |message: String| {
        refusal("criteria-invalid", PLACE, message)
            .next("Give a search as after the base address: Observation?code=http://loinc.org|1975-2")
    };
    if text.len() > CRITERIA_BYTES_MAX {
        return Err(wrong(format!("The criteria have more than {CRITERIA_BYTES_MAX} bytes")));
    }
    let (name, query) = text.split_once('?').unwrap_or((text, ""));
    let resource_type = ResourceType::parse(name)
        .ok_or_else(|| wrong("The criteria begin with no resource type".to_owned()))?;
    if matches!(name, "AuditEvent" | "Subscription") {
        return Err(wrong(format!("{name} cannot be subscribed to")));
    }
    let mut pairs = query_pairs(query).ok_or_else(|| wrong("The criteria cannot be decoded".to_owned()))?;
    pairs.retain(|(name, _)| name != "_format");
    let mut query =
        parse(resource_type, &pairs, Handling::Strict, parameters).map_err(|issues| {
            wrong(issues.into_iter().next().map_or_else(String::new, |issue| {
                format!("The criteria cannot be answered: {}", issue.message)
            }))
        })?;
    let shapes = !query.sort.is_empty()
        || !query.includes.is_empty()
        || !query.revincludes.is_empty()
        || query.count.is_some()
        || query.total != Total::None
        || query.count_only
        || query.explain
        || !query.subset.is_whole();
    if shapes {
        let message = "The criteria say which resources are meant; sorting, paging, includes and subsets say nothing of that";
        return Err(wrong(message.to_owned()));
    }
    query.localize(base);
    Ok(query)
}

fn channel(channel: Option<&Json>, rules: &Rules) -> Result<Channel, Rejection> {
    let missing = || refusal("channel-missing", "Subscription.channel", "A subscription needs a channel");
    let channel = channel.ok_or_else(missing)?;
    let payload = channel.str("payload").filter(|payload| !payload.is_empty());
    match channel.str("type") {
        Some("rest-hook") => {}
        Some("websocket") => {
            let Some(_) = payload else { return Ok(Channel::WebSocket) };
            let message = "A websocket tells that something happened; it carries no payload";
            return Err(refusal("payload-not-supported", "Subscription.channel.payload", message));
        }
        _ => {
            let message = "Subscriptions notify by rest-hook or websocket";
            return Err(refusal("channel-not-supported", "Subscription.channel.type", message));
        }
    }
    let with_resource = match payload.map(|text| text.split(';').next().unwrap_or_default().trim()) {
        None => false,
        Some(FHIR_JSON) => true,
        Some(_) => {
            let message = "A payload is application/fhir+json, or left out";
            return Err(refusal("payload-not-supported", "Subscription.channel.payload", message));
        }
    };
    let endpoint = channel.str("endpoint").unwrap_or_default();
    let endpoint = Destination::parse(endpoint, rules).map_err(|why| {
        refusal(
            "endpoint-refused",
            "Subscription.channel.endpoint",
            format!("The endpoint is not called: {why}"),
        )
        .next("Give an https address of a public host, or ask the operator to allow the host")
    })?;
    let headers = headers(channel)?;
    Ok(Channel::RestHook { endpoint, headers, with_resource })
}

fn headers(channel: &Json) -> Result<Vec<(HeaderName, HeaderValue)>, Rejection> {
    let mut all = Vec::new();
    for (at, text) in channel.list("header").enumerate() {
        let wrong = |message: &str| {
            let place = format!("Subscription.channel.header[{at}]");
            refusal("header-invalid", &place, message).next("Write it as 'Name: value'")
        };
        let text = text.as_str().unwrap_or_default();
        if at >= HEADERS_MAX || text.len() > HEADER_BYTES_MAX {
            return Err(wrong("There are too many headers, or this one is too long"));
        }
        let (name, value) = text.split_once(':').ok_or_else(|| wrong("This is no header"))?;
        let name = name.trim().parse::<HeaderName>().map_err(|_| wrong("This is no header's name"))?;
        if OWN_HEADERS.contains(&name) {
            return Err(wrong("This header is the server's own"));
        }
        let mut value =
            HeaderValue::from_str(value.trim()).map_err(|_| wrong("This is no header's value"))?;
        value.set_sensitive(true);
        all.push((name, value));
    }
    Ok(all)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use galen_fhir::json::parse as json;

    fn read(criteria: &str, channel: &str) -> Result<Wanted, Rejection> {
        let text = format!(
            r#"{{"resourceType":"Subscription","status":"requested","reason":"test","criteria":"{criteria}","channel":{channel}}}"#
        );
        let resource = Resource::from_json(json(text.as_bytes()).unwrap()).unwrap();
        Wanted::read(&resource, &Rules::default(), "http://galen.test/fhir", &Parameters::default())
    }

    const HOOK: &str =
        r#"{"type":"rest-hook","endpoint":"https://hook.example/a","payload":"application/fhir+json"}"#;

    #[test]
    fn what_can_be_answered_is_read() {
        let wanted =
            read("Observation?code=http://loinc.org|1975-2&subject.name=peter&_format=json", HOOK).unwrap();
        let names: Vec<&str> = wanted.types().into_iter().map(ResourceType::name).collect();
        assert!(names.contains(&"Observation") && names.contains(&"Patient"), "{names:?}");
        assert!(matches!(wanted.channel, Channel::RestHook { with_resource: true, .. }));
        assert!(read("Patient", r#"{"type":"websocket"}"#).is_ok());
        let local = read("Observation?subject=http://galen.test/fhir/Patient/1", HOOK).unwrap();
        let short = read("Observation?subject=Patient/1", HOOK).unwrap();
        assert_eq!(format!("{:?}", local.query.criteria), format!("{:?}", short.query.criteria));
    }

    #[test]
    fn what_cannot_is_refused_where_it_stands() {
        let hook =
            |endpoint: &str, more: &str| format!(r#"{{"type":"rest-hook","endpoint":"{endpoint}"{more}}}"#);
        let good = "https://hook.example/a";
        let long = format!("Patient?name={}", "a".repeat(CRITERIA_BYTES_MAX));
        for (criteria, channel, place) in [
            ("", HOOK.to_owned(), "Subscription.criteria"),
            ("Nonsense?code=1", HOOK.to_owned(), "Subscription.criteria"),
            ("AuditEvent", HOOK.to_owned(), "Subscription.criteria"),
            ("Subscription", HOOK.to_owned(), "Subscription.criteria"),
            ("Observation?nonsense=1", HOOK.to_owned(), "Subscription.criteria"),
            ("Observation?date=never", HOOK.to_owned(), "Subscription.criteria"),
            ("Observation?_sort=date", HOOK.to_owned(), "Subscription.criteria"),
            ("Observation?_include=Observation:subject", HOOK.to_owned(), "Subscription.criteria"),
            ("Observation?_count=1", HOOK.to_owned(), "Subscription.criteria"),
            ("Observation?code=%zz", HOOK.to_owned(), "Subscription.criteria"),
            (&long, HOOK.to_owned(), "Subscription.criteria"),
            (
                "Patient",
                r#"{"type":"email","endpoint":"mailto:a@b.c"}"#.to_owned(),
                "Subscription.channel.type",
            ),
            (
                "Patient",
                r#"{"type":"websocket","payload":"application/fhir+json"}"#.to_owned(),
                "Subscription.channel.payload",
            ),
            ("Patient", hook(good, r#","payload":"application/fhir+xml""#), "Subscription.channel.payload"),
            ("Patient", hook("https://169.254.169.254/", ""), "Subscription.channel.endpoint"),
            ("Patient", hook("", ""), "Subscription.channel.endpoint"),
            ("Patient", hook(good, r#","header":["Host: other"]"#), "Subscription.channel.header[0]"),
            ("Patient", hook(good, r#","header":["A: b","no header"]"#), "Subscription.channel.header[1]"),
            ("Patient", hook(good, r#","header":["A: b\r\nC: d"]"#), "Subscription.channel.header[0]"),
        ] {
            let refused = read(criteria, &channel).unwrap_err();
            assert_eq!(refused.location.as_deref(), Some(place), "{criteria} {channel}");
        }
    }
}
