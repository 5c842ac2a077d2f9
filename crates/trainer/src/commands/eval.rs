//! `eval`: a finished run's weights, measured again.

use super::session::{score_line, standing};
use super::tables::{class_table, confusion_table};
use crate::cli::{DataArgs, EvalArgs, Part};
use crate::output::answer;
use crate::progress::Progress;
use crate::results::{measure, per_class, scores};
use crate::run_folder;
use crate::trained::TrainedModel;
use crate::weights::normalizer;
use anyhow::Result;
use serde_json::json;

pub(crate) fn eval(args: &EvalArgs) -> Result<()> {
    let device = super::open_device(&args.device)?;
    let (_, settings) = run_folder::read(&args.run)?;
    let model = TrainedModel::of_run(&args.run, &device)?;
    let source = DataArgs {
        data_dir: args.data.data_dir.clone().or_else(|| settings.data_dir.clone()),
        offline: args.data.offline || settings.offline,
    };
    let store = super::store(&source, if args.json { Progress::None } else { Progress::Auto })?;
    let mut splits = settings.splits(&model.recipe, &store)?;
    splits.batcher.normalizer = normalizer(&model.facts.normalizer);
    let part = match args.split {
        Part::Test => &splits.test,
        Part::Valid => &splits.valid,
        Part::Train => &splits.train,
    };
    let measured = measure(&model.network, &model.recipe, &splits, part, &device, |_| {})?.scores;
    let classes = per_class(&splits.class_names, &measured);
    if args.json {
        let object = json!({
            "model": model.recipe.name, "split": args.split, "examples": part.len(),
            "data": { "name": splits.name, "provenance": splits.provenance }, "scores": scores(&measured),
            "per_class": classes, "class_names": splits.class_names, "confusion": measured.confusion,
        });
        return answer(&object.to_string());
    }
    let (count, standing, line) = (part.len(), standing(splits.provenance), score_line(&scores(&measured)));
    answer(&format!("{count} examples of {} ({standing}): {line}", splits.name))?;
    answer(&class_table(&classes))?;
    answer(confusion_table(&splits.class_names, &measured.confusion).trim_end())
}
