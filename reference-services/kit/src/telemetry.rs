//! Log lines on standard error. Those about a request carry its trace's id and its span's.

mod lossy;

use std::sync::OnceLock;
use std::time::Duration;

use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::config::LogFormat;
use lossy::Lossy;

/// How long the last lines may take at the end of the process.
const LAST: Duration = Duration::from_millis(500);

/// The way to standard error.
static LINES: OnceLock<Lossy> = OnceLock::new();

/// Sends log lines to standard error; `RUST_LOG` chooses which (warnings, and what this project
/// says at info, unless set).
///
/// A second call changes nothing: several services may live in one process.
pub fn init(format: LogFormat) {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,brunt=info"));
    let Ok(lines) = Lossy::new(std::io::stderr()) else { return };
    let lines = LINES.get_or_init(|| lines);
    let subscriber = subscriber(format, filter, || lines.clone());
    if tracing::subscriber::set_global_default(subscriber).is_ok() {
        // The usual hook writes to standard error itself, and waits for it.
        std::panic::set_hook(Box::new(|panic| tracing::error!(%panic, "a thread panicked")));
    }
}

/// How many log lines were lost, as standard error did not take them.
#[must_use]
pub fn lost_lines() -> u64 {
    LINES.get().map_or(0, Lossy::lost)
}

/// Waits until all lines are written, for half a second at most.
pub fn flush() {
    if let Some(lines) = LINES.get() {
        lines.flush(LAST);
    }
}

fn subscriber<W>(
    format: LogFormat,
    filter: EnvFilter,
    writer: W,
) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(writer)
        // It would print its own errors, and panic if that fails.
        .log_internal_errors(false);
    match format {
        LogFormat::Text => Box::new(lines.with_ansi(false).finish()),
        LogFormat::Json => {
            Box::new(lines.json().flatten_event(true).with_span_list(false).finish())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use serde_json::Value;

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: LogFormat) -> String {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = subscriber(format, EnvFilter::new("info"), move || writer.clone());
        tracing::subscriber::with_default(subscriber, || {
            let span = tracing::info_span!("request", trace_id = "t", span_id = "s");
            span.in_scope(|| tracing::warn!(order = 7, "it is late"));
        });
        String::from_utf8(lines.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn a_line_about_a_request_names_its_trace() {
        let line: Value = serde_json::from_str(&logged(LogFormat::Json)).unwrap();
        assert_eq!((&line["message"], &line["order"]), (&"it is late".into(), &7.into()));
        assert_eq!(
            (&line["span"]["trace_id"], &line["span"]["span_id"]),
            (&"t".into(), &"s".into())
        );
        let text = logged(LogFormat::Text);
        assert!(
            text.contains("trace_id=\"t\"") && text.ends_with("it is late order=7\n"),
            "{text}"
        );
    }
}
