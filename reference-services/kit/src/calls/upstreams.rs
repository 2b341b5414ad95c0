//! The addresses of a service, taken in turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::Url;

/// Base URLs without a trailing slash. Clones share the turn.
#[derive(Clone, Debug)]
pub struct Upstreams {
    urls: Arc<[String]>,
    turn: Arc<AtomicUsize>,
}

impl Upstreams {
    /// Reads a list that is separated by commas; none if it is empty or has something else
    /// than `http://` URLs.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let urls = text.split(',').map(|url| base_url(url.trim())).collect::<Option<Vec<_>>>()?;
        Some(Self { urls: urls.into(), turn: Arc::default() })
    }

    /// The next address in turn.
    #[must_use]
    pub fn next(&self) -> &str {
        // A list is never empty: text without a comma is one entry, and an empty entry is refused.
        &self.urls[self.turn.fetch_add(1, Ordering::Relaxed) % self.urls.len()]
    }

    /// The number of addresses, at least one.
    #[must_use]
    pub fn count(&self) -> usize {
        self.urls.len()
    }
}

fn base_url(text: &str) -> Option<String> {
    let url = Url::parse(text).ok().filter(|url| url.scheme() == "http" && url.has_host())?;
    Some(url.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_take_turns() {
        let upstreams = Upstreams::parse("http://127.0.0.1:1/, http://127.0.0.1:2").unwrap();
        let turns: Vec<_> = (0..3).map(|_| upstreams.next().to_owned()).collect();
        assert_eq!(turns, ["http://127.0.0.1:1", "http://127.0.0.1:2", "http://127.0.0.1:1"]);
        for bad in ["", "localhost:8081", "https://localhost", "http://a,,http://b"] {
            assert!(Upstreams::parse(bad).is_none(), "{bad:?}");
        }
    }
}
