//! What the notes say of Xavier and sigmoid: the mean square stays, but for another reason than with tanh.

use zoo_mlp::Activation;

use super::signal::Deep;
use crate::initializers::XAVIER;
use crate::prelude::*;

/// Six layers: further down, single precision hides what is left.
const LAYERS: usize = 6;
/// From this layer on, counted from 0, differences are small against the values, as theory wants them.
const SMALL: usize = 2;

/// The mean square of a sigmoid network is that of its mean answer, about one half; what tells examples apart is the variance over them.
pub(super) fn xavier_and_sigmoid(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let width = settings.choose(192, 128);
    let deep = Deep { weights: XAVIER, activation: Some(Activation::Sigmoid), width, layers: LAYERS };
    let networks = settings.choose(40, 10);
    let spreads = (0..networks)
        .map(|stream| deep.spread(&mut Stream::numbered(settings.seed, 70_000 + stream)))
        .collect::<Result<Vec<_>>>()?;
    let kept = Mean::over(spreads.iter().map(|spread| spread[LAYERS - 1] / spread[0]));
    let small = (LAYERS - 1 - SMALL) as f64;
    let factor = |spread: &Vec<f64>| (spread[LAYERS - 1] / spread[SMALL]).powf(1.0 / small);
    let factor = Mean::over(spreads.iter().map(factor));
    let expected = theory();
    findings
        .claiming(format!("Xavier keeps sigmoid networks' variance over examples: layer {LAYERS} over the first"))
        .should_be(
            kept.value,
            Near(1.0, 0.1),
            "The mean square does stay, but as that of a common answer of about one half. The differences between \
             examples pass every sigmoid by its slope, which is at most 1/4, and Xavier's weights do not make up for \
             it: after a few layers all examples look alike.",
        )
        .known_as("xavier_sigmoid")
        // A network's factor over three layers scatters by some per cent at these widths.
        .claiming("Instead the variance over examples shrinks by E[sigma'(z)^2] per layer, from the third on: factor")
        .is(factor.value, Near(expected, settings.choose(0.05, 0.15) * expected))
        .measured_with(format!(" ± {} (95 %, {networks} networks)", number(factor.half_width())));
    Ok(())
}

/// `E[sigma'(z)^2]` at the mean square that sigmoid layers of weights of variance 1/n settle at.
fn theory() -> f64 {
    let square = (0..50).fold(1.0, |square, _| normal_mean(square, |z| sigmoid(z).powi(2)));
    normal_mean(square, |z| (sigmoid(z) * sigmoid(-z)).powi(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_shrink_to_about_an_eighteenth() {
        assert!((theory() - 1.0 / 18.0).abs() < 1e-3, "{}", theory());
    }
}
