//! Settings of one peer on their way to the other (RFC 9113, section 6.5).

use bytes::BytesMut;

use super::frame::{self, Frame, LONGEST, kind};
use super::violation::Violation;

/// The length of one setting, in bytes.
const SETTING: usize = 6;
const HEADER_TABLE_SIZE: u16 = 1;
const MAX_FRAME_SIZE: u16 = 5;

/// The largest table of headers that is kept for a direction, in bytes.
const LARGEST_TABLE: u32 = 64 * 1024;

/// Passes them on, those that would take memory here at no more than they may take. Returns the
/// size of the table that the other peer may use now, if it changes to a larger one, or 0.
pub(super) fn pass(settings: &Frame, out: &mut BytesMut) -> Result<usize, Violation> {
    let (mut passed, mut table) = (settings.payload().to_vec(), 0);
    if passed.len() % SETTING != 0 || settings.stream != 0 {
        return Err(Violation::Malformed);
    }
    for setting in passed.chunks_exact_mut(SETTING) {
        let name = u16::from_be_bytes([setting[0], setting[1]]);
        let value = u32::from_be_bytes([setting[2], setting[3], setting[4], setting[5]]);
        let value = match name {
            HEADER_TABLE_SIZE => {
                table = value.min(LARGEST_TABLE);
                table
            }
            MAX_FRAME_SIZE => value.min(LONGEST as u32),
            _ => value,
        };
        setting[2..].copy_from_slice(&value.to_be_bytes());
    }
    frame::write(out, (kind::SETTINGS, settings.flags), 0, &passed);
    Ok(usize::try_from(table).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_pass_and_what_would_take_memory_here_is_bounded() {
        let pass_on = |payload: &[u8]| {
            let (mut coming, mut out) = (BytesMut::new(), BytesMut::new());
            frame::write(&mut coming, (kind::SETTINGS, 0), 0, payload);
            let table = pass(&Frame::take(&mut coming).unwrap().unwrap(), &mut out)?;
            let passed = Frame::take(&mut out).unwrap().unwrap();
            Ok::<_, Violation>((table, passed.payload().to_vec()))
        };
        let written =
            [0, 1, 0xff, 0, 0, 0, 0, 3, 0, 0, 0, 100, 0, 5, 0, 0x10, 0, 0, 9, 9, 1, 2, 3, 4];
        let wanted = [0, 1, 0, 1, 0, 0, 0, 3, 0, 0, 0, 100, 0, 5, 0, 1, 0, 0, 9, 9, 1, 2, 3, 4];
        assert_eq!(pass_on(&written), Ok((65_536, wanted.to_vec())));
        assert_eq!(pass_on(&[]), Ok((0, vec![])));
        assert_eq!(pass_on(&[0, 1, 0]), Err(Violation::Malformed));
    }
}
