//! Gzip of one member or several.

use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;

/// What gzip files start with.
pub(crate) const MAGIC: [u8; 2] = [0x1F, 0x8B];

/// Reads what gzip members, one after the other (RFC 1952, 2.2), uncompress to; their checksums are verified. Whatever follows
/// the last one, as the zeros that fill a tape's block, is left aside.
pub(crate) struct Gunzip<R> {
    /// `None` behind the last member.
    member: Option<GzDecoder<R>>,
}

impl<R: BufRead> Gunzip<R> {
    pub(crate) fn new(compressed: R) -> Self {
        Gunzip { member: Some(GzDecoder::new(compressed)) }
    }
}

impl<R: BufRead> Read for Gunzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let count = member.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            if let Some(mut compressed) = self.member.take().map(GzDecoder::into_inner) {
                let is_another = next_byte(&mut compressed)? == Some(MAGIC[0]);
                self.member = is_another.then(|| GzDecoder::new(compressed));
            }
        }
        Ok(0)
    }
}

/// The next byte that is not zero.
fn next_byte(compressed: &mut impl BufRead) -> io::Result<Option<u8>> {
    loop {
        let bytes = compressed.fill_buf()?;
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        match bytes.get(zeros) {
            None if zeros == 0 => return Ok(None),
            None => compressed.consume(zeros),
            Some(byte) => {
                let byte = *byte;
                compressed.consume(zeros);
                return Ok(Some(byte));
            }
        }
    }
}
