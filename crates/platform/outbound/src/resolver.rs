//! Names to addresses, with those left out that may not be called: what is connected to is what was checked.

use crate::address::is_public;
use crate::client::SendError;
use crate::destination::Rules;
use hyper_util::client::legacy::connect::dns::Name;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tower::Service;

/// Most addresses of a name that are tried.
const ADDRESSES_MAX: usize = 16;

/// Looks names up.
#[derive(Debug, Clone)]
pub(crate) struct Resolver {
    pub(crate) rules: Arc<Rules>,
}

type Found = std::vec::IntoIter<SocketAddr>;

impl Service<Name> for Resolver {
    type Response = Found;
    type Error = SendError;
    type Future = Pin<Box<dyn Future<Output = Result<Found, SendError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let rules = Arc::clone(&self.rules);
        Box::pin(async move { look_up(name.as_str(), &rules).await.map(Vec::into_iter) })
    }
}

/// The addresses of a host, all of which may be called.
pub(crate) async fn look_up(host: &str, rules: &Rules) -> Result<Vec<SocketAddr>, SendError> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let found: Vec<SocketAddr> = match bare.parse::<IpAddr>() {
        Ok(address) => vec![SocketAddr::new(address, 0)],
        Err(_) => {
            let found = tokio::net::lookup_host((bare, 0)).await.map_err(|_| SendError::Unknown)?;
            found.take(ADDRESSES_MAX).collect()
        }
    };
    if found.is_empty() {
        return Err(SendError::Unknown);
    }
    // One that leads inside makes the name suspect, whatever else it leads to.
    if !rules.names_host(host) && found.iter().any(|one| !is_public(one.ip())) {
        return Err(SendError::Closed);
    }
    Ok(found)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_that_leads_inside_is_not_called() {
        // However the system reads these, what it finds is checked.
        for host in ["localhost", "127.1", "2130706433", "0x7f000001", "::1"] {
            let found = look_up(host, &Rules::default()).await;
            assert!(matches!(found, Err(SendError::Closed | SendError::Unknown)), "{host}: {found:?}");
        }
        let rules = Rules { allowed: vec!["localhost:80".to_owned()], ..Rules::default() };
        assert!(!look_up("localhost", &rules).await.unwrap().is_empty());
    }
}
