//! HPACK's Huffman code (RFC 7541, appendix B). The code is canonical, so that the lengths of the
//! codes define it.

use super::error::HpackError;

const SHORTEST: usize = 5;
const LONGEST: usize = 30;

/// The length of each byte's code, in bits.
#[rustfmt::skip]
const LENGTHS: [u8; 256] = [
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28,
    28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
    5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7,
    7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
    15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7,
    7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
    24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21,
    23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24,
    21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
    26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
];

/// The decoder's tables: codes of one length are one range, and the ranges follow each other.
struct Code {
    /// By length: codes below this, written from the highest of 32 bits, are not longer.
    below: [u64; LONGEST + 1],
    /// By length: the first code, less its place among the bytes.
    base: [i64; LONGEST + 1],
    /// All bytes, by the length of their codes.
    bytes: [u8; 256],
}

static CODE: Code = Code::new();

impl Code {
    const fn new() -> Self {
        let mut code = Self { below: [0; LONGEST + 1], base: [0; LONGEST + 1], bytes: [0; 256] };
        let (mut next, mut place, mut length) = (0_u64, 0_usize, SHORTEST);
        while length <= LONGEST {
            code.base[length] = next as i64 - place as i64;
            let mut byte = 0;
            while byte < LENGTHS.len() {
                if LENGTHS[byte] as usize == length {
                    code.bytes[place] = byte as u8;
                    (place, next) = (place + 1, next + 1);
                }
                byte += 1;
            }
            code.below[length] = next << (32 - length);
            (next, length) = (next << 1, length + 1);
        }
        code
    }
}

/// Appends the decoded string.
pub(super) fn unpack(packed: &[u8], into: &mut Vec<u8>) -> Result<(), HpackError> {
    // Bits that were not decoded yet, in the lowest places.
    let (mut bits, mut count, mut rest) = (0_u64, 0, packed.iter());
    loop {
        while count <= 32 {
            let Some(byte) = rest.next() else { break };
            (bits, count) = (bits << 8 | u64::from(*byte), count + 8);
        }
        // Padding is ones, so missing bits at the end count as ones.
        let window = match count {
            0 => return Ok(()),
            32.. => bits >> (count - 32) & 0xffff_ffff,
            few => (bits << (32 - few) | (0xffff_ffff >> few)) & 0xffff_ffff,
        };
        let length = (SHORTEST..=LONGEST).find(|length| window < CODE.below[*length]);
        match length {
            Some(length) if length <= count => {
                let place = (window >> (32 - length)) as i64 - CODE.base[length];
                into.push(CODE.bytes[place as usize]);
                count -= length;
                bits &= (1 << count) - 1;
            }
            // Padding of a byte or more is an error (RFC 7541, 5.2).
            _ if count < 8 && bits == (1 << count) - 1 => return Ok(()),
            _ => return Err(HpackError),
        }
    }
}
