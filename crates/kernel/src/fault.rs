//! A fault: something broke that the caller cannot mend. Its inner text goes to the log, never to the client.

use std::fmt;

/// An internal failure. `context` says what was being done; `inner` is for operators only.
#[derive(Debug)]
pub struct Fault {
    context: &'static str,
    inner: Box<dyn std::error::Error + Send + Sync>,
    unavailable: bool,
}

impl Fault {
    /// A fault met while doing `context`.
    pub fn new(context: &'static str, inner: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { context, inner: inner.into(), unavailable: false }
    }

    /// A fault that passes by itself (disk full, database away): answered 503 with Retry-After, not 500.
    pub fn unavailable(
        context: &'static str,
        inner: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self { context, inner: inner.into(), unavailable: true }
    }

    /// Whether trying again later may work.
    pub fn is_unavailable(&self) -> bool {
        self.unavailable
    }

    /// What was being done.
    pub fn context(&self) -> &'static str {
        self.context
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.context, self.inner)
    }
}

impl std::error::Error for Fault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.inner.as_ref())
    }
}
