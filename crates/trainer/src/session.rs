//! One run, from the moment everything it needs is at hand to its report.

use crate::checkpoint::FoundCheckpoint;
use crate::data::Splits;
use crate::error::TrainError;
use crate::evaluate::Measure;
use crate::extension::as_extended;
use crate::init::InitWeights;
use crate::interrupt::StopFlag;
use crate::logs::Watched;
use crate::observer::Observer;
use crate::results::Finished;
use crate::run_folder::{self, RunFolder, RunSettings};
use crate::train::{Fit, FittedModel, fit};
use crate::training::FitOptions;
use crate::weights;
use burn::tensor::Device;
use std::ops::ControlFlow::Continue;
use zoo_core::Examples;
use zoo_core::weights::beyond_16_bits;
use zoo_recipe::{KeepAs, Recipe};
use zoo_results::Report;

/// A run with everything it needs at hand.
pub(crate) struct Session<'a> {
    pub(crate) recipe: &'a Recipe,
    pub(crate) settings: &'a RunSettings,
    pub(crate) folder: &'a RunFolder,
    /// The checkpoint to go on from, if there is one.
    pub(crate) found: FoundCheckpoint,
    /// The weights that the beginning is, in part.
    pub(crate) init: Option<&'a InitWeights>,
    pub(crate) splits: &'a Splits,
    pub(crate) device: &'a Device,
    pub(crate) stop: &'a StopFlag,
}

impl Session<'_> {
    /// Trains to the end; `None` if the user stopped it before.
    pub(crate) fn train(self, observer: &mut dyn Observer) -> Result<Option<Report>, TrainError> {
        let identity = self.settings.identity(self.recipe, self.splits);
        let resume = self.found.checkpoint.clone().map(|found| as_extended(found, self.recipe, self.settings));
        let options = FitOptions {
            identity,
            device: self.device.clone(),
            folder: Some(self.folder),
            resume,
            init: self.init,
            stop: self.stop,
        };
        let mut observer = Watched::new(observer, &self.settings.logs, self.folder.path());
        match fit(self.recipe, self.splits, &options, &mut observer)? {
            Fit::Interrupted(_) => Ok(None),
            Fit::Finished(fitted) => self.finish(&fitted, &mut observer),
        }
    }

    /// Reads the test split, this once, and writes weights and report.
    fn finish(&self, fitted: &FittedModel, observer: &mut dyn Observer) -> Result<Option<Report>, TrainError> {
        let Self { recipe, settings, splits, folder, device, .. } = *self;
        let measure = Measure { network: &fitted.network, recipe, splits, device };
        let mut progress = |done, of: &Examples| {
            observer.validating(done, of.len());
            self.stop.check()
        };
        let Continue(valid) = measure.on(&splits.valid, |done| progress(done, &splits.valid))? else {
            return Ok(None);
        };
        let Continue(test) = measure.on(&splits.test, |done| progress(done, &splits.test))? else {
            return Ok(None);
        };
        let with_tta = measure.with_tta(&splits.test, &test, |done| progress(done, &splits.test))?;
        let Continue(tta) = with_tta else {
            return Ok(None);
        };
        let file = run_folder::weights_file(folder.path());
        let tensors = fitted.network.named_tensors();
        if recipe.training.keep_as == KeepAs::F16
            && let Some(name) = beyond_16_bits(&tensors)
        {
            observer.warn(&format!(
                "{name} is kept in 32 bits, as it holds a number beyond 65504, the largest of training.keep_as = \"f16\""
            ));
        }
        let weights_sha256 = weights::save(&file, &tensors, &splits.facts(recipe))?;
        let weights = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let finished = Finished { recipe, settings, splits, fitted, valid, test, tta, weights, weights_sha256 };
        let report = finished.report();
        report.write(&run_folder::report_file(folder.path()))?;
        Ok(Some(report))
    }
}
