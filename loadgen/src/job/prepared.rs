//! Requests as bytes. They are made once, before the load, so that sending one costs no allocation.

use std::borrow::Cow;
use std::time::Duration;

use brunt_scenarios::timeline::Failure;

use crate::protocol::grpc;

use super::Job;
use super::called_server::CalledServer;
use super::error::JobError;
use crate::address::Scheme;
use crate::failure::RequestError;
use crate::net::{Server, ServerSetupError};
use crate::protocol::ReplyTo;
use crate::protocol::http1::request_bytes;
use crate::protocol::http2::Http2Request;
use crate::request::HttpRequest;
use crate::transport::HttpVersion;

/// A request that is ready to be sent.
#[derive(Debug)]
pub(crate) struct PreparedRequest {
    /// Head and body in HTTP/1.1.
    pub bytes: Box<[u8]>,
    /// The index of its server among the job's.
    pub server: usize,
    /// Decides where its reply ends.
    pub reply_to: ReplyTo,
    /// The same for HTTP/2, if that is spoken; made from `bytes` when missing.
    pub message: Option<Http2Request>,
}

impl PreparedRequest {
    /// The request for HTTP/2. Journeys fill in values for each request, so theirs are packed
    /// here; all others were packed before the load.
    pub fn http2(&self, scheme: Scheme) -> Result<Cow<'_, Http2Request>, RequestError> {
        const UNFIT: RequestError =
            RequestError::new(Failure::Protocol, "a request that cannot be sent over HTTP/2");
        match &self.message {
            Some(message) => Ok(Cow::Borrowed(message)),
            None => Http2Request::parse(&self.bytes, scheme).map(Cow::Owned).ok_or(UNFIT),
        }
    }

    /// Prepares a request to one of the job's servers.
    pub fn new(request: &HttpRequest, server: usize, job: &Job) -> Result<Self, JobError> {
        let whole = job.transport.names_server(&request.address);
        let bytes = request_bytes(request, job.reuse, whole)?.into_boxed_slice();
        let message = match job.transport.version {
            HttpVersion::Http1 => None,
            HttpVersion::Http2 => Http2Request::parse(&bytes, request.address.scheme),
        };
        Ok(Self { bytes, server, reply_to: ReplyTo::method(&request.method), message })
    }
}

/// A job that is ready to start.
#[derive(Debug)]
pub(crate) struct PreparedJob {
    pub job: Job,
    pub requests: Vec<PreparedRequest>,
    /// The servers of all requests.
    pub servers: Vec<Server>,
}

/// Why a job cannot start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PrepareError {
    #[error(transparent)]
    Request(#[from] JobError),
    #[error("{address}: {source}")]
    Server { address: String, source: ServerSetupError },
}

impl PreparedJob {
    pub fn new(job: Job) -> Result<Self, PrepareError> {
        // The servers of journeys come first, so that the script's indices are those of the job.
        let mut known: Vec<CalledServer> =
            job.journeys.as_ref().map_or_else(Vec::new, |script| script.endpoints.clone());
        let mut requests = Vec::with_capacity(job.requests.len());
        for request in &job.requests {
            let place = known.iter().position(|one| !one.grpc && one.address == request.address);
            let server = place.unwrap_or_else(|| {
                known.push(CalledServer { address: request.address.clone(), grpc: false });
                known.len() - 1
            });
            requests.push(PreparedRequest::new(request, server, &job)?);
        }
        let calls = grpc::transport(job.transport.clone());
        let (mut tls, mut tls_of_calls) = (None, None);
        let server = |CalledServer { address, grpc }: CalledServer| {
            let server = match grpc {
                true => Server::new(&address, &calls, &mut tls_of_calls),
                false => Server::new(&address, &job.transport, &mut tls),
            };
            // Behind a proxy, it is the proxy whose name is looked up.
            let proxy = job.transport.proxy.as_ref().filter(|_| address.unix.is_none());
            server.map_err(|source| PrepareError::Server {
                address: match proxy {
                    Some(proxy) => format!("the proxy {proxy}"),
                    None => address.to_string(),
                },
                source,
            })
        };
        let servers = known.into_iter().map(server).collect::<Result<_, _>>()?;
        Ok(Self { job, requests, servers })
    }

    /// Whether a reply's body is wanted, or only its length.
    pub fn wants_body(&self) -> bool {
        self.job.key.is_some() || !self.job.answer.json.is_empty()
    }

    /// The time after which no request starts.
    pub fn lasts(&self) -> Option<Duration> {
        self.job.bound.time()
    }
}
