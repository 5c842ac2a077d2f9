//! How the tests compare numbers and recognize the usual mistakes. There is nothing to write here.

#![allow(dead_code, reason = "not every exercise needs all of it")]

/// What a call gave, beside what the usual mistakes would have given.
pub struct Found {
    call: String,
    numbers: Vec<f64>,
    mistakes: Vec<(Vec<f64>, &'static str)>,
}

/// What `call` gave.
pub fn found(call: impl Into<String>, numbers: impl AsRef<[f64]>) -> Found {
    Found { call: call.into(), numbers: numbers.as_ref().to_vec(), mistakes: Vec::new() }
}

impl Found {
    /// What a usual mistake would have given, and the hint for it.
    pub fn mistake(mut self, numbers: impl AsRef<[f64]>, hint: &'static str) -> Self {
        self.mistakes.push((numbers.as_ref().to_vec(), hint));
        self
    }

    /// Passes if `expected` was found, up to rounding.
    ///
    /// # Panics
    ///
    /// If something else was found: with what was expected, and with the hint for the mistake that gives what was found.
    #[track_caller]
    pub fn is(self, expected: impl AsRef<[f64]>) {
        let expected = expected.as_ref();
        if same(&self.numbers, expected) {
            return;
        }
        let made = self.mistakes.iter().find(|(numbers, _)| same(&self.numbers, numbers));
        let hint = made.map(|(_, hint)| format!("\nhint: {hint}")).unwrap_or_default();
        panic!("{}: {}{hint}", self.call, difference(&self.numbers, expected));
    }
}

/// Equal up to rounding, or both not a number.
fn same(one: &[f64], other: &[f64]) -> bool {
    let near = |a: &f64, b: &f64| a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-6 * b.abs().max(1.0);
    one.len() == other.len() && one.iter().zip(other).all(|(a, b)| near(a, b))
}

/// What was found beside what was expected; of long lists, the first number that is wrong.
fn difference(found: &[f64], expected: &[f64]) -> String {
    const LONG: usize = 12;
    let wrong = found.iter().zip(expected).position(|(one, other)| !same(&[*one], &[*other]));
    match wrong {
        _ if found.len() != expected.len() => format!("found {} numbers, expected {}", found.len(), expected.len()),
        Some(i) if found.len() > LONG => {
            format!(
                "found {} as number {} of {}, expected {}",
                text(&[found[i]]),
                i + 1,
                found.len(),
                text(&[expected[i]])
            )
        }
        _ => format!("found {}, expected {}", text(found), text(expected)),
    }
}

/// Six decimals are enough to read.
fn text(numbers: &[f64]) -> String {
    let numbers: Vec<String> = numbers.iter().map(|number| format!("{}", (number * 1e6).round() / 1e6)).collect();
    if let [number] = &numbers[..] { number.clone() } else { format!("[{}]", numbers.join(", ")) }
}

/// The slope of `function` at `x`, from its values beside it.
pub fn slope(function: impl Fn(f64) -> f64, x: f64) -> f64 {
    const STEP: f64 = 1e-5;
    (function(x + STEP) - function(x - STEP)) / (2.0 * STEP)
}

/// Numbers drawn evenly from 0 to 1, without 1; the same ones for the same seed.
pub fn uniform(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        // SplitMix64.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}
