//! Convolution in tiles: see [`winograd`](super::winograd).

use super::geometry::{Frame, Geometry, StridedImages};
use super::isa::{PointProducts, Taps};
use super::layer::{BlockLayer, GROUP};
use super::scratch::{Scratch, unwritten};
use super::winograd::{Plane, Spectrum};
use std::mem::MaybeUninit;

/// Values that the transformed tiles of a pass may take together: they are to stay in the second-level cache.
const PASS: usize = 1 << 17;
/// The same where the transformed weights do not stay there either, and are read once a pass.
const WIDE_PASS: usize = 1 << 20;

/// Kernels, one for each pair of channels, from which their transforms are too many for the second-level cache.
const WIDE: usize = 1 << 13;

/// How an image is cut into tiles.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    /// Tiles by line and column.
    pub(super) tiles: [usize; 2],
    /// Pixels of the output from one tile to the next.
    pub(super) step: usize,
    /// Height and width of what is used of the output.
    output: [usize; 2],
}

impl Grid {
    pub(super) fn len(&self) -> usize {
        self.tiles[0] * self.tiles[1]
    }

    /// Image, and line and column of the first pixel of tile `tile`.
    pub(super) fn place(&self, tile: usize) -> (usize, usize, usize) {
        let (image, tile) = (tile / self.len(), tile % self.len());
        (image, tile / self.tiles[1] * self.step, tile % self.tiles[1] * self.step)
    }

    /// Height and width of what a tile at this line and column has of the output.
    fn size(&self, y: usize, x: usize) -> [usize; 2] {
        [self.step.min(self.output[0] - y), self.step.min(self.output[1] - x)]
    }
}

pub(super) fn plane(frame: &Frame) -> Plane {
    Plane { line: frame.line(), channels: frame.channels }
}

impl BlockLayer {
    pub(super) fn grid(&self, taps: Taps) -> Grid {
        let output = self.used();
        Grid { tiles: output.map(|size| size.div_ceil(taps.output())), step: taps.output(), output }
    }

    /// The input with its zeros, and more where tiles stand over.
    pub(super) fn tile_input_frame(&self, taps: Taps, grid: &Grid) -> Frame {
        let Geometry { channels_in, input, padding, .. } = self.geometry;
        // The tiles may leave out the last line, which no window of the pooling uses.
        let size = |d: usize| ((grid.tiles[d] - 1) * grid.step + taps.tile()).max(padding[d].0 + input[d]);
        Frame { size: [0, 1].map(size), channels: self.padded(channels_in), origin: [padding[0].0, padding[1].0] }
    }

    pub(super) fn tiles_a_pass(&self, taps: Taps) -> usize {
        let channels = self.padded(self.geometry.channels_in) + self.padded(self.geometry.channels_out);
        let pass = if self.is_wide() { WIDE_PASS } else { PASS };
        (pass / taps.points() / channels).max(1).next_multiple_of(8)
    }

    /// True if the transformed weights are too many for the second-level cache.
    pub(super) fn is_wide(&self) -> bool {
        self.geometry.channels_in * self.geometry.channels_out > WIDE
    }

    /// StridedImages that fill a pass.
    pub(super) fn images_a_pass(&self, taps: Taps) -> usize {
        let most = if self.is_wide() { usize::MAX } else { GROUP };
        (self.tiles_a_pass(taps) / self.grid(taps).len()).clamp(1, most)
    }

    #[allow(clippy::too_many_arguments)] // As the direct algorithm's, and the kernel's size.
    pub(super) fn tile_forward(
        &self,
        taps: Taps,
        x: &StridedImages<'_>,
        first: usize,
        weight: &[f32],
        bias: &[f32],
        values: &mut [MaybeUninit<f32>],
        masks: &mut [u16],
    ) -> bool {
        let (grid, epilogue) = (self.grid(taps), self.epilogue());
        let frame = self.tile_input_frame(taps, &grid);
        let Geometry { channels_in, input: [height, width], channels_out, .. } = self.geometry;
        let out = Frame::tight(grid.output, self.padded(channels_out));
        let image = epilogue.len();
        let image_masks = masks.len() / (values.len() / image);
        let pass = self.images_a_pass(taps);
        let tiles = self.tiles_a_pass(taps).min(pass * grid.len());
        let (spectrum, result) =
            (Spectrum::new(taps.points(), tiles, frame.channels), Spectrum::new(taps.points(), tiles, out.channels));
        let mut tame = true;
        Scratch::with(|scratch| {
            let lengths =
                [pass * frame.len(), spectrum.len(), result.len(), pass * out.len(), self.turned_len(&epilogue)];
            let [packed, transformed, products, convolved, turned] = scratch.take(lengths);
            for (index, values) in values.chunks_mut(pass * image).enumerate() {
                let images = values.len() / image;
                for (image, packed) in packed.chunks_exact_mut(frame.len()).enumerate().take(images) {
                    frame.pack(x, first + index * pass + image, [channels_in, height, width], packed);
                }
                tame &= (self.kernels.is_tame)(&packed[..images * frame.len()]);
                let all = images * grid.len();
                for start in (0..all).step_by(tiles) {
                    let range = start..(start + tiles).min(all);
                    self.transform_inputs(taps, &grid, range.clone(), packed, &frame, transformed, spectrum);
                    let product = PointProducts { tiles: range.len(), x: spectrum, out: result, depth: channels_in };
                    (self.kernels.point_products)(&product, transformed, weight, products);
                    for (slot, tile) in range.enumerate() {
                        let (image, y, x) = grid.place(tile);
                        let target = &mut convolved[image * out.len() + out.at(y, x)..];
                        let transform = self.kernels.transform_output[taps as usize];
                        transform(products, result, slot, target, plane(&out), grid.size(y, x));
                    }
                }
                for (image, values) in values.chunks_exact_mut(image).enumerate() {
                    let masks = &mut masks[(index * pass + image) * image_masks..][..image_masks];
                    let source = &convolved[image * out.len()..];
                    let target = if turned.is_empty() { &mut *values } else { unwritten(turned) };
                    (self.kernels.epilogue)(&epilogue, source, &out, bias, target, masks);
                    self.turn(turned, &epilogue, values);
                }
            }
        });
        tame
    }

    #[allow(clippy::too_many_arguments)] // What, from where, to where.
    pub(super) fn transform_inputs(
        &self,
        taps: Taps,
        grid: &Grid,
        tiles: std::ops::Range<usize>,
        packed: &[f32],
        frame: &Frame,
        target: &mut [f32],
        to: Spectrum,
    ) {
        for (slot, tile) in tiles.enumerate() {
            let (image, y, x) = grid.place(tile);
            let source = &packed[image * frame.len() + frame.at(y, x)..];
            (self.kernels.transform_input[taps as usize])(source, plane(frame), target, to, slot);
        }
    }
}
