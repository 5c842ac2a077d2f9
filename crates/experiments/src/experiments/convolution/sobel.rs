//! The Sobel filters, on planes and on digits.

use super::by_hand::{BURN, Image, Slide, by_library, convolve};
use super::figures;
use super::filters::{ACROSS, DOWN, PLAIN, digits, magnitude};
use crate::prelude::*;

/// Sobel's filters on planes, where their answer is known, and on a real digit.
pub(super) fn edges(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let digits = digits(settings.choose(500, 50))?;
    let digit = digits.first().context("no digits")?;
    let filters = [Image::from_rows(&ACROSS), Image::from_rows(&DOWN)];
    let around = Slide { stride: 1, padding: 1 };
    let mut apart = 0.0_f64;
    for one in &digits {
        apart = larger(apart, by_library(BURN, one, &filters, around)?.distance(&convolve(one, &filters, around)));
    }
    let answer = |filter: &Image| convolve(digit, std::slice::from_ref(filter), around);
    let [across, down] = [answer(&filters[0]), answer(&filters[1])];
    findings
        .claim("Sobel edges of digits by Burn are the sums written out: largest difference", apart, Exactly(0.0))
        .measured_with(format!(" ({} digits, whole numbers)", digits.len()))
        .claiming("A plane a x + b y answers 8 a across and 8 b down: largest difference over random planes")
        .is(off_planes(settings)?, AtMost(1e-4))
        .claiming("With zeros around it, an even surface of brightness 1 has an edge at its border: largest |G_x|")
        .is(
            convolve(&Image { values: vec![1.0; 64], ..*digit }, &filters[..1], around)
                .values
                .iter()
                .fold(0.0, |most, x| larger(most, x.abs())),
            Exactly(4.0),
        )
        .panels(
            "edges",
            "Sobel edges of a digit",
            "A handwritten zero, 8 x 8 pixels, under both Sobel filters: across, borders where ink begins are bright \
             and where it ends dark; down, the same for upper and lower borders; the size of both together outlines \
             the stroke on both sides.",
            2,
            figures::edges(digit, [&across, &down]),
        )
        .panels(
            "slides",
            "Padding and stride",
            "The same edges, across (upper row) and down (lower row): without padding the 6 x 6 places where the \
             filter fits; with one row of zeros as large as the image; at stride 2 every second of them.",
            3,
            figures::slides(digit),
        )
        .table(
            "Edges by kind of pixel",
            &["pixels", "count", "mean size of the edge"],
            edge_rows(digit, &magnitude(&across, &down)),
        );
    Ok(())
}

/// The largest difference of Burn's answer to a plane from 8 times its slopes.
fn off_planes(settings: &Setup) -> Result<f64> {
    let mut random = Stream::numbered(settings.seed, 2);
    let mut apart = 0.0_f64;
    for _ in 0..settings.choose(100, 20) {
        let (a, b, c) = (random.uniform(-1.0, 1.0), random.uniform(-1.0, 1.0), random.uniform(-1.0, 1.0));
        let values = (0..64).map(|place| a * f64::from(place % 8) + b * f64::from(place / 8) + c).collect();
        let plane = Image { channels: 1, height: 8, width: 8, values };
        let found = by_library(BURN, &plane, &[Image::from_rows(&ACROSS), Image::from_rows(&DOWN)], PLAIN)?;
        let wanted = [vec![8.0 * a; 36], vec![8.0 * b; 36]].concat();
        apart = larger(apart, found.distance(&Image { channels: 2, height: 6, width: 6, values: wanted }));
    }
    Ok(apart)
}

fn edge_rows(digit: &Image, edges: &Image) -> Vec<Vec<String>> {
    let row = |name: &str, belongs: fn(f64) -> bool| {
        let pairs = digit.values.iter().zip(&edges.values).filter(|(ink, _)| belongs(**ink));
        let sizes: Vec<f64> = pairs.map(|(_, edge)| *edge).collect();
        row![name, sizes.len(), Mean::of(&sizes).value]
    };
    vec![
        row("paper, ink below 64", |ink| ink < 64.0),
        row("half ink", |ink| (64.0..192.0).contains(&ink)),
        row("full ink, 192 and more", |ink| ink >= 192.0),
    ]
}
