//! The weight gradient behind a maximum: sums over values that pass no gradient on are spared.

use super::geometry::{Frame, Geometry};
use super::layer::{BlockLayer, Work};
use super::scratch::Scratch;
use super::sparse::{Lists, MOST, Nonzero, Windows};
use crate::block::Pool;

/// The vectors that the taps of one output channel take up in the frame.
struct SparseTaps {
    /// Of each vector, from the window's beginning.
    offsets: Vec<usize>,
    /// Vectors a line of the window.
    a_line: usize,
}

impl BlockLayer {
    fn sparse_taps(&self, frame: &Frame) -> SparseTaps {
        let Geometry { channels_in, kernel, .. } = self.geometry;
        let lanes = self.kernels.lanes;
        let a_line = (kernel[1] * channels_in).div_ceil(lanes);
        let vectors = (0..kernel[0]).flat_map(|line| (0..a_line).map(move |vector| (line, vector)));
        SparseTaps { offsets: vectors.map(|(line, vector)| line * frame.line() + vector * lanes).collect(), a_line }
    }

    /// True if few vectors hold a channel's taps, and at most one value in four counts.
    pub(super) fn is_sparse(&self) -> bool {
        let Geometry { channels_in, kernel, .. } = self.geometry;
        let vectors = kernel[0] * (kernel[1] * channels_in).div_ceil(self.kernels.lanes);
        let [height, width] = self.geometry.padded();
        let fits = u32::try_from(height * width * channels_in).is_ok(); // for an entry's place
        self.pool == Pool::Max && vectors <= MOST && fits
    }

    /// As [`direct_backward`](Self::direct_backward), without the input's gradient.
    pub(super) fn sparse_backward(&self, work: &Work<'_>, sums: &mut [f32], bias: &mut [f32]) {
        let Geometry { channels_in, input, channels_out, kernel, stride, padding, .. } = self.geometry;
        let epilogue = self.epilogue();
        let frame =
            Frame { origin: padding.map(|(before, _)| before), ..Frame::tight(self.geometry.padded(), channels_in) };
        let taps = self.sparse_taps(&frame);
        let width = taps.offsets.len() * self.kernels.lanes;
        let pixels = epilogue.size[0] * epilogue.size[1];
        let step = [0, 1].map(|d| if d == 0 { frame.at(stride[0], 0) } else { frame.at(0, stride[1]) } as u32);
        let windows = Windows { size: epilogue.size, step, channels: channels_out };
        let mut lists =
            Lists { entries: vec![Nonzero::default(); (pixels + 1) * channels_out], counts: vec![0; channels_out] };
        Scratch::with(|scratch| {
            // Where a line of the window is no whole number of vectors, the last one reads on into the slack.
            let lengths = [frame.len() + self.kernels.lanes, channels_out * width, epilogue.len()];
            let [packed, totals, turned] = scratch.take(lengths);
            totals.fill(0.0);
            packed[frame.len()..].fill(0.0);
            for image in work.images.clone() {
                frame.pack(work.x, image, [channels_in, input[0], input[1]], packed);
                let (gradient, masks) = work.image(image, &epilogue, self.kernels.lanes, turned);
                (self.kernels.list)(&windows, gradient, masks, &mut lists, bias);
                let lists = lists.entries.chunks_exact(pixels + 1).zip(&lists.counts);
                for (totals, (entries, count)) in totals.chunks_exact_mut(width).zip(lists) {
                    (self.kernels.accumulate)(&entries[..*count], packed, &taps.offsets, totals);
                }
            }
            let (columns, run) = (sums.len() / self.geometry.taps(), kernel[1] * channels_in);
            for (channel, totals) in totals.chunks_exact(width).enumerate() {
                for (line, totals) in totals.chunks_exact(taps.a_line * self.kernels.lanes).enumerate() {
                    let targets = sums[line * run * columns + channel..].iter_mut().step_by(columns);
                    targets.zip(&totals[..run]).for_each(|(target, total)| *target += total);
                }
            }
        });
    }
}
