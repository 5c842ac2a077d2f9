//! What no single key decides: rules between the keys of a recipe.

use toml::Table;

use crate::accepts::one_of;
use crate::check::{in_one_line, refused};
use crate::error::Located;
use crate::key::KeyPath;
use crate::*;
use zoo_core::Metric;

/// A key whose value does not fit the rest, and what would fit.
struct Conflict {
    path: KeyPath,
    accepted: String,
}

type Rule = fn(&Recipe) -> Option<Conflict>;

const RULES: &[Rule] = &[
    name_is_plain,
    test_part_exists,
    normalization_fits_data,
    frame_holds_the_image,
    augmentation_is_for_images,
    shift_is_within_the_image,
    cnn_sees_32x32,
    logistic_regression_is_for_two_classes,
    loss_fits_model,
    initializer_bounds_are_ordered,
    biases_have_no_directions,
    muon_is_for_convolutions,
    decay_fits_optimizer,
    cosine_falls,
    metrics_fit_classes,
    floors_fit_classes,
    folds_cut_what_has_no_test_part,
    expected_fits_metric,
    seeds_differ,
];

/// The first rule broken by `recipe`, whose TOML form is `table`.
pub(crate) fn check(recipe: &Recipe, table: &Table) -> Result<(), Located> {
    let Some(conflict) = RULES.iter().find_map(|rule| rule(recipe)) else {
        return Ok(());
    };
    let found = conflict.path.lookup(table).map(in_one_line);
    Err(refused(conflict.path, found.unwrap_or_default(), conflict.accepted, Vec::new()))
}

fn name_is_plain(recipe: &Recipe) -> Option<Conflict> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let is_plain = !recipe.name.is_empty() && recipe.name.bytes().all(plain);
    conflict(!is_plain, "name", "lower-case letters, digits and `_` alone")
}

fn test_part_exists(recipe: &Recipe) -> Option<Conflict> {
    let given = recipe.data.test == TestSplit::Given;
    match (given, recipe.data.name.has_test_part()) {
        (true, false) => says("data.test.kind", "\"stratified\", as this data set comes without a test part"),
        (false, true) => says("data.test.kind", "\"given\", as this data set comes with a test part"),
        _ => None,
    }
}

fn normalization_fits_data(recipe: &Recipe) -> Option<Conflict> {
    let is_table = recipe.data.name.image_shape().is_none();
    match (recipe.data.normalization, is_table) {
        (Normalization::Unit | Normalization::Channels, true) => {
            says("data.normalization.kind", "\"none\" or \"standardize\", as the data is a table")
        }
        (Normalization::Standardize, false) => {
            says("data.normalization.kind", "\"none\", \"unit\" or \"channels\", as the data is images")
        }
        _ => None,
    }
}

fn frame_holds_the_image(recipe: &Recipe) -> Option<Conflict> {
    let Frame::Black { side } = recipe.data.frame else {
        return None;
    };
    match recipe.data.name.image_shape() {
        None => says("data.frame.kind", "\"none\", as the data is a table"),
        Some([_, own, _]) => conflict(side < own, "data.frame.side", &format!("at least {own}, the side of an image")),
    }
}

fn augmentation_is_for_images(recipe: &Recipe) -> Option<Conflict> {
    let on_table = recipe.data.name.image_shape().is_none() && !recipe.data.augmentation.is_empty();
    conflict(on_table, "data.augmentation", "[], as the data is a table")
}

fn shift_is_within_the_image(recipe: &Recipe) -> Option<Conflict> {
    let [_, side, _] = recipe.data.image_shape()?;
    let too_far = |augmentation: &Augmentation| match augmentation {
        Augmentation::Shift { pixels, .. } | Augmentation::Cutout { pixels } => *pixels >= side,
        _ => false,
    };
    let index = recipe.data.augmentation.iter().position(too_far)?;
    Some(Conflict {
        path: KeyPath::from_dotted("data.augmentation").item(index).key("pixels"),
        accepted: format!("less than {side}, the side of an image"),
    })
}

fn cnn_sees_32x32(recipe: &Recipe) -> Option<Conflict> {
    let is_cnn = matches!(recipe.model, Model::Cnn { .. });
    let fits = matches!(recipe.data.image_shape(), Some([_, 32, 32]));
    let accepted = "images of 32x32, as the model \"cnn\" takes them: \"digits32\", \"cifar10\", or smaller ones in a frame, \
                    data.frame = { kind = \"black\", side = 32 }";
    conflict(is_cnn && !fits, "data.name", accepted)
}

fn logistic_regression_is_for_two_classes(recipe: &Recipe) -> Option<Conflict> {
    let is_logistic = matches!(recipe.model, Model::LogisticRegression { .. });
    let accepted = "\"one_vs_rest\", as logistic regression tells two classes apart";
    conflict(is_logistic && !recipe.is_binary(), "data.target.kind", accepted)
}

/// One logit wants a loss on a probability; a loss on one logit a class wants at least two of them.
fn loss_fits_model(recipe: &Recipe) -> Option<Conflict> {
    let one_logit_loss = matches!(recipe.loss, Loss::BinaryCrossEntropy { .. });
    match recipe.model {
        Model::LogisticRegression { .. } => {
            let fits = one_logit_loss || recipe.loss == Loss::MeanSquaredError;
            let accepted = "\"binary_cross_entropy\" or \"mean_squared_error\", as logistic regression has one logit";
            conflict(!fits, "loss.kind", accepted)
        }
        Model::Softmax { .. } => conflict(
            one_logit_loss,
            "loss.kind",
            "a loss on one logit a class, \"cross_entropy\", \"hinge\" or \"mean_squared_error\"",
        ),
        Model::Mlp { .. } | Model::Cnn { .. } => conflict(
            one_logit_loss && !recipe.is_binary(),
            "loss.kind",
            "\"cross_entropy\", \"hinge\" or \"mean_squared_error\", as there are more than two classes",
        ),
    }
}

fn initializer_bounds_are_ordered(recipe: &Recipe) -> Option<Conflict> {
    let (weights, biases) = recipe.model.initializers();
    let inverted = |initializer: Initializer| matches!(initializer, Initializer::Uniform { min, max } if min >= max);
    conflict(inverted(weights), "model.weights.max", "more than `min`").or(conflict(
        inverted(biases),
        "model.biases.max",
        "more than `min`",
    ))
}

fn biases_have_no_directions(recipe: &Recipe) -> Option<Conflict> {
    let (_, biases) = recipe.model.initializers();
    let is_orthogonal = matches!(biases, Initializer::Orthogonal { .. });
    conflict(is_orthogonal, "model.biases.kind", "any initializer but \"orthogonal\", which is for matrices")
}

fn muon_is_for_convolutions(recipe: &Recipe) -> Option<Conflict> {
    let is_muon = matches!(recipe.optimizer, Optimizer::Muon { .. });
    let is_cnn = matches!(recipe.model, Model::Cnn { .. });
    conflict(is_muon && !is_cnn, "optimizer.kind", "any but \"muon\", as this model has no convolutions")
}

fn decay_fits_optimizer(recipe: &Recipe) -> Option<Conflict> {
    let key = "regularization.weight_decay.kind";
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
    conflict(rises, "schedule.final_learning_rate", "at most `learning_rate`")
}

fn metrics_fit_classes(recipe: &Recipe) -> Option<Conflict> {
    let misfit = |metric: Metric| metric.needs_two_classes() && !recipe.is_binary();
    let accepted = format!("{}, as there are more than two classes", one_of(&["loss", "accuracy"]));
    let stops_by_misfit = matches!(recipe.early_stopping, EarlyStopping::Patience { metric, .. } if misfit(metric));
    conflict(misfit(recipe.claim.metric), "claim.metric", &accepted).or(conflict(
        stops_by_misfit,
        "early_stopping.metric",
        &accepted,
    ))
}

fn floors_fit_classes(recipe: &Recipe) -> Option<Conflict> {
    let misfit = |floor: &Floor| floor.metric.needs_two_classes() && !recipe.is_binary();
    let index = recipe.claim.floors.iter().position(misfit)?;
    Some(Conflict {
        path: KeyPath::from_dotted("claim.floors").item(index).key("metric"),
        accepted: "\"accuracy\", as there are more than two classes".to_owned(),
    })
}

fn folds_cut_what_has_no_test_part(recipe: &Recipe) -> Option<Conflict> {
    let has_one = recipe.data.name.has_test_part() && recipe.claim.measured != Measured::Test;
    conflict(has_one, "claim.measured.kind", "\"test\", as this data set comes with a test part")
}

fn expected_fits_metric(recipe: &Recipe) -> Option<Conflict> {
    let is_part = recipe.claim.metric != Metric::Loss;
    conflict(is_part && recipe.claim.expected > 1.0, "claim.expected", "at most 1 for this metric")
}

fn seeds_differ(recipe: &Recipe) -> Option<Conflict> {
    let seeds = &recipe.training.seeds;
    let repeated = (1..seeds.len()).any(|end| seeds[..end].contains(&seeds[end]));
    conflict(repeated, "training.seeds", "seeds that all differ")
}

fn conflict(broken: bool, key: &str, accepted: &str) -> Option<Conflict> {
    broken.then(|| Conflict { path: KeyPath::from_dotted(key), accepted: accepted.to_owned() })
}

fn says(key: &str, accepted: &str) -> Option<Conflict> {
    conflict(true, key, accepted)
}
