//! Settings in words, for titles and banners.

use brunt_loadgen::{Bound, Scheme};
use brunt_reports::Secrets;

use super::settings::Settings;

impl Settings {
    /// The only request (`GET http://127.0.0.1:8080/`), or how many there are (`12 URLs`).
    pub fn requests_in_words(&self) -> String {
        match self.requests.as_slice() {
            [only] => {
                let scheme = if only.address.scheme == Scheme::Https { "https" } else { "http" };
                let url = format!("{scheme}://{}{}", only.address, only.path);
                // It is the title of exports, which are handed on.
                format!("{} {}", only.method, Secrets::of_url(&url).mask(&url))
            }
            many => format!("{} URLs", many.len()),
        }
    }

    /// How requests arrive and for how long: `25 users for 30 s`.
    pub fn load_in_words(&self) -> String {
        let arrival = match self.rate {
            Some(rate) => format!("{rate} on a schedule"),
            None => format!("{} users", self.users),
        };
        let time = self.bound.and_then(Bound::time);
        let time = time.map(|time| format!(" for {} s", time.as_secs_f64())).unwrap_or_default();
        let each = self.repetitions().map(|each| format!(", {each} requests each"));
        format!("{arrival}{time}{}", each.unwrap_or_default())
    }

    /// How many requests each user makes, if their number ends the load.
    pub fn repetitions(&self) -> Option<u64> {
        // A bound by time alone has the greatest number in place of none.
        self.bound.map(Bound::repetitions).filter(|each| *each < u64::MAX)
    }
}
