//! The event envelope: flat JSON, the aggregate's fields beside the event's own.

use http::HeaderMap;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::trace::TraceContext;

/// An event as it travels: flat JSON, with the aggregate's fields in `body`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    /// What happened, such as `Ordered`.
    pub event_type: String,
    /// When, in UTC, as `yyyyMMddHHmmss`.
    pub timestamp: String,
    /// Unique for each event: an inbox recognizes a repeated event by it.
    pub event_id: String,
    /// The id of the aggregate. It is also the record's key, which keeps its events in order.
    pub aggregate_id: i64,
    /// The aggregate's version after the event, from 1.
    pub version: u64,
    /// The correlation id: the same for everything that follows from one command.
    pub correlation_id: String,
    /// The event that caused this one; none when a command did.
    #[serde(default)]
    pub causation_id: Option<String>,
    /// W3C trace context of the cause.
    #[serde(default)]
    pub traceparent: Option<String>,
    /// The aggregate's own fields.
    #[serde(flatten)]
    pub body: Map<String, Value>,
}

/// The cause of an event or a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// The correlation id: the same for everything that follows from one command.
    pub correlation_id: String,
    /// The event that is the cause; none when it is a command.
    pub causation_id: Option<String>,
    /// W3C trace context.
    pub traceparent: String,
}

/// An event's type, and the aggregate it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The event's type, such as `Ordered`.
    pub event_type: &'static str,
    /// The id of the aggregate.
    pub aggregate_id: i64,
    /// The aggregate's version after the event, from 1.
    pub version: u64,
}

impl Envelope {
    /// A new event about `subject`, with the fields of `body`.
    ///
    /// # Errors
    /// When `body` does not serialize to a JSON object.
    pub fn new(
        subject: Subject,
        cause: &Cause,
        body: &impl Serialize,
    ) -> Result<Self, serde_json::Error> {
        let body = match serde_json::to_value(body)? {
            Value::Object(fields) => fields,
            other => {
                return Err(serde::ser::Error::custom(format!(
                    "an event's body must be an object: {other}"
                )));
            }
        };
        Ok(Self {
            event_type: subject.event_type.to_owned(),
            // The format of the original services' events, which readers may know.
            timestamp: jiff::Timestamp::now().strftime("%Y%m%d%H%M%S").to_string(),
            // Version 7: ids grow with time, so that inbox rows are appended to the tree rather
            // than spread over it.
            event_id: uuid::Uuid::now_v7().to_string(),
            aggregate_id: subject.aggregate_id,
            version: subject.version,
            correlation_id: cause.correlation_id.clone(),
            causation_id: cause.causation_id.clone(),
            traceparent: Some(cause.traceparent.clone()),
            body,
        })
    }

    /// The aggregate's fields as a type.
    ///
    /// # Errors
    /// When a field is missing or of another type.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        T::deserialize(Value::Object(self.body.clone()))
    }
}

impl Cause {
    /// A command from outside: it keeps the caller's correlation id and trace, or starts new ones.
    #[must_use]
    pub fn command(headers: &HeaderMap) -> Self {
        let text =
            |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Self {
            correlation_id: text("x-correlation-id")
                .unwrap_or_else(|| uuid::Uuid::now_v7().to_string()),
            causation_id: None,
            traceparent: traceparent(text("traceparent").as_deref()),
        }
    }

    /// An event that is the cause of others.
    #[must_use]
    pub fn event(event: &Envelope) -> Self {
        Self {
            correlation_id: event.correlation_id.clone(),
            causation_id: Some(event.event_id.clone()),
            traceparent: traceparent(event.traceparent.as_deref()),
        }
    }
}

/// The current span, or a new trace when the header does not follow the W3C form.
fn traceparent(text: Option<&str>) -> String {
    text.and_then(TraceContext::parse).unwrap_or_else(TraceContext::begin).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_flat_json() {
        let cause =
            Cause { correlation_id: "c".into(), causation_id: None, traceparent: "t".into() };
        let subject = Subject { event_type: "Ordered", aggregate_id: 7, version: 1 };
        let mut event =
            Envelope::new(subject, &cause, &serde_json::json!({"id": 7, "productName": "Latte"}))
                .unwrap();
        assert_eq!(event.timestamp.len(), "20210201123045".len());
        event.timestamp = "20210201123045".into();
        event.event_id = "e".into();
        insta::assert_json_snapshot!(event);
        let text = serde_json::to_vec(&event).unwrap();
        assert_eq!(serde_json::from_slice::<Envelope>(&text).unwrap(), event);
    }

    #[test]
    fn a_following_event_keeps_correlation_and_trace() {
        let mut headers = HeaderMap::new();
        let trace = "0af7651916cd43dd8448eb211c80319c";
        headers.insert("traceparent", format!("00-{trace}-b7ad6b7169203331-01").parse().unwrap());
        let command = Cause::command(&headers);
        let subject = Subject { event_type: "Ordered", aggregate_id: 1, version: 1 };
        let event = Envelope::new(subject, &command, &serde_json::json!({})).unwrap();
        let next = Cause::event(&event);
        assert_eq!(next.correlation_id, command.correlation_id);
        assert_eq!(next.causation_id.as_deref(), Some(event.event_id.as_str()));
        assert!(next.traceparent.contains(trace));
        let mut lost = event.clone();
        lost.traceparent = Some("nonsense".into());
        assert!(TraceContext::parse(&Cause::event(&lost).traceparent).is_some());
    }

    #[test]
    fn a_body_must_be_an_object() {
        let cause = Cause::command(&HeaderMap::new());
        let subject = Subject { event_type: "Ordered", aggregate_id: 1, version: 1 };
        assert!(Envelope::new(subject, &cause, &3).is_err());
    }
}
