//! How many CIFAR-like images a second become batches: `cargo bench -p zoo-core --profile dev` (hot code is optimized there too).
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a measuring program, not a library")]

use std::time::Instant;

use zoo_core::{Augmentation, Batcher, Examples, Images, Inputs, Normalizer, Padding, epoch_order};

const IMAGES: usize = 20_000;
const ROUNDS: usize = 3;

fn main() {
    let examples = examples();
    let padding = Padding::Reflect;
    let shifted = vec![Augmentation::Flip, Augmentation::Shift { pixels: 3, padding }];
    let turned = vec![Augmentation::Rotate { degrees: 10.0, padding }];
    for (name, augmentations) in [("plain", vec![]), ("flip, shift 3", shifted), ("rotate 10", turned)] {
        for threads in [1, 2] {
            for batch_size in [32, 128] {
                let rate = rate(&examples, &augmentations, threads, batch_size);
                println!(
                    "{name:14} {threads} threads, batches of {batch_size:3}: {:6.0} thousand images/s",
                    rate / 1e3
                );
            }
        }
    }
}

/// Images a second, the best of some rounds.
fn rate(examples: &Examples, augmentations: &[Augmentation], threads: usize, batch_size: usize) -> f64 {
    let normalizer = Normalizer::fit_channels(examples).unwrap();
    let batcher = Batcher { normalizer, augmentations: augmentations.to_vec(), seed: 1 };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let order = epoch_order(examples.len(), 1, 0);
    let seconds = (0..ROUNDS).map(|epoch| {
        let start = Instant::now();
        pool.install(|| {
            for indices in order.chunks(batch_size) {
                std::hint::black_box(batcher.train_batch(examples, indices, epoch));
            }
        });
        start.elapsed().as_secs_f64()
    });
    examples.len() as f64 / seconds.fold(f64::INFINITY, f64::min)
}

fn examples() -> Examples {
    let pixels = (0..IMAGES * 3072).map(|place| (place * 31 % 251) as u8).collect();
    let images = Images { channels: 3, height: 32, width: 32, pixels };
    Examples::of_classes(Inputs::Images(images), vec![0; IMAGES])
}
