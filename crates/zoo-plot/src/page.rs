//! What makes a drawing a figure for every reader: a size that gives way, a dark scheme, words.

use std::fmt::Write as _;

use crate::palette::DARK;

/// Puts class, title, description and style into `drawing`, which is one `<svg>` with width, height and view box.
pub(crate) fn finish(title: &str, description: &str, drawing: &Drawing) -> String {
    let body = drawing.text.split_once('>').map_or("", |(_, body)| body);
    let [width, height] = drawing.size;
    let scale = drawing.scale;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"zoo-plot\" role=\"img\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {} {}\" style=\"max-width:100%;height:auto\">\n",
        width * scale,
        height * scale
    );
    let _ = write!(svg, "<title>{}</title>\n<desc>{}</desc>\n", escaped(title), escaped(description));
    svg + &style() + body.trim_start()
}

/// What was drawn, in units of which `scale` make a pixel.
pub(crate) struct Drawing {
    pub(crate) text: String,
    pub(crate) size: [u32; 2],
    pub(crate) scale: u32,
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

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
