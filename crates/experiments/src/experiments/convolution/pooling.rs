//! Largest and mean of windows: what each keeps.

use super::by_hand::{Image, Pooling, pool, pool_by_burn};
use super::figures;
use super::filters::digits;
use crate::prelude::*;

/// What both ways of pooling keep of digits, and how much they change when the digit moves by a pixel.
pub(super) fn kept(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let digits = digits(settings.choose(1797, 100))?;
    let digit = digits.first().context("no digits")?;
    let (mut lost_maximum, mut off_mean, mut below) = (0, 0.0_f64, 0);
    for one in &digits {
        // A digit's values are whole numbers, a window's mean one of four of them: exact in f32.
        let [most, mean] = [Pooling::Max, Pooling::Average].map(|kind| pool_by_burn(one, 2, 2, kind));
        let (most, mean) = (most?, mean?);
        let [largest, pooled_largest] = [one, &most].map(|image| image.values.iter().copied().fold(0.0, larger));
        lost_maximum += usize::from(largest != pooled_largest);
        off_mean = larger(off_mean, (Mean::of(&one.values).value - Mean::of(&mean.values).value).abs());
        below += most.values.iter().zip(&mean.values).filter(|(most, mean)| most < mean).count();
    }
    findings
        .claim("Burn's max pooling keeps the brightest pixel: digits that lose it", lost_maximum as f64, Exactly(0.0))
        .measured_with(format!(" of {}", digits.len()))
        .claim("Its average pooling keeps the mean brightness: largest difference", off_mean, AtMost(1e-9))
        .claiming("The largest, by Burn, is never below the mean, by Burn: windows where it is")
        .is(below as f64, Exactly(0.0))
        .panels(
            "pools",
            "Max and average pooling",
            "A digit and both ways of pooling windows of 2 x 2 at stride 2. The largest value keeps thin strokes at \
             full strength and widens them; the mean keeps the amount of ink.",
            3,
            figures::pools(digit),
        )
        .table(
            "A digit moved by one pixel",
            &[
                "seen through",
                "change in % of its size",
                "95 % interval",
                "distance to the next digit in %",
                "change over distance",
            ],
            moved(&digits),
        )
        .note(
            "The last column of the table is its yardstick. A pool makes the change smaller that moving a digit by \
             one pixel makes, but it brings different digits nearer to each other too: only below 1 is a moved digit \
             nearer to itself than the next one of the list is, and only a fall of this ratio would say that the \
             pool overlooks the move rather than the digit.",
        );
    Ok(())
}

/// How much digits change when moved one pixel to the right, as they are and after pooling, and how far they are from the next digit.
fn moved(digits: &[Image]) -> Vec<Vec<String>> {
    let row = |name: &str, view: &dyn Fn(&Image) -> Image| {
        let changes: Vec<f64> =
            digits.iter().map(|digit| 100.0 * change(&view(digit), &view(&to_the_right(digit)))).collect();
        let mean = Mean::of(&changes);
        let (low, high) = mean.interval();
        let others: Vec<f64> = digits.windows(2).map(|pair| 100.0 * change(&view(&pair[0]), &view(&pair[1]))).collect();
        let other = Mean::of(&others).value;
        row![name, mean.value, format!("{} to {}", number(low), number(high)), other, mean.value / other]
    };
    vec![
        row("nothing", &Image::clone),
        row("max pooling, 2 x 2", &|digit| pool(digit, 2, 2, Pooling::Max)),
        row("average pooling, 2 x 2", &|digit| pool(digit, 2, 2, Pooling::Average)),
        row("max pooling, 4 x 4", &|digit| pool(digit, 4, 4, Pooling::Max)),
        row("average pooling, 4 x 4", &|digit| pool(digit, 4, 4, Pooling::Average)),
    ]
}

/// The Euclidean length of the difference, relative to that of the image.
fn change(image: &Image, other: &Image) -> f64 {
    let squares: f64 = image.values.iter().zip(&other.values).map(|(one, other)| (one - other).powi(2)).sum();
    (squares / image.values.iter().map(|value| value * value).sum::<f64>()).sqrt()
}

fn to_the_right(image: &Image) -> Image {
    let shifted = |row: &[f64]| [&[0.0], &row[..row.len() - 1]].concat();
    Image { values: image.values.chunks_exact(image.width).flat_map(shifted).collect(), ..*image }
}
