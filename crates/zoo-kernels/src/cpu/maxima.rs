//! The weight gradient behind a maximum: sums over values that pass no gradient on are spared.

use super::backward::{Upstream, Work};
use super::geometry::{Frame, Geometry, StridedImages};
use super::layer::BlockLayer;
use super::pool::Epilogue;
use super::scratch::Scratch;
use super::sparse::{Lists, MOST, Nonzero, Windows};
use crate::block::Pool;
use rayon::prelude::*;

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
        self.pool == Pool::Max && self.geometry.dilation == [1, 1] && vectors <= MOST && fits
    }

    /// As [`direct_backward`](Self::direct_backward), without the input's gradient.
    pub(super) fn sparse_backward(&self, work: &Work<'_>, sums: &mut [f32], bias: &mut [f32]) {
        let search = self.search();
        let width = search.width;
        let mut lists = search.lists();
        Scratch::with(|scratch| {
            let lengths = [search.room(), self.geometry.channels_out * width, search.epilogue.len()];
            let [packed, totals, turned] = scratch.take(lengths);
            totals.fill(0.0);
            for image in work.images.clone() {
                self.search_image(&search, work, image, [packed, turned], &mut lists, bias);
                for (channel, totals) in totals.chunks_exact_mut(width).enumerate() {
                    (self.kernels.accumulate)(lists.of(channel), packed, &search.taps.offsets, totals);
                }
            }
            totals.chunks_exact(width).enumerate().for_each(|(channel, totals)| {
                self.place_totals(&search, channel, totals, sums);
            });
        });
    }

    /// The sums for weight and bias of each group of images, as [`sparse_backward`](Self::sparse_backward) of each: but first all images
    /// are searched, then each channel of each group is summed, for more threads than there are groups.
    pub(super) fn sparse_spread(&self, x: &StridedImages<'_>, above: Upstream<'_>) -> Vec<(Vec<f32>, Vec<f32>)> {
        let search = self.search();
        let (batch, channels, group) = (self.geometry.batch, self.geometry.channels_out, self.group());
        let padded_out = self.padded(channels);
        let searched = (0..batch).into_par_iter().map(|image| {
            let work = Work { images: image..image + 1, x, above, weight: &[], wants_bias: true };
            let (mut packed, mut lists) = (vec![0.0; search.room()], search.lists());
            let (mut turned, mut bias) = (vec![0.0; search.epilogue.len()], vec![0.0; padded_out]);
            self.search_image(&search, &work, image, [&mut packed, &mut turned], &mut lists, &mut bias);
            (packed, lists)
        });
        let searched: Vec<(Vec<f32>, Lists)> = searched.collect();
        let totals = (0..batch.div_ceil(group) * channels).into_par_iter().map(|task| {
            let mut totals = vec![0.0; search.width];
            for (packed, lists) in searched.iter().skip(task / channels * group).take(group) {
                (self.kernels.accumulate)(lists.of(task % channels), packed, &search.taps.offsets, &mut totals);
            }
            totals
        });
        let totals: Vec<Vec<f32>> = totals.collect();
        let found = totals.par_chunks(channels).enumerate().map(|(index, totals)| {
            let mut sums = vec![0.0; self.taps() * padded_out];
            for (channel, totals) in totals.iter().enumerate() {
                self.place_totals(&search, channel, totals, &mut sums);
            }
            let images = index * group..((index + 1) * group).min(batch);
            (sums, self.sparse_bias(&search, &Work { images, x, above, weight: &[], wants_bias: true }))
        });
        found.collect()
    }

    /// A group's sum for the bias, image by image in order.
    fn sparse_bias(&self, search: &Search, work: &Work<'_>) -> Vec<f32> {
        let (mut bias, mut lists) = (vec![0.0; self.padded(self.geometry.channels_out)], search.lists());
        Scratch::with(|scratch| {
            let [turned] = scratch.take([search.epilogue.len()]);
            for image in work.images.clone() {
                let (gradient, masks) = work.image(image, &search.epilogue, self.kernels, turned);
                (self.kernels.list)(&search.windows, gradient, masks, &mut lists, &mut bias);
            }
        });
        bias
    }

    fn search(&self) -> Search {
        let Geometry { channels_in, channels_out, stride, padding, .. } = self.geometry;
        let epilogue = self.epilogue();
        let frame =
            Frame { origin: padding.map(|(before, _)| before), ..Frame::tight(self.geometry.padded(), channels_in) };
        let taps = self.sparse_taps(&frame);
        let step = [frame.at(stride[0], 0), frame.at(0, stride[1])].map(|step| step as u32);
        let windows = Windows { size: epilogue.size, step, channels: channels_out };
        let lanes = self.kernels.lanes;
        Search { width: taps.offsets.len() * lanes, lanes, epilogue, frame, taps, windows }
    }

    /// Packs an image, lists what counts of it, and adds to `bias`. The buffers are for the image, and a gradient that has to be turned.
    fn search_image(
        &self,
        search: &Search,
        work: &Work<'_>,
        image: usize,
        [packed, turned]: [&mut [f32]; 2],
        lists: &mut Lists,
        bias: &mut [f32],
    ) {
        let Geometry { channels_in, input: [height, width], .. } = self.geometry;
        // Where a line of the window is no whole number of vectors, the last one reads on into the slack.
        packed[search.frame.len()..].fill(0.0);
        search.frame.pack(work.x, image, [channels_in, height, width], packed);
        let (gradient, masks) = work.image(image, &search.epilogue, self.kernels, turned);
        (self.kernels.list)(&search.windows, gradient, masks, lists, bias);
    }

    /// Adds a channel's totals to `[kernel height, kernel width, in][out]`.
    fn place_totals(&self, search: &Search, channel: usize, totals: &[f32], sums: &mut [f32]) {
        let (columns, run) = (sums.len() / self.taps(), self.geometry.kernel[1] * self.geometry.channels_in);
        for (line, totals) in totals.chunks_exact(search.taps.a_line * search.lanes).enumerate() {
            let targets = sums[line * run * columns + channel..].iter_mut().step_by(columns);
            targets.zip(&totals[..run]).for_each(|(target, total)| *target += total);
        }
    }
}

/// How images are searched for what counts.
struct Search {
    epilogue: Epilogue,
    frame: Frame,
    taps: SparseTaps,
    windows: Windows,
    lanes: usize,
    /// Values of a channel's totals.
    width: usize,
}

impl Search {
    /// Values of a packed image.
    fn room(&self) -> usize {
        self.frame.len() + self.lanes
    }

    fn lists(&self) -> Lists {
        let (pixels, channels) = (self.epilogue.size[0] * self.epilogue.size[1], self.epilogue.channels);
        Lists { entries: vec![Nonzero::default(); (pixels + 1) * channels], counts: vec![0; channels] }
    }
}

impl Lists {
    /// What counts of a channel.
    fn of(&self, channel: usize) -> &[Nonzero] {
        let room = self.entries.len() / self.counts.len();
        &self.entries[channel * room..][..self.counts[channel]]
    }
}
