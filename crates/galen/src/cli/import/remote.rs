//! A server as the target of an import: bundles posted over HTTP or HTTPS, with retries when it asks to wait.

use super::target::Answer;
use super::units::{Content, Unit};
use crate::cli::Failure;
use galen_fhir::json::parse;
use galen_fhir::{Json, Object};
use galen_fhir_api::LineRefusal;
use http::{Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use parking_lot::Mutex;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

/// Tries of one unit when the server is away or asks to wait.
const TRIES_MAX: u32 = 8;
/// First wait between tries; doubled each time.
const WAIT_FIRST: Duration = Duration::from_millis(500);
/// Largest answer that is read.
const ANSWER_BYTES_MAX: usize = 256 * 1024 * 1024;

/// A server.
pub struct Remote {
    base: String,
    token: String,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    state: PathBuf,
    done: Mutex<BTreeSet<String>>,
}

impl Remote {
    /// The server at `server`, with a token. Certificates are checked against the system's roots.
    pub fn new(server: &str, token: &str) -> Result<Self, Failure> {
        let uri: Uri = server.parse().map_err(|_| format!("'{server}' is no address of a server"))?;
        let authority = uri.authority().map(ToString::to_string).unwrap_or_default();
        let host = uri.host().unwrap_or_default().to_owned();
        let is_local = matches!(host.as_str(), "localhost" | "127.0.0.1" | "::1" | "[::1]");
        if uri.scheme_str() != Some("https") && !is_local {
            return Err("an access token goes over https only, except to this machine".into());
        }
        let connector = HttpsConnectorBuilder::new()
            .with_native_roots()
            .map_err(|e| format!("the system's certificates cannot be read: {e}"))?
            .https_or_http()
            .enable_http1()
            .build();
        let state = state_file(&authority);
        let text = std::fs::read_to_string(&state).unwrap_or_default();
        Ok(Self {
            base: server.trim_end_matches('/').trim_end_matches("/fhir").to_owned(),
            token: token.to_owned(),
            client: Client::builder(TokioExecutor::new()).build(connector),
            done: Mutex::new(text.lines().map(str::to_owned).collect()),
            state,
        })
    }

    /// Whether a unit was loaded into this server before, as far as this machine knows.
    pub fn is_done(&self, fingerprint: &str) -> bool {
        self.done.lock().contains(fingerprint)
    }

    /// Remembers that a unit was loaded.
    pub fn mark_done(&self, fingerprint: &str) -> Result<(), Failure> {
        use std::io::Write;
        if !self.done.lock().insert(fingerprint.to_owned()) {
            return Ok(());
        }
        let problem = |e: std::io::Error| Failure::from(format!("{}: {e}", self.state.display()));
        if let Some(folder) = self.state.parent() {
            std::fs::create_dir_all(folder).map_err(problem)?;
        }
        let mut file =
            std::fs::OpenOptions::new().create(true).append(true).open(&self.state).map_err(problem)?;
        writeln!(file, "{fingerprint}").map_err(problem)
    }

    /// Posts a unit as a bundle.
    pub async fn load(&self, unit: &Unit) -> Result<Answer, Failure> {
        let mut refused = Vec::new();
        let (body, places) = match &unit.content {
            Content::Document(bytes) => (bundle_of_document(bytes, &mut refused), None),
            Content::Lines(lines) => {
                let (body, places) = bundle_of_lines(lines, &mut refused);
                (Some(body), Some(places))
            }
        };
        let Some(body) = body else { return Ok(Answer { refused, ..Answer::default() }) };
        let (status, answer) = self.post(Bytes::from(body)).await?;
        let mut answer = read_answer(status, &answer)?;
        // Empty and unreadable lines are not in the bundle: its entries are back to lines here.
        for one in &mut answer.refused {
            one.index = places.as_ref().and_then(|p| p.get(one.index).copied()).unwrap_or(one.index);
        }
        answer.refused.extend(refused);
        Ok(answer)
    }

    async fn post(&self, body: Bytes) -> Result<(StatusCode, Vec<u8>), Failure> {
        let mut wait = WAIT_FIRST;
        for attempt in 1..=TRIES_MAX {
            let request = Request::post(format!("{}/fhir", self.base))
                .header("authorization", format!("Bearer {}", self.token))
                .header("content-type", "application/fhir+json")
                .header("accept", "application/fhir+json")
                .body(Full::new(body.clone()))
                .map_err(|e| e.to_string())?;
            let problem = match self.client.request(request).await {
                Ok(response) if is_busy(response.status()) => {
                    format!("the server answers {}", response.status())
                }
                Ok(response) => {
                    let status = response.status();
                    let limited = http_body_util::Limited::new(response.into_body(), ANSWER_BYTES_MAX);
                    let body = limited.collect().await.map_err(|e| format!("the answer breaks off: {e}"))?;
                    return Ok((status, body.to_bytes().to_vec()));
                }
                // A request that was cut off may have been done: only one that never got through is sent again.
                Err(error) if error.is_connect() => format!("the server cannot be reached: {error}"),
                Err(error) => {
                    return Err(format!("the connection broke: {error}; run the import again").into());
                }
            };
            if attempt == TRIES_MAX {
                return Err(problem.into());
            }
            tokio::time::sleep(wait).await;
            wait *= 2;
        }
        Err("the server cannot be reached".into())
    }
}

fn is_busy(status: StatusCode) -> bool {
    matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS)
}

/// What was loaded into a server is remembered by its host and port: another port is another server.
fn state_file(authority: &str) -> PathBuf {
    let base = std::env::var_os("XDG_STATE_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/state")));
    base.unwrap_or_else(|| PathBuf::from("."))
        .join("galen")
        .join(format!("import-{}", authority.replace(':', "-")))
}

/// Bundles to be executed go as they are; anything else becomes a batch of its resources.
fn bundle_of_document(bytes: &[u8], refused: &mut Vec<LineRefusal>) -> Option<Vec<u8>> {
    let json = match parse(bytes) {
        Ok(json) => json,
        Err(error) => {
            refused.push(unreadable(
                0,
                &format!("{} at line {} column {}", error.message, error.line, error.column),
            ));
            return None;
        }
    };
    let kind = json.str("type").unwrap_or_default();
    if json.str("resourceType") == Some("Bundle") && matches!(kind, "transaction" | "batch") {
        return Some(bytes.to_vec());
    }
    if json.str("resourceType") == Some("Bundle") {
        let resources: Vec<Json> = json.list("entry").filter_map(|e| e.get("resource").cloned()).collect();
        return Some(batch(resources));
    }
    Some(batch(vec![json]))
}

/// A batch of the lines' resources, and the line of each.
fn bundle_of_lines(lines: &[Vec<u8>], refused: &mut Vec<LineRefusal>) -> (Vec<u8>, Vec<usize>) {
    let mut resources = Vec::with_capacity(lines.len());
    let mut places = Vec::with_capacity(lines.len());
    for (index, line) in lines.iter().enumerate() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        match parse(line) {
            Ok(json) => {
                resources.push(json);
                places.push(index);
            }
            Err(error) => {
                refused.push(unreadable(index, &format!("{} at column {}", error.message, error.column)));
            }
        }
    }
    (batch(resources), places)
}

fn unreadable(index: usize, message: &str) -> LineRefusal {
    LineRefusal {
        index,
        location: None,
        code: "unreadable".to_owned(),
        message: format!("not JSON: {message}"),
    }
}

fn batch(resources: Vec<Json>) -> Vec<u8> {
    let entries: Vec<Json> = resources
        .into_iter()
        .map(|resource| {
            let name = resource.str("resourceType").unwrap_or_default();
            let (method, url) = match resource.str("id") {
                Some(id) => ("PUT", format!("{name}/{id}")),
                None => ("POST", name.to_owned()),
            };
            let request = Object::new().with("method", method).with("url", url);
            Json::Object(Object::new().with("resource", resource).with("request", Json::Object(request)))
        })
        .collect();
    Json::Object(
        Object::new()
            .with("resourceType", "Bundle")
            .with("type", "batch")
            .with("entry", Json::Array(entries)),
    )
    .to_bytes()
}

fn read_answer(status: StatusCode, body: &[u8]) -> Result<Answer, Failure> {
    let json = parse(body).map_err(|_| format!("the server answers {status}, and not in FHIR"))?;
    let mut answer = Answer::default();
    if !status.is_success() {
        if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) || status.is_server_error() {
            return Err(format!("the server answers {status}: {}", first_issue(&json).message).into());
        }
        answer.refused.push(first_issue(&json));
        return Ok(answer);
    }
    for (index, entry) in json.list("entry").enumerate() {
        match entry.str_at(&["response", "status"]).unwrap_or_default().get(..3).unwrap_or_default() {
            "201" => answer.created += 1,
            "200" => answer.updated += 1,
            "204" | "304" => answer.unchanged += 1,
            _ => {
                let outcome = entry.at(&["response", "outcome"]).cloned().unwrap_or_default();
                answer.refused.push(LineRefusal { index, ..first_issue(&outcome) });
            }
        }
    }
    Ok(answer)
}

fn first_issue(outcome: &Json) -> LineRefusal {
    let issue = outcome.list("issue").next();
    let text = |name: &str| issue.and_then(|i| i.str(name)).unwrap_or_default().to_owned();
    let code = issue
        .and_then(|i| i.at(&["details", "coding", "0", "code"]))
        .and_then(Json::as_str)
        .map_or_else(|| text("code"), str::to_owned);
    let location = issue.and_then(|i| i.list("expression").next()).and_then(Json::as_str).map(str::to_owned);
    LineRefusal { index: 0, location, code, message: text("diagnostics") }
}
