//! `--grpc SERVICE/METHOD`: unary calls, with messages that are written as JSON. What they look like is told by a .proto file
//! or by the server itself.

mod method;
mod reflection;
mod wire;

use std::path::{Path, PathBuf};
use std::time::Duration;

use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor};

use crate::job::{Address, Request, Transport, Version};

/// Why a call cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum GrpcError {
    /// Not a service and a method.
    #[error("`{0}` is not a method: write it like --grpc shop.v1.Orders/Place")]
    Name(String),
    /// A file that does not compile.
    #[error("{0}")]
    Proto(String),
    /// A service that is not there.
    #[error("there is no service `{name}`; there are: {there}")]
    Service {
        /// As it was written.
        name: String,
        /// Those that are there.
        there: String,
    },
    /// A method that is not there.
    #[error("{service} has no method `{name}`; it has: {there}")]
    Method {
        /// The service.
        service: String,
        /// As it was written.
        name: String,
        /// Those that are there.
        there: String,
    },
    /// A method that is not unary.
    #[error("{0} streams; load is put on unary methods only")]
    Streams(String),
    /// A message that does not fit.
    #[error("the message is no {name}: {why}")]
    Message {
        /// The message's type.
        name: String,
        /// What is wrong.
        why: String,
    },
    /// A server without reflection.
    #[error(
        "{address} does not say what its messages look like ({why}); give their definition with --proto FILE"
    )]
    Reflection {
        /// Host and port.
        address: String,
        /// Why.
        why: String,
    },
}

/// What to call.
pub(super) struct Call<'a> {
    /// `package.Service/Method`.
    pub method: &'a str,
    /// Where.
    pub address: Address,
    /// The file that defines it; the server is asked without.
    pub proto: Option<&'a Path>,
    /// Folders that its imports are in, beside its own.
    pub includes: Vec<PathBuf>,
    /// Messages as JSON, one after the other; an empty one without.
    pub messages: &'a str,
    pub headers: &'a [(String, String)],
    pub timeout: Duration,
}

impl Call<'_> {
    /// A request for each message.
    pub fn requests(&self, transport: &Transport) -> Result<Vec<Request>, GrpcError> {
        let (service, name) = method::split(self.method)?;
        let pool = match self.proto {
            Some(file) => compiled(file, &self.includes)?,
            None => reflection::ask(&self.address, transport, service, self.timeout)?,
        };
        let method = method::find(&pool, service, name)?;
        let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
        let messages = messages(self.messages, &method.input())?;
        Ok(messages.iter().map(|message| self.request(&path, message)).collect())
    }

    fn request(&self, path: &str, message: &[u8]) -> Request {
        let own = [
            ("content-type", "application/grpc".to_owned()),
            ("te", "trailers".to_owned()),
            ("grpc-timeout", format!("{}m", self.timeout.as_millis().clamp(1, 99_999_999))),
        ];
        let given = |name: &str| self.headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name));
        let own = own.into_iter().filter(|(name, _)| !given(name));
        Request {
            method: http::Method::POST,
            address: self.address.clone(),
            path: path.to_owned(),
            headers: self
                .headers
                .iter()
                .cloned()
                .chain(own.map(|(name, value)| (name.to_owned(), value)))
                .collect(),
            body: wire::framed(message),
        }
    }
}

/// How servers of gRPC are reached.
pub(super) fn transport(transport: Transport) -> Transport {
    Transport { version: Version::Http2, grpc: true, ..transport }
}

fn compiled(file: &Path, includes: &[PathBuf]) -> Result<DescriptorPool, GrpcError> {
    let wrong = |error: &dyn std::fmt::Display| GrpcError::Proto(format!("{}: {error}", file.display()));
    let file = file.canonicalize().map_err(|error| wrong(&error))?;
    let folders = includes.iter().map(PathBuf::as_path).chain(file.parent());
    let files = protox::compile([&file], folders).map_err(|error| wrong(&error))?;
    DescriptorPool::from_file_descriptor_set(files).map_err(|error| wrong(&error))
}

/// JSON documents, one after the other, as bytes of messages.
fn messages(text: &str, kind: &MessageDescriptor) -> Result<Vec<Vec<u8>>, GrpcError> {
    let wrong = |error: serde_json::Error| GrpcError::Message {
        name: kind.full_name().to_owned(),
        why: error.to_string(),
    };
    let mut messages = Vec::new();
    for document in serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>() {
        let message = DynamicMessage::deserialize(kind.clone(), document.map_err(wrong)?).map_err(wrong)?;
        messages.push(message.encode_to_vec());
    }
    if messages.is_empty() {
        messages.push(Vec::new());
    }
    Ok(messages)
}

#[cfg(test)]
mod tests;
