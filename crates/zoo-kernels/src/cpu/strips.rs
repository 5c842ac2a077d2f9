//! Lines of an image for each of several threads.

use super::geometry::{Geometry, StridedImages};
use super::layer::{Algorithm, BlockLayer};
use std::ops::Range;

/// Multiplications below which a layer of one image is not worth dividing.
pub(super) const WORTH_DIVIDING: usize = 1 << 20;

/// Lines of the output as a layer of their own, on the lines of the input that they see.
pub(super) struct Strip {
    pub(super) layer: BlockLayer,
    first_line: usize,
    /// Values of the output.
    pub(super) values: usize,
}

/// Strips of about as many lines each, cut where neither a pooling window nor a tile is.
pub(super) fn strips(layer: &BlockLayer, threads: usize) -> Vec<Strip> {
    let (geometry, epilogue) = (&layer.geometry, layer.epilogue());
    let unit = match layer.algorithm {
        Algorithm::Direct | Algorithm::Depthwise => epilogue.window(),
        Algorithm::Winograd(taps) => taps.output(),
    };
    let [height, width] = geometry.output();
    let work = height * width * layer.taps() * geometry.channels_out;
    let units = (epilogue.size[0] * epilogue.window()).div_ceil(unit);
    let count = if work < WORTH_DIVIDING { 1 } else { threads.min(units) };
    let end = |strip: usize| if strip == count { height } else { units * strip / count * unit };
    (0..count).map(|strip| of_lines(layer, end(strip)..end(strip + 1))).collect()
}

fn of_lines(layer: &BlockLayer, lines: Range<usize>) -> Strip {
    let geometry = layer.geometry;
    let (stride, (top, _)) = (geometry.stride[0], geometry.padding[0]);
    let [first, end] = [lines.start * stride, (lines.end - 1) * stride + geometry.reach()[0]];
    // In lines of the input, of which there are none before the first and behind the last.
    let seen = first.saturating_sub(top)..(end - top).min(geometry.input[0]);
    let padding = (top.saturating_sub(first), (end - top).saturating_sub(geometry.input[0]));
    let input = [seen.len(), geometry.input[1]];
    let geometry = Geometry { input, padding: [padding, geometry.padding[1]], ..geometry };
    let layer = BlockLayer { geometry, ..*layer };
    Strip { layer, first_line: seen.start, values: layer.epilogue().len() }
}

impl Strip {
    /// The part of the input that it sees.
    pub(super) fn seen<'a>(&self, x: &StridedImages<'a>) -> StridedImages<'a> {
        StridedImages { values: &x.values[self.first_line * x.strides[2]..], strides: x.strides }
    }
}
