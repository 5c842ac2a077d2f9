//! The bits of the zoo's recorded networks: their shapes' outputs and gradients, digested, under each instruction set.
//!
//! Results of whole trainings are recorded bit for bit, so that no change here may move a bit of these shapes. The digests are of
//! the commit before the kernels took groups, strides and dilations; on a difference the test prints what it found.

use super::backward::Upstream;
use super::choice::available;
use super::geometry::{Geometry, Order, StridedImages};
use super::isa::Kernels;
use super::layer::{BlockLayer, Keep};
use super::numbers::numbers;
use crate::block::{Pointwise, Pool};

/// Channels, kernel, height and width, zeros on each side, and pooling of a layer with ReLU.
type Shape = ([usize; 2], usize, usize, usize, Pool);

const SHAPES: [Shape; 5] = [
    ([3, 32], 5, 32, 2, Pool::Max),
    ([1, 32], 5, 32, 2, Pool::Max),
    ([32, 32], 5, 16, 2, Pool::Average),
    ([32, 64], 5, 8, 2, Pool::Average),
    ([64, 64], 4, 4, 0, Pool::None),
];

/// Of whole batches, and of a last one of what is left over.
const BATCHES: [usize; 3] = [32, 128, 11];

/// By instruction set, shape and batch.
const DIGESTS: [(&str, [[u64; 3]; 5]); 2] = [
    (
        "avx2",
        [
            [0x6D07_9D0D_077F_F822, 0x3FD3_1CF3_B483_D0B8, 0x0B26_34A6_F854_5AF0],
            [0x9970_3F5D_46C0_F047, 0x26EB_7666_70B2_DB88, 0x4A99_DE20_5C3C_C3A3],
            [0x8499_CCE7_B4AC_3817, 0xC35A_6854_DE1A_BDA7, 0x02FE_8EB7_28CF_95CD],
            [0x9012_43C3_38A3_5277, 0x25DD_495B_84EC_4E63, 0xAD3E_65D3_FFFD_97BC],
            [0x6ED1_5661_9362_865E, 0x0867_F96B_0EE1_C850, 0xED57_8814_3F39_471B],
        ],
    ),
    (
        "portable",
        [
            [0x43E1_3921_1FC7_F3B0, 0x462F_5CD8_38C0_5DAF, 0xA498_346A_ECEA_0B6E],
            [0x292E_9C65_3B2D_9297, 0x15B7_F795_63B9_B9F7, 0x50A1_3D41_BD5B_54EB],
            [0x7699_B670_AF95_9AEA, 0x283D_E08A_AF20_AFC7, 0x8721_4B7A_1729_49A2],
            [0x2418_0121_FBDE_BF3C, 0x1948_C93C_DFE8_4940, 0x16FE_42C0_A092_1C2F],
            [0x5BA3_E8C7_7554_8B2A, 0x7A89_3A26_2342_A832, 0xE845_E123_B49A_10BF],
        ],
    ),
];

/// FNV-1a of the values' bits, continued.
fn digest(start: u64, values: &[f32]) -> u64 {
    values.iter().fold(start, |digest, value| (digest ^ u64::from(value.to_bits())).wrapping_mul(0x0100_0000_01B3))
}

fn digest_of(shape: Shape, batch: usize, kernels: &'static Kernels) -> u64 {
    let ([channels_in, channels_out], side, size, zeros, pool) = shape;
    let geometry = Geometry {
        batch,
        channels_in,
        input: [size, size],
        channels_out,
        kernel: [side, side],
        stride: [1, 1],
        dilation: [1, 1],
        padding: [(zeros, zeros); 2],
    };
    let layer = BlockLayer::new(geometry, Pointwise::Relu, pool, kernels).expect("the kernels are for it");
    let x = numbers(1, batch * channels_in * size * size);
    let weight: Vec<f32> = numbers(2, channels_out * geometry.taps()).iter().map(|value| value * 0.1).collect();
    let bias = numbers(3, channels_out);
    // Of images nobody wants a gradient, and they come channel by channel.
    let is_hidden = channels_in > 3;
    let order = if is_hidden { Order::ChannelsLast } else { Order::ChannelsFirst };
    let images = StridedImages { values: &x, strides: order.strides([channels_in, size, size]) };
    let output = layer.forward(images, &weight, Some(&bias), Keep::Masks).expect("values are tame");
    let pooled = layer.epilogue().size;
    let gradient = numbers(4, output.values.len());
    let gradient = StridedImages::channels_last(&gradient, [channels_out, pooled[0], pooled[1]]);
    let above = Upstream { gradient, masks: &output.masks, through: None };
    let found = layer.backward(images, &weight, above, is_hidden);
    let masks = output.masks.iter().fold(digest(0xCBF2_9CE4_8422_2325, &output.values), |digest, mask| {
        (digest ^ u64::from(*mask)).wrapping_mul(0x0100_0000_01B3)
    });
    let input = digest(masks, found.input.as_deref().unwrap_or_default());
    digest(digest(input, &found.weight), &found.bias)
}

#[test]
fn no_bit_of_the_recorded_networks_moves() {
    let mut compared = 0;
    for kernels in available() {
        let found = SHAPES.map(|shape| BATCHES.map(|batch| digest_of(shape, batch, kernels)));
        if let Some((_, expected)) = DIGESTS.iter().find(|(name, _)| *name == kernels.name) {
            assert_eq!(found, *expected, "{}: found {found:#018x?}", kernels.name);
            // So many threads take other ways to the same sums.
            let many = rayon::ThreadPoolBuilder::new().num_threads(16).build().expect("threads can be started");
            let found = many.install(|| SHAPES.map(|shape| BATCHES.map(|batch| digest_of(shape, batch, kernels))));
            assert_eq!(found, *expected, "{} on 16 threads", kernels.name);
            compared += 1;
        }
    }
    assert!(compared > 0, "every processor runs the portable kernels");
}
