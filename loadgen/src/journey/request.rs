//! The request of a step, with its redirects.

use std::cell::Cell;
use std::pin::pin;
use std::time::{Instant, SystemTime};

use brunt_scenarios::grpc::MessageDescriptor;
use brunt_scenarios::timeline::Failure;

use crate::client::redirect;

use super::user::JourneyUser;
use super::values::JourneyValues;
use crate::failure::RequestError;
use crate::job::{CalledServer, PreparedRequest, ScriptedStep, sent_key};
use crate::protocol::http1::request_bytes;
use crate::protocol::{ReplyContent, ReplyTo};
use crate::request::HttpRequest;
use crate::transport::HttpVersion;

/// The reply to a step's request, or why there is none, and its times.
pub(super) struct StepResult {
    pub result: Result<ReplyContent, RequestError>,
    /// The command's key, if the request holds it.
    pub key: Option<String>,
    /// The length of all bodies, redirects' included, in bytes.
    pub length: u64,
    pub sent: Instant,
    pub first_byte: Option<Instant>,
    pub done: Instant,
    /// Whether the server may have seen something of the request.
    pub wrote: bool,
}

// A value that was saved from a reply may not fit into a message's field.
const UNFIT: RequestError =
    RequestError::new(Failure::Protocol, "values that do not fit into the message");

impl StepResult {
    /// A request whose values could not be filled in.
    fn never(sent: Instant) -> Self {
        Self {
            result: Err(UNFIT),
            key: None,
            length: 0,
            sent,
            first_byte: None,
            done: sent,
            wrote: false,
        }
    }
}

// A value that was saved from a reply may hold what no header can, such as a line break.
const UNSENDABLE: RequestError =
    RequestError::new(Failure::Protocol, "a request that cannot be written as HTTP");

impl JourneyUser {
    /// Makes a step's request and follows its redirects, all within the step's timeout.
    pub(super) async fn ask(
        &mut self,
        step: &ScriptedStep,
        known: &JourneyValues<'_>,
    ) -> StepResult {
        let sent = Instant::now();
        let Ok(filled) = step.request.filled(known) else { return StepResult::never(sent) };
        let key = sent_key(step.key.as_ref(), &filled);
        let (wrote, length, server) = (Cell::new(false), Cell::new(0), Cell::new(None));
        let load = std::rc::Rc::clone(&self.load);
        let deadline = std::rc::Rc::clone(&self.deadline);
        let result = {
            let asking = pin!(self.follow(step, filled.request, &wrote, &length, &server));
            deadline.limit(sent + step.timeout, asking).await
        };
        let done = Instant::now();
        let connection = server.get().and_then(|server: usize| self.connections.get_mut(server));
        let first_byte = connection.as_ref().and_then(|connection| connection.first_byte());
        let result = result.unwrap_or_else(|interrupt| Err(interrupt.into()));
        if let (Err(missed), Some(connection)) = (&result, connection) {
            // The rest of the reply may still come on this connection, so it cannot be used again.
            connection.settle(&load, &Err(*missed));
        }
        let (length, wrote) = (length.get(), wrote.get());
        StepResult { result, key, length, sent, first_byte, done, wrote }
    }

    async fn follow(
        &mut self,
        step: &ScriptedStep,
        mut request: HttpRequest,
        wrote: &Cell<bool>,
        length: &Cell<u64>,
        at: &Cell<Option<usize>>,
    ) -> Result<ReplyContent, RequestError> {
        let mut status = 0;
        for _ in 0..=redirect::MOST {
            let endpoint =
                CalledServer { address: request.address.clone(), grpc: step.output.is_some() };
            let server = self.server(&endpoint).ok_or(UNSENDABLE)?;
            at.set(Some(server));
            let (reply, body) = self.exchange(&request, server, wrote).await?;
            length.set(length.get() + body);
            if let Some(output) = &step.output {
                return ended(reply, self.connections[server].grpc(), output);
            }
            if !step.follow {
                return Ok(reply);
            }
            let Some(next) = redirect::next(&request, reply.status, reply.header("location"))
            else {
                return Ok(reply);
            };
            if self.server(&CalledServer { address: next.address.clone(), grpc: false }).is_none() {
                return Err(RequestError::new(
                    Failure::Status(reply.status),
                    "a redirect to a server that no step names",
                ));
            }
            request = next;
            status = reply.status;
        }
        Err(RequestError::new(Failure::Status(status), "more than ten redirects"))
    }

    async fn exchange(
        &mut self,
        request: &HttpRequest,
        server: usize,
        wrote: &Cell<bool>,
    ) -> Result<(ReplyContent, u64), RequestError> {
        let prepared = self.prepare(request, server)?;
        let connection = &mut self.connections[server];
        let reply = connection.exchange(&self.load, &prepared, wrote).await?;
        let read = ReplyContent::new(reply.status, connection.head(), connection.body());
        connection.settle(&self.load, &Ok(reply));
        let now = SystemTime::now();
        for cookie in read.all("set-cookie") {
            self.jar.take(cookie, &request.address, &request.path, now);
        }
        Ok((read, reply.length))
    }

    /// The request's bytes, with its cookies.
    fn prepare(
        &self,
        request: &HttpRequest,
        server: usize,
    ) -> Result<PreparedRequest, RequestError> {
        let with_cookies = self.jar.with(request);
        let job = &self.load.prepared.job;
        let seen = self.load.prepared.servers[server].version() == HttpVersion::Http1;
        let whole_url = seen && job.transport.names_server(&request.address);
        let bytes = request_bytes(with_cookies.as_ref().unwrap_or(request), job.reuse, whole_url)
            .map_err(|_| UNSENDABLE)?;
        let reply_to = ReplyTo::method(&request.method);
        Ok(PreparedRequest { bytes: bytes.into_boxed_slice(), server, reply_to, message: None })
    }

    fn server(&self, endpoint: &CalledServer) -> Option<usize> {
        self.script.endpoints.iter().position(|known| known == endpoint)
    }
}

/// The reply to a gRPC call. One without a `grpc-status` fails with its status of HTTP.
fn ended(
    reply: ReplyContent,
    status: Option<u16>,
    output: &MessageDescriptor,
) -> Result<ReplyContent, RequestError> {
    match status {
        Some(status) => Ok(reply.of_call(status, output)),
        None if reply.status != 200 => {
            Err(RequestError::new(Failure::Status(reply.status), "a reply that is not of gRPC"))
        }
        None => Err(RequestError::new(Failure::Protocol, "a reply without a grpc-status")),
    }
}
