//! An address that may be called: read from text, refused where it is none of the world's.

use crate::address::is_public;
use http::Uri;
use http::uri::{PathAndQuery, Scheme};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Longest address that is looked at.
pub const URL_BYTES_MAX: usize = 2_048;

/// What an operator allows beyond https to the world.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// Hosts with their port (`127.0.0.1:9000`) that may be called whatever their address is, and without TLS: for
    /// development, tests, and servers within the hospital.
    pub allowed: Vec<String>,
    /// Whether the world may be called without TLS.
    pub plaintext: bool,
}

impl Rules {
    /// Whether this very host and port is allowed.
    pub(crate) fn names(&self, host: &str, port: u16) -> bool {
        let wanted = format!("{host}:{port}");
        self.allowed.iter().any(|one| one.eq_ignore_ascii_case(&wanted))
    }

    /// Whether a host is allowed on some port.
    pub(crate) fn names_host(&self, host: &str) -> bool {
        self.allowed
            .iter()
            .filter_map(|one| one.rsplit_once(':'))
            .any(|(one, _)| one.eq_ignore_ascii_case(host))
    }
}

/// Why an address is not called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DestinationError {
    /// It is no absolute address of http.
    Malformed,
    /// It carries a name or password.
    Credentials,
    /// It is not https.
    Plaintext,
    /// Its host is a number in a form that programs read differently.
    Ambiguous,
    /// It is not one of the world's.
    Closed,
}

impl fmt::Display for DestinationError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Malformed => "it must be an absolute http or https address of at most 2048 bytes",
            Self::Credentials => "an address must not hold a name or password; use a header",
            Self::Plaintext => "it must be https",
            Self::Ambiguous => "its host must be a name or a plain IP address",
            Self::Closed => "its host is of this machine, of a closed network or reserved",
        })
    }
}

impl std::error::Error for DestinationError {}

/// An address that may be called as far as its text tells; the addresses that its name leads to are checked when it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination(Uri);

impl Destination {
    /// Reads an address.
    ///
    /// # Errors
    /// Why it may not be called.
    pub fn parse(text: &str, rules: &Rules) -> Result<Self, DestinationError> {
        if text.len() > URL_BYTES_MAX || text.contains('#') {
            return Err(DestinationError::Malformed);
        }
        let uri: Uri = text.parse().map_err(|_| DestinationError::Malformed)?;
        let authority = uri.authority().ok_or(DestinationError::Malformed)?;
        if authority.as_str().contains('@') {
            return Err(DestinationError::Credentials);
        }
        let usual = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => 443,
            Some(scheme) if *scheme == Scheme::HTTP => 80,
            _ => return Err(DestinationError::Malformed),
        };
        let host = authority.host();
        if host.is_empty() || host.contains('%') {
            return Err(DestinationError::Malformed);
        }
        let port = match authority.as_str().strip_prefix(host).unwrap_or_default() {
            "" => usual,
            rest => rest
                .strip_prefix(':')
                .and_then(|port| port.parse().ok())
                .ok_or(DestinationError::Malformed)?,
        };
        if !rules.names(host, port) {
            check(host, rules)?;
            if uri.scheme() == Some(&Scheme::HTTP) && !rules.plaintext {
                return Err(DestinationError::Plaintext);
            }
        }
        Ok(Self(uri))
    }

    /// As it is called.
    pub fn uri(&self) -> &Uri {
        &self.0
    }

    /// Its scheme and authority: which server it is.
    pub fn origin(&self) -> String {
        let (scheme, authority) = (self.0.scheme_str().unwrap_or_default(), self.0.authority());
        format!("{scheme}://{}", authority.map_or("", http::uri::Authority::as_str))
    }

    /// An address below this one; `path` begins without a slash and is written as it goes out.
    ///
    /// # Errors
    /// When that is no address.
    pub fn below(&self, path: &str) -> Result<Self, DestinationError> {
        let base = self.0.path().trim_end_matches('/');
        let mut parts = self.0.clone().into_parts();
        let joined: PathAndQuery =
            format!("{base}/{path}").parse().map_err(|_| DestinationError::Malformed)?;
        parts.path_and_query = Some(joined);
        Uri::from_parts(parts).map(Self).map_err(|_| DestinationError::Malformed)
    }
}

/// A host that nobody named by its port.
fn check(host: &str, rules: &Rules) -> Result<(), DestinationError> {
    if rules.names_host(host) {
        // Allowed on another port only; the look-up of its name would let it pass.
        return Err(DestinationError::Closed);
    }
    let literal: Option<IpAddr> = match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(inside) => Some(inside.parse::<Ipv6Addr>().map_err(|_| DestinationError::Malformed)?.into()),
        None => host.parse::<Ipv4Addr>().ok().map(Into::into),
    };
    match literal {
        Some(address) if is_public(address) => Ok(()),
        Some(_) => Err(DestinationError::Closed),
        None if is_number(host) => Err(DestinationError::Ambiguous),
        None if is_inside(host) => Err(DestinationError::Closed),
        None => Ok(()),
    }
}

/// Whether programs may read the host as an IPv4 address in decimal, octal, hexadecimal or with parts left out: its last
/// label is a number.
fn is_number(host: &str) -> bool {
    let last = host.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
    let hexadecimal = last.strip_prefix("0x").or_else(|| last.strip_prefix("0X"));
    last.is_empty()
        || last.bytes().all(|b| b.is_ascii_digit())
        || hexadecimal.is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Names that never lead into the world.
fn is_inside(host: &str) -> bool {
    const INSIDE: [&str; 8] =
        ["localhost", "local", "internal", "localdomain", "home.arpa", "intranet", "corp", "lan"];
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    !host.contains('.')
        || INSIDE.iter().any(|name| {
            host.strip_suffix(name).is_some_and(|before| before.is_empty() || before.ends_with('.'))
        })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Everything by which somebody has tried to reach the inside of a network through a server's own requests.
    const BAD: &[(&str, DestinationError)] = {
        use DestinationError::{Ambiguous, Closed, Credentials, Malformed, Plaintext};
        &[
            ("https://127.0.0.1/", Closed),
            ("https://127.0.0.1:8443/hook", Closed),
            ("https://127.1.2.3/", Closed),
            ("https://0.0.0.0/", Closed),
            ("https://10.0.0.5/", Closed),
            ("https://172.16.0.1/", Closed),
            ("https://172.31.255.254/", Closed),
            ("https://192.168.0.1/", Closed),
            ("https://169.254.169.254/latest/meta-data/", Closed),
            ("https://100.100.100.200/", Closed),
            ("https://168.63.129.16/", Closed),
            ("https://192.0.0.192/", Closed),
            ("https://198.18.0.1/", Closed),
            ("https://224.0.0.1/", Closed),
            ("https://255.255.255.255/", Closed),
            ("https://240.0.0.1/", Closed),
            ("https://[::1]/", Closed),
            ("https://[::]/", Closed),
            ("https://[::ffff:127.0.0.1]/", Closed),
            ("https://[::ffff:7f00:1]/", Closed),
            ("https://[::ffff:169.254.169.254]/", Closed),
            ("https://[::127.0.0.1]/", Closed),
            ("https://[64:ff9b::7f00:1]/", Closed),
            ("https://[fe80::1]/", Closed),
            ("https://[fc00::1]/", Closed),
            ("https://[fd00:ec2::254]/", Closed),
            ("https://[ff02::1]/", Closed),
            ("https://[2002:7f00:1::]/", Closed),
            ("https://[2001:db8::1]/", Closed),
            ("https://[fe80::1%25eth0]/", Malformed),
            ("https://2130706433/", Ambiguous),
            ("https://017700000001/", Ambiguous),
            ("https://0x7f000001/", Ambiguous),
            ("https://0X7F000001/", Ambiguous),
            ("https://127.1/", Ambiguous),
            ("https://127.0.1/", Ambiguous),
            ("https://0177.0.0.1/", Ambiguous),
            ("https://0x7f.0.0.1/", Ambiguous),
            ("https://0x7f.1/", Ambiguous),
            ("https://127.0.0.01/", Ambiguous),
            ("https://127.0.0.1./", Ambiguous),
            ("https://256.256.256.256/", Ambiguous),
            ("https://localhost/", Closed),
            ("https://LOCALHOST/", Closed),
            ("https://localhost./", Closed),
            ("https://foo.localhost/", Closed),
            ("https://printer.local/", Closed),
            ("https://metadata.google.internal/", Closed),
            ("https://galen/", Closed),
            ("https://user:secret@example.org/", Credentials),
            ("https://example.org@127.0.0.1/", Credentials),
            ("https://127.0.0.1@example.org/", Credentials),
            ("http://example.org/", Plaintext),
            ("ftp://example.org/", Malformed),
            ("file:///etc/passwd", Malformed),
            ("gopher://example.org/_x", Malformed),
            ("javascript:alert(1)", Malformed),
            ("//example.org/", Malformed),
            ("/hook", Malformed),
            ("example.org", Malformed),
            ("", Malformed),
            ("https://", Malformed),
            ("https:///hook", Malformed),
            ("https://example.org:99999/", Malformed),
            ("https://example.org:/", Malformed),
            ("https://exa mple.org/", Malformed),
            ("https://example.org/\r\nX-Evil: 1", Malformed),
            ("https://example.org/#fragment", Malformed),
            ("https://ex%61mple.org/", Malformed),
            ("https://[::1/", Malformed),
        ]
    };

    #[test]
    fn bad_addresses_are_refused_for_what_they_are() {
        for (text, why) in BAD {
            assert_eq!(Destination::parse(text, &Rules::default()).unwrap_err(), *why, "{text}");
        }
        let long = format!("https://example.org/{}", "a".repeat(URL_BYTES_MAX));
        assert_eq!(Destination::parse(&long, &Rules::default()), Err(DestinationError::Malformed));
    }

    #[test]
    fn the_world_is_called() {
        for text in [
            "https://example.org",
            "https://example.org:8443/a?b=c",
            "https://8.8.8.8/",
            "https://[2606:4700::1111]/",
        ] {
            assert!(Destination::parse(text, &Rules::default()).is_ok(), "{text}");
        }
        let plain = Rules { plaintext: true, ..Rules::default() };
        assert!(Destination::parse("http://example.org/", &plain).is_ok());
        assert!(Destination::parse("http://127.0.0.1/", &plain).is_err());
    }

    #[test]
    fn what_is_allowed_is_one_host_at_one_port() {
        let rules =
            Rules { allowed: vec!["127.0.0.1:9000".into(), "hook.local:80".into()], plaintext: false };
        for text in ["http://127.0.0.1:9000/a", "https://127.0.0.1:9000/", "http://HOOK.local/"] {
            assert!(Destination::parse(text, &rules).is_ok(), "{text}");
        }
        for text in
            ["http://127.0.0.1:9001/", "http://127.0.0.1/", "http://hook.local:81/", "http://127.0.0.2:9000/"]
        {
            assert_eq!(Destination::parse(text, &rules), Err(DestinationError::Closed), "{text}");
        }
    }

    #[test]
    fn an_address_below_keeps_host_and_path() {
        let base = Destination::parse("https://example.org/fhir/?x=1", &Rules::default()).unwrap();
        assert_eq!(base.below("Patient/1").unwrap().uri(), "https://example.org/fhir/Patient/1");
        assert_eq!(base.origin(), "https://example.org");
        assert!(base.below("a b").is_err());
    }
}
