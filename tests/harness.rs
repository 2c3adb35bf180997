//! Starting the program, speaking HTTP to it, running its commands.

use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// The program.
pub const GALEN: &str = env!("CARGO_BIN_EXE_galen");

/// A data directory that is removed at the end.
pub struct Place {
    folder: tempfile::TempDir,
    database_url: Option<String>,
}

impl Place {
    /// On SQLite.
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), database_url: None }
    }

    /// On PostgreSQL.
    pub fn on_postgres(url: String) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), database_url: Some(url) }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A command of the program on this place.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(GALEN);
        command
            .args(arguments)
            .arg("--data")
            .arg(self.path())
            .env_remove("GALEN_KEY")
            .env_remove("GALEN_CONFIG");
        if let Some(url) = &self.database_url {
            command.arg("--database-url").arg(url);
        }
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that must succeed and print JSON.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Adds an account; its first password.
    pub fn add_user(&self, name: &str, role: &str) -> String {
        let added = self.json(&["user", "add", "--name", name, "--role", role, "--json"]);
        added["firstPassword"].as_str().unwrap().to_owned()
    }

    /// An access token of an account.
    pub fn token(&self, name: &str) -> String {
        self.json(&["token", "--user", name, "--json"])["token"].as_str().unwrap().to_owned()
    }

    /// Starts the server.
    pub fn serve(&self) -> Server {
        self.serve_with(&[])
    }

    /// Starts the server with more arguments.
    pub fn serve_with(&self, more: &[&str]) -> Server {
        let mut arguments = vec!["serve", "--listen", "127.0.0.1:0"];
        arguments.extend(more);
        self.start(self.command(&arguments))
    }

    /// Starts a server by this command and waits until it serves.
    pub fn start(&self, mut command: Command) -> Server {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = Vec::new();
        let origin = loop {
            let Some(Ok(line)) = lines.next() else {
                let mut error = String::new();
                std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut error).unwrap();
                panic!("the server did not start: {said:?} {error}");
            };
            if let Some(rest) = line.strip_prefix("Galen serves ") {
                break rest.split(' ').next().unwrap().to_owned();
            }
            said.push(line);
        };
        // Somebody must read on, or the server would block when the pipe is full.
        let log = self.path().join(format!("server-{}.log", child.id()));
        let mut file = std::fs::File::create(&log).unwrap();
        let mut errors = child.stderr.take().unwrap();
        std::thread::spawn(move || std::io::copy(&mut errors, &mut file));
        std::thread::spawn(move || lines.for_each(drop));
        Server {
            child,
            origin,
            said,
            log,
            client: Client::builder(TokioExecutor::new()).build(HttpConnector::new()),
        }
    }
}

/// A running server; killed when dropped.
pub struct Server {
    child: Child,
    pub origin: String,
    /// What it printed before it served.
    pub said: Vec<String>,
    /// Its log.
    pub log: PathBuf,
    client: Client<HttpConnector, Full<Bytes>>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&self.body)))
    }

    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

impl Server {
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The address without the scheme.
    pub fn address(&self) -> &str {
        self.origin.split("://").nth(1).unwrap()
    }

    /// Sends a request with these headers.
    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        self.try_send(method, path, headers, body).await.unwrap()
    }

    /// The same where the server may be gone.
    pub async fn try_send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Answer, String> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.origin));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(Bytes::copy_from_slice(body))).unwrap();
        let response = self.client.request(request).await.map_err(|e| e.to_string())?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map_err(|e| e.to_string())?.to_bytes().to_vec();
        Ok(Answer { status: parts.status, headers: parts.headers, body })
    }

    /// Sends JSON with a bearer token.
    pub async fn call(&self, token: &str, method: Method, path: &str, body: &Value) -> Answer {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.send(method, path, &headers, &body).await
    }

    /// Gets with a bearer token.
    pub async fn get(&self, token: &str, path: &str) -> Answer {
        self.call(token, Method::GET, path, &Value::Null).await
    }

    /// Sends a signal and waits for the end; the exit code, if there is one.
    pub fn stop(&mut self, signal: &str) -> Option<i32> {
        Command::new("kill").args([&format!("-{signal}"), &self.child.id().to_string()]).status().unwrap();
        self.child.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
