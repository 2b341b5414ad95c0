//! `--grpc SERVICE/METHOD`: unary calls, with messages that are written as JSON. A .proto file or
//! the server itself says what messages look like.

mod files;

use std::path::{Path, PathBuf};
use std::time::Duration;

use brunt_loadgen::grpc::{self, GrpcError, framed};
use brunt_loadgen::{Address, HttpRequest, Transport};
use brunt_scenarios::grpc::{
    DescriptorPool, InvalidMessage, MessageDescriptor, find, packed, split,
};

use files::ProtoFiles;

/// Calls of one method, with the options that they are made from.
pub(crate) struct GrpcCalls<'a> {
    /// The method's full name, `package.Service/Method`.
    pub method: &'a str,
    /// The server that is called, and asked for the method's types without `proto`.
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

impl GrpcCalls<'_> {
    /// A request for each message.
    pub fn requests(&self, transport: &Transport) -> Result<Vec<HttpRequest>, GrpcError> {
        let named = split(self.method).ok_or_else(|| GrpcError::Name(self.method.to_owned()))?;
        let method = match self.proto {
            Some(file) => find(&compiled(file, &self.includes)?, named.0, named.1)?,
            None => grpc::ask(&self.address, transport, named, self.timeout)?,
        };
        let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
        let messages = messages(self.messages, &method.input())?;
        Ok(messages.iter().map(|message| self.request(&path, message)).collect())
    }

    fn request(&self, path: &str, message: &[u8]) -> HttpRequest {
        let own = grpc::headers(self.headers, self.timeout);
        HttpRequest {
            method: http::Method::POST,
            address: self.address.clone(),
            path: path.to_owned(),
            headers: self.headers.iter().cloned().chain(own).collect(),
            body: framed(message),
        }
    }
}

fn compiled(file: &Path, includes: &[PathBuf]) -> Result<DescriptorPool, GrpcError> {
    let wrong = |source| GrpcError::Proto { file: file.to_owned(), source };
    let file = file.canonicalize().map_err(|error| wrong(error.into()))?;
    // The file's own folder comes last, so that --proto-path can put another file before it.
    let folders = includes.iter().map(PathBuf::as_path).chain(file.parent());
    let mut compiler = protox::Compiler::with_file_resolver(ProtoFiles::new(folders));
    compiler.include_imports(true);
    compiler.open_file(&file).map_err(|error| wrong(error.into()))?;
    Ok(compiler.descriptor_pool())
}

/// JSON documents, one after the other, as bytes of messages.
fn messages(text: &str, kind: &MessageDescriptor) -> Result<Vec<Vec<u8>>, GrpcError> {
    let wrong = |source| InvalidMessage { name: kind.full_name().to_owned(), source };
    let mut messages = Vec::new();
    for document in serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>() {
        messages.push(packed(kind, &document.map_err(wrong)?)?);
    }
    if messages.is_empty() {
        messages.push(Vec::new());
    }
    Ok(messages)
}

#[cfg(test)]
mod tests;
