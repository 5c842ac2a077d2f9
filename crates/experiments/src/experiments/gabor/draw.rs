//! The loss surface with paths, starts and what became of them.

use super::case::GaborCase;
use super::setting::{Critical, EXAMPLES};
use super::ways::{Fate, Way, find};
use crate::prelude::*;

const RATE: &str = "1 / lambda_max";

pub(super) fn surface(
    case: &GaborCase,
    ways: &[Way],
    critical: &Critical,
    settings: &Setup,
    findings: &mut Findings,
) -> Result<()> {
    let few = case.batch;
    let headings = [(format!("all {EXAMPLES} examples per step"), EXAMPLES), (format!("{few} examples per step"), few)];
    let name = case.setting.name;
    let mut charts = vec![landscape(case, critical)];
    for (heading, batch) in &headings {
        charts.extend(find(ways, *batch, RATE).map(|way| outcomes(way, case, plane(case).heading(heading))));
    }
    let caption = format!(
        "The loss surface of {name} with its saddles and minima, and what becomes of descent from every start at the \
         rate 1 / lambda_max, on all examples and on {few} per step."
    );
    findings.panels(&format!("surface_{}", case.setting.file), "Loss surface and starts", caption, 2, charts);
    let charts = headings.iter().map(|(heading, batch)| paths(case, *batch, settings, plane(case).heading(heading)));
    let caption = format!(
        "{name}: level lines of the loss, a factor of 1.5 apart, and paths from the same five starts, ring to dot, \
         at the rate 1 / lambda_max; some leave the plane. Descent on all examples follows the slope into the next \
         hollow; on {few} per step it wanders, and may cross a ridge either way."
    );
    findings.panels(&format!("paths_{}", case.setting.file), "Paths", caption, 2, charts.collect::<Result<_>>()?);
    fractions(case, ways, findings);
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
    let points = |places: &[[f64; 2]]| places.iter().map(|place| (place[0], place[1])).collect::<Vec<_>>();
    plane(case)
        .heading("loss")
        .heat("log10 of the loss", &field(case, f64::log10))
        .scatter("saddle", &points(&critical.saddles))
        .scatter("minimum", &points(&critical.minima))
}

fn paths(case: &GaborCase, batch: usize, settings: &Setup, chart: Chart) -> Result<Chart> {
    let starts = &case.starts[..5];
    let walks = case.descent(settings).walks(starts, batch, &case.constant(1.0))?;
    let path = |start: usize| -> Vec<(f64, f64)> {
        // The first steps are the long ones; later every tenth is enough.
        let shown = walks.iter().enumerate().filter(|(step, _)| *step < 60 || step % 10 == 0);
        shown.map(|(_, places)| (places[start][0], places[start][1])).collect()
    };
    let levels: Vec<f64> = (-12..3).map(|power| 1.5_f64.powi(power)).collect();
    let chart = chart.contours(&field(case, |loss| loss), &levels);
    Ok((0..starts.len()).fold(chart, |chart, start| chart.path(&format!("start {}", start + 1), &path(start))))
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

/// The fraction by batch size and rate.
fn fractions(case: &GaborCase, ways: &[Way], findings: &mut Findings) {
    let mut chart = Chart::new(Axis::log("examples per step"), Axis::linear("fraction that reaches the lowest basin"));
    for rate in ["1 / (5 lambda_max)", RATE, "falling from there"] {
        let chosen: Vec<&Way> = ways.iter().filter(|way| way.rate == rate).collect();
        if chosen.is_empty() {
            continue;
        }
        let fractions: Vec<_> = chosen.iter().map(|way| (way.batch as f64, way.fraction())).collect();
        let whiskers: Vec<_> =
            chosen.iter().map(|way| (way.batch as f64, way.interval().0, way.interval().1)).collect();
        chart = chart.line(rate, &fractions).intervals(rate, &whiskers);
    }
    let caption = format!(
        "Fraction of the starts that reach the lowest basin, {}, by the number of examples per step and the learning \
         rate, with Wilson's 95 % intervals; 28 is plain gradient descent.",
        case.setting.name
    );
    let name = format!("shares_{}", case.setting.file);
    findings.figure(&name, "Fractions by batch size", caption, chart);
}
