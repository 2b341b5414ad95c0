//! What tests do to the shop: faults without limits, drawn alike each time.

use std::time::Duration;

use brunt_faults::{FaultError, InjectedFault, Limits, inject};
use brunt_kubernetes::ClusterRun;
use brunt_scenarios::plan::{Fault, FaultKind, PlatformFault};
use brunt_scenarios::units::Percent;

pub const ALL: Limits = Limits { max_unavailable: Percent::ALL };

/// Longer than any run here.
pub const LASTS: Duration = Duration::from_secs(600);

pub fn shop() -> String {
    "shop".to_owned()
}

pub fn platform(fault: PlatformFault) -> FaultKind {
    FaultKind::Platform { service: shop(), fault }
}

pub fn chance() -> fastrand::Rng {
    fastrand::Rng::with_seed(7)
}

pub async fn applied(system: &ClusterRun, kind: &FaultKind) -> Result<InjectedFault, FaultError> {
    inject(kind, system, &ALL, &mut chance()).await
}

/// A plan with this fault alone.
pub fn planned(kind: &FaultKind) -> Vec<Fault> {
    let (kind, only) = (kind.clone(), Default::default());
    vec![Fault { kind, at: vec![Duration::ZERO], lasts: Some(LASTS), only }]
}
