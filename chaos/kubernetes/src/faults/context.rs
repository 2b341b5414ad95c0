//! What a run hands to the faults that are injected in it.

use brunt_faults::TargetError;

use super::stress::StressProcesses;
use crate::changes::changer::Changer;
use crate::observe::services::ClusterServices;
use crate::observe::watcher::Observer;

/// What faults change things with, and where they find them. A fault of a service gets a changer
/// for the service's namespace.
#[derive(Clone, Copy)]
pub(crate) struct FaultContext<'a> {
    pub(crate) changer: &'a Changer,
    pub(crate) observer: &'a Observer,
    pub(crate) services: &'a ClusterServices,
    pub(crate) stress: &'a StressProcesses,
    /// An image of brunt, if one is known.
    pub(crate) image: Option<&'a str>,
}

impl FaultContext<'_> {
    /// What changes things in a service's namespace, for faults of several services.
    pub(super) fn changer_of(self, service: &str) -> Result<Changer, TargetError> {
        Ok(self.changer.within(&self.services.workload(service)?.namespace))
    }
}
