use std::task::{Context, Poll, Waker};

use brunt_scenarios::timeline::Failure;
use bytes::Bytes;
use proptest::prelude::*;

use super::*;
use crate::protocol::http2::frame::{FrameHeader, HEAD};

use crate::protocol::reply::{Keep, ReplyTo};

const SETTINGS: &[u8] = b"\0\0\0\x04\0\0\0\0\0";

fn message(body: &[u8]) -> Http2Request {
    let mut head = Vec::new();
    hpack::write(&mut head, b":method", b"POST");
    Http2Request { head: head.into(), body: Bytes::copy_from_slice(body), to: ReplyTo::Other }
}

fn ask(connection: &mut Http2Connection, message: &Http2Request) -> u32 {
    connection.request(message, ReceivedReply::new(Keep::Whole(1 << 20)), Waker::noop())
}

fn take(
    connection: &mut Http2Connection,
    id: u32,
) -> Option<(ReceivedReply, Result<ReplySummary, StreamFailure>)> {
    match connection.poll(id, &Context::from_waker(Waker::noop())) {
        Poll::Ready(taken) => taken,
        Poll::Pending => None,
    }
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    super::frame::write(&mut out, (kind, flags), stream, &[payload]);
    out
}

/// The frames in what is to be sent, without what a client says first.
fn said(connection: &mut Http2Connection) -> Vec<(u8, u8, u32, usize)> {
    let bytes = connection.output().to_vec();
    connection.advance(bytes.len());
    let mut rest = bytes.strip_prefix(super::frame::PREFACE).unwrap_or(&bytes);
    let mut all = Vec::new();
    while let Some(head) = FrameHeader::read(rest) {
        all.push((head.kind, head.flags, head.stream, head.length));
        rest = &rest[HEAD + head.length..];
    }
    assert!(rest.is_empty());
    all
}

/// One on which the server has said what it allows, and nothing is left to be sent.
fn begun() -> Http2Connection {
    let mut connection = Http2Connection::new();
    connection.feed(SETTINGS).unwrap();
    assert!(said(&mut connection).contains(&(super::frame::SETTINGS, super::frame::ACK, 0, 0)));
    connection
}

#[test]
fn requests_of_one_moment_are_sent_together_and_answered_in_any_order() {
    let mut connection = begun();
    let ids = [(); 3].map(|()| ask(&mut connection, &message(b"")));
    let flags = super::frame::END_HEADERS | super::frame::END_STREAM;
    // The first says that no table is used.
    assert_eq!(said(&mut connection), [(1, flags, 1, 2), (1, flags, 3, 1), (1, flags, 5, 1)]);
    let answer = |id, body: &[u8]| [frame(1, 4, id, b"\x88"), frame(0, 1, id, body)].concat();
    connection.feed(&[answer(5, b"five"), answer(1, b"one")].concat()).unwrap();
    assert!(take(&mut connection, ids[1]).is_none());
    for (id, body) in [(1, "one"), (5, "five")] {
        let (received, result) = take(&mut connection, id).unwrap();
        assert_eq!(
            result.unwrap(),
            ReplySummary {
                status: 200,
                length: body.len() as u64,
                reuse: crate::protocol::Reuse::Yes,
                sets_cookies: false
            }
        );
        assert_eq!(
            (received.body(), received.head()),
            (body.as_bytes(), b"HTTP/2 200\r\n\r\n".as_slice())
        );
    }
    assert!(!connection.is_idle() && said(&mut connection).is_empty());
}

#[test]
fn request_bodies_wait_for_flow_control() {
    let mut connection = begun();
    let id = ask(&mut connection, &message(&[b'x'; 100_000]));
    let sum = |frames: &[(u8, u8, u32, usize)]| -> usize {
        frames.iter().filter(|frame| frame.0 == super::frame::DATA).map(|frame| frame.3).sum()
    };
    let first = said(&mut connection);
    assert_eq!(sum(&first), 65_535, "{first:?}");
    assert!(first.iter().all(|frame| frame.3 <= 16_384));
    connection.feed(&frame(8, 0, 0, &100_000_u32.to_be_bytes())).unwrap();
    assert!(said(&mut connection).is_empty(), "the stream's window is closed still");
    connection.feed(&frame(8, 0, id, &10_u32.to_be_bytes())).unwrap();
    assert_eq!(said(&mut connection), [(0, 0, id, 10)]);
    // Another first window changes that of streams that are open.
    connection.feed(&frame(4, 0, 0, &[&[0, 4][..], &100_000_u32.to_be_bytes()].concat())).unwrap();
    let last = said(&mut connection);
    assert_eq!(sum(&last), 100_000 - 65_545, "{last:?}");
    assert_eq!(last.last().unwrap().1, super::frame::END_STREAM);
}

#[test]
fn a_reply_before_the_requests_end_stops_its_body() {
    let mut connection = begun();
    let id = ask(&mut connection, &message(&[b'x'; 100_000]));
    said(&mut connection);
    connection.feed(&frame(1, 5, id, b"\x8d")).unwrap();
    assert_eq!(take(&mut connection, id).unwrap().1.unwrap().status, 404);
    assert_eq!(said(&mut connection), [(super::frame::RST_STREAM, 0, id, 4)]);
}

#[test]
fn windows_are_reopened_and_long_heads_are_split() {
    let mut connection = begun();
    let mut long = message(b"");
    long.head = vec![0; 40_000].into();
    let id = ask(&mut connection, &long);
    assert_eq!(
        said(&mut connection),
        [(1, 1, id, 16_384), (9, 0, id, 16_384), (9, 4, id, 40_001 - 2 * 16_384)]
    );
    connection.feed(&frame(1, 4, id, b"\x88")).unwrap();
    for _ in 0..1_000 {
        connection.feed(&frame(0, 0, id, &[0; 16_384])).unwrap();
    }
    let updates = said(&mut connection);
    assert!(updates.iter().all(|frame| frame.0 == super::frame::WINDOW_UPDATE));
    assert!((30..60).contains(&updates.len()), "{}", updates.len());
}

#[test]
fn a_request_that_is_given_up_is_cancelled_and_forgotten() {
    let mut connection = begun();
    let id = ask(&mut connection, &message(b""));
    said(&mut connection);
    connection.cancel(id);
    assert_eq!(said(&mut connection), [(super::frame::RST_STREAM, 0, id, 4)]);
    // What was under way is let pass.
    connection.feed(&[frame(1, 4, id, b"\x88"), frame(0, 1, id, b"late")].concat()).unwrap();
    assert!(connection.is_idle() && take(&mut connection, id).is_none());
}

#[test]
fn a_goaway_fails_only_streams_after_the_last_one() {
    let mut connection = begun();
    let ids = [(); 2].map(|()| ask(&mut connection, &message(b"")));
    connection.feed(&frame(7, 0, 0, &[0, 0, 0, 1, 0, 0, 0, 0])).unwrap();
    assert_eq!(
        take(&mut connection, ids[1]).unwrap().1,
        Err(StreamFailure::Unprocessed(RequestError::new(Failure::Reset, "GOAWAY")))
    );
    assert!(
        take(&mut connection, ids[0]).is_none()
            && !connection.has_room()
            && connection.shutdown_reason().is_some()
    );
    connection.feed(&frame(1, 5, ids[0], b"\x88")).unwrap();
    assert!(take(&mut connection, ids[0]).unwrap().1.is_ok());
}

#[test]
fn a_refused_stream_was_processed_only_if_its_reply_had_begun() {
    let mut connection = begun();
    let ids = [(); 3].map(|()| ask(&mut connection, &message(b"")));
    let reset = |id, code: u32| frame(3, 0, id, &code.to_be_bytes());
    connection.feed(&frame(1, 4, ids[1], b"\x88")).unwrap();
    connection.feed(&[reset(ids[0], 7), reset(ids[1], 7), reset(ids[2], 2)].concat()).unwrap();
    let mut failure = |id| take(&mut connection, id).unwrap().1.unwrap_err();
    let refused = error::reset(code::REFUSED_STREAM);
    assert_eq!(failure(ids[0]), StreamFailure::Unprocessed(refused));
    assert_eq!(failure(ids[1]), StreamFailure::Final(refused));
    assert_eq!(failure(ids[2]), StreamFailure::Final(error::reset(code::INTERNAL_ERROR)));
}

/// What comes of three requests when a server says this, in pieces of so many bytes.
fn outcome(
    bytes: &[u8],
    piece: usize,
) -> (Option<RequestError>, Vec<Option<Result<ReplySummary, StreamFailure>>>) {
    let mut connection = begun();
    let ids = [(); 3].map(|()| ask(&mut connection, &message(b"x")));
    let wrong = bytes.chunks(piece.max(1)).find_map(|piece| connection.feed(piece).err());
    assert!(
        connection.output().len() < 64 * (bytes.len() + 64),
        "no more is said than was asked for"
    );
    (wrong, ids.map(|id| take(&mut connection, id).map(|(_, result)| result)).to_vec())
}

/// Frames that make some sense.
fn frames() -> impl Strategy<Value = Vec<u8>> {
    let payload = prop_oneof![
        Just(b"\x88".to_vec()),
        Just(b"\x88\x0f\x0d\x012".to_vec()),
        Just(vec![0, 0, 0, 1]),
        proptest::collection::vec(any::<u8>(), 0..20),
    ];
    let one = (0_u8..11, prop_oneof![Just(0_u8), Just(4), Just(5), any::<u8>()], 0_u32..7, payload);
    let one = one.prop_map(|(kind, flags, stream, payload)| frame(kind, flags, stream, &payload));
    proptest::collection::vec(one, 0..12).prop_map(|frames| frames.concat())
}

proptest! {
    #[test]
    fn frames_are_read_the_same_however_bytes_are_cut(bytes in frames(), piece in 1_usize..40) {
        prop_assert_eq!(outcome(&bytes, piece), outcome(&bytes, bytes.len()));
    }

    #[test]
    fn no_bytes_make_an_http2_connection_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        outcome(&bytes, 7);
    }
}
