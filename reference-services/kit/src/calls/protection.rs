//! [`Resilience`] that may change while the service runs.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use super::Resilience;
use crate::config::{ConfigError, Env};
use crate::lifecycle::Background;
use crate::metrics::Metrics;
use crate::reload::{self, Seen};

/// How a service protects itself now. Clones are the same one.
#[derive(Clone, Debug)]
pub struct Protection {
    current: Arc<RwLock<Resilience>>,
    /// What lies over the environment, and what it said when it was read.
    file: Option<(PathBuf, Seen)>,
    env: Env,
}

impl Protection {
    /// Reads what [`Resilience`] reads, with the file that `CALLS_CONFIG` names laid over it.
    ///
    /// # Errors
    /// The first variable that cannot be used, or the file.
    pub fn read(env: &Env) -> Result<Self, ConfigError> {
        let (resilience, file) = match env.text("CALLS_CONFIG", "") {
            "" => (Resilience::read(env)?, None),
            path => {
                let seen = Seen::read(path.as_ref());
                let read = seen.text().and_then(|text| Resilience::overlaid(env, text));
                let resilience = read.map_err(|error| ConfigError {
                    name: "CALLS_CONFIG".to_owned(),
                    value: path.to_owned(),
                    accepts: format!("a file that can be used ({error})"),
                })?;
                (resilience, Some((path.into(), seen)))
            }
        };
        Ok(Self { current: Arc::new(RwLock::new(resilience)), file, env: env.clone() })
    }

    /// What holds for a call that begins now.
    #[must_use]
    pub fn now(&self) -> Resilience {
        *self.current.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks after the file, if there is one: a change of it holds for the calls that begin afterwards.
    pub(crate) fn background(&self, metrics: &Metrics) -> Option<Background> {
        let (path, seen) = self.file.clone()?;
        let (current, env) = (Arc::clone(&self.current), self.env.clone());
        Some(reload::watch(path, seen, metrics.clone(), move |text| {
            let changed = Resilience::overlaid(&env, text)?;
            *current.write().unwrap_or_else(PoisonError::into_inner) = changed;
            Ok(())
        }))
    }
}

impl From<Resilience> for Protection {
    /// One that never changes.
    fn from(resilience: Resilience) -> Self {
        Self { current: Arc::new(RwLock::new(resilience)), file: None, env: Env::default() }
    }
}
