//! TensorFlow's record files and the messages that TensorBoard reads from them.
//!
//! A record is its length (8 bytes, little-endian), that length's masked CRC, the payload, and the payload's masked CRC
//! (tensorflow/core/lib/io/record_writer.h). The field numbers are those of event.proto and summary.proto.

use prost::Message;

/// What an event file holds, one a record.
#[derive(Clone, PartialEq, Message)]
pub(super) struct EventMessage {
    /// Seconds since 1970.
    #[prost(double, tag = "1")]
    pub(super) wall_time: f64,
    #[prost(int64, tag = "2")]
    pub(super) step: i64,
    /// `brain.Event:2` in the first record, and nowhere else.
    #[prost(string, optional, tag = "3")]
    pub(super) file_version: Option<String>,
    #[prost(message, optional, tag = "5")]
    pub(super) summary: Option<SummaryMessage>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct SummaryMessage {
    #[prost(message, repeated, tag = "1")]
    pub(super) value: Vec<SummaryValue>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct SummaryValue {
    #[prost(string, tag = "1")]
    pub(super) tag: String,
    #[prost(float, optional, tag = "2")]
    pub(super) simple_value: Option<f32>,
}

/// A payload as a record.
pub(super) fn record(payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u64).to_le_bytes();
    let crc = |bytes: &[u8]| masked_crc(bytes).to_le_bytes();
    [&length[..], &crc(&length), payload, &crc(payload)].concat()
}

/// The payload of the record at the start of `bytes`, and what follows it; `None` where it is not whole.
pub(super) fn next_record(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<8>()?;
    let (length_crc, rest) = rest.split_first_chunk::<4>()?;
    let (payload, rest) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
    let (payload_crc, rest) = rest.split_first_chunk::<4>()?;
    let is_whole = |bytes: &[u8], crc: &[u8; 4]| masked_crc(bytes) == u32::from_le_bytes(*crc);
    (is_whole(length, length_crc) && is_whole(payload, payload_crc)).then_some((payload, rest))
}

/// Rotated and moved, as a CRC of data that holds CRCs is a poor one.
fn masked_crc(bytes: &[u8]) -> u32 {
    crc32c(bytes).rotate_right(15).wrapping_add(0xA282_EAD8)
}

/// Castagnoli's CRC-32 (RFC 3720, B.4).
fn crc32c(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0x82F6_3B78 } else { crc >> 1 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test vectors of RFC 3720, B.4.
    #[test]
    fn the_checksum_is_castagnolis() {
        let counted: Vec<u8> = (0..32).collect();
        assert_eq!([crc32c(&[0; 32]), crc32c(&[0xff; 32]), crc32c(&counted)], [0x8A91_36AA, 0x62A8_AB43, 0x46DD_794E]);
        assert_eq!(crc32c(b"123456789"), 0xE306_9283);
    }

    #[test]
    fn a_record_comes_back_and_a_cut_or_changed_one_does_not() {
        let whole = [record(b"first"), record(b"")].concat();
        let (first, rest) = next_record(&whole).expect("whole");
        assert_eq!((first, next_record(rest)), (b"first".as_slice(), Some((b"".as_slice(), b"".as_slice()))));
        let one = record(b"first");
        for place in 0..one.len() {
            assert_eq!(next_record(&one[..place]), None, "cut at {place}");
            let mut changed = one.clone();
            changed[place] ^= 4;
            assert_eq!(next_record(&changed), None, "changed at {place}");
        }
    }
}
