//! One request of a step, with its redirects.

use std::cell::Cell;
use std::time::{Instant, SystemTime};

use brunt_scenarios::grpc::MessageDescriptor;
use brunt_scenarios::timeline::Failure;

use super::known::Known;
use super::redirect;
use super::reply::Reply;
use super::script::Step;
use super::traveller::Traveller;
use crate::client::Missed;
use crate::http1::ReplyTo;
use crate::job::{Endpoint, Prepared, Request, Version, bytes};

/// What came of a request.
pub(super) struct Answered {
    pub result: Result<Reply, Missed>,
    /// Bytes of all bodies.
    pub length: u64,
    pub sent: Instant,
    pub first_byte: Option<Instant>,
    pub done: Instant,
    /// Whether something may have been sent.
    pub wrote: bool,
}

/// A value that was taken from a reply may not fit into a message.
const UNFIT: Missed = Missed::new(Failure::Protocol, "values that do not fit into the message");

impl Answered {
    /// A request that could not even be written.
    fn never(sent: Instant) -> Self {
        Self { result: Err(UNFIT), length: 0, sent, first_byte: None, done: sent, wrote: false }
    }
}

/// A value that was taken from a reply may be none that a header can have.
const UNSENDABLE: Missed =
    Missed::new(Failure::Protocol, "a request that cannot be written as HTTP");

impl Traveller {
    /// Makes a request, and those that it is redirected to.
    pub(super) async fn ask(&mut self, step: &Step, known: &Known<'_>) -> Answered {
        let sent = Instant::now();
        let Ok(request) = step.draft.request(known) else { return Answered::never(sent) };
        let (wrote, length, server) = (Cell::new(false), Cell::new(0), Cell::new(None));
        let lane = std::rc::Rc::clone(&self.lane);
        let watch = std::rc::Rc::clone(&self.watch);
        let asking = self.follow(step, request, &wrote, &length, &server);
        let result = watch.bound(sent + step.timeout, asking).await;
        let done = Instant::now();
        let link = server.get().and_then(|server: usize| self.links.get_mut(server));
        let first_byte = link.as_ref().and_then(|link| link.first_byte());
        let result = result.unwrap_or_else(|interrupt| Err(interrupt.into()));
        if let (Err(missed), Some(link)) = (&result, link) {
            // What is still to come on it is of no use.
            link.settle(&lane, &Err(*missed));
        }
        Answered { result, length: length.get(), sent, first_byte, done, wrote: wrote.get() }
    }

    async fn follow(
        &mut self,
        step: &Step,
        mut request: Request,
        wrote: &Cell<bool>,
        length: &Cell<u64>,
        at: &Cell<Option<usize>>,
    ) -> Result<Reply, Missed> {
        let mut status = 0;
        for _ in 0..=redirect::MOST {
            let endpoint =
                Endpoint { address: request.address.clone(), grpc: step.output.is_some() };
            let server = self.server(&endpoint).ok_or(UNSENDABLE)?;
            at.set(Some(server));
            let (reply, body) = self.exchange(&request, server, wrote).await?;
            length.set(length.get() + body);
            if let Some(output) = &step.output {
                return ended(reply, self.links[server].grpc(), output);
            }
            if !step.follow {
                return Ok(reply);
            }
            let Some(next) = redirect::next(&request, reply.status, reply.header("location"))
            else {
                return Ok(reply);
            };
            if self.server(&Endpoint { address: next.address.clone(), grpc: false }).is_none() {
                return Err(Missed::new(
                    Failure::Status(reply.status),
                    "a redirect to a server that no step names",
                ));
            }
            request = next;
            status = reply.status;
        }
        Err(Missed::new(Failure::Status(status), "more than ten redirects"))
    }

    async fn exchange(
        &mut self,
        request: &Request,
        server: usize,
        wrote: &Cell<bool>,
    ) -> Result<(Reply, u64), Missed> {
        let prepared = self.prepare(request, server)?;
        let link = &mut self.links[server];
        let reply = link.exchange(&self.lane, &prepared, wrote).await?;
        let read = Reply::new(reply.status, link.head(), link.body());
        link.settle(&self.lane, &Ok(reply));
        let now = SystemTime::now();
        for cookie in read.all("set-cookie") {
            self.jar.take(cookie, &request.address, &request.path, now);
        }
        Ok((read, reply.length))
    }

    /// The request's bytes, with the cookies that go with it.
    fn prepare(&self, request: &Request, server: usize) -> Result<Prepared, Missed> {
        let with_cookies = self.jar.with(request);
        let job = &self.lane.ready.job;
        let seen = self.lane.ready.servers[server].version() == Version::Http1;
        let whole_url = seen && job.transport.names_server(&request.address);
        let bytes = bytes(with_cookies.as_ref().unwrap_or(request), job.reuse, whole_url)
            .map_err(|_| UNSENDABLE)?;
        let reply_to = ReplyTo::method(&request.method);
        Ok(Prepared { bytes: bytes.into_boxed_slice(), server, reply_to, message: None })
    }

    fn server(&self, endpoint: &Endpoint) -> Option<usize> {
        self.script.endpoints.iter().position(|known| known == endpoint)
    }
}

/// What a call ended with. One that did not get as far as a status of gRPC's has one of HTTP's.
fn ended(reply: Reply, status: Option<u16>, output: &MessageDescriptor) -> Result<Reply, Missed> {
    match status {
        Some(status) => Ok(reply.of_call(status, output)),
        None if reply.status != 200 => {
            Err(Missed::new(Failure::Status(reply.status), "a reply that is not of gRPC"))
        }
        None => Err(Missed::new(Failure::Protocol, "a reply without a grpc-status")),
    }
}
