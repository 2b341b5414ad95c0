use proptest::prelude::*;

use super::*;

use crate::protocol::reply::Reuse;

/// Reads a reply that comes in pieces of this size; `Ok` with what was used and the body.
fn read(
    input: &[u8],
    to: ReplyTo,
    piece: usize,
) -> Result<Option<(usize, ReplySummary, Vec<u8>)>, MalformedReply> {
    let mut reader = ReplyReader::new(Keep::Body(1 << 20));
    reader.begin(to);
    for (number, part) in input.chunks(piece).enumerate() {
        if let ReadProgress::Done { used, reply } = reader.feed(part)? {
            return Ok(Some((number * piece + used, reply, reader.body().to_vec())));
        }
    }
    Ok(None)
}

/// The status, what was left over, and the body, however the bytes are cut.
fn reply(input: &str) -> (u16, usize, String, Reuse) {
    let whole =
        read(input.as_bytes(), ReplyTo::Other, input.len()).unwrap().expect("a whole reply");
    for piece in 1..input.len() {
        let pieces = read(input.as_bytes(), ReplyTo::Other, piece).unwrap().expect("a whole reply");
        assert_eq!(pieces, whole, "in pieces of {piece}");
    }
    let (used, reply, body) = whole;
    assert_eq!(reply.length, body.len() as u64);
    (reply.status, input.len() - used, String::from_utf8(body).unwrap(), reply.reuse)
}

fn malformed(input: &str) -> MalformedReply {
    for piece in [1, 7] {
        read(input.as_bytes(), ReplyTo::Other, piece).expect_err("malformed in pieces, too");
    }
    read(input.as_bytes(), ReplyTo::Other, input.len()).expect_err("malformed")
}

#[test]
fn a_content_length_ends_a_body() {
    let text = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    assert_eq!(reply(text), (200, 0, "hello".to_owned(), Reuse::Yes));
    let twice = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\ncontent-length: 5\r\n\r\nhelloHTTP";
    assert_eq!(reply(twice), (200, 4, "hello".to_owned(), Reuse::Yes));
    assert_eq!(reply("HTTP/1.1 404 \nContent-Length:0\n\n"), (404, 0, String::new(), Reuse::Yes));
}

#[test]
fn a_chunked_body_ends_with_an_empty_chunk() {
    let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, \
                Chunked\r\n\r\n5;a=\"b\"\r\nhello\r\n0A \r\n, world...\r\n000\r\nTrailer: \
                x\r\nOther: y\r\n\r\nrest";
    assert_eq!(reply(text), (200, 4, "hello, world...".to_owned(), Reuse::Yes));
    let none = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    assert_eq!(reply(none), (200, 0, String::new(), Reuse::Yes));
}

#[test]
fn a_coding_beside_a_length_wins_and_the_connection_is_not_reused() {
    let text = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: \
        chunked\r\n\r\n1\r\na\r\n0\r\n\r\n";
    assert_eq!(reply(text), (200, 0, "a".to_owned(), Reuse::No));
}

#[test]
fn replies_to_head_and_with_204_and_304_have_no_body() {
    assert_eq!(reply("HTTP/1.1 204 No Content\r\n\r\n"), (204, 0, String::new(), Reuse::Yes));
    assert_eq!(
        reply("HTTP/1.1 304 x\r\nContent-Length: 9\r\n\r\n"),
        (304, 0, String::new(), Reuse::Yes)
    );
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n";
    let (used, reply, _) = read(head, ReplyTo::Head, 5).unwrap().unwrap();
    assert_eq!((used, reply.status, reply.length), (head.len(), 200, 0));
}

#[test]
fn a_head_with_a_header_over_several_lines_is_read() {
    let text = "HTTP/1.1 200 OK\r\nCSP: default-src 'self';\r\n   img-src \
                'self'\r\n\tdata:;\r\nTransfer-Encoding: gzip,\r\n chunked\r\nConnection: x,\n \
                close\r\n\r\n1\r\na\r\n0\r\n\r\n";
    assert_eq!(reply(text), (200, 0, "a".to_owned(), Reuse::No));
    let lengths = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n 2\r\n\r\n";
    assert_eq!(malformed(lengths), MalformedReply::Length);
}

#[test]
fn interim_replies_are_skipped() {
    let text = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 \
        201 C\r\nContent-Length: 1\r\n\r\n1";
    assert_eq!(reply(text), (201, 0, "1".to_owned(), Reuse::Yes));
    let endless = "HTTP/1.1 100 Continue\r\n\r\n".repeat(101);
    assert_eq!(malformed(&endless), MalformedReply::Interim);
    assert_eq!(malformed("HTTP/1.1 101 Switching Protocols\r\n\r\n"), MalformedReply::Upgrade);
}

#[test]
fn connections_are_reused_by_the_rules_of_each_version() {
    let with = |version: &str, header: &str| {
        reply(&format!("{version} 200 OK\r\nContent-Length: 0\r\n{header}\r\n")).3
    };
    assert_eq!(with("HTTP/1.1", ""), Reuse::Yes);
    assert_eq!(with("HTTP/1.1", "Connection: x, Close\r\n"), Reuse::No);
    assert_eq!(with("HTTP/1.0", ""), Reuse::No);
    assert_eq!(with("HTTP/1.0", "connection: keep-alive\r\n"), Reuse::Yes);
}

#[test]
fn a_cached_head_is_used_only_for_the_same_bytes() {
    let mut reader = ReplyReader::new(Keep::Whole(100));
    let mut read = |text: &str, to| {
        reader.begin(to);
        let progress = reader.feed(text.as_bytes()).unwrap();
        let ReadProgress::Done { used, reply } = progress else { panic!("{progress:?}") };
        let (head, body) =
            (reader.head().len(), String::from_utf8(reader.body().to_vec()).unwrap());
        assert_eq!(head + body.len(), used, "the head is kept each time");
        (reply.status, body, used)
    };
    let two = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    let other = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nhi";
    for _ in 0..2 {
        assert_eq!(read(two, ReplyTo::Other), (200, "hi".to_owned(), two.len()));
        assert_eq!(
            read(&two.replace("hi", "ho"), ReplyTo::Other),
            (200, "ho".to_owned(), two.len())
        );
        assert_eq!(read(two, ReplyTo::Head), (200, String::new(), two.len() - 2));
        assert_eq!(read(other, ReplyTo::Other), (200, "h".to_owned(), other.len() - 1));
    }
}

#[test]
fn the_end_of_the_connection_may_end_a_body() {
    let mut reader = ReplyReader::new(Keep::Length);
    reader.begin(ReplyTo::Other);
    assert_eq!(reader.feed(b"HTTP/1.1 200 OK\r\n\r\nhello"), Ok(ReadProgress::More));
    assert_eq!(reader.feed(b" world"), Ok(ReadProgress::More));
    let whole = ReplySummary { status: 200, length: 11, reuse: Reuse::No, sets_cookies: false };
    assert_eq!(reader.close(), Ok(whole));
    assert_eq!(reader.body(), b"");
}

#[test]
fn a_close_without_a_reply_differs_from_one_in_the_middle() {
    let close_after = |input: &[u8]| {
        let mut reader = ReplyReader::new(Keep::Length);
        reader.begin(ReplyTo::Other);
        assert_eq!(reader.feed(input), Ok(ReadProgress::More));
        reader.close()
    };
    assert_eq!(close_after(b""), Err(PrematureClose::Unanswered));
    for input in [
        "H",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 100 C\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n1",
    ] {
        assert_eq!(close_after(input.as_bytes()), Err(PrematureClose::Midway), "{input}");
    }
}

#[test]
fn what_is_not_http_is_named() {
    let with = |headers: &str| malformed(&format!("HTTP/1.1 200 OK\r\n{headers}\r\n"));
    let chunks = |chunks: &str| with(&format!("Transfer-Encoding: chunked\r\n\r\n{chunks}"));
    let all = [
        malformed("SSH-2.0-OpenSSH\r\n\r\n").to_string(),
        malformed("HTTP/2 200\r\n\r\n").to_string(),
        malformed("HTTP/1.1 abc\r\n\r\n").to_string(),
        malformed("HTTP/1.1 099 x\r\n\r\n").to_string(),
        with(&"X: y\r\n".repeat(MOST_HEADERS + 1)).to_string(),
        with("No colon here\r\n").to_string(),
        with("Content-Length: -1\r\n").to_string(),
        with("Content-Length: 1, 2\r\n").to_string(),
        with("Content-Length: 1\r\nContent-Length: 2\r\n").to_string(),
        with("Content-Length: 99999999999999999999\r\n").to_string(),
        chunks("xyz\r\n").to_string(),
        chunks("\r\n").to_string(),
        chunks("ffffffffffffffff\r\n").to_string(),
        chunks("1\r\nab").to_string(),
        chunks("0\r\nx\n").to_string(),
        with(&format!("X: {}\r\n", "x".repeat(LONGEST_HEAD))).to_string(),
    ];
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn endless_heads_and_chunk_lines_are_errors() {
    let mut reader = ReplyReader::new(Keep::Length);
    reader.begin(ReplyTo::Other);
    let mut result = reader.feed(b"HTTP/1.1 200 OK\r\n");
    for _ in 0..LONGEST_HEAD {
        result = reader.feed(b"X: y\r\n");
        if result.is_err() {
            break;
        }
    }
    assert_eq!(result, Err(MalformedReply::LongHead));
    let long = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "y".repeat(LONGEST_HEAD));
    for piece in [long.len(), LONGEST_HEAD, 1000] {
        assert_eq!(
            read(long.as_bytes(), ReplyTo::Other, piece),
            Err(MalformedReply::LongHead),
            "in pieces of {piece}"
        );
    }
    let mut chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;".to_vec();
    chunked.resize(100_000, b'x');
    assert_eq!(read(&chunked, ReplyTo::Other, 1000), Err(MalformedReply::Chunk("line")));
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(input in prop::collection::vec(any::<u8>(), 0..300), piece in 1..20_usize) {
        let _ = read(&input, ReplyTo::Other, piece);
        let after_head = [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".as_slice(), &input].concat();
        let _ = read(&after_head, ReplyTo::Other, piece);
    }

    #[test]
    fn any_body_can_be_read_from_chunks(parts in prop::collection::vec("[a-z]{1,40}", 0..8), piece in 1..50_usize) {
        let chunks: String = parts.iter().map(|part| format!("{:x}\r\n{part}\r\n", part.len())).collect();
        let text = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}0\r\n\r\n");
        let (used, _, body) = read(text.as_bytes(), ReplyTo::Other, piece).unwrap().expect("a \
            whole reply");
        prop_assert_eq!(used, text.len());
        prop_assert_eq!(body, parts.concat().into_bytes());
    }
}
