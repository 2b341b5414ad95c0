//! What is in the way of knowing what a service of the system file is on a cluster.

use thiserror::Error;

/// A service is not there as the system file says, or it could be several things.
#[derive(Debug, Error)]
pub enum UnclearTarget {
    /// There is no such workload.
    #[error(
        "the namespace {namespace} has no {kinds} for the service `{service}` (looked for \
         {looked_for}); name it in the system file: `kubernetes: {{kind: …, name: …}}` under \
         `{service}`"
    )]
    NoWorkload {
        /// The service of the system file.
        service: String,
        /// The namespace that was searched.
        namespace: String,
        /// The kinds that it could be.
        kinds: String,
        /// What would have matched.
        looked_for: String,
    },
    /// Several workloads could be meant by a service.
    #[error(
        "the namespace {namespace} has several workloads that could be the service `{service}`: \
         {found}; name the one that is meant in the system file: \
         `kubernetes: {{kind: …, name: …}}` under `{service}`"
    )]
    SeveralWorkloads {
        /// The service of the system file.
        service: String,
        /// The namespace that was searched.
        namespace: String,
        /// Kinds and names of all that fit, separated by commas.
        found: String,
    },
    /// A pod has several containers, and nothing says which one is the service.
    #[error(
        "the pods of {workload} have the containers {containers}, and nothing says which one is \
         the service `{service}`: name it in the system file by `kubernetes: {{container: …}}`, \
         annotate the pod template with kubectl.kubernetes.io/default-container, or let a Service \
         lead to its port"
    )]
    SeveralContainers {
        /// The service of the system file.
        service: String,
        /// Kind and name.
        workload: String,
        /// The names of its containers, separated by commas.
        containers: String,
    },
    /// A Service has several ports, and nothing says which one is for requests.
    #[error(
        "the Service {front} has the ports {ports}, and none of them is called http: name the one \
         for requests to `{service}` in the system file by `kubernetes: {{port: …}}`"
    )]
    SeveralPorts {
        /// The service of the system file.
        service: String,
        /// The name of the Service.
        front: String,
        /// Its ports, as they may be named.
        ports: String,
    },
    /// The system file names a container that is not there.
    #[error("the pods of {workload} have no container `{container}`; they have {containers}")]
    NoContainer {
        /// The container that is named.
        container: String,
        /// Kind and name.
        workload: String,
        /// The names of its containers, separated by commas.
        containers: String,
    },
    /// The system file names a Service or a port by which a service cannot be called.
    #[error("the service `{service}` cannot be called as the system file says: {why}")]
    NoFront {
        /// The service of the system file.
        service: String,
        /// What is wrong with the Service or the port, and what there is.
        why: String,
    },
}
