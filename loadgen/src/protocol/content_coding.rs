//! Content codings: how servers compress bodies (RFC 9110, 8.4).

use std::borrow::Cow;
use std::io::{self, Read};

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use ruzstd::decoding::StreamingDecoder;

/// How much of a body the brotli decoder reads at once, in bytes.
const PIECE: usize = 4096;

/// A body without its codings, which are given in the order in which they were applied. `None` when
/// one is unknown, does not fit the body, or makes it grow beyond `longest` bytes.
pub(crate) fn decoded<'b, 'c>(
    codings: impl DoubleEndedIterator<Item = &'c str>,
    body: &'b [u8],
    longest: usize,
) -> Option<Cow<'b, [u8]>> {
    let mut body = Cow::Borrowed(body);
    for coding in codings.rev() {
        let whole = match coding.to_ascii_lowercase().as_str() {
            "" | "identity" => continue,
            "gzip" | "x-gzip" => unpacked(MultiGzDecoder::new(&*body), longest),
            // Zlib's format is meant, but some servers send what is inside of it.
            "deflate" => unpacked(ZlibDecoder::new(&*body), longest)
                .or_else(|_| unpacked(DeflateDecoder::new(&*body), longest)),
            "br" => unpacked(brotli_decompressor::Decompressor::new(&*body, PIECE), longest),
            "zstd" => zstd(&body, longest),
            _ => return None,
        };
        body = Cow::Owned(whole.ok()?);
    }
    Some(body)
}

/// A small body can decompress to gigabytes, so reading stops one byte past the limit.
fn unpacked(decoder: impl Read, longest: usize) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    decoder.take(longest as u64 + 1).read_to_end(&mut body)?;
    if body.len() > longest { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(body) }
}

/// Any number of frames, one after the other (RFC 8878, 3.1).
fn zstd(mut packed: &[u8], longest: usize) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    while !packed.is_empty() {
        let frame = StreamingDecoder::new(&mut packed).map_err(io::Error::other)?;
        body.append(&mut unpacked(frame, longest)?);
        if body.len() > longest {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    const TEXT: &[u8] = b"{\"id\": 7}";
    /// The text, by the command lines `brotli` and `zstd`.
    const BROTLI: &[u8] = b"\x0b\x04\x80{\"id\": 7}\x03";
    const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd\x04\x58\x49\x00\x00{\"id\": 7}\x3a\x45\xec\xd8";
    /// 8 MiB of zeros.
    const BROTLI_BOMB: &[u8] = b"\x9b\xff\xff\x7f\xf8\x27\x00\xe2\xb1\x40\x20\xf7\xfe\x0f";

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        packer.write_all(body).unwrap();
        packer.finish().unwrap()
    }

    fn zlib(body: &[u8]) -> Vec<u8> {
        let mut packer = ZlibEncoder::new(Vec::new(), Compression::best());
        packer.write_all(body).unwrap();
        packer.finish().unwrap()
    }

    fn raw_deflate(body: &[u8]) -> Vec<u8> {
        let mut packer = DeflateEncoder::new(Vec::new(), Compression::best());
        packer.write_all(body).unwrap();
        packer.finish().unwrap()
    }

    fn plain(coding: &str, body: &[u8]) -> Option<Vec<u8>> {
        decoded(coding.split(',').map(str::trim), body, 4 * 1024 * 1024).map(Cow::into_owned)
    }

    #[test]
    fn bodies_of_each_coding_are_unpacked_in_any_case_of_its_name() {
        let twice = [ZSTD, ZSTD].concat();
        let all: [(&str, &[u8], &[u8]); 11] = [
            ("identity", TEXT, TEXT),
            ("gzip", &gzip(TEXT), TEXT),
            ("X-GZIP", &gzip(TEXT), TEXT),
            ("GZip", &[gzip(b"{\"id\":"), gzip(b" 7}")].concat(), TEXT),
            ("deflate", &zlib(TEXT), TEXT),
            ("Deflate", &raw_deflate(TEXT), TEXT),
            ("br", BROTLI, TEXT),
            ("BR", BROTLI, TEXT),
            ("zstd", ZSTD, TEXT),
            ("Zstd", &twice, b"{\"id\": 7}{\"id\": 7}"),
            ("deflate, gzip", &gzip(&zlib(TEXT)), TEXT),
        ];
        for (coding, body, text) in all {
            assert_eq!(plain(coding, body).as_deref(), Some(text), "{coding}");
        }
    }

    #[test]
    fn a_body_that_does_not_fit_its_coding_is_none() {
        for coding in ["gzip", "deflate", "br", "zstd", "lzma", "gzip, lzma"] {
            assert_eq!(plain(coding, b"not compressed"), None, "{coding}");
        }
        for (coding, body) in
            [("gzip", gzip(TEXT)), ("br", BROTLI.to_vec()), ("zstd", ZSTD.to_vec())]
        {
            assert_eq!(plain(coding, &body[..body.len() - 4]), None, "{coding}");
        }
    }

    #[test]
    fn a_compressed_body_is_not_unpacked_beyond_the_limit() {
        let long = vec![0; 64 * 1024 * 1024];
        // Blocks that repeat one byte 128 KiB times; the last one says so.
        let blocks = [b"\x02\x00\x10\x00".repeat(64), b"\x03\x00\x10\x00".to_vec()].concat();
        let zstd = [b"\x28\xb5\x2f\xfd\x00\x58".as_slice(), &blocks].concat();
        let bombs = [
            ("gzip", gzip(&long)),
            ("deflate", zlib(&long)),
            ("br", BROTLI_BOMB.to_vec()),
            ("zstd", zstd),
        ];
        for (coding, bomb) in bombs {
            assert!(bomb.len() < 128 * 1024, "{}", bomb.len());
            assert_eq!(plain(coding, &bomb), None, "{coding}");
        }
    }
}
