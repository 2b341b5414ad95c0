//! HPACK (RFC 7541) without a dynamic table: servers are told that this client keeps none, and it
//! uses none of theirs. So a block of headers means the same on every connection, at any time.

mod error;
mod huffman;
mod table;

pub(super) use error::HpackError;

/// The most continuation bytes of a number; enough for 28 bits.
const LONGEST_NUMBER: u32 = 4;

/// Buffers for strings that are Huffman-coded; used again for each.
#[derive(Debug, Default)]
pub(super) struct HpackBuffers {
    name: Vec<u8>,
    value: Vec<u8>,
}

/// Decodes a block of headers, and calls `each` with every name and value.
pub(super) fn read(
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

/// Decodes a number with a prefix of this many bits.
fn number(rest: &mut &[u8], bits: u32) -> Result<usize, HpackError> {
    let most = (1 << bits) - 1;
    let (first, mut after) = rest.split_first().ok_or(HpackError)?;
    let mut sum = usize::from(*first) & most;
    if sum == most {
        for place in 0.. {
            let (byte, further) = after.split_first().ok_or(HpackError)?;
            if place == LONGEST_NUMBER {
                return Err(HpackError);
            }
            after = further;
            sum += usize::from(byte & 0x7f) << (7 * place);
            if byte & 0x80 == 0 {
                break;
            }
        }
    }
    *rest = after;
    Ok(sum)
}

fn string<'a, 'block: 'a>(
    rest: &mut &'block [u8],
    into: &'a mut Vec<u8>,
) -> Result<&'a [u8], HpackError> {
    let packed = rest.first().is_some_and(|first| first & 0x80 != 0);
    let length = number(rest, 7)?;
    let (raw, after) = rest.split_at_checked(length).ok_or(HpackError)?;
    *rest = after;
    if !packed {
        return Ok(raw);
    }
    into.clear();
    huffman::unpack(raw, into)?;
    Ok(into)
}

/// Appends a header. Names and values in the static table become an index; all others are literals
/// without Huffman coding.
pub(super) fn write(out: &mut Vec<u8>, name: &str, value: &[u8]) {
    match table::find(name, value) {
        (Some(whole), _) => return write_number(out, whole, 7, 0x80),
        (None, Some(index)) => write_number(out, index, 4, 0),
        (None, None) => {
            out.push(0);
            write_string(out, name.as_bytes());
        }
    }
    write_string(out, value);
}

/// A table size update to 0: the client will not use a dynamic table, whatever the server allows.
pub(super) const NO_TABLE: u8 = 0x20;

fn write_string(out: &mut Vec<u8>, bytes: &[u8]) {
    write_number(out, bytes.len(), 7, 0);
    out.extend_from_slice(bytes);
}

fn write_number(out: &mut Vec<u8>, number: usize, bits: u32, flags: u8) {
    let most = (1 << bits) - 1;
    out.push(flags | number.min(most) as u8);
    let Some(mut left) = number.checked_sub(most) else { return };
    while left >= 0x80 {
        out.push(left as u8 | 0x80);
        left >>= 7;
    }
    out.push(left as u8);
}

#[cfg(test)]
mod tests;
