//! The connection to a cluster, and each way of calling it: the lowest room, which knows nothing of
//! runs.

pub(crate) mod access_review;
pub(crate) mod apply;
pub(crate) mod argo_labels;
pub(crate) mod call;
mod call_log;
pub(crate) mod connect;
pub(crate) mod ephemeral;
pub(crate) mod error;
mod error_from_client;
pub(crate) mod exec;
pub(crate) mod helper_pods;
pub(crate) mod irreversible_error;
pub(crate) mod labels;
pub(crate) mod login_error;
pub(crate) mod manifest;
pub(crate) mod no_effect_error;
pub(crate) mod object;
pub(crate) mod pod_proxy_get;
pub(crate) mod pod_readiness;
pub(crate) mod port_forward;
pub(crate) mod program_error;
pub(crate) mod removed_workload_error;
pub(crate) mod report_configmap;
#[cfg(test)]
pub(crate) mod scripted_api;
pub(crate) mod secret;
pub(crate) mod security_context;
pub(crate) mod unclear_target;
pub(crate) mod write;
