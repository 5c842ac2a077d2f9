//! Whether more layers help.
//!
//! Depth makes functions of few parameters possible that a shallow network needs many for: composed folds, above. Whether training finds
//! any use for them is another question, and what is measured here: digits read by networks of none to four hidden layers of 16 units.

use super::settings::WIDTH;
use crate::digits::{Course, Digits, accuracy};
use crate::prelude::*;
use zoo_mlp::MlpConfig;

const MOST: usize = 4;

pub(super) fn check(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let all = Digits::all()?;
    let (splits, width) = (settings.choose(8, 3), settings.whole(WIDTH));
    let mut found = vec![Vec::new(); MOST + 1];
    let mut learned = Vec::new();
    for split in 0..splits {
        let (training, test) = all.split(1000, &mut Stream::numbered(settings.seed, 72_000 + split));
        for (layers, found) in found.iter_mut().enumerate() {
            let config = MlpConfig { hidden: vec![width; layers], ..MlpConfig::default() };
            let course = Course { optimizer: ADAM, rate: 0.01, steps: settings.choose(500, 300), batch: 50 };
            let network = training.classifier(&config, &course, settings.seed.wrapping_add(1000 * split));
            let right = |digits: &Digits| accuracy(network.forward(digits.tensors(&Device::flex()).0), &digits.classes);
            found.push(right(&test)?);
            if layers == MOST {
                learned.push(right(&training)?);
            }
        }
    }
    let gain = Mean::over(found[MOST].iter().zip(&found[1]).map(|(most, one)| most - one));
    findings
        .claiming("Four hidden layers are trained as well: digits learned from that are right, mean")
        .is(Mean::of(&learned).value, AtLeast(settings.choose(0.97, 0.95)))
        .claiming("More layers help: new digits right, gain of four hidden layers over one, lower end (95 %)")
        .should_be(
            gain.interval().0,
            Above(0.0),
            "One hidden layer of 16 units reads these digits as well as its width lets it. Each further layer is \
             another one to train from the same 1000 digits, and through which all has to pass. What deeper networks \
             gain on photographs they gain by composing features, of which 8 x 8 pixels have few.",
        )
        .known_as("more_layers")
        .measured_with(format!(" ({gain}, {splits} splits)"))
        .table(
            format!(
                "New digits right by hidden layers of {width} ReLU units, 1000 learned from (± 95 %, {splits} splits)"
            ),
            &["hidden layers", "new digits right"],
            found.iter().enumerate().map(|(layers, found)| row![layers, Mean::of(found)]).collect(),
        );
    Ok(())
}
