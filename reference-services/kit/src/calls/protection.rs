//! [`Resilience`] that may change while the service runs.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use super::Resilience;
use crate::config::{ConfigError, Env};
use crate::lifecycle::Background;
use crate::metrics::Metrics;
use crate::reload::{self, Overlay};

/// How much longer than its call an attempt may take, and how long in all if calls
/// have no deadline.
// The leeway covers the transactions before and after the call. An attempt that is given up while
// its call is still running could be confirmed by an answer that comes too late.
const LEEWAY: Duration = Duration::from_secs(3);
const LONGEST: Duration = Duration::from_secs(60);

/// How a service protects itself now. Clones are the same one.
#[derive(Clone, Debug)]
pub struct Protection {
    current: Arc<RwLock<Resilience>>,
    file: Option<Overlay>,
}

impl Protection {
    /// Reads what [`Resilience`] reads, with the file that `CALLS_CONFIG` names laid over it.
    ///
    /// # Errors
    /// The first variable that cannot be used, or the file.
    pub fn read(env: &Env) -> Result<Self, ConfigError> {
        let (now, file) =
            Overlay::read(env, "CALLS_CONFIG", Resilience::read, Resilience::overlaid)?;
        Ok(Self { current: Arc::new(RwLock::new(now)), file })
    }

    /// The settings for a call that begins now.
    #[must_use]
    pub fn now(&self) -> Resilience {
        // A poisoned lock is no reason to fail: the value is replaced as a whole, so it is
        // never half written.
        *self.current.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long a command that needs a call may take before it is given up: longer than any call.
    #[must_use]
    pub fn patience(&self) -> Duration {
        self.now().deadline.unwrap_or(LONGEST) + LEEWAY
    }

    /// Watches the file, if there is one: its changes hold for the calls that begin afterwards.
    pub(crate) fn background(&self, env: &Env, metrics: &Metrics) -> Option<Background> {
        let (current, env) = (Arc::clone(&self.current), env.clone());
        let apply = move |text: &str| {
            *current.write().unwrap_or_else(PoisonError::into_inner) =
                Resilience::overlaid(&env, text)?;
            Ok(())
        };
        Some(reload::watch(self.file.clone()?, metrics.clone(), apply))
    }
}
