//! Error against the number of functions, by dimension, and exponents beside theory's.

use super::fixed::Curve;
use super::interpolation::InterpolationErrors;
use super::target::SHOWN;
use super::widths::MeasuredDimension;
use crate::prelude::*;

pub(super) fn widths(
    measured: &[MeasuredDimension],
    interpolation: &InterpolationErrors,
    settings: &Setup,
    findings: &mut Findings,
) {
    let shown: &[usize] = settings.choose(&SHOWN, &[1, 3, 10]);
    let panels = measured.iter().filter(|one| shown.contains(&one.dimensions)).map(panel).collect();
    findings.panels(
        "width",
        "Error against width in one to ten dimensions",
        "What is left of the variance of cos(a . x + b) with n functions. In one dimension polynomials win. With the \
         dimension the grid's line flattens to n^(-2/D) and polynomials need ever more terms before they gain; units \
         that are drawn and not learned fare likewise. Learned units leave a few hundredths with four to eight units \
         in any dimension; on these unseen points they then flatten, the sooner the more parameters the points have \
         to fix. The zoo's perceptron, trained by gradient descent, is the curve beside (dashed: 1/n from one unit \
         on; whiskers: 95 %).",
        2,
        panels,
    );
    exponents(measured, findings);
    interpolated(interpolation, findings);
}

fn panel(one: &MeasuredDimension) -> Chart {
    let (learned, drawn) = (one.learned(), one.drawn());
    let from = learned.first().map_or(1.0, |mean| mean.value);
    let reference: Curve = one.widths.iter().map(|&width| (width as f64, from / width as f64)).collect();
    let whiskers = |means: &[crate::statistics::Mean]| {
        let ends = one.widths.iter().zip(means);
        ends.map(|(&width, mean)| {
            let (low, high) = mean.interval();
            (width as f64, low.max(1e-9), high)
        })
        .collect::<Vec<_>>()
    };
    let within = |curve: &Curve| curve.iter().copied().filter(|&(count, _)| count <= 1e4).collect::<Curve>();
    let chart =
        Chart::new(Axis::log("functions n").range(1.0..1e4), Axis::log("fraction of variance left").range(1e-8..2.0))
            .heading(&format!("D = {}", one.dimensions))
            .line("grid of cells", &within(&one.grid))
            .line("polynomials", &within(&one.polynomials))
            .line("drawn ReLU units", &one.curve(&drawn))
            .intervals("drawn ReLU units", &whiskers(&drawn))
            .line("learned ReLU units", &one.curve(&learned))
            .intervals("learned ReLU units", &whiskers(&learned))
            .dashed("1/n", &reference);
    let Some(trained) = one.trained() else { return chart };
    chart.line("the zoo's MLP, by Adam", &one.curve(&trained)).intervals("the zoo's MLP, by Adam", &whiskers(&trained))
}

fn exponents(measured: &[MeasuredDimension], findings: &mut Findings) {
    let by = |of: &dyn Fn(&MeasuredDimension) -> f64| {
        measured.iter().map(|one| (one.dimensions as f64, of(one))).collect::<Curve>()
    };
    let learned: Vec<_> = measured
        .iter()
        .map(|one| (one.dimensions as f64, one.learned_exponent()))
        .map(|(dimensions, mean)| (dimensions, mean.interval().0, mean.interval().1))
        .collect();
    let theory: Curve = (10..=100).map(|tenths| f64::from(tenths) / 10.0).map(|d| (d, -2.0 / d)).collect();
    let slopes = Chart::new(Axis::linear("dimensions D"), Axis::linear("exponent of the squared error"))
        .dashed("-2/D: fixed bases", &theory)
        .rule_y("-1: Barron", -1.0)
        .scatter("grid of cells", &by(&|one| FittedLine::of_logarithms(&one.grid[15..]).slope))
        .scatter("drawn ReLU units", &by(&|one| one.drawn_exponent().value))
        .scatter("learned, training points", &by(&|one| one.training_exponent().value))
        .scatter("learned ReLU units", &by(&|one| one.learned_exponent().value))
        .intervals("learned ReLU units", &learned);
    findings.figure(
        "exponents",
        "Exponents beside theory's",
        "Exponents of the squared error by the number of functions, from four units on (whiskers: 95 %). The grid \
         lies on -2/D; learned units lie near -1 or below on the points they were trained on, and on unseen points \
         lose some of it as points get scarce.",
        slopes,
    );
}

fn interpolated(errors: &InterpolationErrors, findings: &mut Findings) {
    let chart = Chart::new(Axis::log("ReLU units n"), Axis::log("mean squared error"))
        .line("cosine", &errors.smooth)
        .dashed("mean(f''²) / (120 n⁴)", &errors.expected)
        .line("|x - 1/3|", &errors.kinked)
        .line("sqrt |x - 1/3|", &errors.root);
    findings.figure(
        "interpolation",
        "Interpolation by ReLU networks",
        "A ReLU network through n + 1 points of a smooth function of one number errs by n^(-4), as the expansion of \
         its pieces says; of one with a kink by n^(-3), of a root by n^(-2). Wider comes as near as one likes to any \
         of them, at its own rate.",
        chart,
    );
}
