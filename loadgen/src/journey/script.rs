//! Journeys, ready to be made by many users at once.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use brunt_scenarios::grpc::{MessageDescriptor, status_name};
use brunt_scenarios::plan::{self, ExpectedResponse, JsonPath, Polling};
use serde_json::Value;

use super::check::{ReplyCheck, ValueToSave, checks};
use super::draft::RequestTemplate;
use super::feeder::Feeder;
use crate::job::{CalledServer, JobError, Portion, Request, Setting};
use crate::template::Values;

/// Journeys, ready to be made by many users at once.
#[derive(Debug)]
pub struct Script {
    pub(super) journeys: Vec<ScriptedJourney>,
    feeds: Vec<Feeder>,
    /// Known before the load starts.
    pub(super) given: Values,
    /// The servers of all steps; redirects are followed to these only.
    pub(crate) endpoints: Vec<CalledServer>,
    sequence: SharedSequence,
    users: SharedSequence,
}

/// Numbers from 0 of which no two generators of a load draw the same.
#[derive(Debug)]
pub(super) struct SharedSequence {
    next: AtomicU64,
    step: u64,
}

impl SharedSequence {
    pub fn new(portion: Portion) -> Self {
        Self { next: AtomicU64::new(portion.number as u64), step: portion.of as u64 }
    }

    pub fn draw(&self) -> u64 {
        self.next.fetch_add(self.step, Ordering::Relaxed)
    }
}

#[derive(Debug)]
pub(super) struct ScriptedJourney {
    pub name: String,
    weight: u32,
    pub steps: Vec<ScriptedStep>,
}

#[derive(Debug)]
pub(super) struct ScriptedStep {
    pub name: String,
    pub think: (Duration, Duration),
    pub draft: RequestTemplate,
    pub follow: bool,
    /// What a good reply holds, if this is a call of gRPC.
    pub output: Option<MessageDescriptor>,
    pub timeout: Duration,
    pub answer: ExpectedResponse,
    pub checks: Vec<ReplyCheck>,
    pub saves: Vec<ValueToSave>,
    pub key: Option<JsonPath>,
    /// Whether a lost reply leaves a command of which nobody knows whether it was accepted.
    pub is_command: bool,
    pub polling: Option<Polling>,
}

impl Script {
    /// From planned journeys; at least one.
    pub(crate) fn new(
        planned: &[plan::Journey],
        feeds: &[plan::Feed],
        setting: &Setting<'_>,
    ) -> Result<Self, JobError> {
        let has_keys =
            planned.iter().flat_map(|journey| &journey.steps).any(|step| step.key.is_some());
        let journey = |journey: &plan::Journey| {
            let steps = journey.steps.iter().map(|step| ScriptedStep::new(step, has_keys, setting));
            let steps = steps.collect::<Result<_, JobError>>()?;
            Ok(ScriptedJourney { name: journey.name.clone(), weight: journey.weight.max(1), steps })
        };
        let journeys = planned.iter().map(journey).collect::<Result<Vec<_>, JobError>>()?;
        let mut endpoints: Vec<CalledServer> = Vec::new();
        for step in journeys.iter().flat_map(|journey| &journey.steps) {
            if !endpoints.contains(&step.draft.endpoint) {
                endpoints.push(step.draft.endpoint.clone());
            }
        }
        Ok(Self {
            journeys,
            feeds: feeds.iter().map(|feed| Feeder::new(feed, setting.portion)).collect(),
            given: setting.values.clone(),
            endpoints,
            sequence: SharedSequence::new(setting.portion),
            users: SharedSequence::new(setting.portion),
        })
    }

    /// One journey: these requests, each after its pause.
    pub fn recorded(requests: &[Request], pauses: &[Duration], timeout: Duration) -> Self {
        let steps = requests.iter().zip(pauses).enumerate().map(|(number, (request, pause))| {
            ScriptedStep {
                name: format!("{} {} {}", number + 1, request.method, request.path),
                think: (*pause, *pause),
                draft: RequestTemplate::recorded(request),
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

    /// Names of journeys, of their steps, and of what is checked in these.
    pub(crate) fn names(&self) -> impl Iterator<Item = (&str, Vec<(&str, Vec<String>)>)> {
        self.journeys.iter().map(|journey| {
            let steps = journey.steps.iter().map(|step| (step.name.as_str(), step.check_names()));
            (journey.name.as_str(), steps.collect())
        })
    }

    /// Whether any step reads bodies.
    pub(super) fn reads_bodies(&self) -> bool {
        self.journeys.iter().flat_map(|journey| &journey.steps).any(ScriptedStep::reads_body)
    }

    /// A journey, by the weights.
    pub(super) fn choose(&self) -> usize {
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
    pub(super) fn new_user(&self) -> u64 {
        self.users.draw() + 1
    }

    pub(super) fn sequence(&self) -> u64 {
        self.sequence.draw() + 1
    }

    /// A row of each feed.
    pub(super) fn draw(&self) -> Vec<usize> {
        self.feeds.iter().map(Feeder::draw).collect()
    }

    pub(super) fn fed(&self, rows: &[usize], name: &str) -> Option<&Value> {
        self.feeds.iter().zip(rows).find_map(|(feed, row)| feed.value(*row, name))
    }
}

impl ScriptedStep {
    fn new(
        planned: &plan::JourneyStep,
        has_keys: bool,
        setting: &Setting<'_>,
    ) -> Result<Self, JobError> {
        let request = &planned.request;
        let save = |(name, from): &(String, plan::Extract)| ValueToSave {
            name: name.clone(),
            from: from.clone(),
        };
        let draft = RequestTemplate::new(request, setting)?;
        Ok(Self {
            name: planned.name.clone(),
            think: planned.think,
            output: draft.output(),
            draft,
            follow: request.follow,
            timeout: request.timeout,
            answer: request.expect.clone(),
            checks: checks(&request.expect),
            saves: planned.save.iter().map(save).collect(),
            key: planned.key.clone(),
            is_command: planned.key.is_some() || !has_keys,
            polling: planned.polling,
        })
    }

    /// What is checked, in the order in which results come: the status, the checks, the
    /// values to save.
    fn check_names(&self) -> Vec<String> {
        let name = |status: &u16| match status_name(*status).filter(|_| self.output.is_some()) {
            Some(name) => name.to_uppercase(),
            None => status.to_string(),
        };
        let statuses: Vec<String> = self.answer.status.iter().map(name).collect();
        let status =
            if statuses.is_empty() { "2xx or 3xx".to_owned() } else { statuses.join(" or ") };
        let checks = self.checks.iter().map(|check| check.name.clone());
        let saves = self.saves.iter().map(|save| format!("{} can be saved", save.name));
        let key = self.key.iter().map(|path| format!("{path} is a key"));
        std::iter::once(format!("status is {status}"))
            .chain(checks)
            .chain(saves)
            .chain(key)
            .collect()
    }

    /// Whether anything is read of a reply's body.
    fn reads_body(&self) -> bool {
        let of_body = |save: &ValueToSave| !matches!(save.from, plan::Extract::Header(..));
        !self.checks.is_empty() || self.key.is_some() || self.saves.iter().any(of_body)
    }
}
