//! gRPC's server reflection, v1 or v1alpha: asks a server for its services' descriptors. Runs
//! before a load, so it may use the h2 crate and allocate freely.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bytes::Bytes;
use h2::client::SendRequest;
use prost::Message;
use prost_reflect::DescriptorPool;
use prost_reflect::prost_types::{FileDescriptorProto, FileDescriptorSet};

use super::wire::{self, UnaryCallError};
use crate::address::Address;
use crate::net::{ConnectError, Server, ServerSetupError};
use crate::transport::Transport;

/// The newer version comes first; the messages are the same.
const VERSIONS: [&str; 2] =
    ["grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"];

/// ServerReflectionRequest. On the wire, a oneof is a set of fields of which one is present.
#[derive(Clone, PartialEq, Message)]
struct ReflectionRequest {
    #[prost(string, optional, tag = "3")]
    file_by_name: Option<String>,
    #[prost(string, optional, tag = "4")]
    file_of_symbol: Option<String>,
    #[prost(string, optional, tag = "7")]
    services: Option<String>,
}

/// ServerReflectionResponse, with the fields that are needed.
#[derive(Clone, PartialEq, Message)]
struct ReflectionResponse {
    #[prost(message, optional, tag = "4")]
    files: Option<FileDescriptors>,
    #[prost(message, optional, tag = "6")]
    services: Option<ServiceList>,
    #[prost(message, optional, tag = "7")]
    error: Option<ReflectionRefusal>,
}

#[derive(Clone, PartialEq, Message)]
struct FileDescriptors {
    #[prost(bytes = "vec", repeated, tag = "1")]
    files: Vec<Vec<u8>>,
}

#[derive(Clone, PartialEq, Message)]
struct ServiceList {
    #[prost(message, repeated, tag = "1")]
    services: Vec<ServiceName>,
}

#[derive(Clone, PartialEq, Message)]
struct ServiceName {
    #[prost(string, tag = "1")]
    name: String,
}

#[derive(Clone, PartialEq, Message)]
struct ReflectionRefusal {
    #[prost(string, tag = "2")]
    message: String,
}

/// The descriptors of a service and of all files that it imports.
pub(super) fn ask(
    address: &Address,
    transport: &Transport,
    service: &str,
    timeout: Duration,
) -> Result<DescriptorPool, ReflectionError> {
    Ok(asked(address, transport, service, timeout).map_err(Box::new)?)
}

fn asked(
    address: &Address,
    transport: &Transport,
    service: &str,
    timeout: Duration,
) -> Result<DescriptorPool, ReflectionFailure> {
    let server = Server::new(address, transport, &mut None)?;
    // On a thread of its own: a caller on a Tokio runtime may not block on another one.
    std::thread::scope(|scope| {
        let asking = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let learning = learn(&server, address, service);
            let within = async { tokio::time::timeout(timeout, learning).await };
            let learnt = runtime.map_err(ReflectionFailure::Runtime)?.block_on(within);
            learnt.map_err(|_| ReflectionFailure::Timeout(timeout))?
        });
        asking.join().unwrap_or(Err(ReflectionFailure::Panicked))
    })
}

/// Why a server's reflection gives no descriptor.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct ReflectionError(#[from] Box<ReflectionFailure>);

impl ReflectionError {
    /// The services of a server that answers, and has not the one that was asked for.
    pub(super) fn services_there(&self) -> Option<&[String]> {
        match &*self.0 {
            ReflectionFailure::Service(there) => Some(there),
            _ => None,
        }
    }
}

/// Why there is no descriptor.
#[derive(Debug, thiserror::Error)]
enum ReflectionFailure {
    #[error(transparent)]
    Setup(#[from] ServerSetupError),
    #[error("{0}")]
    Runtime(#[source] std::io::Error),
    #[error("the question failed")]
    Panicked,
    #[error("no answer within {} s", .0.as_secs_f64())]
    Timeout(Duration),
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error(transparent)]
    Connection(#[from] h2::Error),
    #[error("it closed the connection")]
    Closed,
    #[error(transparent)]
    Call(#[from] UnaryCallError),
    #[error(transparent)]
    Undecodable(#[from] prost::DecodeError),
    #[error("what it says does not fit together: {0}")]
    Contradiction(#[from] prost_reflect::DescriptorError),
    /// The server has no such service; these are the services that it has.
    #[error("it has no such service, but {}", .0.join(", "))]
    Service(Vec<String>),
}

async fn learn(
    server: &Server,
    address: &Address,
    service: &str,
) -> Result<DescriptorPool, ReflectionFailure> {
    let opened = server.open().await?;
    let (send, connection) = h2::client::handshake(opened.stream).await?;
    let asked = async {
        let mut last = ReflectionFailure::Closed;
        for version in VERSIONS {
            let url = format!("{}://{address}/{version}/ServerReflectionInfo", address.scheme);
            match (ReflectionClient { send: &send, url }).learn(service).await {
                found @ (Ok(_) | Err(ReflectionFailure::Service(_))) => return found,
                // Many servers have only one of the two versions.
                Err(error) => last = error,
            }
        }
        Err(last)
    };
    tokio::select! {
        learnt = asked => learnt,
        ended = connection => Err(ended.err().map_or(ReflectionFailure::Closed, Into::into)),
    }
}

/// Asks one version of the reflection service.
struct ReflectionClient<'a> {
    send: &'a SendRequest<Bytes>,
    url: String,
}

impl ReflectionClient<'_> {
    async fn learn(&self, service: &str) -> Result<DescriptorPool, ReflectionFailure> {
        let first = ReflectionRequest {
            file_of_symbol: Some(service.to_owned()),
            ..ReflectionRequest::default()
        };
        let Some(files) = self.ask(&first).await?.files else {
            return Err(ReflectionFailure::Service(self.services().await?));
        };
        let mut known: BTreeMap<String, FileDescriptorProto> = BTreeMap::new();
        let mut asked: BTreeSet<String> = BTreeSet::new();
        take(&mut known, &files)?;
        // Some servers send a file without its imports, which are then asked for by name.
        loop {
            let next = missing(&known).find(|name| !asked.contains(name));
            let Some(name) = next else { break };
            asked.insert(name.clone());
            let answer = self
                .ask(&ReflectionRequest {
                    file_by_name: Some(name),
                    ..ReflectionRequest::default()
                })
                .await?;
            take(&mut known, &answer.files.unwrap_or_default())?;
        }
        let set = FileDescriptorSet { file: known.into_values().collect() };
        let mut pool = DescriptorPool::global();
        match pool.add_file_descriptor_set(set.clone()) {
            Ok(()) => Ok(pool),
            // The global pool may know another version of a file; only then is a second pool paid
            // for.
            Err(_) => Ok(DescriptorPool::from_file_descriptor_set(set)?),
        }
    }

    async fn services(&self) -> Result<Vec<String>, ReflectionFailure> {
        let answer = self
            .ask(&ReflectionRequest {
                services: Some(String::new()),
                ..ReflectionRequest::default()
            })
            .await?;
        let there =
            answer.services.unwrap_or_default().services.into_iter().map(|service| service.name);
        Ok(there.filter(|name| !name.starts_with("grpc.reflection.")).collect())
    }

    async fn ask(&self, ask: &ReflectionRequest) -> Result<ReflectionResponse, ReflectionFailure> {
        let answer = wire::ask(self.send, &self.url, &ask.encode_to_vec()).await?;
        Ok(ReflectionResponse::decode(answer.as_slice())?)
    }
}

fn take(
    known: &mut BTreeMap<String, FileDescriptorProto>,
    files: &FileDescriptors,
) -> Result<(), ReflectionFailure> {
    for file in &files.files {
        let file = FileDescriptorProto::decode(file.as_slice())?;
        known.insert(file.name().to_owned(), file);
    }
    Ok(())
}

/// The imports that have not been received yet.
fn missing(known: &BTreeMap<String, FileDescriptorProto>) -> impl Iterator<Item = String> {
    let imported = known.values().flat_map(|file| file.dependency.iter());
    imported.filter(move |name| !known.contains_key(*name)).cloned()
}
