//! HPACK's numbers and strings (RFC 7541, section 5).

use super::error::HpackError;
use super::huffman;

/// The most continuation bytes of a number; enough for 28 bits.
const LONGEST_NUMBER: u32 = 4;

/// Decodes a number with a prefix of this many bits.
pub(crate) fn number(rest: &mut &[u8], bits: u32) -> Result<usize, HpackError> {
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

/// Decodes a string; `into` is where one is unpacked that is Huffman-coded.
pub(crate) fn string<'a, 'block: 'a>(
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

/// Decodes a string into `into`, in place of what is there.
pub(crate) fn read_string(rest: &mut &[u8], into: &mut Vec<u8>) -> Result<(), HpackError> {
    let packed = rest.first().is_some_and(|first| first & 0x80 != 0);
    let length = number(rest, 7)?;
    let (raw, after) = rest.split_at_checked(length).ok_or(HpackError)?;
    *rest = after;
    into.clear();
    match packed {
        true => huffman::unpack(raw, into),
        false => {
            into.extend_from_slice(raw);
            Ok(())
        }
    }
}

pub(crate) fn write_string(out: &mut Vec<u8>, bytes: &[u8]) {
    write_number(out, bytes.len(), 7, 0);
    out.extend_from_slice(bytes);
}

pub(crate) fn write_number(out: &mut Vec<u8>, number: usize, bits: u32, flags: u8) {
    let most = (1 << bits) - 1;
    out.push(flags | number.min(most) as u8);
    let Some(mut left) = number.checked_sub(most) else { return };
    while left >= 0x80 {
        out.push(left as u8 | 0x80);
        left >>= 7;
    }
    out.push(left as u8);
}
