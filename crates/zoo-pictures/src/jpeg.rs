//! What the decoder of JPEGs does not say: it fills the rest of a cut picture with gray and calls it whole.

/// The file ends before its end marker.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("unexpected end of file")]
pub(crate) struct Cut;

/// More than decoders read ahead, and unlike the zeros or ones that they go on with at the end.
const MORE_DATA: [u8; 1024] = [0x55; 1024];

/// What the markers say of the coding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Layout {
    components: u8,
    /// All coefficients are held until the last scan.
    buffered: bool,
    /// Where the marker is that ends the picture.
    end: usize,
}

impl Layout {
    /// Memory that decoding takes beside the pixels: two bytes a coefficient.
    pub(crate) fn bytes_per_pixel_beside(self) -> u64 {
        if self.buffered { 2 * u64::from(self.components) } else { 0 }
    }

    /// The file with more data before its end marker. A whole picture looks as it did, as nothing reads that far; blocks that are
    /// missing, because a program cut the file and closed it again, are made of it.
    pub(crate) fn with_more_data(self, bytes: &[u8]) -> Vec<u8> {
        [&bytes[..self.end], &MORE_DATA, &bytes[self.end..]].concat()
    }
}

/// Follows the markers to the end of the first picture, which more bytes may follow. Markers within segments do not count:
/// thumbnails have their own end.
pub(crate) fn layout(bytes: &[u8]) -> Result<Layout, Cut> {
    let mut layout = Layout::default();
    let mut scans = 0;
    let mut place = 2;
    loop {
        place = next_marker(bytes, place)?;
        let marker = bytes[place + 1];
        place += 2;
        match marker {
            0xd9 => return Ok(Layout { end: place - 2, ..layout }),
            // Without contents: start of picture, restart, reserved.
            0x01 | 0xd0..=0xd8 => continue,
            _ => {}
        }
        let segment = bytes.get(place..).ok_or(Cut)?;
        let &[high, low, ..] = segment else { return Err(Cut) };
        match marker {
            // Start of frame; the others of the range are tables.
            0xc0..=0xcf if ![0xc4, 0xc8, 0xcc].contains(&marker) => {
                layout.components = *segment.get(7).ok_or(Cut)?;
                layout.buffered |= marker == 0xc2;
            }
            0xda => {
                scans += 1;
                layout.buffered |= scans > 1 || segment.get(2).is_some_and(|inside| *inside < layout.components);
            }
            _ => {}
        }
        place += usize::from(u16::from_be_bytes([high, low]));
    }
}

/// The place of the next marker: 0xff and what is neither zero, which stands for 0xff among the data, nor another 0xff, which fills.
fn next_marker(bytes: &[u8], from: usize) -> Result<usize, Cut> {
    let rest = bytes.get(from..).ok_or(Cut)?;
    let found = rest.windows(2).position(|pair| pair[0] == 0xff && ![0, 0xff].contains(&pair[1]));
    found.map(|offset| from + offset).ok_or(Cut)
}
