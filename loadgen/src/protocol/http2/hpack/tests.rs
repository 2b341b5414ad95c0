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
    fields.iter().for_each(|(name, value)| write(&mut block, name, value.as_bytes()));
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
