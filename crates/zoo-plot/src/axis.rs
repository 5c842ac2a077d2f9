//! Axes: what they are called, how far they reach, where their ticks are.

use std::ops::Range;

/// An axis with its name and unit: `step`, `time in s`.
#[derive(Clone, Debug)]
pub struct Axis {
    pub(crate) name: String,
    scale: Scale,
    range: Option<Range<f64>>,
}

#[derive(Clone, Debug)]
enum Scale {
    Linear,
    Logarithmic,
    Categories(Vec<String>),
    Bare,
}

/// What no figure is about: sizes near the ends of `f64`, with which ticks cannot be counted.
const MOST: f64 = 1e150;
const LEAST: f64 = 1e-150;

/// An axis fitted to what it has to show; places on it are values, or their logarithms to base 10.
pub(crate) struct Fitted {
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) ticks: Vec<f64>,
    texts: Vec<String>,
    logarithmic: bool,
}

/// The least and the largest value that an axis has to show so far.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DataRange {
    logarithmic: bool,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

impl DataRange {
    pub(crate) fn of(axis: &Axis) -> DataRange {
        DataRange { logarithmic: axis.is_logarithmic(), low: f64::INFINITY, high: f64::NEG_INFINITY }
    }

    pub(crate) fn add(&mut self, value: f64) {
        if value.is_finite() && !(self.logarithmic && value <= 0.0) {
            self.low = self.low.min(value);
            self.high = self.high.max(value);
        }
    }
}

impl Axis {
    /// Equal steps are equal differences.
    pub fn linear(name: &str) -> Axis {
        Axis { name: name.into(), scale: Scale::Linear, range: None }
    }

    /// Equal steps are equal factors.
    pub fn log(name: &str) -> Axis {
        Axis { name: name.into(), scale: Scale::Logarithmic, range: None }
    }

    /// One place a name: 0 for the first, 1 for the second.
    pub fn categories(name: &str, categories: &[&str]) -> Axis {
        let categories = categories.iter().map(|&one| one.into()).collect();
        Axis { name: name.into(), scale: Scale::Categories(categories), range: None }
    }

    /// Without name, ticks and grid: the sides of a picture.
    pub fn bare() -> Axis {
        Axis { name: String::new(), scale: Scale::Bare, range: None }
    }

    /// Reaches just so far, whatever the layers show; what lies beyond is cut off.
    #[must_use]
    pub fn range(mut self, range: Range<f64>) -> Axis {
        self.range = Some(range);
        self
    }

    pub(crate) fn is_logarithmic(&self) -> bool {
        matches!(self.scale, Scale::Logarithmic)
    }

    pub(crate) fn is_bare(&self) -> bool {
        matches!(self.scale, Scale::Bare)
    }

    /// How many names the axis has, if it has names for places.
    pub(crate) fn categories_count(&self) -> Option<usize> {
        match &self.scale {
            Scale::Categories(names) => Some(names.len()),
            _ => None,
        }
    }

    pub(crate) fn has_grid(&self) -> bool {
        matches!(self.scale, Scale::Linear | Scale::Logarithmic)
    }

    /// Fits the axis around `extent`, with about `wanted` ticks and room at the ends unless the layers fill it.
    pub(crate) fn fit(&self, extent: DataRange, wanted: usize, filled: bool) -> Fitted {
        let logarithmic = self.is_logarithmic();
        let place = |value: f64| if logarithmic { value.log10() } else { value };
        let (mut low, mut high) = match &self.range {
            Some(range) => (place(range.start), place(range.end)),
            None => (place(extent.low), place(extent.high)),
        };
        (low, high) = (low.max(-MOST), high.min(MOST));
        if !low.is_finite() || !high.is_finite() {
            (low, high) = (0.0, 1.0);
        }
        // Where all values are as good as one, its surroundings are shown.
        let size = low.abs().max(high.abs());
        if high - low <= (1e-9 * size).max(LEAST) {
            let half = (1e-6 * size).max(0.5);
            (low, high) = (low - half, high + half);
        }
        if self.range.is_none() && !matches!(self.scale, Scale::Bare | Scale::Categories(_)) {
            let room = (high - low) * 0.04;
            // Bars stand on their zero, so only the free end gets room.
            let (below, above) = if filled { (if low < 0.0 { room } else { 0.0 }, room) } else { (room, room) };
            (low, high) = (low - below, high + above);
        }
        let (ticks, texts) = match &self.scale {
            Scale::Linear => linear_ticks(low, high, wanted),
            Scale::Logarithmic => logarithmic_ticks(low, high, wanted),
            Scale::Categories(names) => ((0..names.len()).map(|place| place as f64).collect(), names.clone()),
            Scale::Bare => (Vec::new(), Vec::new()),
        };
        Fitted { low, high, ticks, texts, logarithmic }
    }
}

impl Fitted {
    /// Where a value lies; `None` if the axis has no place for it.
    pub(crate) fn place(&self, value: f64) -> Option<f64> {
        let place = if self.logarithmic { value.log10() } else { value };
        (place.abs() <= MOST).then_some(place)
    }

    /// The text at a tick.
    pub(crate) fn text(&self, tick: f64) -> String {
        let near = |one: &&f64| (**one - tick).abs() <= 1e-9 * (self.high - self.low);
        let found = self.ticks.iter().position(|one| near(&one));
        found.map_or_else(String::new, |place| self.texts[place].clone())
    }

    /// The length of the longest text, in letters.
    pub(crate) fn longest(&self) -> usize {
        self.texts.iter().map(|text| text.chars().count()).max().unwrap_or(0)
    }
}

/// Multiples of 1, 2 or 5 times a power of ten: about as many as wanted, and at least two.
fn linear_ticks(low: f64, high: f64, wanted: usize) -> (Vec<f64>, Vec<String>) {
    let few = round_ticks(low, high, wanted);
    if few.0.len() > 1 { few } else { round_ticks(low, high, wanted.max(2) * 2) }
}

fn round_ticks(low: f64, high: f64, wanted: usize) -> (Vec<f64>, Vec<String>) {
    let rough = (high - low) / wanted.max(1) as f64;
    let power = 10_f64.powi(rough.log10().floor() as i32);
    let step = [1.0, 2.0, 5.0].map(|factor| factor * power).into_iter().find(|&step| step >= rough);
    let step = step.unwrap_or(10.0 * power);
    let (first, last) = ((low / step - 1e-9).ceil() as i64, (high / step + 1e-9).floor() as i64);
    let ticks: Vec<f64> = (first..=last).map(|count| count as f64 * step).collect();
    let largest = ticks.iter().fold(0.0_f64, |most, tick| most.max(tick.abs()));
    let texts = ticks.iter().map(|&tick| linear_text(tick, step, largest)).collect();
    (ticks, texts)
}

fn linear_text(tick: f64, step: f64, largest: f64) -> String {
    if tick == 0.0 {
        return "0".into();
    }
    if (1e-4..1e5).contains(&largest) {
        let decimals = (-step.log10().floor()).max(0.0) as usize;
        return minus(&format!("{tick:.decimals$}"));
    }
    let power = largest.log10().floor() as i32;
    let decimals = (f64::from(power) - step.log10().floor()).max(0.0) as usize;
    format!("{}·{}", minus(&format!("{:.decimals$}", tick / 10_f64.powi(power))), power_of_ten(power))
}

/// Powers of ten, not too many; where these are fewer than two, also twice and five times them, or even round steps.
fn logarithmic_ticks(low: f64, high: f64, wanted: usize) -> (Vec<f64>, Vec<String>) {
    let (first, last) = ((low - 1e-9).ceil() as i32, (high + 1e-9).floor() as i32);
    if last - first >= 1 {
        let stride = ((last - first) as usize / wanted.max(1) + 1) as i32;
        let powers = (first..=last).filter(|power| power.rem_euclid(stride) == 0);
        return powers.map(|power| (f64::from(power), power_of_ten(power))).unzip();
    }
    let powers = (first - 1)..=(last + 1);
    let values = powers.flat_map(|power| [1.0, 2.0, 5.0].map(|factor| factor * 10_f64.powi(power)));
    let ticks = values.map(|value| (value.log10(), plain(value)));
    let (places, texts): (Vec<f64>, Vec<String>) = ticks.filter(|(place, _)| (low..=high).contains(place)).unzip();
    if places.len() > 2 {
        return (places, texts);
    }
    let (values, texts) = linear_ticks(10_f64.powf(low), 10_f64.powf(high), wanted);
    (values.into_iter().map(f64::log10).collect(), texts)
}

fn plain(value: f64) -> String {
    let decimals = (-value.log10().floor()).max(0.0) as usize;
    if (1e-4..1e5).contains(&value) {
        format!("{value:.decimals$}")
    } else {
        let power = (value.log10() + 1e-9).floor() as i32;
        format!("{:.0}·{}", value / 10_f64.powi(power), power_of_ten(power))
    }
}

/// `10⁻³`.
fn power_of_ten(power: i32) -> String {
    const RAISED: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let raise = |letter: char| letter.to_digit(10).map_or('⁻', |digit| RAISED[digit as usize]);
    match power {
        0 => "1".into(),
        1 => "10".into(),
        power => format!("10{}", power.to_string().chars().map(raise).collect::<String>()),
    }
}

/// The minus sign that is as wide as a digit.
pub(crate) fn minus(text: &str) -> String {
    text.replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linear_ticks_are_round() {
        assert_eq!(linear_ticks(-0.04, 1.04, 6).1, ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(linear_ticks(-3.0, 3.0, 3).1, ["−2", "0", "2"]);
        assert_eq!(linear_ticks(-6.0, 6.0, 1).1, ["−5", "0", "5"]);
        assert_eq!(linear_ticks(0.0, 1e6, 2).1, ["0", "0.5·10⁶", "1.0·10⁶"]);
    }

    #[test]
    fn logarithmic_ticks_are_powers_of_ten() {
        assert_eq!(logarithmic_ticks(-3.2, 0.8, 5).1, ["10⁻³", "10⁻²", "10⁻¹", "1"]);
        assert_eq!(logarithmic_ticks(-12.0, 0.0, 4).1, ["10⁻¹²", "10⁻⁸", "10⁻⁴", "1"]);
        assert_eq!(logarithmic_ticks(-0.1, 0.8, 5).1, ["1", "2", "5"]);
        assert_eq!(logarithmic_ticks(-3.15, -2.9, 5).1, ["0.0008", "0.0010", "0.0012"]);
    }
}
