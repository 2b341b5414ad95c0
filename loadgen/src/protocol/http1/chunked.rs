//! Decodes chunked bodies: data in slices, and the framing between byte by byte.

use super::error::MalformedReply;

/// The longest chunk header, and the longest trailers, in bytes.
const LONGEST_LINE: usize = 16 * 1024;

/// The part of a chunked body that the next byte belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ChunkState {
    Size,
    Extension,
    SizeEnd,
    Data,
    DataReturn,
    DataEnd,
    Trailer,
    TrailerEnd,
}

/// Decodes one chunked body. It holds no data, so it costs no allocation.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChunkedDecoder {
    at: ChunkState,
    /// Bytes left of the chunk; while its size is being read, the size so far.
    left: u64,
    digits: u8,
    /// The length of the present line of framing, in bytes.
    line: usize,
    /// The length of all trailers, in bytes.
    trailers: usize,
}

impl ChunkedDecoder {
    pub fn new() -> Self {
        Self { at: ChunkState::Size, left: 0, digits: 0, line: 0, trailers: 0 }
    }

    /// Decodes further bytes; calls `data` with those of the body. Returns how many bytes were
    /// used, and whether the body has ended.
    pub fn feed(
        &mut self,
        input: &[u8],
        mut data: impl FnMut(&[u8]),
    ) -> Result<(usize, bool), MalformedReply> {
        let mut used = 0;
        while used < input.len() {
            if self.at == ChunkState::Data {
                let here = usize::try_from(self.left).unwrap_or(usize::MAX).min(input.len() - used);
                data(&input[used..used + here]);
                used += here;
                self.left -= here as u64;
                if self.left == 0 {
                    self.at = ChunkState::DataReturn;
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

    /// Takes one byte of framing; `true` when it was the last of the body.
    fn step(&mut self, byte: u8) -> Result<bool, MalformedReply> {
        self.line += 1;
        if self.line > LONGEST_LINE || self.trailers > LONGEST_LINE {
            return Err(MalformedReply::Chunk("line"));
        }
        match (self.at, byte) {
            (ChunkState::Size, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => self.digit(byte)?,
            (ChunkState::Size, b';' | b' ' | b'\t') if self.digits > 0 => {
                self.at = ChunkState::Extension;
            }
            (ChunkState::Size | ChunkState::Extension, b'\r') if self.digits > 0 => {
                self.at = ChunkState::SizeEnd;
            }
            // A bare line feed ends no line: readers that disagree on it are how replies get
            // smuggled.
            (ChunkState::Extension, byte) if byte != b'\n' => {}
            (ChunkState::SizeEnd, b'\n') => self.begin_chunk(),
            (ChunkState::DataReturn, b'\r') => self.at = ChunkState::DataEnd,
            (ChunkState::DataEnd, b'\n') => *self = Self { trailers: self.trailers, ..Self::new() },
            (ChunkState::Trailer, b'\r') => self.at = ChunkState::TrailerEnd,
            (ChunkState::Trailer, byte) if byte != b'\n' => self.trailers += 1,
            (ChunkState::TrailerEnd, b'\n') if self.line == 2 => return Ok(true),
            (ChunkState::TrailerEnd, b'\n') => {
                self.at = ChunkState::Trailer;
                self.line = 0;
            }
            (ChunkState::DataReturn | ChunkState::DataEnd, _) => {
                return Err(MalformedReply::Chunk("end"));
            }
            (ChunkState::Trailer | ChunkState::TrailerEnd, _) => {
                return Err(MalformedReply::Chunk("trailer"));
            }
            _ => return Err(MalformedReply::Chunk("size")),
        }
        Ok(false)
    }

    fn digit(&mut self, byte: u8) -> Result<(), MalformedReply> {
        let digit = char::from(byte).to_digit(16).map_or(0, u64::from);
        self.digits += 1;
        // A sixteenth digit could overflow 64 bits; 15 are more than any server sends.
        if self.digits > 15 {
            return Err(MalformedReply::Chunk("size"));
        }
        self.left = self.left * 16 + digit;
        Ok(())
    }

    fn begin_chunk(&mut self) {
        self.line = 0;
        self.at = if self.left == 0 { ChunkState::Trailer } else { ChunkState::Data };
    }
}
