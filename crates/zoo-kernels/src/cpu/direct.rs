//! Convolution sum by sum.

use super::backward::Work;
use super::geometry::{Frame, Geometry, Order, StridedImages};
use super::layer::{Algorithm, BlockLayer};
use super::pool::Epilogue;
use super::product::{Outer, Product, Steps};
use super::scratch::{Scratch, unwritten};
use std::mem::MaybeUninit;

impl BlockLayer {
    /// The frame an image is copied to before it is read; `None` if it can be read where it is.
    fn input_frame(&self, x: &StridedImages<'_>) -> Option<Frame> {
        let Geometry { channels_in, padding, .. } = self.geometry;
        let channels = self.framed(channels_in);
        let in_place = padding == [(0, 0); 2] && channels == channels_in && x.has_whole_lines(channels_in);
        let origin = [padding[0].0, padding[1].0];
        (!in_place).then(|| Frame { size: self.geometry.padded(), channels, origin })
    }

    /// Channels of a frame of the input: channel by channel, kernels work on whole vectors.
    fn framed(&self, channels: usize) -> usize {
        if self.algorithm == Algorithm::Depthwise { self.padded(channels) } else { channels }
    }

    /// Rows of the weight that belong to a tap: as many as channels, or one if each channel has a weight of its own.
    fn rows_a_tap(&self, channels: usize) -> usize {
        if self.algorithm == Algorithm::Depthwise { 1 } else { channels }
    }

    /// A line of the product.
    fn multiply(&self, product: &Product, x: &[f32], weight: &[f32], out: &mut [f32]) {
        match self.algorithm {
            Algorithm::Depthwise => (self.kernels.product_lanewise)(product, x, weight, out),
            _ => (self.kernels.product)(&product.merged(), x, weight, out),
        }
    }

    /// Forward pass of the images from `first` on that fill `values`; false if one of them is not tame.
    pub(super) fn direct_forward(
        &self,
        x: &StridedImages<'_>,
        first: usize,
        weight: &[f32],
        bias: &[f32],
        values: &mut [MaybeUninit<f32>],
        masks: &mut [u16],
    ) -> bool {
        let epilogue = self.epilogue();
        let image = epilogue.len();
        let image_masks = masks.len() / (values.len() / image);
        let mut tame = true;
        for (index, values) in values.chunks_exact_mut(image).enumerate() {
            let masks = &mut masks[index * image_masks..][..image_masks];
            tame &= self.direct_image(x, first + index, weight, bias, &epilogue, values, masks);
        }
        tame
    }

    #[allow(clippy::too_many_arguments)] // One image's part of each of the caller's.
    fn direct_image(
        &self,
        x: &StridedImages<'_>,
        image: usize,
        weight: &[f32],
        bias: &[f32],
        epilogue: &Epilogue,
        values: &mut [MaybeUninit<f32>],
        masks: &mut [u16],
    ) -> bool {
        let Geometry { stride, channels_out, .. } = self.geometry;
        let window = epilogue.window();
        let strip = Frame::tight([window, self.geometry.output()[1]], self.padded(channels_out));
        let strip_epilogue = Epilogue { size: [1, epilogue.size[1]], ..*epilogue };
        let (strip_values, strip_masks) = (strip_epilogue.len(), masks.len() / epilogue.size[0]);
        let frame = self.input_frame(x);
        Scratch::with(|scratch| {
            let lengths = [frame.map_or(0, |frame| frame.len()), strip.len(), self.turned_len(epilogue)];
            let [packed, convolved, turned] = scratch.take(lengths);
            let (source, line) = self.lines(x, image, frame.as_ref(), packed);
            let product = self.product(line, &strip);
            let target = if turned.is_empty() { &mut *values } else { unwritten(turned) };
            for (y, values) in target.chunks_exact_mut(strip_values).enumerate() {
                for row in 0..window {
                    let source = &source[(y * window + row) * stride[0] * line..];
                    self.multiply(&product, source, weight, &mut convolved[strip.at(row, 0)..]);
                }
                let masks = &mut masks[y * strip_masks..][..strip_masks];
                (self.kernels.epilogue)(&strip_epilogue, convolved, &strip, bias, values, masks);
            }
            self.turn(turned, epilogue, values);
            (self.kernels.is_tame)(&source[..self.extent(line)])
        })
    }

    /// Room for an image that is turned once it is made; none if it is not.
    pub(super) fn turned_len(&self, epilogue: &Epilogue) -> usize {
        if self.order == Order::ChannelsFirst { epilogue.len() } else { 0 }
    }

    /// Copies an image from `turned` to `values`, channel by channel; nothing if `turned` is empty.
    pub(super) fn turn(&self, turned: &[f32], epilogue: &Epilogue, values: &mut [MaybeUninit<f32>]) {
        if !turned.is_empty() {
            let frame = Frame::tight(epilogue.size, epilogue.channels);
            frame.unpack(turned, [epilogue.channels, epilogue.size[0], epilogue.size[1]], values, Order::ChannelsFirst);
        }
    }

    /// An image's lines, zeros around them, and the values from one line to the next.
    fn lines<'a>(
        &self,
        x: &StridedImages<'a>,
        image: usize,
        frame: Option<&Frame>,
        packed: &'a mut [f32],
    ) -> (&'a [f32], usize) {
        let Geometry { channels_in, input, .. } = self.geometry;
        match frame {
            Some(frame) => {
                frame.pack(x, image, [channels_in, input[0], input[1]], packed);
                (packed, frame.line())
            }
            None => (&x.values[image * x.strides[0]..], x.strides[2]),
        }
    }

    /// Values of an image's lines.
    fn extent(&self, line: usize) -> usize {
        let [height, width] = self.geometry.padded();
        (height - 1) * line + width * self.framed(self.geometry.channels_in)
    }

    /// One line of the output.
    fn product(&self, line: usize, out: &Frame) -> Product {
        let Geometry { channels_in, kernel, stride, dilation, .. } = self.geometry;
        let (pixel, rows) = (self.framed(channels_in), self.rows_a_tap(channels_in));
        Product {
            rows: out.size[1],
            x_row: stride[1] * pixel,
            lines: Steps { count: kernel[0], x: dilation[0] * line, w: kernel[1] * rows },
            taps: Steps { count: kernel[1], x: dilation[1] * pixel, w: rows },
            depth: rows,
            w_first: 0,
            w_rows: self.kernel_taps() * rows,
            columns: out.channels,
            out_row: out.channels,
        }
    }

    /// The gradient of the convolution with room for the kernel to slide over it.
    fn gradient_frame(&self) -> Frame {
        let Geometry { input, stride, padding, channels_out, .. } = self.geometry;
        let reach = self.geometry.reach();
        let origin = [0, 1].map(|d| (reach[d] - 1 - padding[d].0).div_ceil(stride[d]));
        Frame {
            size: [0, 1].map(|d| origin[d] + (input[d] - 1 + padding[d].0) / stride[d] + 1),
            channels: self.padded(channels_out),
            origin,
        }
    }

    /// Adds a group's weight gradient to `sums` `[kernel height, kernel width, in][out]` and its bias gradient to `bias`, and
    /// writes its input gradient.
    pub(super) fn direct_backward(
        &self,
        work: &Work<'_>,
        input: &mut [MaybeUninit<f32>],
        sums: &mut [f32],
        bias: &mut [f32],
    ) {
        let (frame, epilogue) = (self.gradient_frame(), self.epilogue());
        let packing = self.input_frame(work.x);
        let Geometry { channels_in, input: size, .. } = self.geometry;
        let image_size = [channels_in, size[0], size[1]];
        let image_in = channels_in * size[0] * size[1];
        let wide = Frame::tight(size, self.padded(channels_in));
        for (index, image) in work.images.clone().enumerate() {
            Scratch::with(|scratch| {
                let lengths = [packing.map_or(0, |frame| frame.len()), frame.len(), wide.len(), epilogue.len()];
                let [packed, gradient, input_gradient, turned] = scratch.take(lengths);
                let (source, line) = self.lines(work.x, image, packing.as_ref(), packed);
                let (output_gradient, masks) = work.image(image, &epilogue, self.kernels, turned);
                gradient.fill(0.0);
                (self.kernels.epilogue_backward)(&epilogue, output_gradient, masks, gradient, &frame, bias);
                self.add_weight_gradient(source, line, gradient, &frame, sums);
                if work.wants_input() {
                    self.slide_back(gradient, &frame, work.weight, input_gradient, &wide);
                    let target = &mut input[index * image_in..][..image_in];
                    wide.unpack(input_gradient, image_size, target, work.x.order());
                }
            });
        }
    }

    fn add_weight_gradient(&self, source: &[f32], line: usize, gradient: &[f32], frame: &Frame, sums: &mut [f32]) {
        let Geometry { channels_in, kernel, stride, dilation, .. } = self.geometry;
        let [height, width] = self.geometry.output();
        let pixel = self.framed(channels_in);
        // Taps that lie one after another are summed as one.
        let taps = if dilation[1] == 1 { kernel[1] } else { 1 };
        let outer = Outer {
            lines: height,
            x_line: stride[0] * line,
            g_line: frame.line(),
            rows: width,
            x_row: stride[1] * pixel,
            g_row: frame.channels,
            depth: taps * channels_in,
            columns: frame.channels,
            first: false,
        };
        let gradient = &gradient[frame.at(frame.origin[0], frame.origin[1])..];
        let tap = |i: usize, j: usize| dilation[0] * i * line + dilation[1] * j * pixel;
        if self.algorithm == Algorithm::Depthwise {
            let taps = (0..kernel[0]).flat_map(|i| (0..kernel[1]).map(move |j| tap(i, j)));
            (self.kernels.outer_lanewise)(&outer, &taps.collect::<Vec<_>>(), source, gradient, sums);
            return;
        }
        for (run, sums) in sums.chunks_exact_mut(outer.depth * outer.columns).enumerate() {
            let (i, j) = (run * taps / kernel[1], run * taps % kernel[1]);
            (self.kernels.outer)(&outer, &source[tap(i, j)..], gradient, sums);
        }
    }

    /// The input's gradient: the output's, convolved with the reversed kernel. With strides, only every so many taps meet a pixel of
    /// the output, and the next pixel's are others: columns as far apart as the stride are alike.
    fn slide_back(&self, gradient: &[f32], frame: &Frame, weight: &[f32], target: &mut [f32], wide: &Frame) {
        let Geometry { kernel, input, stride, .. } = self.geometry;
        let rows = self.rows_a_tap(frame.channels);
        for y in 0..input[0] {
            let lines = self.met(0, y);
            for x in 0..stride[1].min(input[1]) {
                let taps = self.met(1, x);
                let product = Product {
                    rows: (input[1] - x).div_ceil(stride[1]),
                    x_row: frame.channels,
                    lines: Steps {
                        x: lines.steps.x * frame.line(),
                        w: lines.steps.w * kernel[1] * rows,
                        ..lines.steps
                    },
                    taps: Steps { x: taps.steps.x * frame.channels, w: taps.steps.w * rows, ..taps.steps },
                    depth: rows,
                    w_first: (lines.first * kernel[1] + taps.first) * rows,
                    w_rows: self.kernel_taps() * rows,
                    columns: wide.channels,
                    out_row: stride[1] * wide.channels,
                };
                self.multiply(
                    &product,
                    &gradient[frame.at(lines.place, taps.place)..],
                    weight,
                    &mut target[wide.at(y, x)..],
                );
            }
        }
    }

    /// The taps of the reversed kernel that meet pixels of the output from the input's pixel at `place`.
    fn met(&self, d: usize, place: usize) -> Met {
        let Geometry { kernel, stride, dilation, padding, .. } = self.geometry;
        let (kernel, stride, dilation) = (kernel[d], stride[d], dilation[d]);
        let before = self.gradient_frame().origin[d] * stride + padding[d].0 - (kernel - 1) * dilation;
        let at = |tap: usize| place + before + tap * dilation;
        let mut meeting = (0..kernel).filter(|tap| at(*tap).is_multiple_of(stride));
        let Some(first) = meeting.next() else {
            return Met { first: 0, place: 0, steps: Steps { count: 0, x: 0, w: 0 } };
        };
        // Those that meet are as far apart as the first two; a single one goes nowhere.
        let step = meeting.next().map_or(kernel, |second| second - first);
        let steps = Steps { count: (kernel - first).div_ceil(step), x: step * dilation / stride, w: step };
        Met { first, place: at(first) / stride, steps }
    }
}

/// Taps of the reversed kernel that meet pixels of the output.
struct Met {
    /// The first of them.
    first: usize,
    /// Where that one's pixel is in the gradient's frame.
    place: usize,
    /// From one to the next, in pixels and taps.
    steps: Steps,
}
