//! k-fold cross-validation: how far single splits lie apart, and how far their means.

use super::capacity::NoisyPoints;
use crate::prelude::*;

const EXAMPLES: usize = 40;
const NOISE: f64 = 0.3;
const DEGREE: usize = 3;
const FOLDS: usize = 5;

/// The same points divided anew many times.
pub(super) fn spread(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let points = NoisyPoints::draw(EXAMPLES, NOISE, &mut Stream::numbered(settings.seed, 10_000));
    let divisions = settings.choose(400, 100);
    let errors = (0..divisions)
        .map(|stream| cross_validate(&points, &mut Stream::numbered(settings.seed, 11_000 + stream)))
        .collect::<Result<Vec<_>>>()?;
    let of_single = deviation(&Mean::over(errors.iter().map(|folds| folds[0])));
    let of_means = deviation(&Mean::over(errors.iter().map(|folds| Mean::of(folds).value)));
    findings
        .claiming(
            "The mean over 5 folds depends less on how the points are divided than a single split: ratio of the \
             deviations, at most that of 5 independent splits, 1 / sqrt 5",
        )
        .is(of_means / of_single, AtMost(1.0 / (FOLDS as f64).sqrt()))
        .measured_with(format!(
            " ({} against {}, {divisions} divisions of {EXAMPLES} points)",
            number(of_means),
            number(of_single)
        ));
    Ok(())
}

/// The error on each fifth of the points, in a random order, of a fit to the other four.
fn cross_validate(points: &NoisyPoints, random: &mut Stream) -> Result<Vec<f64>> {
    let mut order: Vec<usize> = (0..EXAMPLES).collect();
    random.shuffle(&mut order);
    let part = |fold: usize, is_held: bool| -> NoisyPoints {
        let places = (0..EXAMPLES).filter(|place| (place % FOLDS == fold) == is_held);
        points.select(&places.map(|place| order[place]).collect::<Vec<_>>())
    };
    (0..FOLDS).map(|fold| Ok(part(fold, true).error(&part(fold, false).fit(DEGREE)?))).collect()
}

fn deviation(mean: &Mean) -> f64 {
    mean.error * (mean.count as f64).sqrt()
}
