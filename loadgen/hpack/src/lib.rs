//! HPACK (RFC 7541), the header coding of HTTP/2.
//!
//! A client needs no dynamic table: servers are told that it keeps none, and it uses none of
//! theirs. So a block of headers means the same on every connection, at any time ([`read`],
//! [`write`]). A proxy meets callers and callees that keep tables, and has a [`Decoder`] for each
//! direction; what it writes itself needs no table either.

mod decoder;
mod error;
mod huffman;
mod number;
mod table;

pub use decoder::{Decoder, HeaderField};
pub use error::HpackError;
use number::{number, string, write_number, write_string};

/// Buffers for strings that are Huffman-coded; used again for each.
#[derive(Debug, Default)]
pub struct HpackBuffers {
    name: Vec<u8>,
    value: Vec<u8>,
}

/// Decodes a block of headers of an encoder that uses no dynamic table, and calls `each` with every
/// name and value.
///
/// # Errors
/// When the block is not valid, or uses a dynamic table.
#[inline]
pub fn read(
    block: &[u8],
    text: &mut HpackBuffers,
    mut each: impl FnMut(&[u8], &[u8]),
) -> Result<(), HpackError> {
    let (mut rest, mut begun) = (block, false);
    while let Some(first) = rest.first().copied() {
        if first & 0x80 != 0 {
            let (name, value) = table::field(number(&mut rest, 7)?).ok_or(HpackError)?;
            each(name.as_bytes(), value.as_bytes());
        } else if first & 0xe0 == 0x20 {
            // A table size update may only come first, and may not exceed what the client
            // announced, which is 0.
            if number(&mut rest, 5)? != 0 || begun {
                return Err(HpackError);
            }
            continue;
        } else {
            let index = number(&mut rest, if first & 0x40 != 0 { 6 } else { 4 })?;
            let name = match index {
                0 => string(&mut rest, &mut text.name)?,
                known => table::field(known).ok_or(HpackError)?.0.as_bytes(),
            };
            each(name, string(&mut rest, &mut text.value)?);
        }
        begun = true;
    }
    Ok(())
}

/// Appends a header. Names and values in the static table become an index; all others are literals
/// without Huffman coding.
pub fn write(out: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    match table::find(name, value) {
        (Some(whole), _) => return write_number(out, whole, 7, 0x80),
        (None, Some(index)) => write_number(out, index, 4, 0),
        (None, None) => {
            out.push(0);
            write_string(out, name);
        }
    }
    write_string(out, value);
}

/// Appends a header that no table on its way may keep, as with secrets.
pub fn write_sensitive(out: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    out.push(0x10);
    write_string(out, name);
    write_string(out, value);
}

/// A table size update to 0: the encoder will not use a dynamic table, whatever its peer allows.
pub const NO_TABLE: u8 = 0x20;

#[cfg(test)]
mod tests;
