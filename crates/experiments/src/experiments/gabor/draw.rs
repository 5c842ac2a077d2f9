//! The loss surface with paths, starts and what became of them.

use super::Critical;
use super::case::{Fate, GaborCase, LARGEST, Way};
use super::pairs::find;
use crate::prelude::*;
use zoo_toys::gabor::EXAMPLES;

pub(super) fn surface(case: &GaborCase, ways: &[Way], critical: &Critical, findings: &mut Findings) -> Result<()> {
    let (name, file, few) = (case.setting.name, case.setting.file, case.batch);
    let (mut surface, mut paths) = (vec![landscape(case, critical)], Vec::new());
    for (heading, batch) in
        [(format!("all {EXAMPLES} examples per step"), EXAMPLES), (format!("{few} examples per step"), few)]
    {
        surface.push(outcomes(find(ways, batch, LARGEST)?, case, plane(case).heading(&heading)));
        paths.push(of_five_starts(case, batch, plane(case).heading(&heading))?);
    }
    let caption = format!(
        "The loss surface of {name} with its saddles and minima, and what becomes of descent from every start at the \
         rate 1 / lambda_max, on all examples and on {few} per step."
    );
    findings.panels(&format!("surface_{file}"), "Loss surface and starts", caption, 2, surface);
    let caption = format!(
        "{name}: level lines of the loss, a factor of 1.5 apart, and paths from the same five starts, ring to dot, \
         at the rate 1 / lambda_max; some leave the plane. Descent on all examples follows the slope into the next \
         hollow; on {few} per step it wanders, and may cross a ridge either way."
    );
    findings.panels(&format!("paths_{file}"), "Paths", caption, 2, paths);
    Ok(())
}

fn plane(case: &GaborCase) -> Chart {
    let [[left, right], [low, high]] = case.setting.bounds;
    Chart::new(Axis::linear("phi_0").range(left..right), Axis::linear("phi_1").range(low..high))
}

fn field(case: &GaborCase, value: impl Fn(f64) -> f64) -> Field {
    let [[left, right], [low, high]] = case.setting.bounds;
    Field::sample(left..right, low..high, [80, 80], |x, y| value(case.sample.loss([x, y])))
}

fn landscape(case: &GaborCase, critical: &Critical) -> Chart {
    let points = |places: &[[f64; 2]]| places.iter().copied().map(<(f64, f64)>::from).collect::<Vec<_>>();
    plane(case)
        .heading("loss")
        .heat("log10 of the loss", &field(case, f64::log10))
        .scatter("saddle", &points(&critical.saddles))
        .scatter("minimum", &points(&critical.minima))
}

fn outcomes(way: &Way, case: &GaborCase, chart: Chart) -> Chart {
    let having = |wanted: Fate| -> Vec<(f64, f64)> {
        let pairs = case.starts.iter().zip(&way.fates).filter(|(_, fate)| **fate == wanted);
        pairs.map(|(start, _)| (start[0], start[1])).collect()
    };
    chart
        .scatter("reaches the lowest basin", &having(Fate::Lowest))
        .scatter("rests in another minimum", &having(Fate::Other))
        .scatter("still moving", &having(Fate::Moving))
}

fn of_five_starts(case: &GaborCase, batch: usize, chart: Chart) -> Result<Chart> {
    let starts = &case.starts[..5];
    let mut walks = vec![starts.to_vec()];
    case.walk(starts, batch, &case.constant(1.0), |places| walks.push(places.to_vec()))?;
    let path = |start: usize| -> Vec<(f64, f64)> {
        // The first steps are the long ones; later every tenth is enough.
        let shown = walks.iter().enumerate().filter(|(step, _)| *step < 60 || step % 10 == 0);
        shown.map(|(_, places)| (places[start][0], places[start][1])).collect()
    };
    let levels: Vec<f64> = (-12..3).map(|power| 1.5_f64.powi(power)).collect();
    let chart = chart.contours(&field(case, |loss| loss), &levels);
    Ok((0..starts.len()).fold(chart, |chart, start| chart.path(&format!("start {}", start + 1), &path(start))))
}
