//! Sets entries of a ConfigMap. Services that watch the file see it without a restart, so no
//! replica is taken away and no limit applies.

use std::collections::BTreeMap;

use brunt_scenarios::plan::PlatformFault;

use crate::effect::Effect;
use crate::error::FaultError;
use crate::faults::on_platform::{self, ChangedService};
use crate::pick::numbers;
use crate::target::FaultTarget;

pub(crate) async fn inject<T: FaultTarget>(
    target: &T,
    service: &str,
    name: &str,
    data: &BTreeMap<String, String>,
) -> Result<(Effect, ChangedService), FaultError> {
    let replicas = target.census(service).await?.replicas;
    let fault = PlatformFault::SetConfig { name: name.to_owned(), data: data.clone() };
    on_platform::change(target, service, fault, &numbers(&replicas)).await
}
