//! What the checks of a load know of the rest of its file.

use super::target::Targets;
use crate::grpc::DescriptorPool;

/// What a load can refer to.
#[derive(Clone)]
pub(super) struct LoadContext<'a> {
    /// Where its requests can go.
    pub targets: Targets<'a>,
    /// Names of values that are saved before the load starts.
    pub saved: Vec<&'a str>,
    /// The methods that its calls of gRPC can name.
    pub definitions: Definitions,
}

/// Where the methods of gRPC and their messages are defined.
#[derive(Debug, Clone)]
pub(super) enum Definitions {
    /// By the server, which is asked by reflection when the load is prepared.
    Asked,
    /// By a .proto file.
    Known(DescriptorPool),
    /// By a .proto file that cannot be used, which the checker has noted already.
    Broken,
}
