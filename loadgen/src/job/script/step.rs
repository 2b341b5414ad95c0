//! One step of a journey, ready to be made.

use std::time::Duration;

use brunt_scenarios::grpc::{MessageDescriptor, status_name};
use brunt_scenarios::plan::{self, CommandKey, ExpectedResponse, Extract, Polling};

use super::check::{self, ReplyCheck, ValueToSave};
use crate::job::context::JobContext;
use crate::job::error::JobError;
use crate::job::request_template::RequestTemplate;

#[derive(Debug)]
pub(crate) struct ScriptedStep {
    pub name: String,
    pub think: (Duration, Duration),
    pub request: RequestTemplate,
    pub follow: bool,
    /// The type of the reply's message, if this is a gRPC call.
    pub output: Option<MessageDescriptor>,
    pub timeout: Duration,
    pub answer: ExpectedResponse,
    pub checks: Vec<ReplyCheck>,
    pub saves: Vec<ValueToSave>,
    pub key: Option<CommandKey>,
    /// Whether a lost reply leaves a command of which it is not known whether it was accepted. In
    /// a load with keys only steps with a key are commands.
    pub is_command: bool,
    pub polling: Option<Polling>,
}

impl ScriptedStep {
    pub(super) fn new(
        planned: &plan::JourneyStep,
        has_keys: bool,
        context: &JobContext<'_>,
    ) -> Result<Self, JobError> {
        let planned_request = &planned.request;
        let save = |(name, from): &(String, plan::Extract)| ValueToSave {
            name: name.clone(),
            from: from.clone(),
        };
        let request = RequestTemplate::new(planned_request, context)?;
        Ok(Self {
            name: planned.name.clone(),
            think: planned.think,
            output: request.output(),
            request,
            follow: planned_request.follow,
            timeout: planned_request.timeout,
            answer: planned_request.expect.clone(),
            checks: check::checks(&planned_request.expect),
            saves: planned.save.iter().map(save).collect(),
            key: planned.key.clone(),
            is_command: planned.key.is_some() || !has_keys,
            polling: planned.polling,
        })
    }

    /// The names of all checks, in the order of their results: the status, the checks, the values
    /// to save, the key.
    pub(super) fn check_names(&self) -> Vec<String> {
        let name = |status: &u16| match status_name(*status).filter(|_| self.output.is_some()) {
            Some(name) => name.to_uppercase(),
            None => status.to_string(),
        };
        let statuses: Vec<String> = self.answer.status.iter().map(name).collect();
        let status =
            if statuses.is_empty() { "2xx or 3xx".to_owned() } else { statuses.join(" or ") };
        let checks = self.checks.iter().map(|check| check.name.clone());
        let saves = self.saves.iter().map(|save| format!("{} can be saved", save.name));
        let key = self.key.iter().map(|key| format!("{key} is a key"));
        std::iter::once(format!("status is {status}"))
            .chain(checks)
            .chain(saves)
            .chain(key)
            .collect()
    }

    /// Whether the step needs the reply's body.
    pub(super) fn reads_body(&self) -> bool {
        let of_body = |from: &Extract| !matches!(from, Extract::Header(..));
        let key = matches!(&self.key, Some(CommandKey::Reply(from)) if of_body(from));
        !self.checks.is_empty() || key || self.saves.iter().any(|save| of_body(&save.from))
    }
}
