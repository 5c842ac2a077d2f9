//! The loss surface, and what became of every start.

use super::Critical;
use super::case::{GaborCase, Reached};
use crate::prelude::*;
use zoo_toys::gabor::EXAMPLES;

pub(super) fn surface(case: &GaborCase, reached: &Reached, critical: &Critical, findings: &mut Findings) {
    let (name, few) = (case.setting.name, case.batch);
    let caption = format!(
        "The loss surface of {name} with its saddles and minima, and what becomes of descent from every start at the \
         rate 1 / lambda_max, on all examples and on {few} per step."
    );
    let charts = vec![
        landscape(case, critical),
        outcomes(case, &reached.on_all).heading(&format!("all {EXAMPLES} examples per step")),
        outcomes(case, &reached.on_few).heading(&format!("{few} examples per step")),
    ];
    findings.panels(&format!("surface_{}", case.setting.file), "Loss surface and starts", caption, 2, charts);
}

fn plane(case: &GaborCase) -> Chart {
    let [[left, right], [low, high]] = case.setting.bounds;
    Chart::new(Axis::linear("phi_0").range(left..right), Axis::linear("phi_1").range(low..high))
}

fn landscape(case: &GaborCase, critical: &Critical) -> Chart {
    let [[left, right], [low, high]] = case.setting.bounds;
    let heights = Field::sample(left..right, low..high, [80, 80], |x, y| case.sample.loss([x, y]).log10());
    let points = |places: &[[f64; 2]]| places.iter().copied().map(<(f64, f64)>::from).collect::<Vec<_>>();
    plane(case)
        .heading("loss")
        .heat("log10 of the loss", &heights)
        .scatter("saddle", &points(&critical.saddles))
        .scatter("minimum", &points(&critical.minima))
}

fn outcomes(case: &GaborCase, reached: &[bool]) -> Chart {
    let having = |wanted: bool| -> Vec<(f64, f64)> {
        let pairs = case.starts.iter().zip(reached).filter(|&(_, reached)| *reached == wanted);
        pairs.map(|(start, _)| (start[0], start[1])).collect()
    };
    plane(case).scatter("reaches the lowest basin", &having(true)).scatter("does not", &having(false))
}
