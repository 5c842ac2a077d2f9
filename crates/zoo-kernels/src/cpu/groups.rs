//! Convolutions in groups: each group is a layer of its own on its channels; or, where a group is one channel, each lane of one layer.

use super::backward::{Gradients, Upstream, Wanted};
use super::geometry::{Geometry, Order, StridedImages};
use super::isa::Kernels;
use super::layer::{BlockLayer, Keep, Output};
use crate::block::{Pointwise, Pool};
use rayon::prelude::*;

/// A layer of one or several groups of channels.
#[derive(Clone, Copy)]
pub(crate) struct GroupedLayer {
    /// Of one group, or of all channels convolved each by itself.
    each: BlockLayer,
    /// How many layers there are.
    groups: usize,
}

impl GroupedLayer {
    /// The layer for a geometry that counts all channels; `None` if Burn's own operations suit it better.
    pub(crate) fn new(
        geometry: Geometry,
        groups: usize,
        pointwise: Pointwise,
        pool: Pool,
        kernels: &'static Kernels,
    ) -> Option<Self> {
        let Geometry { channels_in, channels_out, .. } = geometry;
        if groups == 0 || !channels_in.is_multiple_of(groups) || !channels_out.is_multiple_of(groups) {
            return None;
        }
        if geometry.is_depthwise(groups) {
            let each = BlockLayer::depthwise(geometry, pointwise, pool, kernels)?;
            return Some(Self { each, groups: 1 });
        }
        Some(Self { each: BlockLayer::new(geometry.of_group(groups), pointwise, pool, kernels)?, groups })
    }

    /// Batch, channels, height and width of the output.
    pub(crate) fn output(&self) -> [usize; 4] {
        let [height, width] = self.each.epilogue().size;
        [self.each.geometry.batch, self.groups * self.each.geometry.channels_out, height, width]
    }

    /// The same before pooling.
    pub(crate) fn convolution(&self) -> [usize; 4] {
        let [height, width] = self.each.geometry.output();
        [self.each.geometry.batch, self.groups * self.each.geometry.channels_out, height, width]
    }

    /// Of the output.
    pub(crate) fn order(&self) -> Order {
        self.each.order
    }

    /// The layer with an output in this order.
    pub(crate) fn with_order(mut self, order: Order) -> Self {
        self.each.order = order;
        self
    }

    /// True if all channels belong to one layer.
    pub(crate) fn is_one(&self) -> bool {
        self.groups == 1
    }

    /// As [`BlockLayer::forward`].
    pub(crate) fn forward(&self, x: StridedImages<'_>, weight: &[f32], bias: &[f32], keep: Keep) -> Option<Output> {
        if self.groups == 1 {
            return self.each.forward(x, weight, Some(bias), keep);
        }
        let channels = self.each.geometry.channels_out;
        let groups = weight.chunks_exact(channels * self.each.taps()).zip(bias.chunks_exact(channels)).enumerate();
        // Their moments would be those of a group's channels.
        let keep = if keep == Keep::Moments { Keep::Masks } else { keep };
        let outputs = groups.map(|(group, (weight, bias))| {
            self.each.forward(x.starting_at(group * self.each.geometry.channels_in), weight, Some(bias), keep)
        });
        let outputs = outputs.collect::<Option<Vec<_>>>()?;
        let (values, masks): (Vec<_>, Vec<_>) = outputs.into_iter().map(|output| (output.values, output.masks)).unzip();
        let [_, _, height, width] = self.output();
        Some(Output {
            values: self.together(&values, [channels, height * width], self.order()),
            masks: masks.concat(),
            moments: Vec::new(),
        })
    }

    /// As [`BlockLayer::backward`].
    pub(crate) fn backward(
        &self,
        x: StridedImages<'_>,
        weight: &[f32],
        above: Upstream<'_>,
        wanted: Wanted,
    ) -> Gradients {
        if self.groups == 1 {
            return self.each.backward(x, weight, above, wanted);
        }
        let Geometry { channels_in, input: [height, width], channels_out, .. } = self.each.geometry;
        let found = weight.chunks_exact(channels_out * self.each.taps()).enumerate().map(|(group, weight)| {
            self.each.backward(x.starting_at(group * channels_in), weight, self.of_group(&above, group), wanted)
        });
        let mut together = Gradients { input: None, weight: Vec::new(), bias: Vec::new() };
        let mut inputs = Vec::new();
        for group in found {
            together.weight.extend(group.weight);
            together.bias.extend(group.bias);
            inputs.extend(group.input);
        }
        together.input = wanted.input.then(|| self.together(&inputs, [channels_in, height * width], x.order()));
        together
    }

    /// As [`BlockLayer::leaves_input_gradient`].
    pub(crate) fn leaves_input_gradient(&self) -> bool {
        self.each.leaves_input_gradient()
    }

    /// As [`BlockLayer::convolution_gradient`].
    pub(crate) fn convolution_gradient(&self, above: Upstream<'_>) -> Vec<f32> {
        if self.groups == 1 {
            return self.each.convolution_gradient(above);
        }
        let channels = self.each.geometry.channels_out;
        let of_group = |group: usize| self.each.convolution_gradient(self.of_group(&above, group));
        let found: Vec<_> = (0..self.groups).map(of_group).collect();
        let [_, _, height, width] = self.convolution();
        self.together(&found, [channels, height * width], Order::ChannelsFirst)
    }

    /// A group's part of the gradient that arrives.
    fn of_group<'a>(&self, above: &Upstream<'a>, group: usize) -> Upstream<'a> {
        let length = above.masks.len() / self.groups;
        Upstream {
            gradient: above.gradient.starting_at(group * self.each.geometry.channels_out),
            masks: &above.masks[group * length..][..length],
            through: None,
        }
    }

    /// Images of all channels from those of each group's, both in this order.
    fn together(&self, parts: &[Vec<f32>], [channels, pixels]: [usize; 2], order: Order) -> Vec<f32> {
        let part = channels * pixels;
        let mut values = vec![0.0; parts.len() * parts[0].len()];
        values.par_chunks_mut(parts.len() * part).enumerate().for_each(|(image, values)| {
            for (group, source) in parts.iter().enumerate() {
                let source = &source[image * part..][..part];
                match order {
                    Order::ChannelsFirst => values[group * part..][..part].copy_from_slice(source),
                    Order::ChannelsLast => {
                        let targets = values[group * channels..].chunks_mut(parts.len() * channels);
                        let pixels = targets.zip(source.chunks_exact(channels));
                        pixels.for_each(|(target, source)| target[..channels].copy_from_slice(source));
                    }
                }
            }
        });
        values
    }
}
