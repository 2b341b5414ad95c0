//! A siegerc: `key = value` lines. Only the keys that matter here are read; siege's others are
//! ignored, so that a file that siege takes works here.

use std::collections::BTreeMap;

/// Keys that change what is done.
pub(crate) const KEYS: [&str; 22] = [
    "concurrent",
    "time",
    "reps",
    "delay",
    "internet",
    "benchmark",
    "file",
    "url",
    "verbose",
    "quiet",
    "json_output",
    "user-agent",
    "connection",
    "timeout",
    "logfile",
    "logging",
    "gmethod",
    "accept-encoding",
    "follow-location",
    "parser",
    "login",
    "cookies",
];

/// What a siegerc sets.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Siegerc {
    /// Each key with its last value.
    pub values: BTreeMap<&'static str, String>,
    /// Each `header = Name: value`, in order.
    pub headers: Vec<String>,
    /// Each `nofollow`: hosts from which nothing that a page shows is requested.
    pub nofollow: Vec<String>,
    /// Each `login-url`: what users send before all other requests.
    pub logins: Vec<String>,
}

impl Siegerc {
    /// Reads a settings file's text. Lines that are no setting are ignored, as siege ignores them.
    pub fn parse(text: &str) -> Self {
        let mut rc = Self::default();
        for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
            let Some((key, value)) = line.split_once('=') else { continue };
            let (key, value) = (key.trim(), value.trim());
            if value.is_empty() {
                continue;
            }
            // These keys add to one another; of all others the last value holds, as with siege.
            if key == "header" {
                rc.headers.push(value.to_owned());
            } else if key == "nofollow" {
                rc.nofollow.push(value.to_owned());
            } else if key == "login-url" {
                rc.logins.push(value.to_owned());
            } else if let Some(known) = KEYS.iter().find(|known| **known == key) {
                rc.values.insert(known, value.to_owned());
            }
        }
        rc
    }

    /// A key's value.
    pub fn value(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(String::as_str)
    }

    /// Whether a key is switched on.
    pub fn is_on(&self, key: &str) -> bool {
        matches!(self.value(key), Some("true" | "yes" | "on" | "1"))
    }
}
