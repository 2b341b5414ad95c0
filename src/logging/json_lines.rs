//! Events as JSON objects, one a line, for standard error and for the folders of runs.

use std::time::Instant;

use serde_json::{Map, Value, json};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::{LookupSpan, Scope};

use super::fields::JsonFields;
use super::run_log::SharedFile;
use super::standard_error;
use crate::secrets;

/// Where the lines go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Destination {
    /// This process's standard error.
    StandardError,
    /// The file of the run in whose span the event happened; events outside of runs are dropped.
    RunLogs,
}

/// Writes each event, and the end of each span below level info, as a line of JSON.
pub(super) struct JsonLines {
    destination: Destination,
}

/// What is remembered of an open span.
struct OpenSpan {
    fields: JsonFields,
    opened: Instant,
}

impl JsonLines {
    pub fn to(destination: Destination) -> Self {
        Self { destination }
    }

    fn write<'s, S>(
        &self,
        metadata: &Metadata<'_>,
        message: &Value,
        fields: &Map<String, Value>,
        scope: Option<Scope<'s, S>>,
    ) where
        S: LookupSpan<'s>,
    {
        let mut spans = Vec::new();
        let mut file = None;
        for span in scope.into_iter().flat_map(Scope::from_root) {
            let extensions = span.extensions();
            if let Some(found) = extensions.get::<SharedFile>() {
                file = Some(found.clone());
            }
            let mut shown = Map::from_iter([("name".to_owned(), span.name().into())]);
            if let Some(open) = extensions.get::<OpenSpan>() {
                shown.extend(open.fields.0.clone());
            }
            spans.push(Value::Object(shown));
        }
        if self.destination == Destination::RunLogs && file.is_none() {
            return;
        }
        let mut line = json!({
            "timestamp": jiff::Timestamp::now(),
            "level": metadata.level().as_str(),
            "target": metadata.target(),
            "message": message,
            "fields": fields,
            "spans": spans,
        })
        .to_string();
        line = secrets::masked(&line).into_owned();
        line.push('\n');
        match (self.destination, file) {
            (Destination::StandardError, _) => standard_error::write(line.as_bytes()),
            (Destination::RunLogs, Some(file)) => {
                file.write(*metadata.level(), line.as_bytes());
                if is_change(fields) {
                    file.note_change();
                }
            }
            (Destination::RunLogs, None) => {}
        }
    }
}

/// Whether an event says that something outside of this process has been changed: what was changed
/// has a state after it, and what a dry run asks for changes nothing.
fn is_change(fields: &Map<String, Value>) -> bool {
    let is_dry_run = fields.get("dry_run") == Some(&Value::Bool(true));
    !is_dry_run && ["after", "signal"].iter().any(|key| fields.contains_key(*key))
}

impl<S> Layer<S> for JsonLines
where
    S: Subscriber + for<'s> LookupSpan<'s>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = JsonFields::default();
        attributes.record(&mut fields);
        let mut extensions = span.extensions_mut();
        // There may be two such layers, for the two destinations, and a span is remembered once.
        if extensions.get_mut::<OpenSpan>().is_none() {
            extensions.insert(OpenSpan { fields, opened: Instant::now() });
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(open) = span.extensions_mut().get_mut::<OpenSpan>() {
            values.record(&mut open.fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = JsonFields::default();
        event.record(&mut fields);
        let message = fields.0.remove("message").unwrap_or_default();
        self.write(event.metadata(), &message, &fields.0, context.event_scope(event));
    }

    // The end of a call is where its time is known. Spans at info, such as a run's, only give the
    // events in them a context.
    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id).filter(|span| *span.metadata().level() > Level::INFO)
        else {
            return;
        };
        let mut fields = Map::new();
        if let Some(open) = span.extensions().get::<OpenSpan>() {
            fields.clone_from(&open.fields.0);
            let took = open.opened.elapsed().as_secs_f64() * 1e3;
            fields.insert("took_ms".to_owned(), took.into());
        }
        let message = Value::from(span.name());
        self.write(span.metadata(), &message, &fields, span.parent().map(|parent| parent.scope()));
    }
}
