//! The way out for e-mail: a mail server that takes messages by SMTP.

use super::{CalendarPart, Outlet, Parcel};
use crate::decide::Outcome;
use futures_util::future::BoxFuture;
use galen_kernel::Phi;
use galen_service::House;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use std::time::{Duration, UNIX_EPOCH};

/// How long the server may take for one answer.
const COMMAND_TIME_MAX: Duration = Duration::from_secs(10);
/// Name of the calendar's file.
const CALENDAR_NAME: &str = "appointment.ics";

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS after STARTTLS; refused where the server has none.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// None: for a relay on the same machine, and tests.
    None,
}

/// Where mail goes, and in whose name.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// The server.
    pub host: String,
    /// Its port, where it is not the usual one.
    pub port: Option<u16>,
    /// How the connection is protected.
    pub security: Security,
    /// Name and password, where the server asks for them.
    pub credentials: Option<(String, Phi<String>)>,
    /// Who writes: `Aldermoor Hospital <appointments@aldermoor.example>`.
    pub from: String,
}

/// A mail server.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Smtp {
    /// Sending through this server.
    ///
    /// # Errors
    /// What of the settings does not fit.
    pub fn new(settings: SmtpSettings) -> Result<Self, String> {
        type Transport = AsyncSmtpTransport<Tokio1Executor>;
        if settings.security == Security::None && settings.credentials.is_some() {
            return Err("a password is not sent without TLS".to_owned());
        }
        let from = settings.from.parse().map_err(|e| format!("the sender's address: {e}"))?;
        let built = match settings.security {
            Security::StartTls => Transport::starttls_relay(&settings.host),
            Security::Tls => Transport::relay(&settings.host),
            Security::None => Ok(Transport::builder_dangerous(settings.host.as_str())),
        };
        let mut builder =
            built.map_err(|e| format!("the mail server's name: {e}"))?.timeout(Some(COMMAND_TIME_MAX));
        if let Some(port) = settings.port {
            builder = builder.port(port);
        }
        if let Some((name, password)) = settings.credentials {
            builder = builder.credentials(Credentials::new(name, password.into_inner()));
        }
        Ok(Self { transport: builder.build(), from })
    }

    /// The sender's address.
    pub fn sender(&self) -> String {
        self.from.email.to_string()
    }

    fn written(&self, parcel: &Parcel) -> Option<Message> {
        let to: lettre::Address = parcel.to.reveal().parse().ok()?;
        let at = Duration::from_micros(u64::try_from(parcel.at.micros()).unwrap_or(0));
        // Servers and readers know a mail that came twice by its Message-ID.
        let id = format!("<{}@{}>", parcel.key, self.from.email.domain());
        let mut message = Message::builder()
            .message_id(Some(id))
            .date(UNIX_EPOCH + at)
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(parcel.subject.reveal());
        for (name, value) in
            [("Auto-Submitted", "auto-generated"), ("Content-Language", parcel.language.code())]
        {
            let name = HeaderName::new_from_ascii(name.to_owned()).ok()?;
            message = message.raw_header(HeaderValue::new(name, value.to_owned()));
        }
        message.multipart(body(parcel)?).ok()
    }
}

/// Plain text, HTML and the invitation as three ways to read the same, and the invitation once more as a file.
fn body(parcel: &Parcel) -> Option<MultiPart> {
    let mut ways = MultiPart::alternative().singlepart(SinglePart::plain(parcel.text.reveal().clone()));
    if let Some(html) = &parcel.html {
        ways = ways.singlepart(SinglePart::html(html.reveal().clone()));
    }
    let Some(CalendarPart { method, content }) = &parcel.calendar else { return Some(ways) };
    let kind = format!("text/calendar; charset=utf-8; method={}", method.code());
    let kind = ContentType::parse(&kind).ok()?;
    let part = SinglePart::builder().header(kind.clone()).body(content.reveal().clone());
    let file = Attachment::new(CALENDAR_NAME.to_owned()).body(content.reveal().clone(), kind);
    Some(MultiPart::mixed().multipart(ways.singlepart(part)).singlepart(file))
}

impl Outlet for Smtp {
    fn send<'s>(&'s self, _: &'s House, parcel: &'s Parcel) -> BoxFuture<'s, Outcome> {
        Box::pin(async move {
            // An address that no mail can be written to is refused by us before the server does.
            let Some(message) = self.written(parcel) else { return Outcome::Refused };
            match self.transport.send(message).await {
                Ok(_) => Outcome::Accepted,
                Err(error) => outcome(&error),
            }
        })
    }
}

fn outcome(error: &smtp::Error) -> Outcome {
    if error.is_permanent() {
        Outcome::Refused
    } else if error.is_transient() || error.is_tls() || error.is_client() || never_began(error) {
        Outcome::Unreachable(None)
    } else {
        // The connection broke somewhere: the server may have taken the mail before.
        Outcome::Unanswered
    }
}

/// Whether there was no connection at all.
fn never_began(error: &smtp::Error) -> bool {
    use std::io::ErrorKind::{ConnectionRefused, HostUnreachable, NetworkUnreachable, NotFound};
    let mut cause: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(error);
    while let Some(inner) = cause {
        if let Some(io) = inner.downcast_ref::<std::io::Error>() {
            return matches!(io.kind(), ConnectionRefused | HostUnreachable | NetworkUnreachable | NotFound);
        }
        cause = inner.source();
    }
    false
}
