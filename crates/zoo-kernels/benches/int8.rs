//! A network of five blocks answering, in `f32` and in integers: `cargo bench -p zoo-kernels --bench int8`.
//!
//! `RAYON_NUM_THREADS` sets the threads, which share a single image, `ZOO_KERNELS_ISA` the instruction set.
#![allow(missing_docs)]

use divan::Bencher;
use divan::counter::ItemsCount;
use zoo_kernels::{NetworkBuilder, Pointwise, Pool};

fn main() {
    divan::main();
}

const BATCHES: [usize; 2] = [1, 32];
const PIXELS: usize = 3 * 32 * 32;

/// Kernels, padding and pools of the zoo's CNN.
const BLOCKS: [([usize; 4], usize, Pool); 4] = [
    ([32, 3, 5, 5], 2, Pool::Max),
    ([32, 32, 5, 5], 2, Pool::Average),
    ([64, 32, 5, 5], 2, Pool::Average),
    ([64, 64, 4, 4], 0, Pool::None),
];

/// Numbers from -1 to 1.
fn numbers(count: usize) -> Vec<f32> {
    (0..count).map(|index| ((index * index * 31 + index * 17) % 255) as f32 / 127.0 - 1.0).collect()
}

fn builder() -> NetworkBuilder {
    let blocks = BLOCKS.iter().fold(
        NetworkBuilder::new([3, 32, 32], rayon::current_num_threads()),
        |network, (shape, padding, pool)| {
            let taps = shape[1..].iter().product::<usize>();
            let weight: Vec<f32> = numbers(shape[0] * taps).iter().map(|value| value / (taps as f32).sqrt()).collect();
            network.convolution(*shape, &weight, &numbers(shape[0]), *padding, Pointwise::Relu, *pool)
        },
    );
    blocks.linear([10, 64], &numbers(640), &[0.0; 10], Pointwise::None)
}

#[divan::bench(args = BATCHES)]
fn answer_f32(bencher: Bencher, batch: usize) {
    let Some(network) = builder().finish() else { return };
    let (images, mut outputs) = (numbers(batch * PIXELS), vec![0.0; batch * 10]);
    bencher.counter(ItemsCount::new(batch)).bench_local(|| network.forward_into(&images, &mut outputs));
}

#[divan::bench(args = BATCHES)]
fn answer_int8(bencher: Bencher, batch: usize) {
    let Ok(network) = builder().finish_int8(&numbers(32 * PIXELS)) else { return };
    let (images, mut outputs) = (numbers(batch * PIXELS), vec![0.0; batch * 10]);
    bencher.counter(ItemsCount::new(batch)).bench_local(|| network.forward_into(&images, &mut outputs));
}
