//! Judges replies to single requests.

use brunt_scenarios::timeline::Failure;

use super::Job;
use crate::protocol::exact_json;

/// Whether a reply is good, and what is known of the command that it answers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ReplyVerdict {
    /// Why the request failed; `None` for a good reply.
    pub failure: Option<Failure>,
    /// What is wrong with a reply whose status does not say it.
    pub cause: Option<&'static str>,
    /// The id of the command that it accepts.
    pub key: Option<String>,
    /// Whether the command may have been accepted although the request failed.
    pub unknown: bool,
}

impl Job {
    /// Judges a reply by its status and, if anything is asked of it, its body.
    ///
    /// A 5xx leaves the command unknown: it may come from a gateway that lost the reply of a
    /// service that had accepted it, or from a service that failed after it had. So does a good
    /// status whose body is not as expected, or has no key.
    pub(crate) fn judge(&self, status: u16, body: &[u8]) -> ReplyVerdict {
        if !self.answer.takes(status) {
            return ReplyVerdict {
                failure: Some(Failure::Status(status)),
                unknown: status >= 500,
                ..ReplyVerdict::default()
            };
        }
        if self.key.is_none() && self.answer.json.is_empty() {
            return ReplyVerdict::default();
        }
        self.judge_body(body).unwrap_or(ReplyVerdict {
            failure: Some(Failure::Check),
            unknown: true,
            ..ReplyVerdict::default()
        })
    }

    fn judge_body(&self, body: &[u8]) -> Option<ReplyVerdict> {
        let document = exact_json::parse(body).ok()?;
        let wrong = self
            .answer
            .json
            .iter()
            .any(|(path, wanted)| path.objection(&document, wanted).is_some());
        let key = match &self.key {
            None => None,
            Some(path) => Some(path.text(&document)?),
        };
        (!wrong).then_some(ReplyVerdict { key, ..ReplyVerdict::default() })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use brunt_scenarios::plan::{Arrival, ExpectedResponse, JsonPath};
    use serde_json::json;

    use super::*;
    use crate::job::portion::Portion;
    use crate::job::{Bound, RequestOrder};
    use crate::protocol::Reuse;
    use crate::transport::Transport;

    fn job() -> Job {
        Job {
            name: String::new(),
            requests: Vec::new(),
            logins: 0,
            journeys: None,
            order: RequestOrder::InTurn,
            arrival: Arrival::Open { ramps: Vec::new() },
            bound: Bound::Time(Duration::ZERO),
            warm_up: Duration::ZERO,
            answer: ExpectedResponse {
                status: vec![201],
                json: vec![(JsonPath::parse("$.state").unwrap(), json!("Requested"))],
                ..ExpectedResponse::default()
            },
            key: Some(JsonPath::parse("$.id").unwrap()),
            timeout: Duration::ZERO,
            drain: Duration::ZERO,
            spin: false,
            portion: Portion::WHOLE,
            connections: 1,
            reuse: Reuse::Yes,
            transport: Transport::default(),
            observer: None,
        }
    }

    #[test]
    fn a_good_reply_gives_its_key() {
        let verdict = job().judge(201, br#"{"id": 7, "state": "Requested"}"#);
        assert_eq!(verdict, ReplyVerdict { key: Some("7".to_owned()), ..ReplyVerdict::default() });
    }

    #[test]
    fn a_failed_command_is_unknown_unless_it_was_refused() {
        let failed = |failure, unknown| ReplyVerdict {
            failure: Some(failure),
            unknown,
            ..ReplyVerdict::default()
        };
        assert_eq!(job().judge(409, b""), failed(Failure::Status(409), false));
        assert_eq!(job().judge(502, b""), failed(Failure::Status(502), true));
        for body in [r#"{"id": 7, "state": "Lost"}"#, r#"{"state": "Requested"}"#, "", "oops"] {
            assert_eq!(job().judge(201, body.as_bytes()), failed(Failure::Check, true), "{body}");
        }
    }
}
