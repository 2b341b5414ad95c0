//! Sets environment variables, which replaces every replica, and sets them back, which does so
//! again.

use std::collections::BTreeMap;

use brunt_scenarios::plan::PlatformFault;

use crate::effect::Effect;
use crate::error::FaultError;
use crate::faults::on_platform::{self, ChangedService};
use crate::limits::Limits;
use crate::pick::numbers;
use crate::target::FaultTarget;

pub(crate) async fn inject<T: FaultTarget>(
    target: &T,
    service: &str,
    (env, containers): (&BTreeMap<String, String>, &[String]),
    limits: &Limits,
) -> Result<(Effect, ChangedService), FaultError> {
    // Kubernetes replaces every pod whose template has changed.
    let replicas = limits.check_rollout(target, service).await?;
    let fault = PlatformFault::SetEnv { env: env.clone(), containers: containers.to_vec() };
    on_platform::change(target, service, fault, &numbers(&replicas)).await
}
