//! Chunked bodies, byte by byte where it must be and slice by slice where it can.

use super::Malformed;

/// The longest chunk header or trailer line that is put up with, in bytes.
const LONGEST_LINE: usize = 16 * 1024;

/// Where in a chunked body the reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Size,
    Extension,
    SizeEnd,
    Data,
    DataReturn,
    DataEnd,
    Trailer,
    TrailerEnd,
}

/// Reads a chunked body.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chunks {
    at: At,
    /// Bytes left of the chunk; while its size is read, the size so far.
    left: u64,
    digits: u8,
    /// Bytes of the present line that are not data.
    line: usize,
    /// Bytes in all trailers.
    trailers: usize,
}

impl Chunks {
    pub fn new() -> Self {
        Self { at: At::Size, left: 0, digits: 0, line: 0, trailers: 0 }
    }

    /// Reads on; calls `data` with what belongs to the body. Says how many bytes were used, and
    /// whether that was all.
    pub fn feed(
        &mut self,
        input: &[u8],
        mut data: impl FnMut(&[u8]),
    ) -> Result<(usize, bool), Malformed> {
        let mut used = 0;
        while used < input.len() {
            if self.at == At::Data {
                let here = usize::try_from(self.left).unwrap_or(usize::MAX).min(input.len() - used);
                data(&input[used..used + here]);
                used += here;
                self.left -= here as u64;
                if self.left == 0 {
                    self.at = At::DataReturn;
                }
                continue;
            }
            let byte = input[used];
            used += 1;
            if self.step(byte)? {
                return Ok((used, true));
            }
        }
        Ok((used, false))
    }

    /// One byte that is not data; true when it was the last of the body.
    fn step(&mut self, byte: u8) -> Result<bool, Malformed> {
        self.line += 1;
        if self.line > LONGEST_LINE || self.trailers > LONGEST_LINE {
            return Err(Malformed::Chunk("line"));
        }
        match (self.at, byte) {
            (At::Size, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => self.digit(byte)?,
            (At::Size, b';' | b' ' | b'\t') if self.digits > 0 => self.at = At::Extension,
            (At::Size | At::Extension, b'\r') if self.digits > 0 => self.at = At::SizeEnd,
            (At::Extension, byte) if byte != b'\n' => {}
            (At::SizeEnd, b'\n') => self.begin_chunk(),
            (At::DataReturn, b'\r') => self.at = At::DataEnd,
            (At::DataEnd, b'\n') => *self = Self { trailers: self.trailers, ..Self::new() },
            (At::Trailer, b'\r') => self.at = At::TrailerEnd,
            (At::Trailer, byte) if byte != b'\n' => self.trailers += 1,
            (At::TrailerEnd, b'\n') if self.line == 2 => return Ok(true),
            (At::TrailerEnd, b'\n') => {
                self.at = At::Trailer;
                self.line = 0;
            }
            (At::DataReturn | At::DataEnd, _) => return Err(Malformed::Chunk("end")),
            (At::Trailer | At::TrailerEnd, _) => return Err(Malformed::Chunk("trailer")),
            _ => return Err(Malformed::Chunk("size")),
        }
        Ok(false)
    }

    fn digit(&mut self, byte: u8) -> Result<(), Malformed> {
        let digit = char::from(byte).to_digit(16).map_or(0, u64::from);
        self.digits += 1;
        if self.digits > 15 {
            return Err(Malformed::Chunk("size"));
        }
        self.left = self.left * 16 + digit;
        Ok(())
    }

    fn begin_chunk(&mut self) {
        self.line = 0;
        self.at = if self.left == 0 { At::Trailer } else { At::Data };
    }
}
