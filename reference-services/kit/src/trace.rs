//! Traces: W3C trace context in and out, and spans that are exported as OTLP when there is
//! somewhere to send them.

mod context;
mod exporter;
mod otlp;
mod record;

use std::sync::Arc;
use std::time::SystemTime;

pub use context::TraceContext;
pub use record::Kind;

use crate::cut::cut;
use crate::lifecycle::Background;
use exporter::Exporter;
use record::Record;

/// The longest name of a span, and the longest value of an attribute, in bytes.
const MOST_BYTES: usize = 1024;

/// Makes a service's spans. Clones share where they go.
#[derive(Clone, Debug, Default)]
pub struct Tracer(Option<Arc<Exporter>>);

/// A span. It ends when it is dropped.
#[derive(Debug)]
pub struct Span {
    tracer: Tracer,
    record: Option<Record>,
    context: TraceContext,
}

impl Tracer {
    /// Exports to an OTLP/HTTP endpoint such as `http://localhost:4318`, if there is one.
    /// [`Self::background`] has to run.
    #[must_use]
    pub fn new(service: &str, endpoint: Option<&str>) -> Self {
        Self(endpoint.map(|endpoint| Arc::new(Exporter::new(service, endpoint))))
    }

    /// A span that follows from `parent`, or begins a trace. It has a context even if it
    /// is not exported.
    #[must_use]
    pub fn span(&self, kind: Kind, name: impl Into<String>, parent: Option<TraceContext>) -> Span {
        let context = parent.map_or_else(TraceContext::begin, TraceContext::child);
        // A caller that does not sample a trace decides for all services, or the trace
        // would have holes.
        let seen = self.0.is_some() && context.sampled;
        let began = SystemTime::now();
        let record = seen.then(|| Record {
            context,
            parent,
            name: bounded(&name.into()),
            kind,
            began,
            ended: began,
            failed: false,
            attributes: Vec::new(),
        });
        Span { tracer: self.clone(), record, context }
    }

    /// The background part that sends the spans; stopped last, so that it gets all of them.
    #[must_use]
    pub fn background(&self) -> Option<Background> {
        let exporter = Arc::clone(self.0.as_ref()?);
        Some(Background::new("traces", |stop| async move { exporter.run(stop).await }))
    }

    /// How many spans were sent, and how many were dropped; none if there is nowhere to send them.
    #[must_use]
    pub fn counts(&self) -> Option<(u64, u64)> {
        self.0.as_ref().map(|exporter| exporter.counts())
    }
}

impl Span {
    /// The context to pass to what follows from it.
    #[must_use]
    pub fn context(&self) -> TraceContext {
        self.context
    }

    /// Renames the span, when more is known.
    pub fn rename(&mut self, name: impl Into<String>) {
        if let Some(record) = &mut self.record {
            record.name = bounded(&name.into());
        }
    }

    /// Adds an attribute, such as `http.request.method`.
    pub fn set(&mut self, key: &'static str, value: &impl ToString) {
        if let Some(record) = &mut self.record {
            record.attributes.push((key, bounded(&value.to_string())));
        }
    }

    /// Marks the span as failed.
    pub fn fail(&mut self) {
        if let Some(record) = &mut self.record {
            record.failed = true;
        }
    }

    /// Drops the span without exporting it.
    pub fn discard(mut self) {
        self.record = None;
    }
}

/// A path or the type of an event, for example, may be as long as its sender likes, and thousands
/// of spans wait to be exported.
fn bounded(text: &str) -> String {
    cut(text, MOST_BYTES).to_owned()
}

impl Drop for Span {
    fn drop(&mut self) {
        if let (Some(mut record), Some(exporter)) = (self.record.take(), &self.tracer.0) {
            record.ended = SystemTime::now();
            // On drop, so that a span ends on every path, also when its future is cancelled.
            exporter.take(record);
        }
    }
}

#[cfg(test)]
mod tests;
