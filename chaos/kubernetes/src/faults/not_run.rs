//! What faults say of a program that could not be run in a pod.

use brunt_faults::TargetError;

use crate::client::error::KubeError;
use crate::client::program_error::ProgramError;

/// A program that could not be run in a pod.
pub(super) fn not_run(pod: &str, source: ProgramError) -> TargetError {
    TargetError::platform(KubeError::Program { pod: pod.to_owned(), source })
}
