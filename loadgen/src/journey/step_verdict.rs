//! Judges the replies to a journey's steps.

use brunt_scenarios::plan::{CommandKey, Extract};
use brunt_scenarios::timeline::Failure;
use serde_json::Value;

use super::values::JourneyValues;
use crate::job::{ReplyVerdict, ScriptedStep, take};
use crate::protocol::ReplyContent;
use crate::protocol::grpc::leaves_unknown;
use crate::template::plain;

/// The verdict on a step's reply, check by check.
#[derive(Debug, Default)]
pub(super) struct StepVerdict {
    pub verdict: ReplyVerdict,
    /// Whether each check passed, in the order of [`ScriptedStep`]'s names. After a bad status no
    /// further check is made.
    pub checks: Vec<bool>,
    /// Values for later steps of the journey.
    pub saved: Vec<(String, Value)>,
}

impl StepVerdict {
    /// The verdict on a request without a reply, or with a bad status.
    pub fn lost(failure: Failure, unknown: bool) -> Self {
        Self {
            verdict: ReplyVerdict { failure: Some(failure), unknown, ..ReplyVerdict::default() },
            ..Self::default()
        }
    }
}

/// The key that a reply holds.
fn key_of(from: &Extract, reply: &ReplyContent) -> Option<String> {
    match from {
        Extract::Json(path) => path.text(reply.json()?),
        from => take(from, reply).map(|value| plain(&value).into_owned()),
    }
}

/// Judges a reply as [`crate::Job`] judges those of single requests, and takes the values to save.
pub(super) fn judge(
    step: &ScriptedStep,
    reply: &ReplyContent,
    sent_key: Option<&str>,
    known: &JourneyValues<'_>,
) -> StepVerdict {
    let (status, failure, unknown) = match reply.grpc {
        Some(status) => (status, Failure::Grpc(status), leaves_unknown(status)),
        None => (reply.status, Failure::Status(reply.status), reply.status >= 500),
    };
    if !step.answer.takes(status) {
        return StepVerdict {
            checks: vec![false],
            ..StepVerdict::lost(failure, step.is_command && unknown)
        };
    }
    let mut checks = vec![true];
    checks.extend(step.checks.iter().map(|check| check.holds(reply, known)));
    let mut saved = Vec::new();
    for save in &step.saves {
        let value = save.take(reply);
        checks.push(value.is_some());
        saved.extend(value.map(|value| (save.name.clone(), value)));
    }
    let key = match &step.key {
        Some(CommandKey::Reply(from)) => key_of(from, reply),
        Some(CommandKey::Request(_)) => sent_key.map(str::to_owned),
        None => None,
    };
    checks.extend(step.key.as_ref().map(|_| key.is_some()));
    let verdict = match checks.iter().all(|passed| *passed) {
        true => ReplyVerdict { key, ..ReplyVerdict::default() },
        // The status was good, so a command was probably accepted although the reply is not as
        // expected.
        false => ReplyVerdict {
            failure: Some(Failure::Check),
            unknown: step.is_command,
            ..ReplyVerdict::default()
        },
    };
    StepVerdict { verdict, checks, saved }
}
