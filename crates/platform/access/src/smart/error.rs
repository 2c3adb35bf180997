//! OAuth's refusals (RFC 6749, 5.2 and 4.1.2.1): a code for programs, one sentence for who writes the client.

use std::fmt;

/// The codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OAuthCode {
    /// The request lacks something, says it twice, or is malformed.
    InvalidRequest,
    /// The client is unknown or did not prove that it is who it says.
    InvalidClient,
    /// The code, refresh token or verifier is no good.
    InvalidGrant,
    /// The client may not use this grant.
    UnauthorizedClient,
    /// There is no such grant here.
    UnsupportedGrantType,
    /// There is no such response type here.
    UnsupportedResponseType,
    /// None of the scopes can be granted.
    InvalidScope,
    /// The user said no.
    AccessDenied,
    /// Too many tries.
    SlowDown,
    /// It cannot be answered now.
    TemporarilyUnavailable,
    /// A fault of ours.
    ServerError,
}

impl OAuthCode {
    /// As written.
    pub const fn code(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::AccessDenied => "access_denied",
            Self::SlowDown => "slow_down",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::ServerError => "server_error",
        }
    }

    /// The HTTP status of an answer that says it.
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidClient => 401,
            Self::SlowDown => 429,
            Self::TemporarilyUnavailable => 503,
            Self::ServerError => 500,
            _ => 400,
        }
    }
}

/// A refusal. Its description never repeats what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuthError {
    /// Which.
    pub code: OAuthCode,
    /// Why, in one sentence.
    pub description: &'static str,
}

impl OAuthError {
    /// A refusal.
    pub const fn new(code: OAuthCode, description: &'static str) -> Self {
        Self { code, description }
    }

    /// `invalid_request`.
    pub const fn request(description: &'static str) -> Self {
        Self::new(OAuthCode::InvalidRequest, description)
    }

    /// `invalid_client`.
    pub const fn client(description: &'static str) -> Self {
        Self::new(OAuthCode::InvalidClient, description)
    }

    /// `invalid_grant`.
    pub const fn grant(description: &'static str) -> Self {
        Self::new(OAuthCode::InvalidGrant, description)
    }
}

impl fmt::Display for OAuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.code(), self.description)
    }
}

impl std::error::Error for OAuthError {}
