//! A layer of bytes: lines of its output from lines of its input.

use super::epilogue::{ByteEpilogue, BytePool};
use super::isa::ByteKernels;
use super::product::{ByteProduct, LANES};
use std::cell::RefCell;

/// What a convolution slides over what: stride 1, as many zeros on each side.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ByteSlide {
    /// Channels, height and width.
    pub(crate) input: [usize; 3],
    pub(crate) channels: usize,
    /// Height and width.
    pub(crate) kernel: [usize; 2],
    pub(crate) padding: usize,
}

impl ByteSlide {
    /// Height and width of the convolution's output.
    pub(crate) fn output(&self) -> [usize; 2] {
        [0, 1].map(|d| self.input[d + 1] + 2 * self.padding + 1 - self.kernel[d])
    }

    /// Values of the input's frame, in which it stands pixel by pixel with its zeros, and one more, which an odd run reads.
    pub(crate) fn frame(&self) -> usize {
        (self.input[1] + 2 * self.padding) * self.frame_line() + 1
    }

    pub(crate) fn frame_line(&self) -> usize {
        (self.input[2] + 2 * self.padding) * self.input[0]
    }

    /// One line of the convolution's output.
    pub(crate) fn product(&self) -> ByteProduct {
        let ([channels, ..], [height, width]) = (self.input, self.kernel);
        let (line, depth) = (self.frame_line(), width * channels);
        // Lines without anything between them are one run.
        let (runs, depth) = if line == depth { (1, height * depth) } else { (height, depth) };
        let columns = self.channels.next_multiple_of(LANES);
        ByteProduct { rows: self.output()[1], x_row: channels, runs, x_run: line, depth, columns }
    }

    /// Weights `[channels, channels_in, height, width]` in the order that the product reads them.
    pub(crate) fn pack(&self, weight: &[i8]) -> Vec<i8> {
        let ([channels_in, ..], [height, width], product) = (self.input, self.kernel, self.product());
        product.pack(self.channels, |run, k, out| {
            let (tap, channel) = ((run * product.depth + k) / channels_in, k % channels_in);
            weight[(out * channels_in + channel) * height * width + tap]
        })
    }

    pub(crate) fn multiply_adds(&self) -> usize {
        let [height, width] = self.output();
        height * width * self.channels * self.input[0] * self.kernel[0] * self.kernel[1]
    }
}

/// A convolution of bytes and what becomes of its sums.
#[derive(Clone, Debug)]
pub(crate) struct ByteLayer<F> {
    pub(crate) slide: ByteSlide,
    /// In the order that the product reads them.
    pub(crate) weight: Vec<i8>,
    pub(crate) finish: F,
}

/// What becomes of sums.
pub(crate) trait Finish {
    /// A value of the output.
    type Value: Send;

    /// Lines of sums that become one of the output.
    fn window(&self) -> usize;

    /// A line of the output from the lines of sums that become it, `[window][pixels][columns]`; `bytes` is room for as many.
    fn line(&self, kernels: &ByteKernels, sums: &[i32], bytes: &mut [u8], target: &mut [Self::Value]);
}

impl Finish for ByteEpilogue {
    type Value = i16;

    fn window(&self) -> usize {
        if matches!(self.pool, BytePool::None) { 1 } else { 2 }
    }

    fn line(&self, kernels: &ByteKernels, sums: &[i32], bytes: &mut [u8], target: &mut [i16]) {
        (kernels.epilogue)(self, sums, bytes, target);
    }
}

thread_local! {
    /// Room for a window's lines of sums, and for as many bytes.
    static ROOM: RefCell<(Vec<i32>, Vec<u8>)> = const { RefCell::new((Vec::new(), Vec::new())) };
}

impl<F: Finish> ByteLayer<F> {
    /// Channels, height and width of the output.
    pub(crate) fn output(&self) -> [usize; 3] {
        let [height, width] = self.slide.output().map(|side| side / self.finish.window());
        [self.slide.channels, height, width]
    }

    /// The lines of the output from `first` on that fill `target`, each `line` values after the one before.
    pub(crate) fn lines(
        &self,
        kernels: &ByteKernels,
        frame: &[i16],
        first: usize,
        target: &mut [F::Value],
        line: usize,
    ) {
        let (product, window, below) = (self.slide.product(), self.finish.window(), self.slide.frame_line());
        let each = product.rows * product.columns;
        ROOM.with_borrow_mut(|(sums, bytes)| {
            sums.resize(sums.len().max(window * each), 0);
            bytes.resize(sums.len(), 0);
            let (sums, bytes) = (&mut sums[..window * each], &mut bytes[..window * each]);
            for (y, target) in target.chunks_mut(line).enumerate() {
                for (row, sums) in sums.chunks_exact_mut(each).enumerate() {
                    let source = &frame[((first + y) * window + row) * below..];
                    (kernels.product)(&product, source, &self.weight, sums);
                }
                self.finish.line(kernels, sums, bytes, target);
            }
        });
    }
}
