//! Settings as a job of the engine.

use std::sync::Arc;
use std::time::Duration;

use brunt_loadgen::{CONNECTIONS, Job, JourneyScript, Portion};
use brunt_scenarios::plan::{Arrival, ExpectedResponse, Ramp};
use brunt_scenarios::units::Rate;

use crate::args::Settings;

/// How long requests in flight at the end are waited for, unless their timeout is shorter.
const DRAIN: Duration = Duration::from_secs(5);

/// The load that the settings ask for, or the same at another rate. `None` without an end, or on a
/// schedule without a time.
pub(crate) fn load_job(settings: &Settings, rate: Option<f64>) -> Option<Job> {
    let bound = settings.bound?;
    let arrival = match rate.or(settings.rate.map(Rate::per_second)) {
        None => Arrival::Closed { users: settings.users, think: (Duration::ZERO, settings.delay) },
        Some(rate) => {
            let steady = Ramp { from: rate, to: rate, lasts: bound.time()? };
            Arrival::Open { ramps: vec![steady] }
        }
    };
    Some(Job {
        // Exports carry this name in their `load` label: another one would break who reads them.
        name: "siege".to_owned(),
        requests: [settings.requests.as_slice(), &settings.logins].concat(),
        logins: settings.logins.len(),
        journeys: recorded(settings),
        order: settings.order,
        arrival,
        bound,
        warm_up: settings.warm_up,
        answer: ExpectedResponse::default(),
        key: None,
        timeout: settings.timeout,
        drain: DRAIN.min(settings.timeout),
        spin: settings.spin,
        portion: Portion::WHOLE,
        connections: settings.users_given.map_or(CONNECTIONS, |users| users as usize),
        reuse: settings.reuse,
        transport: settings.transport.clone(),
        observer: None,
    })
}

/// A recording with its pauses is a journey: each user makes all of its requests, one
/// after the other.
fn recorded(settings: &Settings) -> Option<Arc<JourneyScript>> {
    let pauses = &settings.pauses;
    (!pauses.is_empty())
        .then(|| Arc::new(JourneyScript::recorded(&settings.requests, pauses, settings.timeout)))
}
