//! gRPC, as far as plans know it: statuses by their names, definitions, methods, and messages as
//! JSON.

mod definitions;
mod limits;
mod message;
mod method;
mod numbers;
mod status;

pub use definitions::{InvalidProto, compile, imports, parse};
pub use limits::{ExcessiveProto, ProtoBudget};
pub use message::{InvalidMessage, packed, unpacked};
pub use method::{MethodError, find, split};
pub use prost_reflect::{DescriptorPool, MessageDescriptor, MethodDescriptor};
pub use status::{STATUSES, status_name, status_named};
