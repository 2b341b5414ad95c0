//! One span for each event, which follows from its sender's span.

use super::outcome::Outcome;
use crate::event::Envelope;
use crate::trace::{Kind, Span, TraceContext, Tracer};

/// Begins a span for each event, and lets what the event causes follow from it.
pub(super) fn begin(tracer: &Tracer, topic: &str, events: &mut [Envelope]) -> Vec<Span> {
    let begin = |event: &mut Envelope| {
        let parent = event.traceparent.as_deref().and_then(TraceContext::parse);
        let mut span = tracer.span(Kind::Consumer, format!("process {}", event.event_type), parent);
        span.set("messaging.system", &"brunt");
        span.set("messaging.destination.name", &topic);
        span.set("messaging.message.id", &event.event_id);
        event.traceparent = Some(span.context().to_string());
        span
    };
    events.iter_mut().map(begin).collect()
}

/// An ignored event gets no span.
pub(super) fn end(spans: Vec<Span>, outcomes: &[(String, Outcome)]) {
    for (mut span, (_, outcome)) in spans.into_iter().zip(outcomes) {
        match outcome {
            Outcome::Ignored => span.discard(),
            outcome => span.set("outcome", &outcome.label()),
        }
    }
}

/// A failed batch is repeated event by event, and each event then gets its span.
pub(super) fn fail(spans: Vec<Span>) {
    let alone = spans.len() == 1;
    for mut span in spans {
        span.fail();
        if !alone {
            span.discard();
        }
    }
}
