//! Blocks of headers, with and without a dynamic table.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use super::*;

use super::error::HpackError;

fn all(block: &[u8]) -> Result<Vec<(String, String)>, HpackError> {
    let mut fields = Vec::new();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    read(block, &mut HpackBuffers::default(), |name, value| {
        fields.push((text(name), text(value)));
    })?;
    Ok(fields)
}

fn bytes(hex: &str) -> Vec<u8> {
    let hex: String = hex.split_whitespace().collect();
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// The example of RFC 7541, C.6.1, which is packed.
#[test]
fn the_rfcs_examples_are_decoded() {
    let block = "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 \
        2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3";
    let read = all(&bytes(block)).unwrap();
    let expected = [
        (":status", "302"),
        ("cache-control", "private"),
        ("date", "Mon, 21 Oct 2013 20:13:21 GMT"),
        ("location", "https://www.example.com"),
    ];
    assert_eq!(read, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[test]
fn encoded_headers_decode_to_the_same() {
    let long = "x".repeat(300);
    let fields = [
        (":method", "GET"),
        (":path", "/a"),
        ("x-own", &long),
        ("content-type", ""),
        ("te", "trailers"),
    ];
    let mut block = Vec::new();
    fields.iter().for_each(|(name, value)| write(&mut block, name.as_bytes(), value.as_bytes()));
    assert_eq!(
        all(&block).unwrap(),
        fields.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
    assert_eq!(block[0], 0x82, "what the table has whole is a number");
}

#[test]
fn invalid_hpack_is_an_error() {
    let cases = [
        ("an index of nothing", "80"),
        ("an index beyond the static table", "be"),
        ("a name beyond it", "7f00 0161"),
        ("a number without an end", "ffff ffff ffff ffff ff0f"),
        ("a string that is cut off", "0001 7803 61"),
        ("a table that was not allowed", "3fe1 1f"),
        ("a table's size in the midst", "8820"),
        ("padding of a whole byte", "0001 7882 1fff"),
        ("padding of zeros", "0001 7881 18"),
        ("the end as a code", "0001 7884 ffff ffff"),
    ];
    for (what, block) in cases {
        assert_eq!(all(&bytes(block)), Err(HpackError), "{what}");
    }
    assert_eq!(all(&bytes("2088")).unwrap().len(), 1, "no table is what was asked for");
}

/// The headers of each block, one after another on one connection.
fn decoded(decoder: &mut Decoder, block: &str) -> Result<Vec<String>, HpackError> {
    let mut fields = Vec::new();
    decoder.decode::<HpackError>(&bytes(block), |field| {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let mark = if field.is_sensitive { " (sensitive)" } else { "" };
        fields.push(format!("{}: {}{mark}", text(field.name), text(field.value)));
        Ok(())
    })?;
    Ok(fields)
}

/// The examples of RFC 7541, C.4: three requests on one connection.
#[test]
fn a_decoder_remembers_what_earlier_blocks_said() {
    let decoder = &mut Decoder::default();
    let first = decoded(decoder, "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff").unwrap();
    let same = [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"];
    assert_eq!(first, same);
    let second = decoded(decoder, "8286 84be 5886 a8eb 1064 9cbf").unwrap();
    assert_eq!(second[..4], same);
    assert_eq!(second[4], "cache-control: no-cache");
    let third = "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf";
    let third = decoded(decoder, third).unwrap();
    assert_eq!(
        third[1..],
        [
            ":scheme: https",
            ":path: /index.html",
            ":authority: www.example.com",
            "custom-key: custom-value"
        ]
    );
}

/// RFC 7541, C.6: a table of 256 bytes forgets the oldest.
#[test]
fn a_full_table_forgets_the_oldest_headers() {
    let decoder = &mut Decoder::default();
    let first = "3fe1 0148 8264 0258 85ae c377 1a4b 6196 d07a be94 1054 d444 a820 0595 040b 8166 \
        e082 a62d 1bff 6e91 9d29 ad17 1863 c78f 0b97 c8e9 ae82 ae43 d3";
    assert_eq!(decoded(decoder, first).unwrap()[0], ":status: 302");
    assert_eq!(decoded(decoder, "4883 640e ffc1 c0bf").unwrap()[0], ":status: 307");
    assert_eq!(decoded(decoder, "c1").unwrap(), ["cache-control: private"]);
    assert_eq!(decoded(decoder, "c2"), Err(HpackError), "it is forgotten");
}

#[test]
fn a_table_is_no_larger_than_what_was_allowed() {
    let larger = "3fe1 3f";
    assert_eq!(decoded(&mut Decoder::default(), larger), Err(HpackError));
    let mut decoder = Decoder::default();
    decoder.allow(16 * 1024);
    assert_eq!(decoded(&mut decoder, larger), Ok(vec![]));
    assert_eq!(decoded(&mut decoder, "8220"), Err(HpackError), "in the midst");
}

#[test]
fn a_sensitive_header_stays_sensitive() {
    let mut block = Vec::new();
    write_sensitive(&mut block, b"authorization", b"secret");
    let hex: String = block.iter().map(|byte| format!("{byte:02x}")).collect();
    let read = decoded(&mut Decoder::default(), &hex).unwrap();
    assert_eq!(read, ["authorization: secret (sensitive)"]);
}
