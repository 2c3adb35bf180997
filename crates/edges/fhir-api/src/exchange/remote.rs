//! Speaking to a partner: one request until it is answered, patiently and within bounds.

use super::partner::Partner;
use super::token::{self, DISCOVERY, Proof, Token};
use super::trouble;
use crate::failure::Failure;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use galen_access::smart::ClientKey;
use galen_kernel::{Clock, Entropy, Rejection};
use galen_outbound::{Answer, Backoff, Destination, Outbound, Patience, SendError, is_passing, retry_after};
use galen_service::House;
use http::{HeaderName, HeaderValue, Method, Request, StatusCode, header};
use std::time::{Duration, UNIX_EPOCH};

/// How often something is tried, and how long apart.
const BACKOFF: Backoff =
    Backoff { first: Duration::from_secs(1), longest: Duration::from_secs(60), attempts_max: 6 };
/// How long a page may take, and how large it may be.
const PATIENCE: Patience = Patience { time_max: Duration::from_secs(60), answer_bytes_max: 32 * 1024 * 1024 };
/// Longest wait that a partner may ask for; who asks for more is left alone.
const WAIT_MAX: Duration = Duration::from_secs(300);

const FHIR_JSON: HeaderValue = HeaderValue::from_static("application/fhir+json");

/// How patient one is; tests are in a hurry.
pub(super) struct Pace {
    pub(super) backoff: Backoff,
    pub(super) patience: Patience,
    pub(super) wait_max: Duration,
    /// Waits.
    pub(super) pause: fn(Duration) -> BoxFuture<'static, ()>,
}

impl Pace {
    const USUAL: Self = Self {
        backoff: BACKOFF,
        patience: PATIENCE,
        wait_max: WAIT_MAX,
        pause: |wait| Box::pin(tokio::time::sleep(wait)),
    };
}

/// What is asked of a partner.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) method: Method,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) body: Bytes,
}

impl Asked {
    /// To read.
    pub(super) fn get() -> Self {
        Self { method: Method::GET, headers: Vec::new(), body: Bytes::new() }
    }

    /// To write.
    pub(super) fn write(method: Method, body: Vec<u8>) -> Self {
        Self { method, headers: vec![(header::CONTENT_TYPE, FHIR_JSON)], body: body.into() }
    }

    /// With a header; one that cannot be written is an error.
    pub(super) fn with(mut self, name: HeaderName, value: &str) -> Result<Self, Failure> {
        let value = HeaderValue::from_str(value)
            .map_err(|_| trouble::partner("header-invalid", "A condition cannot be written as a header"))?;
        self.headers.push((name, value));
        Ok(self)
    }
}

/// A partner's server, spoken to.
pub(super) struct Remote<'h> {
    outbound: &'h Outbound,
    clock: &'h dyn Clock,
    entropy: &'h dyn Entropy,
    pace: Pace,
    base: Destination,
    proof: Option<(Proof, ClientKey)>,
    token: Option<Token>,
}

impl<'h> Remote<'h> {
    /// The partner's server.
    pub(super) fn of(house: &'h House, partner: &Partner) -> Result<Self, Failure> {
        let proof = partner.proof.clone().map(|proof| (proof, partner.key.clone()));
        Self::new(&house.outbound, &*house.clock, &*house.entropy, &partner.base, proof, Pace::USUAL)
    }

    pub(super) fn new(
        outbound: &'h Outbound,
        clock: &'h dyn Clock,
        entropy: &'h dyn Entropy,
        base: &str,
        proof: Option<(Proof, ClientKey)>,
        pace: Pace,
    ) -> Result<Self, Failure> {
        let base = Destination::parse(base, outbound.rules()).map_err(trouble::uncallable)?;
        Ok(Self { outbound, clock, entropy, pace, base, proof, token: None })
    }

    /// The rules that its addresses keep.
    pub(super) fn rules(&self) -> &galen_outbound::Rules {
        self.outbound.rules()
    }

    /// An address below its base.
    pub(super) fn below(&self, path: &str) -> Result<Destination, Failure> {
        self.base.below(path).map_err(|error| trouble::uncallable(error).into())
    }

    /// Asks until there is an answer that another try would not better. A token that is not taken is renewed once.
    pub(super) async fn ask(&mut self, to: &Destination, asked: &Asked) -> Result<Answer, Failure> {
        let mut is_renewed = false;
        loop {
            let bearer = self.bearer().await?;
            let make = || {
                let mut request = Request::new(asked.body.clone());
                *request.method_mut() = asked.method.clone();
                request.headers_mut().insert(header::ACCEPT, FHIR_JSON);
                request.headers_mut().extend(asked.headers.iter().cloned());
                if let Some(bearer) = &bearer {
                    request.headers_mut().insert(header::AUTHORIZATION, bearer.clone());
                }
                Ok(request)
            };
            let answer = self.patiently(to, make).await?;
            if answer.status != StatusCode::UNAUTHORIZED || self.proof.is_none() || is_renewed {
                return Ok(answer);
            }
            is_renewed = true;
            self.token = None;
        }
    }

    /// Sends until there is an answer that is not passing; the last one when patience ends.
    async fn patiently(
        &self,
        to: &Destination,
        make: impl Fn() -> Result<Request<Bytes>, Failure>,
    ) -> Result<Answer, Failure> {
        let mut failures = 0;
        loop {
            let (asked, last) = match self.outbound.send(to, make()?, self.pace.patience).await {
                Ok(answer) if is_passing(answer.status) => {
                    let now = u64::try_from(self.clock.now().micros()).unwrap_or(0);
                    let asked = retry_after(&answer.headers, UNIX_EPOCH + Duration::from_micros(now));
                    (asked, trouble::refused(&answer))
                }
                Ok(answer) => return Ok(answer),
                Err(error @ (SendError::TimedOut | SendError::Unreachable | SendError::Broken)) => {
                    (None, trouble::unanswered(&error))
                }
                Err(error) => return Err(trouble::unanswered(&error).into()),
            };
            failures += 1;
            let wait = self.wait(failures, asked).ok_or_else(|| given_up(last, failures, asked))?;
            (self.pace.pause)(wait).await;
        }
    }

    fn wait(&self, failures: u32, asked: Option<Duration>) -> Option<Duration> {
        if asked.is_some_and(|asked| asked > self.pace.wait_max) {
            return None;
        }
        let sixteen = self.entropy.sixteen();
        let chance = sixteen.first_chunk().copied().map_or(0, u64::from_le_bytes);
        self.pace.backoff.wait(failures, chance, asked)
    }

    /// The header that proves who we are; none for an open server.
    async fn bearer(&mut self) -> Result<Option<HeaderValue>, Failure> {
        let Some((proof, key)) = &mut self.proof else { return Ok(None) };
        if let Some(token) = self.token.as_ref().filter(|token| token.is_good(self.clock.now())) {
            return header_of(token).map(Some);
        }
        let (mut proof, key) = (proof.clone(), key.clone());
        let endpoint = match &proof.token_endpoint {
            Some(endpoint) => endpoint.clone(),
            None => token::endpoint_of(&self.patiently(&self.below(DISCOVERY)?, || Ok(discovery())).await?)?,
        };
        let to = Destination::parse(&endpoint, self.rules()).map_err(trouble::uncallable)?;
        // Each try has its own assertion: one is good once.
        let make = || token::request(&proof, &key, &endpoint, self.clock.now(), self.entropy.sixteen());
        let answer = self.patiently(&to, make).await?;
        let token = Token::read(&answer, self.clock.now())?;
        let header = header_of(&token)?;
        proof.token_endpoint = Some(endpoint);
        self.proof = Some((proof, key));
        self.token = Some(token);
        Ok(Some(header))
    }
}

fn discovery() -> Request<Bytes> {
    let mut request = Request::new(Bytes::new());
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    request
}

fn header_of(token: &Token) -> Result<HeaderValue, Failure> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.text.reveal()))
        .map_err(|_| trouble::unreadable("its token cannot be sent"))?;
    value.set_sensitive(true);
    Ok(value)
}

fn given_up(last: Rejection, failures: u32, asked: Option<Duration>) -> Failure {
    let said = match asked {
        Some(wait) => format!("It asks to be left alone for {} seconds", wait.as_secs()),
        None => format!("It was tried {failures} times"),
    };
    last.next(format!("{said}; ask again later, what is done stays done")).into()
}
