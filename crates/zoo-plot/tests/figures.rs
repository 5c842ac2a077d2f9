//! What every figure has, whatever it shows.

use proptest::prelude::*;
use zoo_plot::{Axis, Chart, Field, Figure};

fn everything() -> Figure {
    let field = Field::sample(-2.0..2.0, -1.0..1.0, [40, 20], |x, y| x * x + y * y);
    let first = Chart::new(Axis::linear("step"), Axis::log("cost <J>"))
        .heading("Lines")
        .band("many", &[(0.0, 0.1, 1.0), (1.0, 0.01, 0.5)])
        .line("many", &[(0.0, 0.5), (0.5, f64::NAN), (1.0, 0.1)])
        .dashed("theory", &[(0.0, 0.5), (1.0, 0.2)])
        .scatter("points", &[(0.2, 0.3)])
        .rule_y("limit", 0.2);
    let second = Chart::new(Axis::linear("x"), Axis::linear("y"))
        .heading("A plane")
        .equal_units()
        .heat("height", &field)
        .contours(&field, &[0.5, 1.0])
        .path("many", &[(-1.0, -1.0), (1.0, 1.0)])
        .text("here", (0.0, 0.0));
    let third = Chart::new(Axis::categories("kind", &["a", "b"]), Axis::linear("count"))
        .bars("points", &[1.0, 2.0])
        .bars("theory", &[1.5, -2.0])
        .intervals("theory", &[(0.0, 0.5, 1.5)]);
    let names = Axis::categories("class", &["the first of them", "the second of them"]);
    let fourth = Chart::new(names, Axis::categories("kind", &["a", "b"]))
        .equal_units()
        .cells("points", &[(0.0, 0.0, 0.9), (1.0, 1.0, 1.0)])
        .cells("theory", &[(1.0, 0.0, 0.1), (0.0, 1.0, 0.0)]);
    let fifth =
        Chart::new(Axis::linear("weight"), Axis::categories("kind", &["a", "b"])).level_bars("points", &[-1.0, 2.0]);
    Figure::panels("All & more", "Everything a chart can have.", 2, vec![first, second, third, fourth, fifth])
}

#[test]
fn the_same_values_give_the_same_text() {
    assert_eq!(everything().svg(), everything().svg());
}

#[test]
fn a_figure_says_what_it_is_scales_and_follows_the_scheme() {
    let svg = everything().svg();
    assert!(svg.contains("<title>All &amp; more</title>") && svg.contains("<desc>Everything a chart can have.</desc>"));
    assert!(svg.contains("prefers-color-scheme:dark") && svg.contains("max-width:100%") && svg.contains("viewBox"));
    assert!(svg.contains("cost &lt;J&gt;"), "names of axes are text, escaped");
    assert_eq!(svg.matches("<svg").count(), svg.matches("</svg>").count());
}

#[test]
fn a_figure_is_as_wide_as_it_was_asked_to_be() {
    let chart = || Chart::new(Axis::linear("x"), Axis::linear("y")).line("a", &[(0.0, 0.0), (1.0, 1.0)]);
    assert!(Figure::of("t", "d", chart()).svg().contains("width=\"760\" height=\"430\""));
    assert!(Figure::of("t", "d", chart()).width(380).svg().contains("width=\"380\" height=\"280\""));
}

#[test]
fn names_that_would_overlap_stand_in_two_rows() {
    let rows = |names: &[&str]| {
        let axis = Axis::categories("kind", names);
        let svg = Figure::of("t", "d", Chart::new(axis, Axis::linear("y")).bars("a", &[1.0; 6])).width(380).svg();
        let above = |name: &str| {
            let before = svg.split(&format!("\n{name}\n")).next().unwrap_or_default();
            before.rsplit(" y=\"").next().and_then(|rest| rest.split('"').next()).map(str::to_string)
        };
        names.iter().map(|name| above(name)).collect::<Vec<_>>()
    };
    let short = rows(&["aa", "bb", "cc", "dd", "ee", "ff"]);
    assert!(short.iter().all(|row| *row == short[0]), "{short:?}");
    let long = rows(&["automobile", "airplane", "caterpillar", "butterfly", "chimpanzee", "ladybird"]);
    assert!(long[0] != long[1] && long[0] == long[2] && long[1] == long[3], "{long:?}");
}

#[test]
fn a_label_stands_in_the_legend_once() {
    let svg = everything().svg();
    for label in ["many", "theory", "points", "limit", "height"] {
        assert_eq!(svg.matches(&format!("\n{label}\n")).count(), 1, "{label}");
    }
}

proptest! {
    #[test]
    fn no_values_make_it_stumble(points in prop::collection::vec((any::<f64>(), any::<f64>()), 0..20)) {
        for axis in [Axis::linear("y"), Axis::log("y"), Axis::linear("y").range(0.0..1.0)] {
            let chart = Chart::new(Axis::linear("x"), axis).line("a", &points).scatter("b", &points).path("c", &points);
            let svg = Figure::of("t", "d", chart).svg();
            prop_assert!(!svg.contains("NaN") && svg.trim_end().ends_with("</svg>"));
        }
        let parts: Vec<_> = points.iter().map(|&(x, y)| (x, y, y)).collect();
        let values: Vec<f64> = points.iter().map(|&(x, _)| x).collect();
        for chart in [
            Chart::new(Axis::categories("x", &["a"]), Axis::categories("y", &["b"])).cells("a", &parts),
            Chart::new(Axis::linear("x"), Axis::categories("y", &["b"])).level_bars("a", &values),
        ] {
            let svg = Figure::of("t", "d", chart).width(300).svg();
            prop_assert!(!svg.contains("NaN") && svg.trim_end().ends_with("</svg>"));
        }
    }
}
