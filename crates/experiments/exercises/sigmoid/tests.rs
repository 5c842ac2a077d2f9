//! What `sigmoid` has to do.

use super::*;
use hints::{found, slope};

#[path = "../hints.rs"]
mod hints;

const POINTS: [f64; 5] = [-3.0, -0.7, 0.0, 0.4, 2.5];

#[test]
fn the_derivative_is_the_slope() {
    for z in POINTS {
        let a = sigmoid(z);
        found(format!("derivative({z})"), [derivative(z)])
            .mistake([z * (1.0 - z)], "a (1 - a) wants a = sigma(z); this is z (1 - z)")
            .mistake([slope(sigmoid, a)], "this is sigma'(a), taken at a instead of z")
            .mistake([1.0 - a], "this is 1 - a, and the factor a is missing")
            .mistake([a], "this is a, and the factor 1 - a is missing")
            .mistake([-slope(sigmoid, z)], "the sign: sigma rises everywhere, so its slope is positive")
            .is([slope(sigmoid, z)]);
    }
}

#[test]
fn the_value_is_enough() {
    for z in POINTS {
        let a = sigmoid(z);
        found(format!("derivative_from_value(sigma({z}))"), [derivative_from_value(a)])
            .mistake([slope(sigmoid, a)], "the sigmoid was taken again: `a` is sigma(z) already")
            .mistake([1.0 - a], "this is 1 - a, and the factor a is missing")
            .is([slope(sigmoid, z)]);
    }
}

#[test]
fn it_is_the_same_on_both_sides_of_zero_and_largest_there() {
    for z in [0.3, 1.0, 4.0, 9.0] {
        found(format!("derivative(-{z})"), [derivative(-z)])
            .mistake([-z * (1.0 + z)], "a (1 - a) wants a = sigma(z); this is z (1 - z)")
            .is([derivative(z)]);
        assert!(derivative(z) < derivative(0.0), "derivative({z}) has to be below derivative(0)");
    }
}
