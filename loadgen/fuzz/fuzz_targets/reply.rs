//! The reader of HTTP/1.1 replies: whatever comes, and however it is cut into pieces, it says the
//! same and keeps no more than it was told to.
#![no_main]

use brunt_loadgen::protocol::http1::{MalformedReply, ReadProgress, ReplyReader};
use brunt_loadgen::{Keep, ReplySummary, ReplyTo};
use libfuzzer_sys::fuzz_target;

/// The most of a body that is kept.
const MOST: usize = 64;

#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Whole { used: usize, reply: ReplySummary, body: Vec<u8> },
    More,
    Bad(MalformedReply),
}

fn read(reader: &mut ReplyReader, input: &[u8], to: ReplyTo, piece: usize) -> Seen {
    reader.begin(to);
    for (number, part) in input.chunks(piece).enumerate() {
        match reader.feed(part) {
            Ok(ReadProgress::More) => {}
            Ok(ReadProgress::Done { used, reply }) => {
                assert!(used <= part.len(), "{used} of {}", part.len());
                assert!((100..1000).contains(&reply.status), "{reply:?}");
                assert!(reader.body().len() <= MOST, "{} bytes kept", reader.body().len());
                assert!(reader.body().len() as u64 <= reply.length, "{reply:?}");
                let body = reader.body().to_vec();
                return Seen::Whole { used: number * piece + used, reply, body };
            }
            Err(malformed) => return Seen::Bad(malformed),
        }
    }
    // The end of the connection ends some bodies, and is no reply otherwise.
    if let Ok(reply) = reader.close() {
        assert!(reply.length <= input.len() as u64, "{reply:?}");
    }
    Seen::More
}

fuzz_target!(|data: &[u8]| {
    let Some(([how, piece], input)) = data.split_first_chunk::<2>() else { return };
    let to = if how & 1 == 0 { ReplyTo::Other } else { ReplyTo::Head };
    // A head of the fuzzer's own is seldom one, so half of all begin with a good one.
    let head: &[u8] = match (how >> 1) & 3 {
        0 => b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        1 => b"HTTP/1.1 200 OK\r\n",
        _ => b"",
    };
    let input = [head, input].concat();
    let mut reader = ReplyReader::new(Keep::Whole(MOST));
    let whole = read(&mut reader, &input, to, input.len().max(1));
    // What the reader remembers of the first time changes nothing.
    assert_eq!(read(&mut reader, &input, to, input.len().max(1)), whole);
    let pieces = read(&mut reader, &input, to, usize::from(*piece).max(1));
    match (&whole, &pieces) {
        // What does not come at once is parsed when an end is in sight, so a bad head may be found
        // later.
        (Seen::Bad(_), Seen::Bad(_) | Seen::More) => {}
        (whole, pieces) => assert_eq!(whole, pieces),
    }
});
