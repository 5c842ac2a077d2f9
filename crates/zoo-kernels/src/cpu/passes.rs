//! Gradients in tiles, pass by pass over the images of a group.

use super::backward::Work;
use super::geometry::{Frame, Geometry};
use super::isa::{PointOuters, PointProducts, Taps};
use super::layer::BlockLayer;
use super::pool::Epilogue;
use super::scratch::Scratch;
use super::tiles::{Grid, plane};
use super::winograd::Spectrum;
use std::mem::MaybeUninit;
use std::ops::Range;

/// A pass over the tiles of some images: its sizes.
pub(super) struct Passes<'a> {
    pub(super) layer: &'a BlockLayer,
    pub(super) taps: Taps,
    pub(super) grid: Grid,
    pub(super) epilogue: Epilogue,
    /// Of the input with its zeros, and of its gradient.
    pub(super) frame: Frame,
    /// Of the convolution's gradient.
    pub(super) out: Frame,
    /// Images a pass.
    pub(super) images: usize,
    /// Tiles that are transformed at once.
    pub(super) tiles: usize,
    pub(super) spectrum: Spectrum,
    pub(super) gradients: Spectrum,
}

impl BlockLayer {
    pub(super) fn passes(&self, taps: Taps) -> Passes<'_> {
        let grid = self.grid(taps);
        let frame = self.tile_input_frame(taps, &grid);
        let out = Frame::tight(grid.tiles.map(|tiles| tiles * grid.step), self.padded(self.geometry.channels_out));
        let images = self.images_a_pass(taps);
        let tiles = self.tiles_a_pass(taps).min(images * grid.len());
        let [spectrum, gradients] =
            [frame.channels, out.channels].map(|channels| Spectrum::new(taps.points(), tiles, channels));
        Passes { layer: self, taps, grid, epilogue: self.epilogue(), frame, out, images, tiles, spectrum, gradients }
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
        let passes = self.passes(taps);
        let Passes { frame, out, spectrum, gradients, .. } = &passes;
        Scratch::with(|scratch| {
            let [packed, transformed, gradient, transformed_gradient, input_gradient, outers, turned] = scratch.take([
                passes.images * frame.len(),
                spectrum.len(),
                passes.images * out.len(),
                gradients.len(),
                passes.images * frame.len(),
                passes.outers(),
                passes.epilogue.len(),
            ]);
            let steps = work.images.clone().step_by(passes.images);
            for (index, first) in steps.enumerate() {
                let images = first..(first + passes.images).min(work.images.end);
                passes.arrive(work, images.clone(), [packed, gradient, turned], bias);
                if work.wants_input() {
                    input_gradient.fill(0.0);
                }
                for range in passes.steps(images.len()) {
                    let is_first = index == 0 && range.start == 0;
                    passes.transform(range.clone(), [packed, gradient], [transformed, transformed_gradient]);
                    let outer = passes.outer(range.len(), is_first);
                    (self.kernels.point_outers)(&outer, transformed, transformed_gradient, outers);
                    if work.wants_input() {
                        passes.leave(range, work.weight, [transformed_gradient, transformed], input_gradient);
                    }
                }
                if work.wants_input() {
                    let each = passes.input();
                    let input = &mut input[index * passes.images * each..][..images.len() * each];
                    passes.unpack(work, input_gradient, input);
                }
            }
            passes.weights(outers, sums);
        });
    }
}

impl Passes<'_> {
    /// Values of an image of the input.
    pub(super) fn input(&self) -> usize {
        let Geometry { channels_in, input: [height, width], .. } = self.layer.geometry;
        channels_in * height * width
    }

    /// Sums of a point's outer products.
    pub(super) fn point(&self) -> usize {
        self.layer.geometry.channels_in * self.out.channels
    }

    pub(super) fn outers(&self) -> usize {
        self.taps.points() * self.point()
    }

    /// Ranges of the tiles of so many images that are transformed at once.
    pub(super) fn steps(&self, images: usize) -> impl Iterator<Item = Range<usize>> + use<> {
        let (all, tiles) = (images * self.grid.len(), self.tiles);
        (0..all).step_by(tiles).map(move |start| start..(start + tiles).min(all))
    }

    /// Packs images and the gradients of their convolutions; the buffers are for those two, and a gradient that has to be turned.
    pub(super) fn arrive(&self, work: &Work<'_>, images: Range<usize>, buffers: [&mut [f32]; 3], bias: &mut [f32]) {
        let [packed, gradient, turned] = buffers;
        let Geometry { channels_in, input: [height, width], .. } = self.layer.geometry;
        let (frame, out, epilogue) = (&self.frame, &self.out, &self.epilogue);
        if epilogue.size.map(|size| size * epilogue.window()) != out.size {
            gradient.fill(0.0);
        }
        for (slot, image) in images.enumerate() {
            frame.pack(work.x, image, [channels_in, height, width], &mut packed[slot * frame.len()..][..frame.len()]);
            let (above, masks) = work.image(image, epilogue, self.layer.kernels, turned);
            let target = &mut gradient[slot * out.len()..][..out.len()];
            (self.layer.kernels.epilogue_backward)(epilogue, above, masks, target, out, bias);
        }
    }

    /// Transforms tiles of images and gradients.
    pub(super) fn transform(&self, range: Range<usize>, [packed, gradient]: [&[f32]; 2], to: [&mut [f32]; 2]) {
        let [transformed, transformed_gradient] = to;
        self.layer.transform_inputs(
            self.taps,
            &self.grid,
            range.clone(),
            packed,
            &self.frame,
            transformed,
            self.spectrum,
        );
        let transform = self.layer.kernels.transform_gradient[self.taps as usize];
        for (slot, tile) in range.enumerate() {
            let (image, y, x) = self.grid.place(tile);
            let source = &gradient[image * self.out.len() + self.out.at(y, x)..];
            transform(source, plane(&self.out), transformed_gradient, self.gradients, slot);
        }
    }

    fn outer(&self, tiles: usize, first: bool) -> PointOuters {
        let depth = self.layer.geometry.channels_in;
        PointOuters { tiles, x: self.spectrum, g: self.gradients, depth, first }
    }

    /// Adds the tiles' part to the input's gradient, by way of a buffer as large as their transforms.
    pub(super) fn leave(
        &self,
        range: Range<usize>,
        weight: &[f32],
        [from, buffer]: [&mut [f32]; 2],
        input_gradient: &mut [f32],
    ) {
        let depth = self.layer.geometry.channels_out;
        let product = PointProducts { tiles: range.len(), x: self.gradients, out: self.spectrum, depth };
        (self.layer.kernels.point_products)(&product, from, weight, buffer);
        let transform = self.layer.kernels.transform_input_transposed[self.taps as usize];
        for (slot, tile) in range.enumerate() {
            let (image, y, x) = self.grid.place(tile);
            let target = &mut input_gradient[image * self.frame.len() + self.frame.at(y, x)..];
            transform(buffer, self.spectrum, slot, target, plane(&self.frame));
        }
    }

    pub(super) fn unpack(&self, work: &Work<'_>, input_gradient: &[f32], input: &mut [MaybeUninit<f32>]) {
        let Geometry { channels_in, input: [height, width], .. } = self.layer.geometry;
        let images = input.chunks_exact_mut(self.input()).zip(input_gradient.chunks_exact(self.frame.len()));
        images.for_each(|(input, source)| {
            self.frame.unpack(source, [channels_in, height, width], input, work.x.order());
        });
    }

    /// The sums for the weight `[kernel height, kernel width, in][out]` from those of the points.
    pub(super) fn weights(&self, outers: &[f32], sums: &mut [f32]) {
        let (point, columns) = (self.point(), self.out.channels);
        let transform = self.layer.kernels.transform_weights_transposed[self.taps as usize];
        for place in (0..point).step_by(self.layer.kernels.lanes) {
            debug_assert!(place % columns + self.layer.kernels.lanes <= columns);
            transform(&outers[place..], point, &mut sums[place..], point);
        }
    }
}
