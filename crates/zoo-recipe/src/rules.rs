//! What no single key decides: rules between the keys of a recipe.

use zoo_core::{Metric, Misfit, Normalization, Outputs};

use crate::key::KeyPath;
use crate::written::{did_you_mean, one_of};
use crate::*;

/// A key whose value does not fit the rest, and what would fit.
pub(crate) struct Conflict {
    pub(crate) path: KeyPath,
    pub(crate) accepted: String,
}

type Rule = fn(&Recipe) -> Option<Conflict>;

const RULES: &[Rule] = &[
    name_is_plain,
    data_is_known,
    own_data_has_a_place,
    own_shape_fits_format,
    columns_differ,
    own_classes_are_several,
    target_is_a_class,
    target_is_what_the_data_has,
    test_split_exists,
    valid_split_exists,
    normalization_fits_data,
    pad_holds_the_image,
    augmentation_is_for_images,
    shift_is_within_the_image,
    sizes_fit_model,
    one_logit_is_for_two_classes,
    loss_fits_target,
    loss_fits_model,
    muon_is_for_convolutions,
    decay_fits_optimizer,
    cosine_falls,
    metrics_fit_target,
    metrics_fit_classes,
    keep_fits_target,
    floors_fit_classes,
    folds_cut_what_has_no_test_split,
    expected_fits_metric,
    seeds_differ,
    sha256_is_of_weights,
    frozen_layers_have_no_rate,
];

/// The first rule that the recipe breaks.
pub(crate) fn broken(recipe: &Recipe) -> Option<Conflict> {
    RULES.iter().find_map(|rule| rule(recipe))
}

fn name_is_plain(recipe: &Recipe) -> Option<Conflict> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let is_plain = !recipe.name.is_empty() && recipe.name.bytes().all(plain);
    conflict(!is_plain, "name", "lowercase letters, digits and `_` alone")
}

fn own_data_has_a_place(recipe: &Recipe) -> Option<Conflict> {
    let files = recipe.data.files.as_ref()?;
    let accepted = "the file or the folder that holds the data; write its path";
    conflict(files.path.as_os_str().is_empty(), "data.files.path", accepted)
}

/// Before all rules that ask what the data is.
fn data_is_known(recipe: &Recipe) -> Option<Conflict> {
    let Data { name, files, .. } = &recipe.data;
    let zoo: Vec<&str> = DataName::all().map(DataName::name).collect();
    match (files, zoo.contains(&name.as_str())) {
        (None, false) => {
            let hint = did_you_mean(name, &zoo);
            says("data.name", &format!("{}{hint}; data of your own wants a table [data.files]", one_of(&zoo)))
        }
        (Some(_), true) => says("data.name", "another name, as a data set of the zoo is called so"),
        (Some(_), false) => {
            let accepted = format!("a name of at most {} printable characters", Data::LONGEST_NAME);
            conflict(!Data::is_name(name), "data.name", &accepted)
        }
        (None, true) => None,
    }
}

fn own_shape_fits_format(recipe: &Recipe) -> Option<Conflict> {
    let files = recipe.data.files.as_ref()?;
    let is_table = files.shape.len() == 1;
    let accepted = "[1 or 3, height, width], as the data is pictures";
    if let DataFormat::Table(format) = &files.format {
        let columns = format.columns().len();
        let accepted = format!("[{columns}], as the table has so many columns of numbers and categories");
        return conflict(files.shape != [columns], "data.files.shape", &accepted);
    }
    conflict(is_table && matches!(files.format, DataFormat::Pictures { .. }), "data.files.shape", accepted)
}

fn columns_differ(recipe: &Recipe) -> Option<Conflict> {
    let DataFormat::Table(format) = &recipe.data.files.as_ref()?.format else {
        return None;
    };
    let (sources, columns) = (format.sources(), format.columns());
    let repeats = |names: &[String]| (1..names.len()).any(|end| names[..end].contains(&names[end]));
    let accepted = "columns that all differ, with categories that do, and the label not among them";
    let broken = repeats(&sources) || repeats(&columns) || sources.contains(&format.label);
    conflict(broken, "data.files.format.table", accepted)
}

fn own_classes_are_several(recipe: &Recipe) -> Option<Conflict> {
    let files = recipe.data.files.as_ref()?;
    let names = &files.class_names;
    if names.is_empty() && matches!(files.format, DataFormat::Table(_)) {
        return None; // numbers are to be predicted
    }
    let repeated = (1..names.len()).any(|end| names[..end].contains(&names[end]));
    conflict(names.len() < 2 || repeated, "data.files.class_names", "at least two names that all differ")
}

fn target_is_a_class(recipe: &Recipe) -> Option<Conflict> {
    let Target::OneVsRest { class } = &recipe.data.target else {
        return None;
    };
    let labels = recipe.data.labels();
    let classes: Vec<&str> = labels.iter().map(String::as_str).collect();
    conflict(!classes.contains(&class.as_str()), "data.target.one_vs_rest.class", &one_of(&classes))
}

fn target_is_what_the_data_has(recipe: &Recipe) -> Option<Conflict> {
    let has_numbers = recipe.data.labels().is_empty();
    let accepted = match has_numbers {
        true => "\"value\", as data.files.class_names is empty: the table's label is a number",
        false => "\"classes\" or { one_vs_rest = { class = ... } }, as this data set has classes",
    };
    conflict(recipe.is_regression() != has_numbers, "data.target", accepted)
}

fn test_split_exists(recipe: &Recipe) -> Option<Conflict> {
    let given = recipe.data.test == TestSplit::Given;
    match (given, recipe.data.has_test_split()) {
        (true, false) => says(
            "data.test",
            "{ stratified = { fraction = ..., seed = ... } }, as this data set comes without a test split",
        ),
        (false, true) => says("data.test", "\"given\", as this data set comes with a test split"),
        _ => None,
    }
}

fn valid_split_exists(recipe: &Recipe) -> Option<Conflict> {
    let given = recipe.data.valid == ValidSplit::Given;
    match (given, recipe.data.has_valid_split()) {
        (true, false) => {
            says("data.valid", "{ fraction = ..., seed = ... }, as this data comes without a validation split")
        }
        (false, true) => says("data.valid", "\"given\", as this data comes with a validation split"),
        _ => None,
    }
}

fn normalization_fits_data(recipe: &Recipe) -> Option<Conflict> {
    let is_table = recipe.data.image_shape().is_none();
    match (recipe.data.normalization, is_table) {
        (Normalization::Unit | Normalization::Channels, true) => {
            says("data.normalization", "\"none\" or \"standardize\", as the data is a table")
        }
        (Normalization::Standardize, false) => {
            says("data.normalization", "\"none\", \"unit\" or \"channels\", as the data is images")
        }
        _ => None,
    }
}

fn pad_holds_the_image(recipe: &Recipe) -> Option<Conflict> {
    let Pad::Black { side } = recipe.data.pad else {
        return None;
    };
    match <[usize; 3]>::try_from(recipe.data.shape()).ok() {
        None => says("data.pad", "\"none\", as the data is a table"),
        Some([_, height, width]) => {
            let own = usize::max(height, width);
            conflict(side < own, "data.pad.black.side", &format!("at least {own}, the side of an image"))
        }
    }
}

fn augmentation_is_for_images(recipe: &Recipe) -> Option<Conflict> {
    let on_table = recipe.data.image_shape().is_none() && !recipe.data.augmentation.is_empty();
    conflict(on_table, "data.augmentation", "[], as the data is a table")
}

fn shift_is_within_the_image(recipe: &Recipe) -> Option<Conflict> {
    let [_, side, _] = recipe.data.image_shape()?;
    let too_far = |augmentation: &zoo_core::Augmentation| augmentation.reach().is_some_and(|reach| reach >= side);
    let index = recipe.data.augmentation.iter().position(too_far)?;
    Some(Conflict {
        path: KeyPath::from_dotted("data.augmentation").item(index),
        accepted: format!("less than {side} pixels, the side of an image"),
    })
}

fn sizes_fit_model(recipe: &Recipe) -> Option<Conflict> {
    let Misfit { key, accepted } = recipe.model.check(&recipe.sizes()).err()?;
    says(key, &accepted)
}

fn one_logit_is_for_two_classes(recipe: &Recipe) -> Option<Conflict> {
    if recipe.is_regression() {
        let fits = recipe.model.outputs() == Outputs::Either;
        return conflict(
            !fits,
            "model",
            "\"mlp\" or \"cnn\", as the target is a number, and this model is for classes",
        );
    }
    let one_logit = recipe.model.outputs() == Outputs::One;
    let accepted = "{ one_vs_rest = { class = ... } }, as this model tells two classes apart";
    conflict(one_logit && !recipe.is_binary(), "data.target", accepted)
}

fn loss_fits_target(recipe: &Recipe) -> Option<Conflict> {
    match recipe.is_regression() {
        true => conflict(
            !recipe.loss.is_for_numbers(),
            "loss",
            "\"mean_squared_error\", \"mean_absolute_error\" or \"huber\", as the target is a number",
        ),
        false => conflict(
            !recipe.loss.is_for_classes(),
            "loss",
            "\"cross_entropy\", \"binary_cross_entropy\", \"hinge\" or \"mean_squared_error\", as the target is a class",
        ),
    }
}

/// One logit wants a loss on a probability; a loss on one logit per class wants at least two of them.
fn loss_fits_model(recipe: &Recipe) -> Option<Conflict> {
    let one_logit_loss = matches!(recipe.loss, Loss::BinaryCrossEntropy { .. });
    match recipe.model.outputs() {
        Outputs::One => {
            let fits = one_logit_loss || recipe.loss == Loss::MeanSquaredError;
            let accepted = "\"binary_cross_entropy\" or \"mean_squared_error\", as this model has one logit";
            conflict(!fits, "loss", accepted)
        }
        Outputs::PerClass => conflict(
            one_logit_loss,
            "loss",
            "a loss on one logit per class, \"cross_entropy\", \"hinge\" or \"mean_squared_error\"",
        ),
        Outputs::Either => conflict(
            one_logit_loss && !recipe.is_binary(),
            "loss",
            "\"cross_entropy\", \"hinge\" or \"mean_squared_error\", as there are more than two classes",
        ),
    }
}

fn muon_is_for_convolutions(recipe: &Recipe) -> Option<Conflict> {
    let is_muon = matches!(recipe.optimizer, Optimizer::Muon { .. });
    conflict(
        is_muon && !recipe.model.has_convolutions(),
        "optimizer",
        "any but \"muon\", as this model has no convolutions",
    )
}

fn decay_fits_optimizer(recipe: &Recipe) -> Option<Conflict> {
    let key = "regularization.weight_decay";
    let decouples = matches!(recipe.optimizer, Optimizer::Adamw { .. } | Optimizer::Muon { .. });
    match (recipe.regularization.weight_decay, decouples) {
        (WeightDecay::Decoupled { .. }, false) => {
            says(key, "\"l2\" or \"none\", as only the optimizers \"adamw\" and \"muon\" decouple weight decay")
        }
        (WeightDecay::L2 { .. }, true) => {
            says(key, "\"decoupled\" or \"none\", as this optimizer decouples weight decay")
        }
        _ => None,
    }
}

fn cosine_falls(recipe: &Recipe) -> Option<Conflict> {
    let rises = matches!(
        recipe.schedule,
        Schedule::Cosine { learning_rate, final_learning_rate, .. } if final_learning_rate > learning_rate
    );
    conflict(rises, "schedule.cosine.final_learning_rate", "at most `learning_rate`")
}

fn metrics_fit_target(recipe: &Recipe) -> Option<Conflict> {
    let misfit = |metric: Metric| metric != Metric::Loss && metric.needs_numbers() != recipe.is_regression();
    let accepted = match recipe.is_regression() {
        true => format!("{}, as the target is a number", one_of(&["loss", "rmse", "mae", "r2"])),
        false => {
            let metrics = one_of(&["loss", "accuracy", "balanced_accuracy", "auroc"]);
            format!("{metrics}, as the target is a class")
        }
    };
    let stops_by_misfit = matches!(recipe.early_stopping, EarlyStopping::Patience { metric, .. } if misfit(metric));
    let (claim, key) = (recipe.claim.as_ref(), KeyPath::from_dotted);
    let floor = claim.and_then(|claim| claim.floors.iter().position(|floor| misfit(floor.metric)));
    let path = match (claim.is_some_and(|claim| misfit(claim.metric)), stops_by_misfit, floor) {
        (true, ..) => key("claim.metric"),
        (_, true, _) => key("early_stopping.patience.metric"),
        (_, _, Some(index)) => key("claim.floors").item(index).key("metric"),
        _ => return None,
    };
    Some(Conflict { path, accepted })
}

fn keep_fits_target(recipe: &Recipe) -> Option<Conflict> {
    let by_accuracy = recipe.training.keep == Keep::BestValidAccuracy;
    conflict(
        by_accuracy && recipe.is_regression(),
        "training.keep",
        "\"last\" or \"best_valid_loss\", as the target is a number",
    )
}

fn metrics_fit_classes(recipe: &Recipe) -> Option<Conflict> {
    let misfit = |metric: Metric| metric.needs_two_classes() && !recipe.is_binary();
    let accepted = format!("{}, as there are more than two classes", one_of(&["loss", "accuracy"]));
    let stops_by_misfit = matches!(recipe.early_stopping, EarlyStopping::Patience { metric, .. } if misfit(metric));
    let claims_misfit = recipe.claim.as_ref().is_some_and(|claim| misfit(claim.metric));
    conflict(claims_misfit, "claim.metric", &accepted).or(conflict(
        stops_by_misfit,
        "early_stopping.patience.metric",
        &accepted,
    ))
}

fn floors_fit_classes(recipe: &Recipe) -> Option<Conflict> {
    let misfit =
        |floor: &Floor| floor.metric.lower_is_better() || (floor.metric.needs_two_classes() && !recipe.is_binary());
    let index = recipe.claim.as_ref()?.floors.iter().position(misfit)?;
    Some(Conflict {
        path: KeyPath::from_dotted("claim.floors").item(index).key("metric"),
        accepted: match recipe.is_binary() {
            _ if recipe.is_regression() => "\"r2\", as the target is a number".to_owned(),
            true => one_of(&["accuracy", "balanced_accuracy", "auroc"]),
            false => "\"accuracy\", as there are more than two classes".to_owned(),
        },
    })
}

fn folds_cut_what_has_no_test_split(recipe: &Recipe) -> Option<Conflict> {
    let has_one = recipe.data.has_test_split() && recipe.claim.as_ref()?.measured != Measured::Test;
    conflict(has_one, "claim.measured", "\"test\", as this data set comes with a test split")
}

fn expected_fits_metric(recipe: &Recipe) -> Option<Conflict> {
    let claim = recipe.claim.as_ref()?;
    conflict(claim.metric.is_at_most_one() && claim.expected > 1.0, "claim.expected", "at most 1 for this metric")
}

fn seeds_differ(recipe: &Recipe) -> Option<Conflict> {
    let seeds = &recipe.training.seeds;
    let repeated = (1..seeds.len()).any(|end| seeds[..end].contains(&seeds[end]));
    conflict(repeated, "training.seeds", "seeds that all differ")
}

fn sha256_is_of_weights(recipe: &Recipe) -> Option<Conflict> {
    let init = recipe.init.as_ref()?;
    conflict(init.sha256.is_some() && init.weights.is_none(), "init.sha256", "no such key without init.weights")
}

fn frozen_layers_have_no_rate(recipe: &Recipe) -> Option<Conflict> {
    let init = recipe.init.as_ref()?;
    let frozen = |layer: &&String| init.freeze.iter().any(|frozen| is_in_layer(layer, frozen));
    let layer = init.rates.keys().find(frozen)?;
    Some(Conflict {
        path: KeyPath::from_dotted("init.rates").key(layer),
        accepted: "no such key, as the layer is in init.freeze".to_owned(),
    })
}

fn conflict(broken: bool, key: &str, accepted: &str) -> Option<Conflict> {
    broken.then(|| Conflict { path: KeyPath::from_dotted(key), accepted: accepted.to_owned() })
}

fn says(key: &str, accepted: &str) -> Option<Conflict> {
    conflict(true, key, accepted)
}
