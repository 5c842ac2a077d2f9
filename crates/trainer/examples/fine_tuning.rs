//! Whether a start from trained weights helps where pictures are few: letters A to M with 20 pictures a class, from weights trained on N
//! to Z, against training from nothing.
//!
//! `cargo run -p trainer --example fine_tuning -- --data-dir DIR [--record]`
//!
//! Settings are chosen on validation with other seeds than those that are then tested, once; there are as many for either start. A seed
//! draws the 20 pictures, the initial values and the order, for both starts alike, so that their difference is one of pairs.

#![allow(clippy::print_stdout)] // An example talks to whoever runs it.

use anyhow::{Result, bail};
use burn::tensor::Device;
use clap::Parser;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use trainer::data::{Splits, load_for};
use trainer::device::{DeviceName, all_threads, use_threads};
use trainer::evaluate::predict;
use trainer::init::InitWeights;
use trainer::interrupt::{INTERRUPTED, StopFlag};
use trainer::observer::Silent;
use trainer::registry;
use trainer::state::Identity;
use trainer::train::{Fit, FittedModel, fit};
use trainer::training::FitOptions;
use zoo_core::weights::Weights;
use zoo_core::{Batcher, Dataset, Examples, Progress, Provenance, Store, Stream};
use zoo_recipe::{Init, Recipe};
use zoo_results::{DataFacts, FINE_TUNING_SCHEMA, FineTuning, FineTuningArm, TriedSetting, digest};

const RECIPE: &str = "cnn_emnist";
/// Letters in each half of the alphabet.
const HALF: u8 = 13;
/// Pictures a class to learn from, and to choose settings by.
const PICTURES: usize = 20;
const VALIDATION: usize = 50;
const CHOOSING_SEEDS: [u64; 2] = [1, 2];
const SEEDS: [u64; 5] = [21, 22, 23, 24, 25];
const PRETRAINING: (u64, usize) = (1, 2); // its seed and epochs
/// What a start from nothing tries, in all combinations, and what one from weights does; as many.
const RATES_FROM_NOTHING: [f64; 3] = [0.004, 0.008, 0.016];
const EPOCHS_FROM_NOTHING: [usize; 4] = [20, 40, 80, 160];
const RATES_FROM_WEIGHTS: [f64; 3] = [0.002, 0.004, 0.008];
const EPOCHS_FROM_WEIGHTS: [usize; 2] = [20, 40];

#[derive(Parser)]
struct Options {
    /// The folder with data files [default: $ZOO_DATA_DIR, else burn-zoo in the cache folder]
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// Write results/fine_tuning.json and its digest
    #[arg(long)]
    record: bool,
}

/// A learning rate, epochs and frozen layers.
#[derive(Clone, Debug)]
struct Setting(f64, usize, &'static [&'static str]);

/// Everything that runs share.
struct Bench {
    recipe: Recipe,
    letters: Dataset,
    stop: StopFlag,
}

fn main() -> Result<ExitCode> {
    let Options { data_dir, record } = Options::parse();
    let threads = all_threads();
    use_threads(threads)?;
    let stop = StopFlag::default();
    stop.raise_on_signal()?;
    let (recipe, started) = (registry::recipe(RECIPE)?, jiff::Timestamp::now().to_string());
    let letters = load_for(&recipe, &Store::new(data_dir, false, Progress::Lines)?)?;
    let bench = Bench { recipe, letters, stop };
    match bench.measure(threads, started) {
        Err(_) if bench.stop.is_raised() => Ok(ExitCode::from(INTERRUPTED)),
        Err(error) => Err(error),
        Ok(found) => {
            println!("\n{}", found.to_markdown());
            if record {
                let results = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../results");
                found.write(&results.join("fine_tuning.json"))?;
                digest(&results, "fine_tuning.json")?;
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

impl Bench {
    fn measure(&self, threads: usize, started: String) -> Result<FineTuning> {
        let (seed, epochs) = PRETRAINING;
        let (mut recipe, mut splits) = (self.recipe.clone(), self.splits(HALF..2 * HALF, usize::MAX, seed)?);
        recipe.training.epochs = epochs;
        let fitted = self.fit(&recipe, &splits, seed, None)?;
        let accuracy = accuracy(&recipe, &splits, &fitted, &splits.valid)?;
        let weights = format!(
            "letters N to Z, {} pictures, {epochs} epochs, seed {seed}, validation accuracy {accuracy:.4}",
            splits.train.len()
        );
        println!("weights: {weights}");
        let facts = splits.facts(&recipe);
        let init = InitWeights::of("N to Z", Weights { tensors: fitted.network.named_tensors(), facts });

        let from_nothing = RATES_FROM_NOTHING
            .into_iter()
            .flat_map(|rate| EPOCHS_FROM_NOTHING.map(|epochs| Setting(rate, epochs, &[])));
        let layers: [&[&str]; 2] = [&[], &["conv1", "conv2"]];
        let from_weights = RATES_FROM_WEIGHTS.into_iter().flat_map(|rate| {
            EPOCHS_FROM_WEIGHTS.into_iter().flat_map(move |epochs| layers.map(|layers| Setting(rate, epochs, layers)))
        });
        let from_nothing = self.arm(from_nothing.collect(), None)?;
        let from_weights = self.arm(from_weights.collect(), Some(&init))?;
        splits = self.splits(0..HALF, PICTURES, SEEDS[0])?;
        let (name, provenance, test_sha256) = (splits.name.clone(), splits.provenance, Some(splits.test_digest()));
        let (train, valid, test) = (splits.train.len(), splits.valid.len(), splits.test.len());
        Ok(FineTuning {
            schema: FINE_TUNING_SCHEMA,
            recipe: RECIPE.to_string(),
            task: format!("Letters A to M from {PICTURES} pictures a class"),
            weights,
            data: DataFacts { name, provenance, train, valid, test, test_sha256 },
            device: "flex".to_string(),
            threads,
            instruction_set: DeviceName::Flex.instruction_set(),
            burn: trainer::BURN_VERSION.to_string(),
            commit: trainer::commit().map(String::from),
            started,
            choosing_seeds: CHOOSING_SEEDS.to_vec(),
            seeds: SEEDS.to_vec(),
            from_nothing,
            from_weights,
        })
    }

    /// The best setting on validation, and its accuracy on test.
    fn arm(&self, settings: Vec<Setting>, init: Option<&InitWeights>) -> Result<FineTuningArm> {
        let mut tried = Vec::new();
        for setting in &settings {
            let all = CHOOSING_SEEDS
                .iter()
                .map(|&seed| self.run(setting, init, seed, |splits| &splits.valid))
                .collect::<Result<Vec<f64>>>()?;
            let (setting, valid) = (setting.in_words(), all.iter().sum::<f64>() / all.len() as f64);
            println!("validation accuracy {valid:.4} with {setting}");
            tried.push(TriedSetting { setting, valid });
        }
        let best =
            (0..tried.len()).max_by(|&one, &other| tried[one].valid.total_cmp(&tried[other].valid)).unwrap_or_default();
        let test = SEEDS
            .iter()
            .map(|&seed| self.run(&settings[best], init, seed, |splits| &splits.test))
            .collect::<Result<Vec<f64>>>()?;
        println!("test accuracy {test:.4?} with {}", tried[best].setting);
        Ok(FineTuningArm { chosen: tried[best].setting.clone(), tried, test })
    }

    /// The accuracy on validation, while choosing, or on test.
    fn run(
        &self,
        setting: &Setting,
        init: Option<&InitWeights>,
        seed: u64,
        on: fn(&Splits) -> &Examples,
    ) -> Result<f64> {
        let Setting(rate, epochs, layers) = setting;
        let overrides = [("schedule.learning_rate", rate.to_string()), ("training.epochs", epochs.to_string())];
        let overrides = overrides.map(|(key, value)| (key.to_string(), value));
        let mut recipe = self.recipe.with_overrides(&overrides)?;
        recipe.training.batch_size = 32;
        let freeze = layers.iter().map(ToString::to_string).collect();
        recipe.init = Some(Init { freeze, ..Init::default() });
        let mut splits = self.splits(0..HALF, PICTURES, seed)?;
        if let Some(init) = init {
            init.normalize(&mut splits);
        }
        let fitted = self.fit(&recipe, &splits, seed, init)?;
        accuracy(&recipe, &splits, &fitted, on(&splits))
    }

    fn fit(&self, recipe: &Recipe, splits: &Splits, seed: u64, init: Option<&InitWeights>) -> Result<FittedModel> {
        let identity = Identity { seed, ..Identity::default() };
        let options =
            FitOptions { identity, device: Device::flex(), folder: None, resume: None, init, stop: &self.stop };
        match fit(recipe, splits, &options, &mut Silent)? {
            Fit::Finished(fitted) => Ok(*fitted),
            Fit::Interrupted(_) => bail!("stopped"),
        }
    }

    /// So many pictures of each of these letters to learn from, drawn by `seed`. Validation is the same for all seeds.
    fn splits(&self, letters: std::ops::Range<u8>, pictures: usize, seed: u64) -> Result<Splits> {
        let Dataset { name, class_names, provenance, train, test, .. } = &self.letters;
        let labels = |label: &u8| letters.contains(label);
        let (mut valid, mut chosen) = (Vec::new(), Vec::new());
        for letter in letters.clone() {
            let mut all: Vec<u32> =
                (0..train.len() as u32).filter(|&index| train.labels[index as usize] == letter).collect();
            Stream::numbered(0, u64::from(letter)).shuffle(&mut all);
            let rest = all.split_off(VALIDATION);
            valid.extend(all);
            let mut rest = rest;
            Stream::numbered(seed, u64::from(letter)).shuffle(&mut rest);
            rest.truncate(pictures);
            chosen.extend(rest);
        }
        let part = |examples: &Examples, indices: &[u32]| {
            let mut part = examples.select(indices);
            part.labels.iter_mut().for_each(|label| *label -= letters.start);
            part
        };
        let Some(test) = test else { bail!("{name} comes with a test split") };
        let tested: Vec<u32> = (0..test.len() as u32).filter(|&index| labels(&test.labels[index as usize])).collect();
        let (train, valid, test) = (part(train, &chosen), part(train, &valid), part(test, &tested));
        let data = &self.recipe.data;
        let batcher =
            Batcher { normalizer: data.normalization.fit(&train)?, augmentations: data.augmentation.clone(), seed };
        let class_names = class_names[usize::from(letters.start)..usize::from(letters.end)].to_vec();
        let (name, provenance): (String, Provenance) = (name.clone(), *provenance);
        let (target, columns, notes) = (None, Vec::new(), Vec::new());
        Ok(Splits {
            name,
            provenance,
            class_names,
            target,
            columns,
            raw_targets: Default::default(),
            train,
            valid,
            test,
            fill: Vec::new(),
            batcher,
            notes,
        })
    }
}

impl Setting {
    fn in_words(&self) -> String {
        let Self(rate, epochs, layers) = self;
        let frozen = if layers.is_empty() { String::new() } else { format!(", {} frozen", layers.join(" and ")) };
        format!("rate {rate}, {epochs} epochs{frozen}")
    }
}

fn accuracy(recipe: &Recipe, splits: &Splits, fitted: &FittedModel, examples: &Examples) -> Result<f64> {
    let predictions = predict(&fitted.network, &recipe.loss, &splits.batcher, examples, &Device::flex(), |_| {})?;
    Ok(splits.evaluate(&predictions, examples).scores.accuracy)
}
