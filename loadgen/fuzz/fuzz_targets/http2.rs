//! The conversation of HTTP/2: whatever a server says, and however it is cut into pieces, a client
//! makes the same of it, keeps no more than it was told to, and leaves no request without an end.
#![no_main]

use brunt_loadgen::protocol::http2::feed_connection;
use libfuzzer_sys::fuzz_target;

/// The most of a body that is kept.
const MOST: usize = 64;
/// What a client may say to a byte that it hears: a frame of nine bytes is answered by one of
/// 17 at most.
const ANSWER: usize = 4;
/// What it says without being told anything, with its requests.
const FIRST: usize = 4096;

/// Frames of the fuzzer's own are seldom any, so their heads are made: a length that fits, a kind,
/// flags, and a stream.
fn framed(input: &[u8]) -> Vec<u8> {
    let mut said = Vec::new();
    let mut rest = input;
    while let Some(([kind, flags, stream, length], after)) = rest.split_first_chunk::<4>() {
        let (payload, after) = after.split_at(after.len().min(usize::from(*length)));
        said.extend_from_slice(&[0, 0, payload.len() as u8, kind % 11, *flags, 0, 0, 0, stream % 10]);
        said.extend_from_slice(payload);
        rest = after;
    }
    said
}

fuzz_target!(|data: &[u8]| {
    let Some(([how, piece], input)) = data.split_first_chunk::<2>() else { return };
    let said = if how & 1 == 0 { framed(input) } else { input.to_vec() };
    let requests = usize::from(how >> 1 & 3) + 1;
    let whole = feed_connection(&said, said.len(), requests, MOST);
    assert_eq!(feed_connection(&said, usize::from(*piece), requests, MOST), whole);
    assert_eq!(whole.replies.len(), requests);
    assert!(whole.sent <= FIRST + ANSWER * said.len(), "{} bytes said to {}", whole.sent, said.len());
    for (status, length, kept) in whole.replies.iter().flatten() {
        assert!((200..1000).contains(status), "{status}");
        assert!(
            *kept <= MOST && *kept as u64 <= *length && *length <= said.len() as u64,
            "{kept} of {length}"
        );
    }
    assert!(!whole.replies.contains(&Err("a request without a result")), "{:?}", whole.replies);
});
