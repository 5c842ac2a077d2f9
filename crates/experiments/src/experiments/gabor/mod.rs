//! The Gabor model (S14): a loss surface with local minima and saddles, and who gets out of them.
//!
//! Both parameters of the [model](zoo_toys::gabor) stand inside a sine and an exponential, so its loss over 28 examples has several
//! [hollows](critical_points). Plain gradient descent, on all examples a step, ends in the hollow that it starts in. On a batch of a few,
//! drawn by permuted epochs, its gradient has noise, by which starts that are stuck may be [freed, and others misled](pairs).
//!
//! The notes give no data. Their form of the model is run beside Prince's, from whose book it comes, with his parameters: what the notes say
//! of such a surface is [held against both](claim_of), and may fail on his.

mod lesson;
mod settings;

mod case;
mod pairs;

mod errata;

mod draw;

use self::case::GaborCase;
use crate::prelude::*;
use zoo_toys::gabor::{Form, SETTINGS};

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "gabor",
    sources: &[SourceSection(14)],
    title: "The Gabor model: stuck by the start, freed by noise",
    says: "The loss of f[x, phi] = sin(phi_0 + phi_1 x) exp(-phi_1^2 x^2) has local minima and saddles. Plain gradient \
         descent gets stuck by where it starts; the noise of mini-batches, drawn without replacement, gets some \
         starts out.",
    lesson: &lesson::LESSON,
    settings: settings::DECLARED,
    run,
};

fn run(settings: &Setup) -> Result<Findings> {
    let mut findings = Findings::default();
    for (stream, setting) in SETTINGS.iter().enumerate() {
        let case = GaborCase::draw(setting, stream as u64, settings);
        let critical = critical_points(&case, settings.choose(60, 30));
        count(&case, &critical, &mut findings);
        let [kept, falling] = case.descend()?;
        pairs::judge(setting, &case.few(), [&kept, &falling], &mut findings);
        draw::surface(&case, &kept, &critical, &mut findings);
    }
    errata::linear_model(settings, &mut findings);
    findings.note(
        "What counts as reached: from where the walk ends, descent on all examples goes on, at rates of its own and \
         with Newton's steps where the loss curves up, until the slope is below 1e-8 or 3000 steps are over; it has \
         reached the lowest basin if that ends at less than 5 % of the way from the lowest loss to that of a model \
         that always answers 0. The rate 1 / lambda_max, of the Hessian at the lowest point, is half of what would \
         diverge there on all examples. On few it is not safe: where the Hessian of a batch is above twice \
         lambda_max, its step leads away from the lowest point. Batch size and rates were chosen before the \
         comparison was run.",
    );
    Ok(findings)
}

/// Claims it of Prince's form, where it can fail. Of the notes' form, which comes without data, it holds or differs, for this reason.
fn claim_of<'a>(
    form: Form,
    sentence: String,
    (measured, check): (f64, Check),
    reason: &str,
    findings: &'a mut Findings,
) -> &'a mut Findings {
    match form {
        Form::Notes => findings.claiming(sentence).should_be(measured, check, reason),
        Form::Prince => findings.claim(sentence, measured, check),
    }
}

const HARDLY_ONE_SWING: &str = "Not in every sample of 28 noisy examples: this envelope leaves hardly more than one \
                                swing of the sine, so the data decide whether the plain around the lowest basin has \
                                hollows of its own.";

/// Where the loss has no slope, in the rectangle of the starts.
struct Critical {
    minima: Vec<[f64; 2]>,
    saddles: Vec<[f64; 2]>,
}

/// What Newton's method finds from a grid of `side` times `side` places, each point once, sorted by the signs of the curvatures.
fn critical_points(case: &GaborCase, side: usize) -> Critical {
    let GaborCase { sample, setting, .. } = case;
    let [across, up] = setting
        .bounds
        .map(|[low, high]| (0..side).map(move |place| low + (high - low) * (place as f64 + 0.5) / side as f64));
    let grid = across.flat_map(|x| up.clone().map(move |y| [x, y]));
    let mut found: Vec<[f64; 2]> = Vec::new();
    for place in grid.filter_map(|start| sample.critical_point(start)) {
        let is_inside = place.iter().zip(setting.bounds).all(|(part, [low, high])| (low..=high).contains(part));
        if is_inside && found.iter().all(|other| largest_gap(other, &place) > 1e-5) {
            found.push(place);
        }
    }
    let having = |signs: fn([f64; 2]) -> bool| -> Vec<[f64; 2]> {
        found.iter().copied().filter(|place| signs(sample.curvatures(*place))).collect()
    };
    Critical { minima: having(|[low, _]| low > 1e-6), saddles: having(|[low, high]| low < -1e-6 && high > 1e-6) }
}

/// Local minima beside the lowest ones, of which the notes' form has two by symmetry, and saddles.
fn count(case: &GaborCase, critical: &Critical, findings: &mut Findings) {
    let losses: Vec<f64> = critical.minima.iter().map(|place| case.sample.loss(*place)).collect();
    let lowest = losses.iter().copied().fold(f64::INFINITY, f64::min);
    let others = losses.iter().filter(|loss| **loss >= lowest * (1.0 + 1e-6)).count();
    for (what, count) in [("other, local minima", others), ("saddles", critical.saddles.len())] {
        let sentence = format!("{}: the loss has {what}: how many", case.setting.name);
        claim_of(case.setting.form, sentence, (count as f64, AtLeast(1.0)), HARDLY_ONE_SWING, findings);
    }
}
