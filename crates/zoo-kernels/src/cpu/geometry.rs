//! Sizes of one call.

use std::mem::MaybeUninit;

/// What a convolution slides over what. Groups are 1, or as many as channels where the algorithm is that for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Geometry {
    pub(crate) batch: usize,
    pub(crate) channels_in: usize,
    /// Height and width of the input.
    pub(crate) input: [usize; 2],
    pub(crate) channels_out: usize,
    pub(crate) kernel: [usize; 2],
    pub(crate) stride: [usize; 2],
    /// Pixels from one tap of the kernel to the next.
    pub(crate) dilation: [usize; 2],
    /// Zeros before and after, by dimension.
    pub(crate) padding: [(usize, usize); 2],
}

impl Geometry {
    /// Height and width of the convolution's output.
    pub(crate) fn output(&self) -> [usize; 2] {
        [0, 1].map(|d| (self.padded()[d] - self.reach()[d]) / self.stride[d] + 1)
    }

    /// True if neighboring windows are a pixel apart, and so are the taps.
    pub(crate) fn slides_by_ones(&self) -> bool {
        self.stride == [1, 1] && self.dilation == [1, 1]
    }

    /// Height and width that the kernel covers.
    pub(crate) fn reach(&self) -> [usize; 2] {
        [0, 1].map(|d| (self.kernel[d] - 1) * self.dilation[d] + 1)
    }

    /// Height and width of the input with its zeros.
    pub(crate) fn padded(&self) -> [usize; 2] {
        [0, 1].map(|d| self.input[d] + self.padding[d].0 + self.padding[d].1)
    }

    /// True if every window lies in the input with its zeros, at least one of them, and nothing is empty.
    pub(crate) fn is_proper(&self) -> bool {
        let sizes = [self.batch, self.channels_in, self.channels_out];
        let steps = [self.input, self.kernel, self.stride, self.dilation];
        let positive = sizes.iter().chain(steps.as_flattened()).all(|size| *size > 0);
        positive && (0..2).all(|d| self.padded()[d] >= self.reach()[d])
    }

    /// True if so many groups of all these channels are one channel each, on both sides.
    pub(crate) fn is_depthwise(&self, groups: usize) -> bool {
        groups > 1 && groups == self.channels_in && groups == self.channels_out
    }

    /// Of one of so many groups, where these are all channels.
    pub(crate) fn of_group(self, groups: usize) -> Self {
        Self { channels_in: self.channels_in / groups, channels_out: self.channels_out / groups, ..self }
    }

    /// Taps of one output channel.
    pub(crate) fn taps(&self) -> usize {
        self.kernel[0] * self.kernel[1] * self.channels_in
    }
}

/// Where the values of a tensor `[batch, channels, height, width]` stand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StridedImages<'a> {
    pub(crate) values: &'a [f32],
    /// Values from one image, channel, line and column to the next.
    pub(crate) strides: [usize; 4],
}

/// How the values of images stand that are newly made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Pixel by pixel, `[batch, height, width, channels]`: as the kernels work.
    ChannelsLast,
    /// Channel by channel, `[batch, channels, height, width]`: as Burn's own operations like them.
    ChannelsFirst,
}

impl Order {
    /// Values from one image, channel, line and column to the next.
    pub(crate) fn strides(self, [channels, height, width]: [usize; 3]) -> [usize; 4] {
        let image = channels * height * width;
        match self {
            Order::ChannelsLast => [image, 1, width * channels, channels],
            Order::ChannelsFirst => [image, height * width, width, 1],
        }
    }
}

impl<'a> StridedImages<'a> {
    /// StridedImages of this size at `strides`; those of dimensions of one are never taken and become the usual ones.
    pub(crate) fn new(values: &'a [f32], strides: [usize; 4], batch: usize, size: [usize; 3]) -> Self {
        let usual = Order::ChannelsLast.strides(size);
        let sizes = [batch, size[0], size[1], size[2]];
        Self { values, strides: [0, 1, 2, 3].map(|d| if sizes[d] == 1 { usual[d] } else { strides[d] }) }
    }

    /// How new images should stand that belong to these.
    pub(crate) fn order(&self) -> Order {
        if self.strides[1] == 1 { Order::ChannelsLast } else { Order::ChannelsFirst }
    }

    /// The same images without their channels before this one.
    pub(crate) fn starting_at(&self, channel: usize) -> Self {
        Self { values: &self.values[channel * self.strides[1]..], ..*self }
    }

    /// All values from the first to the last of so many images.
    pub(crate) fn extent(&self, batch: usize, [channels, height, width]: [usize; 3]) -> &'a [f32] {
        let sizes = [batch, channels, height, width];
        let last = sizes.iter().zip(self.strides).map(|(size, stride)| (size - 1) * stride).sum();
        &self.values[..=last]
    }

    /// Channels together, pixel by pixel.
    pub(crate) fn channels_last(values: &'a [f32], size: [usize; 3]) -> Self {
        Self { values, strides: Order::ChannelsLast.strides(size) }
    }

    /// True if each line of an image is one run of `width` pixels of `channels` values.
    pub(crate) fn has_whole_lines(&self, channels: usize) -> bool {
        self.strides[1] == 1 && self.strides[3] == channels
    }

    /// True if all images stand in one run of pixels.
    pub(crate) fn is_channels_last(&self, size: [usize; 3]) -> bool {
        self.strides == Order::ChannelsLast.strides(size)
    }
}

/// A frame of pixels with room around an image.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    /// Height and width.
    pub(crate) size: [usize; 2],
    /// Values a pixel, at least the channels of the image.
    pub(crate) channels: usize,
    /// Line and column where the image begins.
    pub(crate) origin: [usize; 2],
}

impl Frame {
    /// A frame without any room around the image.
    pub(crate) fn tight(size: [usize; 2], channels: usize) -> Self {
        Self { size, channels, origin: [0, 0] }
    }

    pub(crate) fn len(&self) -> usize {
        self.size[0] * self.line()
    }

    /// Values a line.
    pub(crate) fn line(&self) -> usize {
        self.size[1] * self.channels
    }

    pub(crate) fn at(&self, y: usize, x: usize) -> usize {
        y * self.line() + x * self.channels
    }

    /// Copies image `index` into its place and sets everything around it to zero.
    pub(crate) fn pack(
        &self,
        images: &StridedImages<'_>,
        index: usize,
        [channels, height, width]: [usize; 3],
        target: &mut [f32],
    ) {
        let [top, left] = self.origin;
        let [_, _, line_stride, column_stride] = images.strides;
        let line = self.line();
        target[..self.at(top, 0)].fill(0.0);
        for y in 0..height {
            let source = &images.values[index * images.strides[0] + y * line_stride..];
            let target = &mut target[(top + y) * line..(top + y + 1) * line];
            let (before, rest) = target.split_at_mut(left * self.channels);
            let (inside, after) = rest.split_at_mut(width * self.channels);
            before.fill(0.0);
            after.fill(0.0);
            if images.has_whole_lines(channels) && self.channels == channels {
                inside.copy_from_slice(&source[..inside.len()]);
                continue;
            }
            if self.channels > channels {
                inside.fill(0.0);
            }
            for channel in 0..channels {
                let source = &source[channel * images.strides[1]..];
                scatter(source, column_stride, &mut inside[channel..], self.channels);
            }
        }
        target[self.at(top + height, 0)..self.len()].fill(0.0);
    }

    /// Copies the image in the frame to `target`: every value of it.
    pub(crate) fn unpack(&self, source: &[f32], size: [usize; 3], target: &mut [MaybeUninit<f32>], order: Order) {
        let [channels, height, width] = size;
        assert_eq!(target.len(), channels * height * width);
        for y in 0..height {
            let source = &source[self.at(self.origin[0] + y, self.origin[1])..][..width * self.channels];
            match order {
                Order::ChannelsFirst => {
                    self.unpack_line(source, &mut target[y * width..], width, [channels, height * width])
                }
                Order::ChannelsLast if self.channels == channels => {
                    target[y * width * channels..][..width * channels].write_copy_of_slice(source);
                }
                Order::ChannelsLast => {
                    let target = target[y * width * channels..][..width * channels].chunks_exact_mut(channels);
                    target.zip(source.chunks_exact(self.channels)).for_each(|(target, source)| {
                        target.write_copy_of_slice(&source[..channels]);
                    });
                }
            }
        }
    }

    /// A line to channels `plane` values apart.
    fn unpack_line(
        &self,
        source: &[f32],
        target: &mut [MaybeUninit<f32>],
        width: usize,
        [channels, plane]: [usize; 2],
    ) {
        for channel in 0..channels {
            let target = &mut target[channel * plane..][..width];
            let source = source[channel..].chunks(self.channels).map(|pixel| pixel[0]);
            target.iter_mut().zip(source).for_each(|(target, value)| {
                target.write(value);
            });
        }
    }
}

/// Copies every `source_step`-th value of `source` to every `target_step`-th of `target`.
fn scatter(source: &[f32], source_step: usize, target: &mut [f32], target_step: usize) {
    let targets = target.chunks_mut(target_step).map(|pixel| &mut pixel[0]);
    if source_step == 1 {
        targets.zip(source).for_each(|(target, value)| *target = *value);
    } else {
        targets.zip(source.chunks(source_step)).for_each(|(target, pixel)| *target = pixel[0]);
    }
}
