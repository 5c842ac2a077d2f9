//! Colors. Three of them stand for a role and are exchanged when the reader prefers a dark page.

use std::fmt;

/// Red, green and blue, each from 0 to 255.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Color(u8, u8, u8);

impl fmt::Display for Color {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Color(red, green, blue) = self;
        write!(formatter, "#{red:02X}{green:02X}{blue:02X}")
    }
}

/// Text, axes, outlines.
pub(crate) const INK: Color = Color(0x1A, 0x1B, 0x1C);
/// Lines behind everything else.
pub(crate) const GRID: Color = Color(0xD9, 0xDA, 0xDB);
/// The page.
pub(crate) const PAPER: Color = Color(0xFE, 0xFE, 0xFD);

/// How much of a band's color covers what lies behind it.
pub(crate) const BAND: f64 = 0.25;

/// Okabe and Ito's colors for series, told apart with every kind of color vision; their black is our ink, their yellow, which
/// hardly shows on white, comes last.
const SERIES: [Color; 7] = [
    Color(0x00, 0x72, 0xB2),
    Color(0xD5, 0x5E, 0x00),
    Color(0x00, 0x9E, 0x73),
    Color(0xCC, 0x79, 0xA7),
    Color(0xE6, 0x9F, 0x00),
    Color(0x56, 0xB4, 0xE9),
    Color(0xF0, 0xE4, 0x42),
];

/// What a dark page shows in place of a color that is too dark for it, and the roles.
pub(crate) const DARK: [(Color, &str); 4] =
    [(INK, "#E8E8E6"), (GRID, "#3B3E42"), (PAPER, "#16181B"), (SERIES[0], "#3D9BD6")];

/// The color of a series by its place in the legend, and whether it comes round again and must differ by its dashes.
pub(crate) fn series(place: usize) -> (Color, bool) {
    (SERIES[place % SERIES.len()], place >= SERIES.len())
}

/// Viridis at eight places: brightness rises evenly, so it also works in gray.
const VIRIDIS: [[f64; 3]; 8] = [
    [68.0, 1.0, 84.0],
    [70.0, 50.0, 126.0],
    [54.0, 92.0, 141.0],
    [39.0, 127.0, 142.0],
    [31.0, 161.0, 135.0],
    [74.0, 193.0, 109.0],
    [160.0, 218.0, 57.0],
    [253.0, 231.0, 37.0],
];

/// How many colors a heat map has: few enough for cells of one color to be drawn as one.
pub(crate) const HEAT_STEPS: usize = 24;

/// The color of step `step` of [`HEAT_STEPS`].
pub(crate) fn heat(step: usize) -> Color {
    let place = step.min(HEAT_STEPS - 1) as f64 / (HEAT_STEPS - 1) as f64 * (VIRIDIS.len() - 1) as f64;
    let below = (place.floor() as usize).min(VIRIDIS.len() - 2);
    let part = place - below as f64;
    let mix = |channel: usize| {
        let (low, high) = (VIRIDIS[below][channel], VIRIDIS[below + 1][channel]);
        (low + (high - low) * part).round() as u8
    };
    Color(mix(0), mix(1), mix(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_come_round_dashed() {
        assert_eq!(series(0), (SERIES[0], false));
        assert_eq!(series(7), (SERIES[0], true));
    }

    #[test]
    fn heat_goes_from_end_to_end() {
        assert_eq!(heat(0), Color(68, 1, 84));
        assert_eq!(heat(HEAT_STEPS - 1), Color(253, 231, 37));
    }
}
