//! The load generator: so many connections, each asking as fast as it is answered.

use super::asks::Make;
use super::figures::Figure;
use super::now;
use crate::cli::Failure;
use http::{Method, Request};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// A request to make.
pub struct Ask {
    /// Method.
    pub method: Method,
    /// Path with query.
    pub path: String,
    /// Body, for writes.
    pub body: Bytes,
}

/// Where to and how long.
pub struct Load {
    /// Host and port.
    pub address: String,
    /// Access token.
    pub token: String,
    /// How long each measurement lasts.
    pub seconds: Duration,
}

/// What a client has to tell: the times of its requests in microseconds, how many failed, how many things they were about.
type Told = (Vec<u32>, usize, usize);

type Connection = SendRequest<Full<Bytes>>;

impl Load {
    async fn connect(&self) -> Result<Connection, Failure> {
        let stream = TcpStream::connect(&self.address).await.map_err(|e| format!("{}: {e}", self.address))?;
        stream.set_nodelay(true).map_err(|e| e.to_string())?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(|e| e.to_string())?;
        tokio::spawn(connection);
        Ok(sender)
    }

    fn request(&self, ask: &Ask) -> Result<Request<Full<Bytes>>, Failure> {
        Request::builder()
            .method(ask.method.clone())
            .uri(&ask.path)
            .header("host", &self.address)
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/fhir+json")
            .header("prefer", "return=minimal")
            .body(Full::new(ask.body.clone()))
            .map_err(|e| e.to_string().into())
    }

    /// Asks once and gives the body.
    pub async fn once(&self, ask: &Ask) -> Result<Vec<u8>, Failure> {
        let mut connection = self.connect().await?;
        let response = connection.send_request(self.request(ask)?).await.map_err(|e| e.to_string())?;
        let status = response.status();
        let body = response.into_body().collect().await.map_err(|e| e.to_string())?.to_bytes();
        if status.is_success() {
            Ok(body.to_vec())
        } else {
            Err(format!("{} {}: {status} {}", ask.method, ask.path, String::from_utf8_lossy(&body)).into())
        }
    }

    /// Asks from `clients` connections until the time is over.
    pub async fn run(&self, name: &str, clients: usize, make: Make) -> Result<Figure, Failure> {
        let mut tasks: JoinSet<Result<Told, Failure>> = JoinSet::new();
        let begun = now();
        for client in 0..clients {
            let mut connection = self.connect().await?;
            let (make, load) =
                (make.clone(), Self { address: self.address.clone(), token: self.token.clone(), ..*self });
            tasks.spawn(async move {
                let (mut micros, mut failed, mut things) = (Vec::with_capacity(65_536), 0, 0);
                let mut number = client;
                while begun.elapsed() < load.seconds {
                    let (ask, about) = make(number);
                    let request = load.request(&ask)?;
                    number += clients;
                    let asked = now();
                    let response = connection.send_request(request).await.map_err(|e| e.to_string())?;
                    failed += usize::from(!response.status().is_success());
                    response.into_body().collect().await.map_err(|e| e.to_string())?;
                    things += about;
                    micros.push(u32::try_from(asked.elapsed().as_micros()).unwrap_or(u32::MAX));
                }
                Ok((micros, failed, things))
            });
        }
        let (mut micros, mut failed, mut things) = (Vec::new(), 0, 0);
        while let Some(joined) = tasks.join_next().await {
            let (more, bad, about) = joined.map_err(|e| e.to_string())??;
            micros.extend(more);
            failed += bad;
            things += about;
        }
        Ok(Figure::timed(name, things, begun.elapsed().as_secs_f64(), micros, failed))
    }
}
