//! Requests that a fault sends once more, when their reply has come.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Uri};
use tokio::net::TcpStream;

use super::header_list::HeaderList;
use crate::edge::Edge;
use crate::endpoints::EndpointGuard;
use crate::faults::FaultId;
use crate::read_ahead::LONGEST_KEPT;

/// The length of what stands before each message of gRPC: whether it is compressed, and its length.
const MESSAGE_HEAD: usize = 5;

/// A request as it came.
pub(super) struct RequestCopy {
    fault: FaultId,
    headers: HeaderList,
    /// `None` once it cannot be sent again.
    body: Option<Vec<u8>>,
}

impl RequestCopy {
    pub(super) fn new(fault: FaultId, headers: &HeaderList) -> Self {
        Self { fault, headers: headers.clone(), body: Some(Vec::new()) }
    }

    pub(super) fn add(&mut self, data: &[u8]) {
        let fits = |body: &Vec<u8>| body.len() + data.len() <= LONGEST_KEPT;
        match self.body.as_mut().filter(|body| fits(body)) {
            Some(body) => body.extend_from_slice(data),
            None => self.give_up(),
        }
    }

    /// Does not send it again: it has trailers, or is too long.
    pub(super) fn give_up(&mut self) {
        self.body = None;
    }

    /// Sends it on a connection of its own, and counts it. A call of gRPC that has more than one
    /// message, or none, is a stream, and not sent again. Returns whether it is sent.
    pub(super) fn send(self, edge: &Edge, is_grpc: bool) -> bool {
        let is_unary = |body: &Vec<u8>| !is_grpc || is_one_message(body);
        let Some(body) = self.body.filter(is_unary) else { return false };
        let Some(request) = request(&self.headers) else { return false };
        let Some(endpoint) = edge.pick() else { return false };
        edge.faults.count_hit(self.fault);
        edge.counters.reached();
        tokio::spawn(async move {
            // Nobody waits for the second reply; what becomes of it is the callee's matter.
            if let Err(error) = send(endpoint, request, body.into()).await {
                tracing::debug!(%error, "a duplicate was not answered");
            }
        });
        true
    }
}

fn is_one_message(body: &[u8]) -> bool {
    let Some((head, message)) = body.split_first_chunk::<MESSAGE_HEAD>() else { return false };
    let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
    usize::try_from(length) == Ok(message.len())
}

/// `None` for one without a scheme or an authority.
fn request(headers: &HeaderList) -> Option<Request<()>> {
    let text = |name: &[u8]| std::str::from_utf8(headers.get(name)?).ok();
    let uri = Uri::builder()
        .scheme(text(b":scheme")?)
        .authority(text(b":authority")?)
        .path_and_query(text(b":path")?)
        .build()
        .ok()?;
    let mut request = Request::new(());
    *request.method_mut() = text(b":method")?.parse().ok()?;
    *request.uri_mut() = uri;
    *request.version_mut() = http::Version::HTTP_2;
    *request.headers_mut() = header_map(headers)?;
    Some(request)
}

fn header_map(headers: &HeaderList) -> Option<HeaderMap> {
    let own = headers.iter().filter(|(name, _)| !name.starts_with(b":"));
    let pairs = own.map(|(name, value)| {
        Some((HeaderName::from_bytes(name).ok()?, HeaderValue::from_bytes(value).ok()?))
    });
    pairs.collect()
}

async fn send(endpoint: EndpointGuard, request: Request<()>, body: Bytes) -> Result<(), h2::Error> {
    let Ok(stream) = TcpStream::connect(endpoint.endpoint.authority()).await else {
        return Ok(());
    };
    let (client, connection) = h2::client::handshake(stream).await?;
    let exchange = async move {
        let (reply, mut sending) = client.ready().await?.send_request(request, body.is_empty())?;
        if !body.is_empty() {
            sending.send_data(body, true)?;
        }
        let mut reply = reply.await?.into_body();
        while let Some(data) = reply.data().await {
            reply.flow_control().release_capacity(data?.len())?;
        }
        Ok(())
    };
    tokio::select! {
        done = exchange => done,
        ended = connection => ended,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_with_one_message_is_unary() {
        for (body, unary) in [
            (&[0, 0, 0, 0, 2, 1, 2][..], true),
            (&[1, 0, 0, 0, 0], true),
            (&[], false),
            (&[0, 0, 0, 0, 2, 1], false),
            (&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0], false),
        ] {
            assert_eq!(is_one_message(body), unary, "{body:?}");
        }
    }

    #[test]
    fn a_request_is_made_again_of_its_headers() {
        let mut headers = HeaderList::default();
        for (name, value) in [
            (":method", "POST"),
            (":scheme", "http"),
            (":path", "/shop.Orders/Place"),
            (":authority", "stock:8080"),
            ("te", "trailers"),
            ("x-bin", "AAE="),
        ] {
            headers.push(name.as_bytes(), value.as_bytes());
        }
        let request = request(&headers).unwrap();
        assert_eq!(request.uri(), "http://stock:8080/shop.Orders/Place");
        assert_eq!((request.headers().len(), request.method().as_str()), (2, "POST"));
        assert!(super::request(&HeaderList::default()).is_none());
    }
}
