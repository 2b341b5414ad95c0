//! What came of a load or a search, for whoever makes a page of it.

use std::time::{Duration, SystemTime};

use super::settings::Settings;
use super::{Exit, Summary};
use crate::limit::{Claim, Step};
use brunt_loadgen::Bound;
use brunt_loadgen::LoadOutcome;

/// Makes a page of HTML, or says why it cannot.
pub type MakePage<'a> = &'a dyn Fn(&Told<'_>) -> Result<String, String>;

/// What came of a load or a search.
#[derive(Debug)]
pub struct Told<'a> {
    /// What was asked: a request, or how many of them.
    pub what: String,
    /// How, in words: `25 users for 30 s`.
    pub how: String,
    /// When it began.
    pub began: SystemTime,
    /// The loads; none of a search.
    pub outcomes: &'a [LoadOutcome],
    /// What was claimed of the load, and whether it holds.
    pub claims: Vec<Claim>,
    /// How it ended.
    pub exit: Exit,
    /// The search; `None` of a load.
    pub searched: Option<&'a Searched>,
}

/// What came of a search for the highest rate.
#[derive(Debug)]
pub struct Searched {
    /// What was found, in words.
    pub conclusion: String,
    /// What had to hold.
    pub slo: String,
    /// The limits on latency: quantiles as they were written, and the most that each may be.
    pub limits: Vec<(String, Duration)>,
    /// The exit code.
    pub exit: Exit,
    /// Each step, in order.
    pub steps: Vec<Step>,
}

impl<'a> Told<'a> {
    pub(super) fn load(
        settings: &Settings,
        summary: &Summary,
        outcomes: &'a [LoadOutcome],
        began: SystemTime,
    ) -> Self {
        let claims = summary.findings.as_ref().map(super::Findings::claimed).unwrap_or_default();
        Self {
            what: what(settings),
            how: how(settings),
            began,
            outcomes,
            claims,
            exit: summary.exit(),
            searched: None,
        }
    }

    pub(super) fn search(settings: &Settings, searched: &'a Searched, began: SystemTime) -> Self {
        let time = settings.bound.and_then(Bound::time).unwrap_or_default();
        let how = format!("arrivals on a schedule, steps of {} s", time.as_secs_f64());
        Self {
            what: what(settings),
            how,
            began,
            outcomes: &[],
            claims: Vec::new(),
            exit: searched.exit,
            searched: Some(searched),
        }
    }
}

/// What is asked, in a line.
pub(super) fn what(settings: &Settings) -> String {
    match settings.requests.as_slice() {
        [only] => {
            let scheme =
                if only.address.scheme == brunt_loadgen::Scheme::Https { "https" } else { "http" };
            format!("{} {scheme}://{}{}", only.method, only.address, only.path)
        }
        many => format!("{} URLs", many.len()),
    }
}

fn how(settings: &Settings) -> String {
    let arrival = match settings.rate {
        Some(rate) => format!("{rate} on a schedule"),
        None => format!("{} users", settings.users),
    };
    let time =
        settings.bound.and_then(Bound::time).map(|time| format!(" for {} s", time.as_secs_f64()));
    let each = settings.bound.map(Bound::repetitions).filter(|each| *each < u64::MAX);
    let each = each.map(|each| format!(", {each} requests each"));
    format!("{arrival}{}{}", time.unwrap_or_default(), each.unwrap_or_default())
}
