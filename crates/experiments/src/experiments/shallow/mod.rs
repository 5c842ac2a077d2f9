//! Shallow networks and what they can represent (S13, S6): joints, regions, layers without a non-linearity, composition, depth, and rings
//! in two coordinate systems.

mod depth;
mod family;
mod figures;
mod lesson;
mod linear_layers;
mod outputs;
mod regions;
mod rings;
mod settings;
mod space;
mod trained;

use self::family::{Shallow, count_pieces, well_spread};
use self::regions::{BendLine, bound, count_faces, count_patterns};
use crate::prelude::*;
use zoo_mlp::MlpConfig;

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "shallow",
    sources: &[SourceSection(13)],
    title: "Shallow networks: joints, regions, composition, rings",
    says: "Three ReLU units make four straight pieces with joints where a unit switches. D units on D_i inputs make at \
         most sum over j <= D_i of (D over j) regions: 7 for three units on two inputs, 8, 26 and 64 for 3, 5 and 7 \
         on three. Layers without a non-linearity collapse into one matrix W* = W2 W1, of rank at most the narrowest \
         layer. Composing two networks multiplies their regions, and more layers help. Points in rings cannot be \
         parted by a line as (x, y), and can as (r, theta).",
    lesson: &lesson::LESSON,
    settings: settings::DECLARED,
    run,
};

fn run(settings: &Setup) -> Result<Findings> {
    let mut findings = Findings::default();
    three_units(settings, &mut findings)?;
    outputs::shared_units(settings, &mut findings)?;
    parameter_count(settings, &mut findings);
    regions_in_the_plane(settings, &mut findings);
    drawn_regions(&mut findings);
    space::regions(settings, &mut findings);
    trained::regions(settings, &mut findings)?;
    linear_layers::collapse(settings, &mut findings)?;
    composition(settings, &mut findings);
    depth::more_layers(settings, &mut findings)?;
    trained::rings(settings, &mut findings)?;
    Ok(findings)
}

fn three_units(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let members = settings.choose(10_000, 1000);
    let mut off_line = 0.0_f64;
    let mut of_four_pieces = 0;
    for stream in 0..members {
        let member = Shallow::random(3, &mut Stream::numbered(settings.seed, stream));
        of_four_pieces += usize::from(count_pieces(std::slice::from_ref(&member)) == 4);
        off_line = larger(off_line, distance_to_chords(&member));
    }
    findings
        .claiming("A network of three units has four straight pieces: fraction of random members")
        .is(of_four_pieces as f64 / members as f64, Exactly(1.0))
        .claiming("Between the joints -theta_k0 / theta_k1 it is straight: largest distance to the chord, relative")
        .is(off_line, AtMost(1e-9))
        .panels(
            "family",
            "Three ReLU units and their sum",
            "Three hidden units by themselves, each with its joint (left), and their sum (right): four straight \
             pieces whose slopes are the sums of the slopes of the units active there.",
            2,
            figures::family(&well_spread(settings.seed, 60_000)?),
        );
    Ok(())
}

/// How far a network lies from the straight line between its neighboring joints, at their middle.
fn distance_to_chords(network: &Shallow) -> f64 {
    let joints = network.joints();
    let pairs = joints.windows(2).map(|pair| {
        let ends = [network.value(pair[0]), network.value(pair[1])];
        let middle = network.value((pair[0] + pair[1]) / 2.0);
        (middle - (ends[0] + ends[1]) / 2.0).abs() / (1.0 + ends[0].abs() + ends[1].abs())
    });
    pairs.fold(0.0, larger)
}

/// `D_i D + D` into the hidden layer, `D D_o + D_o` out of it, against the zoo's own perceptron.
fn parameter_count(settings: &Setup, findings: &mut Findings) {
    let mut random = Stream::numbered(settings.seed, 20_000);
    let networks = settings.choose(200, 50);
    let mut wrong = 0;
    for _ in 0..networks {
        let [inputs, units, outputs] = [0; 3].map(|_: i32| 1 + random.index(40));
        let formula = inputs * units + units + units * outputs + outputs;
        let network = MlpConfig { hidden: vec![units], ..MlpConfig::default() }.init(inputs, outputs, &Device::flex());
        wrong += usize::from(network.num_params() != formula);
    }
    findings
        .claiming("A network has D_i D + D + D D_o + D_o parameters: networks for which the formula is wrong")
        .is(wrong as f64, Exactly(0.0))
        .measured_with(format!(" of {networks}"));
}

/// So many units make up the networks whose regions are counted.
const UNITS: [usize; 9] = [1, 2, 3, 4, 6, 8, 12, 16, 24];

/// Regions of random units on one input, and on two, counted by what the units do and by drawing lines, against the bound.
fn regions_in_the_plane(settings: &Setup, findings: &mut Findings) {
    let repetitions = settings.choose(100, 10);
    let mut rows = Vec::new();
    let (mut counted, mut off_bound, mut disagreements, mut off_pieces) = (0, 0, 0, 0);
    for units in UNITS {
        let bound = bound(units, 2);
        let (mut seen, mut pieces) = (0, 0);
        for stream in 0..repetitions {
            let mut random = Stream::numbered(settings.seed, 30_000 + stream);
            let lines = random_lines(units, &mut random);
            pieces = count_pieces(&[Shallow::random(units, &mut random)]);
            off_pieces += usize::from(pieces as u64 != self::bound(units, 1));
            let Some(count) = count_patterns(&lines) else { continue };
            counted += 1;
            off_bound += usize::from(count != bound);
            disagreements += usize::from(count != count_faces(&lines));
            seen = count;
        }
        rows.push(
            [units as u64, self::bound(units, 1), pieces as u64, bound, seen].map(|count| count.to_string()).to_vec(),
        );
    }
    findings
        .claim("Three units on two inputs make at most", bound(3, 2) as f64, Exactly(7.0))
        .claiming("On one input D units make D + 1 pieces: random networks of 1 to 24 units which make others")
        .is(off_pieces as f64, Exactly(0.0))
        .claiming("On two inputs the lines of random units are in general position: networks that could be counted")
        .is(counted as f64, Exactly((UNITS.len() as u64 * repetitions) as f64))
        .claiming("Generic units meet the bound: random networks whose regions, counted, are not as many")
        .is(off_bound as f64, Exactly(0.0))
        .measured_with(format!(" of {counted}"))
        .claim("Both ways of counting agree: networks where they do not", disagreements as f64, Exactly(0.0))
        .table(
            "Regions of generic units",
            &[
                "units D",
                "bound on one input, D + 1",
                "counted on one input",
                "bound on two inputs",
                "counted on two inputs",
            ],
            rows,
        );
}

/// Three lines around a triangle.
const TRIANGLE: [BendLine; 3] = [[0, 100, 80], [180, -110, 92], [-180, -90, 108]];

/// The seven regions of three units, found by looking at points of the plane.
fn drawn_regions(findings: &mut Findings) {
    let (charts, seen) = figures::regions(&TRIANGLE, [1.0, -1.2, 0.8]);
    findings
        .claiming("Three units drawn on 200 x 200 points of the plane: patterns of active units seen")
        .is(seen as f64, Exactly(bound(3, 2) as f64))
        .panels(
            "regions",
            "Regions of three units on two inputs",
            "Three units on two inputs. Left: one color for each pattern of active units; of eight patterns one \
             (none active, here) would need a point on the far side of all three lines, and there is none. Right: \
             the level lines of a network of these units are straight in each region and bend where a unit switches.",
            2,
            charts,
        );
}

/// Whole coefficients up to a million: three lines through one point are as good as impossible, and `count_patterns` would notice.
fn random_lines(units: usize, random: &mut Stream) -> Vec<BendLine> {
    let mut coefficient = || random.uniform(-1e6, 1e6) as i64;
    (0..units).map(|_| [coefficient(), coefficient(), coefficient()]).collect()
}

/// Pieces of networks applied to each other's output, against those of one shallow network with as many parameters.
fn composition(settings: &Setup, findings: &mut Findings) {
    let mut rows = Vec::new();
    let depths = settings.choose(1..=6, 1..=4);
    let mut all_multiply = true;
    for depth in depths {
        let pieces = count_pieces(&vec![Shallow::fold(); depth]);
        let parameters = 10 * depth;
        // One input and one output: 3 D + 1 parameters, D + 1 pieces.
        let shallow = (parameters - 1) / 3 + 1;
        all_multiply &= pieces == 4_usize.pow(depth as u32);
        rows.push([depth, parameters, pieces, shallow].map(|count| count.to_string()).to_vec());
    }
    let two = count_pieces(&[Shallow::fold(), Shallow::fold()]);
    findings
        .claiming("Two composed networks of three units exceed the 7 pieces of a shallow one with 20 parameters")
        .is(two as f64, AtLeast(8.0))
        .claiming("Composing multiplies: k networks of 4 pieces make")
        .comes_out("4^k", if all_multiply { "4^k" } else { "other counts" }, all_multiply)
        .table(
            "Folds composed",
            &["networks", "parameters", "pieces", "pieces of a shallow network with as many parameters"],
            rows,
        )
        .panels(
            "folds",
            "A fold and its compositions",
            "A network of three units that folds the line (left), applied to its own output (right) and once more \
             (below), each cut off below 0: every piece of the first becomes a whole copy of the next, 4, 16, 64 \
             pieces from 10, 20, 30 parameters.",
            2,
            figures::folds(),
        );
    random_compositions(settings, findings);
}

fn random_compositions(settings: &Setup, findings: &mut Findings) {
    let pairs = settings.choose(5000_u64, 500);
    let count = |stream| {
        let mut random = Stream::numbered(settings.seed, 40_000 + stream);
        count_pieces(&[Shallow::random(3, &mut random), Shallow::random(3, &mut random)])
    };
    let counts: Vec<usize> = (0..pairs).map(count).collect();
    let beyond = counts.iter().filter(|count| **count > 7).count();
    let most = counts.iter().copied().max().unwrap_or(0);
    let (low, high) = fraction_interval(beyond, counts.len());
    findings
        .claiming("No composition of two networks of four pieces has more than 16: most found at random")
        .is(most as f64, AtMost(16.0))
        .note(format!(
            "Depth makes many pieces possible, not likely: of {} random pairs of three-unit networks, all parameters \
             standard normal, {} ({} to {}, 95 %) have more than the 7 pieces of a shallow network with as many \
             parameters.",
            counts.len(),
            number(beyond as f64 / counts.len() as f64),
            number(low),
            number(high)
        ));
}
