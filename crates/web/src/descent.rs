//! Optimizers that race down a surface from where the user clicks.

use crate::error::EngineError;
use crate::recipes::usual_optimizer;
use burn::tensor::Device;
use serde::Serialize;
use std::ops::Range;
use zoo_core::Stream;
use zoo_toys::gabor::{EXAMPLES, GaborSample, NOISE, REACH, SETTINGS};
use zoo_toys::{LANDS, Surface};
use zoo_train::walkers::Walkers;

/// The optimizers that race, by their names in recipes.
pub const OPTIMIZERS: [&str; 6] = ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"];

/// The seed of the Gabor model's examples.
const SEED: u64 = 1;

/// How far from the middle of the plane, in its widths, a walk counts as lost.
const LOST: f64 = 20.0;

/// A surface with the part of it that is shown.
#[derive(Clone, Debug)]
pub struct Ground {
    /// What it is called.
    pub name: &'static str,
    /// A place to start from.
    pub start: [f64; 2],
    /// Of the first parameter.
    pub x: Range<f64>,
    /// Of the second parameter.
    pub y: Range<f64>,
    heights: Heights,
}

#[derive(Clone, Debug)]
enum Heights {
    Surface(Surface),
    /// The mean squared error of the model on its examples.
    Gabor(GaborSample),
}

/// What the page is told of a ground.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroundFacts {
    /// What it is called.
    pub name: &'static str,
    /// A place to start from.
    pub start: [f64; 2],
    /// From and to, of the first parameter.
    pub x: [f64; 2],
    /// From and to, of the second parameter.
    pub y: [f64; 2],
}

/// Walks down one ground, one per optimizer, from one place.
pub struct Race {
    ground: Ground,
    racers: Vec<Racer>,
    steps: usize,
}

/// One optimizer's walk.
struct Racer {
    name: &'static str,
    rate: f64,
    /// `None` once it is lost.
    walkers: Option<Walkers>,
    place: [f64; 2],
}

/// Where a walk is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RacerPlace {
    /// The optimizer's name in recipes.
    pub name: &'static str,
    /// Its learning rate.
    pub rate: f64,
    /// The parameters.
    pub place: [f64; 2],
    /// The value there.
    pub height: f64,
    /// Whether it has left the surface, and stands still.
    pub is_lost: bool,
}

/// All grounds: four surfaces, and the loss of the Gabor model.
pub fn grounds() -> Vec<Ground> {
    let of_land = |land: &zoo_toys::Land| Ground {
        name: land.name,
        start: land.start,
        x: land.x.clone(),
        y: land.y.clone(),
        heights: Heights::Surface(land.surface),
    };
    LANDS.iter().map(of_land).chain([gabor()]).collect()
}

/// Prince's form of the model, on his plane.
fn gabor() -> Ground {
    let [_, setting] = &SETTINGS;
    let mut random = Stream::numbered(SEED, 0);
    let sample = GaborSample::draw(setting.form, setting.truth, [REACH, NOISE], EXAMPLES, &mut random);
    let [[left, right], [low, high]] = setting.bounds;
    Ground {
        name: "loss of the Gabor model",
        start: [-6.0, 7.0],
        x: left..right,
        y: low..high,
        heights: Heights::Gabor(sample),
    }
}

impl Ground {
    /// What the page is told of it.
    pub fn facts(&self) -> GroundFacts {
        let Self { x, y, .. } = self;
        GroundFacts { name: self.name, start: self.start, x: [x.start, x.end], y: [y.start, y.end] }
    }

    /// The value at a place.
    pub fn height(&self, place: [f64; 2]) -> f64 {
        match &self.heights {
            Heights::Surface(surface) => surface.value(place),
            Heights::Gabor(sample) => sample.loss(place),
        }
    }

    /// The slope along either parameter.
    pub fn gradient(&self, place: [f64; 2]) -> [f64; 2] {
        match &self.heights {
            Heights::Surface(surface) => surface.gradient(place),
            Heights::Gabor(sample) => sample.gradient(place, &sample.every()),
        }
    }

    /// The values over a grid, row by row from the top, on a logarithmic scale from 0 for the lowest to 1 for the highest.
    pub fn shades(&self, [columns, rows]: [usize; 2]) -> Vec<f32> {
        let at = |range: &Range<f64>, part: f64| range.start + (range.end - range.start) * part;
        let part = |index: usize, of: usize| (index as f64 + 0.5) / of as f64;
        let place =
            |row: usize, column: usize| [at(&self.x, part(column, columns)), at(&self.y, 1.0 - part(row, rows))];
        let values: Vec<f64> = (0..rows * columns).map(|i| self.height(place(i / columns, i % columns))).collect();
        let (low, high) =
            values.iter().fold((f64::INFINITY, 0.0_f64), |(low, high), value| (low.min(*value), high.max(*value)));
        // A thousandth of the way up is still told from the ground.
        let scaled = |value: &f64| (1.0 + 1000.0 * (value - low) / (high - low)).ln() / 1001.0_f64.ln();
        values.iter().map(|value| scaled(value) as f32).collect()
    }

    /// A rate at which the optimizer arrives without haste: of those that go by the slope a part of one over the curvature at the minimum, of
    /// those that scale it by themselves a part of the plane's width.
    fn usual_rate(&self, optimizer: &str) -> f64 {
        let curvature = match &self.heights {
            Heights::Surface(surface) => surface.steepest(),
            Heights::Gabor(sample) => sample.curvatures(SETTINGS[1].truth)[1],
        };
        let width = self.x.end - self.x.start;
        match optimizer {
            "adagrad" => width / 30.0,
            "rmsprop" => width / 400.0,
            "adam" => width / 150.0,
            "sgd" => 0.5 / curvature,
            _ => 0.1 / curvature,
        }
    }
}

impl Race {
    /// All optimizers on the ground of that number in [`grounds`], each at its usual rate times `haste`.
    ///
    /// # Errors
    /// If there is no such ground.
    pub fn new(ground: usize, start: [f64; 2], haste: f64) -> Result<Self, EngineError> {
        let Some(ground) = grounds().into_iter().nth(ground) else {
            return Err(EngineError::ForTheTrainer("a surface that is not in the list"));
        };
        let racer = |name: &'static str| -> Result<Racer, EngineError> {
            let walkers = Walkers::new(&usual_optimizer(name)?, &[start], &Device::flex());
            Ok(Racer { name, rate: haste * ground.usual_rate(name), walkers: Some(walkers), place: start })
        };
        let racers = OPTIMIZERS.into_iter().map(racer).collect::<Result<_, EngineError>>()?;
        Ok(Self { ground, racers, steps: 0 })
    }

    /// Takes one step of each that is not lost.
    ///
    /// # Errors
    /// If a place cannot be read.
    pub fn step(&mut self) -> Result<(), EngineError> {
        let Self { ground, racers, .. } = self;
        for racer in racers {
            racer.step(ground)?;
        }
        self.steps += 1;
        Ok(())
    }

    /// Steps taken.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// Where all are, in the order of [`OPTIMIZERS`].
    pub fn places(&self) -> Vec<RacerPlace> {
        let place = |racer: &Racer| RacerPlace {
            name: racer.name,
            rate: racer.rate,
            place: racer.place,
            height: self.ground.height(racer.place),
            is_lost: racer.walkers.is_none(),
        };
        self.racers.iter().map(place).collect()
    }
}

impl Racer {
    fn step(&mut self, ground: &Ground) -> Result<(), EngineError> {
        let Some(walkers) = self.walkers.take() else { return Ok(()) };
        let walkers = walkers.step(self.rate, &[ground.gradient(self.place)]);
        let place = walkers.places()?.first().copied().unwrap_or([f64::NAN; 2]);
        let is_within = |value: f64, range: &Range<f64>| {
            let (middle, width) = ((range.start + range.end) / 2.0, range.end - range.start);
            (value - middle).abs() < LOST * width
        };
        // What is not a number is not within.
        if is_within(place[0], &ground.x) && is_within(place[1], &ground.y) {
            (self.place, self.walkers) = (place, Some(walkers));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;

    #[test]
    fn every_optimizer_comes_down_on_every_ground_at_its_usual_rate() {
        for (number, ground) in grounds().iter().enumerate() {
            let mut race = Race::new(number, ground.start, 1.0).unwrap();
            (0..300).for_each(|_| race.step().unwrap());
            for racer in race.places() {
                let start = ground.height(ground.start);
                assert!(
                    !racer.is_lost && racer.height < start,
                    "{} on {}: {racer:?} from {start}",
                    racer.name,
                    ground.name
                );
            }
        }
    }

    #[test]
    fn descent_that_leaves_the_surface_is_lost_and_stands_still() {
        // The ravine's curvature is 50: 100 times the usual 0.5 / 50 is far above 2 / 50.
        let mut race = Race::new(1, [10.0, 1.0], 100.0).unwrap();
        (0..100).for_each(|_| race.step().unwrap());
        let places = race.places();
        assert!(places[0].is_lost && places[0].place.iter().all(|side| side.is_finite()), "{:?}", places[0]);
        race.step().unwrap();
        assert_eq!(race.places()[0], places[0]);
    }

    #[test]
    fn slopes_are_those_of_the_heights() {
        for ground in grounds() {
            let ([x, y], step) = (ground.start, 1e-5);
            let [by_x, by_y] = ground.gradient([x, y]);
            let along_x = (ground.height([x + step, y]) - ground.height([x - step, y])) / (2.0 * step);
            let along_y = (ground.height([x, y + step]) - ground.height([x, y - step])) / (2.0 * step);
            let is_near = |found: f64, expected: f64| (found - expected).abs() < 1e-4 * (1.0 + expected.abs());
            assert!(is_near(by_x, along_x) && is_near(by_y, along_y), "{}", ground.name);
        }
    }

    #[test]
    fn shades_go_from_0_to_1_from_the_top() {
        let shades = grounds()[3].shades([30, 20]);
        assert_eq!(shades.len(), 600);
        assert!(shades.iter().all(|shade| (0.0..=1.0).contains(shade)));
        assert!(shades.contains(&0.0) && shades.contains(&1.0));
        // Rosenbrock's valley bends upwards: at the top on the left it is low, at the bottom on the left high.
        let valley = grounds()[2].shades([4, 4]);
        assert!(valley[0] < valley[12], "{valley:?}");
    }
}
