//! Gradients in tiles where groups of images are too few for the threads, or each would need much memory: all threads work on one stage
//! of a few groups, then on the next. The sums are those of [`passes`](super::passes), in their order: the bits are the same. Where there
//! are many kernels, each wave adds to the points' sums of the one before: turning them into the weight's costs as much as a few images.

use super::backward::{Upstream, Work};
use super::geometry::StridedImages;
use super::isa::Taps;
use super::layer::BlockLayer;
use super::passes::Passes;
use super::product::Outer;
use super::scratch::Scratch;
use rayon::prelude::*;
use std::mem::MaybeUninit;
use std::ops::Range;

/// Values that the transformed tiles of a wave of groups may take together.
const WAVE: usize = 1 << 22;
/// Rows of a point's sums that a task takes where they are many.
const ROWS: usize = 64;

/// Sums for weight and bias; the former empty where the next wave goes on with them.
type Sums = (Vec<f32>, Vec<f32>);

/// Whether a wave starts the points' sums, and whether it ends them.
#[derive(Clone, Copy)]
struct Turn {
    starts: bool,
    ends: bool,
}

/// Memory of the stages: transformed tiles of images and of gradients, and the sums of their products.
#[derive(Default)]
struct Stages {
    transformed: Vec<f32>,
    gradients: Vec<f32>,
    outers: Vec<f32>,
}

impl BlockLayer {
    /// True if all threads are to work on each stage of a few groups: where there are too few groups for them, or where each would
    /// need much memory. The bits are the same.
    pub(super) fn is_spread(&self, taps: Taps) -> bool {
        let passes = self.passes(taps);
        let is_whole = passes.tiles >= passes.images * passes.grid.len();
        is_whole && (self.is_wide() || self.has_few_groups())
    }

    /// Images whose transformed tiles a wave holds: whole passes of them.
    pub(super) fn images_a_group(&self, taps: Taps) -> usize {
        let passes = self.passes(taps);
        (WAVE / (passes.spectrum.len() + passes.gradients.len())).max(1) * passes.images
    }

    /// The sums for weight and bias of each group of images, and the input's gradient: as [`tile_backward`](Self::tile_backward) of each.
    pub(super) fn spread_backward(
        &self,
        taps: Taps,
        x: &StridedImages<'_>,
        (weight, wants_bias): (&[f32], bool),
        above: Upstream<'_>,
        mut input: &mut [MaybeUninit<f32>],
    ) -> Vec<(Vec<f32>, Vec<f32>)> {
        let passes = self.passes(taps);
        let (batch, group) = (self.geometry.batch, self.group());
        let wave = (self.images_a_group(taps) / group).max(1) * group;
        let goes_on = self.is_wide();
        let mut found = Vec::new();
        let mut stages = STAGES.take();
        for first in (0..batch).step_by(wave) {
            let images = first..(first + wave).min(batch);
            let wanted = if weight.is_empty() { 0 } else { images.len() * passes.input() };
            let (here, behind) = std::mem::take(&mut input).split_at_mut(wanted);
            input = behind;
            let turn = Turn { starts: !goes_on || first == 0, ends: !goes_on || images.end == batch };
            let work = Work { images, x, above, weight, wants_bias };
            found.extend(passes.wave(&work, (group, turn), here, &mut stages));
        }
        STAGES.set(stages);
        found
    }
}

impl Passes<'_> {
    /// The sums of groups whose images are `work`'s; of one group where a wave goes on with the sums of the one before.
    fn wave(
        &self,
        work: &Work<'_>,
        (group, turn): (usize, Turn),
        input: &mut [MaybeUninit<f32>],
        stages: &mut Stages,
    ) -> Vec<Sums> {
        let groups = pieces(work.images.clone(), group);
        let blocks: Vec<Vec<Range<usize>>> = groups.iter().map(|group| pieces(group.clone(), self.images)).collect();
        let all = blocks.concat();
        let Stages { transformed, gradients, outers } = stages;
        let transformed = grown(transformed, all.len() * self.spectrum.len());
        let gradients = grown(gradients, all.len() * self.gradients.len());
        let outers = grown(outers, groups.len() * self.outers());
        let spectra =
            transformed.par_chunks_mut(self.spectrum.len()).zip(gradients.par_chunks_mut(self.gradients.len()));
        spectra.zip(&all).for_each(|((transformed, gradients), images)| {
            self.transform_block(work, images.clone(), [transformed, gradients]);
        });
        self.sum_blocks(&blocks, turn, [transformed, gradients], outers);
        if work.wants_input() {
            let spectra =
                transformed.par_chunks_mut(self.spectrum.len()).zip(gradients.par_chunks_mut(self.gradients.len()));
            let inputs = split(input, all.iter().map(|images| images.len() * self.input()));
            spectra.zip(&all).zip(inputs).for_each(|(((transformed, gradients), images), input)| {
                self.leave_block(work, images.len(), [gradients, transformed], input);
            });
        }
        let found = outers.par_chunks(self.outers()).zip(&groups).map(|(outers, images)| {
            let mut sums = Vec::new();
            if turn.ends {
                sums.resize(self.layer.taps() * self.out.channels, 0.0);
                self.weights(outers, &mut sums);
            }
            let bias = if work.wants_bias { self.layer.bias_sums(work, images.clone()) } else { Vec::new() };
            (sums, bias)
        });
        found.collect()
    }

    fn transform_block(&self, work: &Work<'_>, images: Range<usize>, to: [&mut [f32]; 2]) {
        Scratch::with(|scratch| {
            let lengths =
                [self.images * self.frame.len(), self.images * self.out.len(), self.epilogue.len(), self.out.channels];
            let [packed, gradient, turned, bias] = scratch.take(lengths);
            let range = 0..images.len() * self.grid.len();
            // The bias is summed elsewhere: from image to image in order.
            self.arrive(work, images, [packed, gradient, turned], bias);
            self.transform(range, [packed, gradient], to);
        });
    }

    /// The sums of the points of each group, block by block.
    fn sum_blocks(
        &self,
        blocks: &[Vec<Range<usize>>],
        turn: Turn,
        [transformed, gradients]: [&[f32]; 2],
        outers: &mut [f32],
    ) {
        let (channels, columns) = (self.layer.geometry.channels_in, self.out.channels);
        let rows = if channels.is_multiple_of(ROWS) { ROWS } else { channels };
        let (parts, points) = (channels / rows, self.taps.points());
        let before = |group: usize| blocks[..group].iter().map(Vec::len).sum::<usize>();
        outers.par_chunks_mut(rows * columns).enumerate().for_each(|(task, outers)| {
            let (group, point, part) = (task / parts / points, task / parts % points, task % parts);
            for (index, images) in blocks[group].iter().enumerate() {
                let outer = Outer {
                    lines: 1,
                    x_line: 0,
                    g_line: 0,
                    rows: images.len() * self.grid.len(),
                    x_row: self.spectrum.channels,
                    g_row: self.gradients.channels,
                    depth: rows,
                    columns,
                    first: index == 0 && turn.starts,
                };
                let block = before(group) + index;
                let x = &transformed[block * self.spectrum.len() + point * self.spectrum.point + part * rows..];
                let g = &gradients[block * self.gradients.len() + point * self.gradients.point..];
                (self.layer.kernels.outer)(&outer, x, g, outers);
            }
        });
    }

    fn leave_block(&self, work: &Work<'_>, images: usize, spectra: [&mut [f32]; 2], input: &mut [MaybeUninit<f32>]) {
        Scratch::with(|scratch| {
            let [input_gradient] = scratch.take([self.images * self.frame.len()]);
            input_gradient.fill(0.0);
            self.leave(0..images * self.grid.len(), work.weight, spectra, input_gradient);
            self.unpack(work, input_gradient, input);
        });
    }
}

thread_local! {
    /// What the last call on this thread left.
    static STAGES: std::cell::Cell<Stages> = std::cell::Cell::default();
}

/// So many values of a buffer that grows where it has to.
fn grown(buffer: &mut Vec<f32>, length: usize) -> &mut [f32] {
    if buffer.len() < length {
        buffer.resize(length, 0.0);
    }
    &mut buffer[..length]
}

/// The range in pieces of so many.
fn pieces(range: Range<usize>, step: usize) -> Vec<Range<usize>> {
    range.clone().step_by(step).map(|first| first..(first + step).min(range.end)).collect()
}

/// Values cut into pieces of these lengths.
fn split<T>(mut values: &mut [T], lengths: impl Iterator<Item = usize>) -> Vec<&mut [T]> {
    let cut = |length| {
        let (piece, behind) = std::mem::take(&mut values).split_at_mut(length);
        values = behind;
        piece
    };
    lengths.map(cut).collect()
}
