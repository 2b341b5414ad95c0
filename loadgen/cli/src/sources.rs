//! Where requests come from: URLs, a browser's recording, an OpenAPI document, a gRPC method, a
//! load file.

mod budget;
mod grpc;
mod har;
mod load_file;
mod local_secrets;
mod openapi;
mod text;
mod urls;

pub use budget::SourceTooLarge;
pub(crate) use grpc::GrpcCalls;
pub use har::{HarFile, HarRequests};
pub(crate) use load_file::load_plan;
pub use local_secrets::LocalSecrets;
pub use openapi::ReferenceError;
pub(crate) use openapi::{DocumentPlace, OpenApiDocument};
pub(crate) use text::read_text;
pub use urls::UrlList;
