//! Watches a mounted file for changes.
//!
//! Kubernetes mounts a ConfigMap as a link to a link, and a change swaps the middle one:
//! watching the file itself would see nothing. So its text is read periodically, which is cheap
//! for a small file.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use tokio::time::sleep;

use crate::config::{ConfigError, Env};
use crate::lifecycle::{Background, Stop};
use crate::metrics::{Counter, Gauge, Metrics};

// The kubelet itself takes up to a minute to bring a changed ConfigMap.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Why a mounted file cannot be used. Each message is one line.
#[derive(Debug, thiserror::Error)]
pub enum OverlayError {
    /// The file cannot be read.
    #[error(transparent)]
    Unreadable(Arc<std::io::Error>),
    /// The file is no YAML of the expected form.
    #[error("{}", first_line(.0))]
    Malformed(#[source] serde_saphyr::Error),
    /// A line names a setting that a file cannot have.
    #[error("{name} is not known here; there are {known}")]
    UnknownName {
        /// The name in the file.
        name: String,
        /// The names that a file can have, separated by commas.
        known: String,
    },
    /// A list or a map where one value is expected; the name of the setting.
    #[error("{0} must have one value")]
    NotOneValue(String),
    /// A setting has a value that cannot be used.
    #[error(transparent)]
    Value(#[from] ConfigError),
}

fn first_line(error: &serde_saphyr::Error) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}

/// The file's text at the last read.
#[derive(Clone, Debug)]
struct Seen(Result<String, Arc<std::io::Error>>);

impl Seen {
    fn read(path: &std::path::Path) -> Self {
        Self(std::fs::read_to_string(path).map_err(Arc::new))
    }

    /// Its text, or why it could not be read.
    fn text(&self) -> Result<&str, OverlayError> {
        self.0.as_deref().map_err(|error| OverlayError::Unreadable(Arc::clone(error)))
    }

    fn is_same(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Ok(one), Ok(other)) => one == other,
            // Errors cannot be compared, but the same one has the same text.
            (Err(one), Err(other)) => one.to_string() == other.to_string(),
            _ => false,
        }
    }
}

/// A file that overrides the environment, with its text at the last read.
#[derive(Clone, Debug)]
pub struct Overlay {
    path: PathBuf,
    seen: Seen,
}

impl Overlay {
    /// What the environment says, or, if `variable` names a file, what both say together.
    ///
    /// # Errors
    /// When `plain` or `overlaid` cannot use what is there, or the file cannot be read.
    pub fn read<T>(
        env: &Env,
        variable: &str,
        plain: impl FnOnce(&Env) -> Result<T, ConfigError>,
        overlaid: impl FnOnce(&Env, &str) -> Result<T, OverlayError>,
    ) -> Result<(T, Option<Self>), ConfigError> {
        let path = env.text(variable, "");
        if path.is_empty() {
            return Ok((plain(env)?, None));
        }
        let seen = Seen::read(path.as_ref());
        let value =
            seen.text().and_then(|text| overlaid(env, text)).map_err(|error| ConfigError {
                name: variable.to_owned(),
                value: path.to_owned(),
                accepts: format!("a file that can be used ({error})"),
            })?;
        Ok((value, Some(Self { path: path.into(), seen })))
    }
}

/// A YAML document; a comment alone is an empty one.
///
/// # Errors
/// When it is not what is wanted.
pub fn document<T: DeserializeOwned + Default>(text: &str) -> Result<T, OverlayError> {
    let document: Result<Option<T>, _> = serde_saphyr::from_str(text);
    document.map(Option::unwrap_or_default).map_err(OverlayError::Malformed)
}

/// Passes the file's text to `apply` whenever it has changed. A text that `apply` refuses is logged
/// once, and the previous settings stay in force.
pub fn watch(
    overlay: Overlay,
    metrics: Metrics,
    apply: impl Fn(&str) -> Result<(), OverlayError> + Send + 'static,
) -> Background {
    metrics.set(Gauge::ConfigReloaded, &[], 1.0);
    Background::new("reload", move |stop| run(overlay, metrics, apply, stop))
}

async fn run(
    Overlay { path, mut seen }: Overlay,
    metrics: Metrics,
    apply: impl Fn(&str) -> Result<(), OverlayError> + Send + 'static,
    stop: Stop,
) {
    loop {
        tokio::select! {
            () = stop.requested() => return,
            () = sleep(LOOK_EVERY) => {}
        }
        let now = Seen::read(&path);
        // Compared by its text, not its time of modification: the link is replaced with every sync.
        if now.is_same(&seen) {
            continue;
        }
        // Also when it is refused, so that a bad file is logged once and not twice a second.
        seen = now;
        let outcome = seen.text().and_then(&apply);
        let path = path.display();
        let (label, value) = match outcome {
            Ok(()) => {
                tracing::info!(%path, "the configuration has changed");
                ("applied", 1.0)
            }
            Err(error) => {
                tracing::error!(
                    %path,
                    %error,
                    "the new configuration is refused; the old one stays in force"
                );
                ("refused", 0.0)
            }
        };
        metrics.add(Counter::ConfigReloads, &[("outcome", label)]);
        metrics.set(Gauge::ConfigReloaded, &[], value);
    }
}
