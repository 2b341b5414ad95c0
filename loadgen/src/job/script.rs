//! Journeys, prepared once and shared by all users on all threads.

mod check;
mod feeder;
mod sent_key;
mod sequence;
mod step;

use std::time::Duration;

use brunt_scenarios::plan::{self, ExpectedResponse};
use serde_json::Value;

pub(crate) use check::take;
use feeder::Feeder;
pub(crate) use sent_key::sent_key;
use sequence::SharedSequence;
pub(crate) use step::ScriptedStep;

use super::called_server::CalledServer;
use super::context::JobContext;
use super::error::JobError;
use super::portion::Portion;
use super::request_template::RequestTemplate;
use crate::request::HttpRequest;
use crate::template::Values;

/// The journeys of a load, shared by all of its users on all threads.
#[derive(Debug)]
pub struct JourneyScript {
    pub(crate) journeys: Vec<ScriptedJourney>,
    feeds: Vec<Feeder>,
    /// Values that are known before the load starts.
    pub(crate) given: Values,
    /// The servers of all steps; redirects are followed to these only.
    pub(crate) endpoints: Vec<CalledServer>,
    sequence: SharedSequence,
    users: SharedSequence,
}

#[derive(Debug)]
pub(crate) struct ScriptedJourney {
    pub name: String,
    weight: u32,
    pub steps: Vec<ScriptedStep>,
}

impl JourneyScript {
    /// Prepares planned journeys; at least one.
    pub(crate) fn new(
        planned: &[plan::Journey],
        feeds: &[plan::Feed],
        context: &JobContext<'_>,
    ) -> Result<Self, JobError> {
        let has_keys =
            planned.iter().flat_map(|journey| &journey.steps).any(|step| step.key.is_some());
        let journey = |journey: &plan::Journey| {
            let steps = journey.steps.iter().map(|step| ScriptedStep::new(step, has_keys, context));
            let steps = steps.collect::<Result<_, JobError>>()?;
            Ok(ScriptedJourney { name: journey.name.clone(), weight: journey.weight.max(1), steps })
        };
        let journeys = planned.iter().map(journey).collect::<Result<Vec<_>, JobError>>()?;
        let mut endpoints: Vec<CalledServer> = Vec::new();
        for step in journeys.iter().flat_map(|journey| &journey.steps) {
            if !endpoints.contains(&step.request.endpoint) {
                endpoints.push(step.request.endpoint.clone());
            }
        }
        Ok(Self {
            journeys,
            feeds: feeds.iter().map(|feed| Feeder::new(feed, context.portion)).collect(),
            given: context.values.clone(),
            endpoints,
            sequence: SharedSequence::new(context.portion),
            users: SharedSequence::new(context.portion),
        })
    }

    /// One journey that repeats recorded requests, each after its pause.
    pub fn recorded(requests: &[HttpRequest], pauses: &[Duration], timeout: Duration) -> Self {
        let steps = requests.iter().zip(pauses).enumerate().map(|(number, (request, pause))| {
            ScriptedStep {
                name: format!("{} {} {}", number + 1, request.method, request.path),
                think: (*pause, *pause),
                request: RequestTemplate::recorded(request),
                // Where the browser went next was recorded as a request of its own.
                follow: false,
                output: None,
                timeout,
                answer: ExpectedResponse::default(),
                checks: vec![],
                saves: vec![],
                key: None,
                is_command: false,
                polling: None,
            }
        });
        let journey =
            ScriptedJourney { name: "recording".to_owned(), weight: 1, steps: steps.collect() };
        let first = requests.first();
        let endpoint =
            first.map(|request| CalledServer { address: request.address.clone(), grpc: false });
        Self {
            journeys: vec![journey],
            feeds: vec![],
            given: Values::new(),
            endpoints: endpoint.into_iter().collect(),
            sequence: SharedSequence::new(Portion::WHOLE),
            users: SharedSequence::new(Portion::WHOLE),
        }
    }

    /// The names of journeys, of their steps, and of each step's checks.
    pub(crate) fn names(&self) -> impl Iterator<Item = (&str, Vec<(&str, Vec<String>)>)> {
        self.journeys.iter().map(|journey| {
            let steps = journey.steps.iter().map(|step| (step.name.as_str(), step.check_names()));
            (journey.name.as_str(), steps.collect())
        })
    }

    /// Whether any step needs a reply's body, so that bodies are kept at all.
    pub(crate) fn reads_bodies(&self) -> bool {
        self.journeys.iter().flat_map(|journey| &journey.steps).any(ScriptedStep::reads_body)
    }

    /// The times that steps take at most or wait for: timeouts, pauses, polling.
    pub(crate) fn longest_times(&self) -> impl Iterator<Item = Duration> {
        let steps = self.journeys.iter().flat_map(|journey| &journey.steps);
        steps.flat_map(|step| {
            let polling = step.polling.map_or(Duration::ZERO, |one| one.within.max(one.every));
            [step.timeout, step.think.0, step.think.1, polling]
        })
    }

    /// Draws the index of a journey by the weights.
    pub(crate) fn choose(&self) -> usize {
        // In 64 bits: two weights of 32 bits can have a larger sum.
        let all: u64 = self.journeys.iter().map(|journey| u64::from(journey.weight)).sum();
        let mut drawn = fastrand::u64(..all.max(1));
        for (place, journey) in self.journeys.iter().enumerate() {
            match drawn.checked_sub(u64::from(journey.weight)) {
                Some(left) => drawn = left,
                None => return place,
            }
        }
        0
    }

    /// The number of a new user, from 1.
    pub(crate) fn new_user(&self) -> u64 {
        self.users.draw() + 1
    }

    pub(crate) fn sequence(&self) -> u64 {
        self.sequence.draw() + 1
    }

    /// Draws a row of each feed; each journey has its own.
    pub(crate) fn draw(&self) -> Vec<usize> {
        self.feeds.iter().map(Feeder::draw).collect()
    }

    pub(crate) fn fed(&self, rows: &[usize], name: &str) -> Option<&Value> {
        self.feeds.iter().zip(rows).find_map(|(feed, row)| feed.value(*row, name))
    }
}
