//! A decoder with a dynamic table (RFC 7541, section 2.3.2).

use std::collections::VecDeque;

use super::HpackBuffers;
use super::error::HpackError;
use super::number::{number, read_string};
use super::table;

/// What an entry of the table counts beyond its name and value, in bytes (RFC 7541, section 4.1).
const ENTRY: usize = 32;

/// The size of a table until the settings say otherwise, in bytes.
const DEFAULT_SIZE: usize = 4096;

type TableEntries = VecDeque<(Box<[u8]>, Box<[u8]>)>;

/// One header of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeaderField<'a> {
    /// The name; pseudo-headers begin with `:`.
    pub name: &'a [u8],
    /// The value, which need not be text.
    pub value: &'a [u8],
    /// Whether no table on its way may keep it, as with secrets.
    pub is_sensitive: bool,
}

/// Decodes the blocks of headers of one direction of a connection, in their order.
#[derive(Debug)]
pub struct Decoder {
    /// The latest comes first.
    entries: TableEntries,
    /// What the entries take, in bytes.
    size: usize,
    /// What they may take at the moment: what the encoder said last.
    capacity: usize,
    /// What the encoder may let them take: what it was told by settings.
    limit: usize,
    text: HpackBuffers,
}

impl Default for Decoder {
    fn default() -> Self {
        Self {
            entries: VecDeque::new(),
            size: 0,
            capacity: DEFAULT_SIZE,
            limit: DEFAULT_SIZE,
            text: HpackBuffers::default(),
        }
    }
}

impl Decoder {
    /// Lets the encoder have a larger table, of so many bytes: its peer's settings allow it. A
    /// smaller one is the encoder's to announce.
    pub fn allow(&mut self, bytes: usize) {
        self.limit = self.limit.max(bytes);
    }

    /// Decodes a block, and calls `each` with every header until it fails.
    ///
    /// # Errors
    /// When the block is not valid, which no later block can be read after; or what `each` says.
    pub fn decode<E: From<HpackError>>(
        &mut self,
        block: &[u8],
        mut each: impl FnMut(HeaderField<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let (mut rest, mut begun) = (block, false);
        while let Some(first) = rest.first().copied() {
            if first & 0x80 != 0 {
                let (name, value) =
                    field(&self.entries, number(&mut rest, 7)?).ok_or(HpackError)?;
                each(HeaderField { name, value, is_sensitive: false })?;
            } else if first & 0xe0 == 0x20 {
                self.resize(number(&mut rest, 5)?, begun)?;
                continue;
            } else if first & 0x40 != 0 {
                self.literal(&mut rest, 6)?;
                let (name, value) = (&self.text.name, &self.text.value);
                each(HeaderField { name, value, is_sensitive: false })?;
                self.insert();
            } else {
                self.literal(&mut rest, 4)?;
                let (name, value) = (&self.text.name, &self.text.value);
                each(HeaderField { name, value, is_sensitive: first & 0x10 != 0 })?;
            }
            begun = true;
        }
        Ok(())
    }

    /// A change of the table's size, which only comes first in a block.
    fn resize(&mut self, bytes: usize, begun: bool) -> Result<(), HpackError> {
        if begun || bytes > self.limit {
            return Err(HpackError);
        }
        self.capacity = bytes;
        self.evict(0);
        Ok(())
    }

    /// Reads a header that is written out into the buffers.
    fn literal(&mut self, rest: &mut &[u8], bits: u32) -> Result<(), HpackError> {
        let (index, text) = (number(rest, bits)?, &mut self.text);
        if index == 0 {
            read_string(rest, &mut text.name)?;
        } else {
            let (name, _) = field(&self.entries, index).ok_or(HpackError)?;
            text.name.clear();
            text.name.extend_from_slice(name);
        }
        read_string(rest, &mut text.value)
    }

    /// Keeps the header in the buffers; one that is larger than the table empties it.
    fn insert(&mut self) {
        let (name, value) = (&self.text.name, &self.text.value);
        let needed = name.len() + value.len() + ENTRY;
        let entry = (name.as_slice().into(), value.as_slice().into());
        self.evict(needed);
        if needed <= self.capacity {
            self.size += needed;
            self.entries.push_front(entry);
        }
    }

    /// Forgets the oldest headers until there is room for so many bytes.
    fn evict(&mut self, needed: usize) {
        while self.size + needed > self.capacity {
            let Some((name, value)) = self.entries.pop_back() else { return };
            self.size -= name.len() + value.len() + ENTRY;
        }
    }
}

/// The name and value at an index of both tables, counted from 1.
fn field(entries: &TableEntries, index: usize) -> Option<(&[u8], &[u8])> {
    if let Some((name, value)) = table::field(index) {
        return Some((name.as_bytes(), value.as_bytes()));
    }
    let (name, value) = entries.get(index.checked_sub(table::LENGTH + 1)?)?;
    Some((name, value))
}
