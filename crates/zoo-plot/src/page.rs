//! What makes a drawing a figure for every reader: a size that gives way, a dark scheme, words.

use std::fmt::Write as _;

use crate::painter::{Painter, SCALE, escaped};
use crate::palette::DARK;

/// What `painter` drew on a page of `width` by `height` pixels, with class, title, description and style.
pub(crate) fn page(title: &str, description: &str, [width, height]: [u32; 2], painter: Painter) -> String {
    let (across, down) = (width * SCALE, height * SCALE);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"zoo-plot\" role=\"img\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {across} {down}\" style=\"max-width:100%;height:auto\">\n"
    );
    // Writing to a string does not fail.
    let _ = write!(svg, "<title>{}</title>\n<desc>{}</desc>\n", escaped(title), escaped(description));
    svg + &style() + &painter.into_svg() + "</svg>\n"
}

/// Only colors of this class of figure are exchanged, so that figures may stand in one page with anything else.
fn style() -> String {
    let mut style = String::from(
        "<style>.zoo-plot text{font-family:system-ui,sans-serif}.zoo-plot rect{shape-rendering:crispEdges}@media (prefers-color-scheme:dark){",
    );
    for (light, dark) in DARK {
        let _ =
            write!(style, ".zoo-plot [fill=\"{light}\"]{{fill:{dark}}}.zoo-plot [stroke=\"{light}\"]{{stroke:{dark}}}");
    }
    style + "}</style>\n"
}
