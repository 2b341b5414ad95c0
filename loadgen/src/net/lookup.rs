//! Name lookup with a cache, so that opening a connection does not ask the resolver each time.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::address::Address;

/// The addresses of one name, as last looked up; shared by all threads. The lock is taken once for
/// each connection, not for each request.
#[derive(Debug)]
pub(super) struct AddressLookup {
    host: String,
    port: u16,
    period: Duration,
    known: Mutex<CachedAddresses>,
}

#[derive(Debug)]
struct CachedAddresses {
    addresses: Arc<[SocketAddr]>,
    looked: Instant,
    /// For how long they are used after `looked`.
    good: Duration,
}

/// How soon a name is looked up again after its addresses took no connection.
const PERIOD_AFTER_FAILURE: Duration = Duration::from_secs(1);

impl AddressLookup {
    /// Looks the name up for the first time, and blocks for it.
    pub fn new(address: &Address, period: Duration) -> io::Result<Self> {
        let addresses = address.resolve()?.into();
        let known = Mutex::new(CachedAddresses { addresses, looked: Instant::now(), good: period });
        Ok(Self { host: address.host.clone(), port: address.port, period, known })
    }

    /// The addresses, in the order to try. Looks the name up again when that is due; other callers
    /// get the cached addresses meanwhile.
    pub async fn addresses(&self) -> io::Result<Arc<[SocketAddr]>> {
        if let Some(known) = self.fresh() {
            return Ok(known);
        }
        let found: Vec<_> =
            tokio::net::lookup_host((self.host.as_str(), self.port)).await?.collect();
        if found.is_empty() {
            return Err(io::Error::new(io::ErrorKind::NotFound, "the name has no address"));
        }
        let found: Arc<[SocketAddr]> = found.into();
        self.known.lock().unwrap_or_else(PoisonError::into_inner).addresses = Arc::clone(&found);
        Ok(found)
    }

    fn fresh(&self) -> Option<Arc<[SocketAddr]>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if now.duration_since(known.looked) >= known.good {
            // Set before the lookup has ended, so that one caller asks and not all of them. If it
            // fails, the known addresses are used for another period.
            (known.looked, known.good) = (now, self.period);
            return None;
        }
        Some(Arc::clone(&known.addresses))
    }

    /// Shortens the cache's life after a failed connection, as the name may have moved.
    pub fn expire_soon(&self) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.good = known.good.min(PERIOD_AFTER_FAILURE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(period: Duration) -> AddressLookup {
        AddressLookup::new(&Address::split("http://127.0.0.1:9").unwrap().0, period).unwrap()
    }

    fn later(lookup: &AddressLookup, by: Duration) {
        let mut known = lookup.known.lock().unwrap();
        known.looked = known.looked.checked_sub(by).unwrap();
    }

    #[test]
    fn after_the_period_one_caller_looks_the_name_up_again() {
        let lookup = lookup(Duration::from_secs(30));
        later(&lookup, Duration::from_secs(29));
        assert!(lookup.fresh().is_some());
        later(&lookup, Duration::from_secs(2));
        assert!(lookup.fresh().is_none(), "the first asks");
        assert!(lookup.fresh().is_some(), "the others go on with what is known");
    }

    #[test]
    fn addresses_that_take_no_connection_are_used_for_a_second_at_most() {
        let lookup = lookup(Duration::from_secs(30));
        lookup.expire_soon();
        assert!(lookup.fresh().is_some());
        later(&lookup, PERIOD_AFTER_FAILURE);
        assert!(lookup.fresh().is_none());
        later(&lookup, PERIOD_AFTER_FAILURE);
        assert!(lookup.fresh().is_some(), "the doubt is over");
    }
}
