//! One span an event: what is done with it follows from what its sender did.

use super::Outcome;
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

/// What is nobody's business here is not shown.
pub(super) fn end(spans: Vec<Span>, outcomes: &[(String, Outcome)]) {
    for (mut span, (_, outcome)) in spans.into_iter().zip(outcomes) {
        match outcome {
            Outcome::Ignored => span.discard(),
            outcome => span.set("outcome", &outcome.label()),
        }
    }
}

/// A batch that fails is taken apart, and then each event is shown for itself.
pub(super) fn fail(spans: Vec<Span>) {
    let alone = spans.len() == 1;
    for mut span in spans {
        span.fail();
        if !alone {
            span.discard();
        }
    }
}
