//! Looks at a mounted file and says when it has changed.
//!
//! What Kubernetes mounts from a ConfigMap is a link to a link, and a change swaps the one in the middle: watching the file
//! itself would see nothing. So its text is read now and then; a small file costs less than being clever.

use std::path::PathBuf;
use std::time::Duration;

use tokio::time::sleep;

use crate::lifecycle::{Background, Stop};
use crate::metrics::{Counter, Gauge, Metrics};

const LOOK_EVERY: Duration = Duration::from_millis(500);

/// What the file said when it was last read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen(Result<String, String>);

impl Seen {
    /// Reads the file.
    #[must_use]
    pub fn read(path: &std::path::Path) -> Self {
        Self(std::fs::read_to_string(path).map_err(|error| error.to_string()))
    }

    /// Its text.
    ///
    /// # Errors
    /// Why it could not be read.
    pub fn text(&self) -> Result<&str, String> {
        self.0.as_deref().map_err(Clone::clone)
    }
}

/// Hands the file's text to `apply` whenever it has changed since `seen`. What `apply` refuses is logged, once, and what
/// was there before stays in force.
pub fn watch(
    path: PathBuf,
    seen: Seen,
    metrics: Metrics,
    apply: impl Fn(&str) -> Result<(), String> + Send + 'static,
) -> Background {
    metrics.set(Gauge::ConfigReloaded, &[], 1.0);
    Background::new("reload", move |stop| run(path, seen, metrics, apply, stop))
}

async fn run(
    path: PathBuf,
    mut seen: Seen,
    metrics: Metrics,
    apply: impl Fn(&str) -> Result<(), String> + Send + 'static,
    stop: Stop,
) {
    loop {
        tokio::select! {
            () = stop.requested() => return,
            () = sleep(LOOK_EVERY) => {}
        }
        let now = Seen::read(&path);
        if now == seen {
            continue;
        }
        seen = now;
        let outcome = seen.text().and_then(&apply);
        let path = path.display();
        let (label, value) = match outcome {
            Ok(()) => {
                tracing::info!(%path, "the configuration has changed");
                ("applied", 1.0)
            }
            Err(error) => {
                tracing::error!(%path, error, "the new configuration is refused; the old one stays in force");
                ("refused", 0.0)
            }
        };
        metrics.add(Counter::ConfigReloads, &[("outcome", label)]);
        metrics.set(Gauge::ConfigReloaded, &[], value);
    }
}
