//! Convolution in tiles: see [`winograd`](super::winograd).

use super::geometry::{Frame, Geometry, StridedImages};
use super::isa::{PointOuters, PointProducts, Taps};
use super::layer::{BlockLayer, GROUP, Work};
use super::scratch::{Scratch, unwritten};
use super::winograd::{POINTS, Plane, Spectrum, TILE};
use std::mem::MaybeUninit;

/// Values that the transformed tiles of a pass may take together: they are to stay in the second-level cache.
const PASS: usize = 1 << 17;

/// How an image is cut into tiles.
#[derive(Clone, Copy, Debug)]
struct Grid {
    /// Tiles by line and column.
    tiles: [usize; 2],
    /// Pixels of the output from one tile to the next.
    step: usize,
    /// Height and width of the output.
    output: [usize; 2],
}

impl Grid {
    fn len(&self) -> usize {
        self.tiles[0] * self.tiles[1]
    }

    /// Image, and line and column of the first pixel of tile `tile`.
    fn place(&self, tile: usize) -> (usize, usize, usize) {
        let (image, tile) = (tile / self.len(), tile % self.len());
        (image, tile / self.tiles[1] * self.step, tile % self.tiles[1] * self.step)
    }

    /// Height and width of what a tile at this line and column has of the output.
    fn size(&self, y: usize, x: usize) -> [usize; 2] {
        [self.step.min(self.output[0] - y), self.step.min(self.output[1] - x)]
    }
}

fn plane(frame: &Frame) -> Plane {
    Plane { line: frame.line(), channels: frame.channels }
}

impl BlockLayer {
    fn grid(&self, taps: Taps) -> Grid {
        let output = self.geometry.output();
        Grid { tiles: output.map(|size| size.div_ceil(taps.output())), step: taps.output(), output }
    }

    /// The input with its zeros, and more where tiles stand over.
    fn tile_input_frame(&self, grid: &Grid) -> Frame {
        let Geometry { channels_in, padding, .. } = self.geometry;
        Frame {
            size: grid.tiles.map(|tiles| (tiles - 1) * grid.step + TILE),
            channels: self.padded(channels_in),
            origin: [padding[0].0, padding[1].0],
            step: [1, 1],
        }
    }

    fn tiles_a_pass(&self) -> usize {
        let channels = self.padded(self.geometry.channels_in) + self.padded(self.geometry.channels_out);
        (PASS / POINTS / channels).max(1).next_multiple_of(8)
    }

    /// StridedImages that fill a pass.
    pub(super) fn images_a_pass(&self, taps: Taps) -> usize {
        (self.tiles_a_pass() / self.grid(taps).len()).clamp(1, GROUP)
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
        let frame = self.tile_input_frame(&grid);
        let Geometry { channels_in, input: [height, width], channels_out, .. } = self.geometry;
        let out = Frame::tight(grid.output, self.padded(channels_out));
        let image = epilogue.len();
        let image_masks = masks.len() / (values.len() / image);
        let pass = self.images_a_pass(taps);
        let tiles = self.tiles_a_pass().min(pass * grid.len());
        let (spectrum, result) = (Spectrum::new(tiles, frame.channels), Spectrum::new(tiles, out.channels));
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
                    self.transform_inputs(&grid, range.clone(), packed, &frame, transformed, spectrum);
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

    fn transform_inputs(
        &self,
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
            (self.kernels.transform_input)(source, plane(frame), target, to, slot);
        }
    }

    /// As [`direct_backward`](Self::direct_backward).
    pub(super) fn tile_backward(
        &self,
        taps: Taps,
        work: &Work<'_>,
        input: &mut [MaybeUninit<f32>],
        sums: &mut [f32],
        bias: &mut [f32],
    ) {
        let (grid, epilogue) = (self.grid(taps), self.epilogue());
        let frame = self.tile_input_frame(&grid);
        let Geometry { channels_in, input: [height, width], channels_out, .. } = self.geometry;
        let size = [channels_in, height, width];
        let out = Frame::tight(grid.tiles.map(|tiles| tiles * grid.step), self.padded(channels_out));
        let covered = epilogue.size.map(|size| size * epilogue.window()) == out.size;
        let image_in = channels_in * height * width;
        let pass = self.images_a_pass(taps);
        let tiles = self.tiles_a_pass().min(pass * grid.len());
        let (spectrum, gradients) = (Spectrum::new(tiles, frame.channels), Spectrum::new(tiles, out.channels));
        let point = channels_in * out.channels;
        Scratch::with(|scratch| {
            let [packed, transformed, gradient, transformed_gradient, input_gradient, outers, turned] = scratch.take([
                pass * frame.len(),
                spectrum.len(),
                pass * out.len(),
                gradients.len(),
                pass * frame.len(),
                POINTS * point,
                epilogue.len(),
            ]);
            let images: Vec<usize> = work.images.clone().collect();
            for (index, images) in images.chunks(pass).enumerate() {
                if !covered {
                    gradient.fill(0.0);
                }
                for (slot, image) in images.iter().enumerate() {
                    frame.pack(work.x, *image, size, &mut packed[slot * frame.len()..][..frame.len()]);
                    let (output_gradient, masks) = work.image(*image, &epilogue, self.kernels.lanes, turned);
                    let target = &mut gradient[slot * out.len()..][..out.len()];
                    (self.kernels.epilogue_backward)(&epilogue, output_gradient, masks, target, &out, bias);
                }
                if work.wants_input() {
                    input_gradient.fill(0.0);
                }
                let all = images.len() * grid.len();
                for start in (0..all).step_by(tiles) {
                    let range = start..(start + tiles).min(all);
                    self.transform_inputs(&grid, range.clone(), packed, &frame, transformed, spectrum);
                    for (slot, tile) in range.clone().enumerate() {
                        let (image, y, x) = grid.place(tile);
                        let source = &gradient[image * out.len() + out.at(y, x)..];
                        let transform = self.kernels.transform_gradient[taps as usize];
                        transform(source, plane(&out), transformed_gradient, gradients, slot);
                    }
                    let outer = PointOuters {
                        tiles: range.len(),
                        x: spectrum,
                        g: gradients,
                        depth: channels_in,
                        first: index == 0 && start == 0,
                    };
                    (self.kernels.point_outers)(&outer, transformed, transformed_gradient, outers);
                    if work.wants_input() {
                        let product =
                            PointProducts { tiles: range.len(), x: gradients, out: spectrum, depth: channels_out };
                        (self.kernels.point_products)(&product, transformed_gradient, work.weight, transformed);
                        for (slot, tile) in range.enumerate() {
                            let (image, y, x) = grid.place(tile);
                            let target = &mut input_gradient[image * frame.len() + frame.at(y, x)..];
                            (self.kernels.transform_input_transposed)(
                                transformed,
                                spectrum,
                                slot,
                                target,
                                plane(&frame),
                            );
                        }
                    }
                }
                if work.wants_input() {
                    for (slot, source) in input_gradient.chunks_exact(frame.len()).enumerate().take(images.len()) {
                        let target = &mut input[(index * pass + slot) * image_in..][..image_in];
                        frame.unpack(source, size, target, work.x.order(size));
                    }
                }
            }
            for row in 0..channels_in {
                for column in (0..out.channels).step_by(self.kernels.lanes) {
                    let place = row * out.channels + column;
                    let transform = self.kernels.transform_weights_transposed[taps as usize];
                    transform(&outers[place..], point, &mut sums[place..], point);
                }
            }
        });
    }
}
