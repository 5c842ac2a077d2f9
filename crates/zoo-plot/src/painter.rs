//! Strokes, areas and words in pixels, as SVG elements.

use std::cell::RefCell;
use std::fmt::Write as _;

use crate::palette::Color;

/// Coordinates are whole numbers, so a pixel has several units.
pub(crate) const SCALE: u32 = 4;

/// A point in pixels from the upper left corner.
pub(crate) type Pixel = (f64, f64);

/// Collects the elements of one SVG, in drawing order.
#[derive(Default)]
pub(crate) struct Painter {
    svg: RefCell<String>,
}

/// Where the given point lies in a text.
#[derive(Clone, Copy)]
pub(crate) enum Anchor {
    /// At its left end.
    Start,
    /// In its middle.
    Middle,
    /// At its right end.
    End,
    /// In its middle, and the text reads upwards.
    Upwards,
}

/// How a line is drawn.
#[derive(Clone, Copy)]
pub(crate) struct Pen {
    pub(crate) color: Color,
    pub(crate) width: f64,
    pub(crate) dashed: bool,
}

impl Painter {
    /// Everything drawn, in units of which [`SCALE`] make a pixel.
    pub(crate) fn into_svg(self) -> String {
        self.svg.into_inner()
    }

    pub(crate) fn line(&self, points: &[Pixel], Pen { color, width, dashed }: Pen) {
        let width = unit(width);
        let strokes = if dashed { dashes(points) } else { vec![points.to_vec()] };
        for stroke in strokes.into_iter().filter(|stroke| stroke.len() > 1) {
            let points = corners(&stroke);
            self.put(format_args!(
                r#"<polyline fill="none" opacity="1" stroke="{color}" stroke-width="{width}" points="{points}"/>"#
            ));
        }
    }

    pub(crate) fn area(&self, outline: &[Pixel], color: Color, opacity: f64) {
        let points = corners(outline);
        self.put(format_args!(r#"<polygon opacity="{opacity}" fill="{color}" points="{points}"/>"#));
    }

    /// Between the upper left corner and the lower right one.
    pub(crate) fn rectangle(&self, from: Pixel, to: Pixel, color: Color) {
        let ([x, y], [right, bottom]) = (units(from), units(to));
        let (width, height) = (right.saturating_sub(x), bottom.saturating_sub(y));
        self.put(format_args!(
            r#"<rect x="{x}" y="{y}" width="{width}" height="{height}" opacity="1" fill="{color}" stroke="none"/>"#
        ));
    }

    pub(crate) fn dot(&self, at: Pixel, radius: f64, color: Color) {
        self.circle(at, radius, format_args!(r#"fill="{color}" stroke="none" stroke-width="1""#));
    }

    pub(crate) fn ring(&self, at: Pixel, radius: f64, color: Color) {
        self.circle(at, radius, format_args!(r#"fill="none" stroke="{color}" stroke-width="6""#));
    }

    fn circle(&self, at: Pixel, radius: f64, style: std::fmt::Arguments<'_>) {
        let ([x, y], radius) = (units(at), unit(radius));
        self.put(format_args!(r#"<circle cx="{x}" cy="{y}" r="{radius}" opacity="1" {style}/>"#));
    }

    pub(crate) fn text(&self, words: &str, at: Pixel, anchor: Anchor, size: f64, color: Color) {
        if words.is_empty() {
            return;
        }
        let ([x, y], size, words) = (units(at), unit(size), escaped(words));
        let (side, turned) = match anchor {
            Anchor::Start => ("start", String::new()),
            Anchor::Middle => ("middle", String::new()),
            Anchor::End => ("end", String::new()),
            Anchor::Upwards => ("middle", format!(r#" transform="rotate(270, {x}, {y})""#)),
        };
        self.put(format_args!(
            "<text x=\"{x}\" y=\"{y}\" dy=\"0.5ex\" text-anchor=\"{side}\" font-family=\"sans-serif\" font-size=\"{size}\" \
             opacity=\"1\" fill=\"{color}\"{turned}>\n{words}\n</text>"
        ));
    }

    fn put(&self, element: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = writeln!(self.svg.borrow_mut(), "{element}");
    }
}

fn unit(pixels: f64) -> i32 {
    (pixels * f64::from(SCALE)).round() as i32
}

fn units((x, y): Pixel) -> [i32; 2] {
    [unit(x), unit(y)]
}

fn corners(points: &[Pixel]) -> String {
    points.iter().fold(String::new(), |mut text, &point| {
        let [x, y] = units(point);
        let _ = write!(text, "{x},{y} ");
        text
    })
}

/// A text with nothing in it that SVG would take for its own.
pub(crate) fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&apos;")
}

/// A line cut into strokes of five pixels with gaps of four.
fn dashes(points: &[Pixel]) -> Vec<Vec<Pixel>> {
    const STROKE: f64 = 5.0;
    const GAP: f64 = 4.0;
    let (mut strokes, mut drawing, mut left) = (vec![points[..points.len().min(1)].to_vec()], true, STROKE);
    for pair in points.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        loop {
            let length = (to.0 - from.0).hypot(to.1 - from.1);
            if length <= left {
                left -= length;
                extend(&mut strokes, drawing, to);
                break;
            }
            from = (from.0 + (to.0 - from.0) * left / length, from.1 + (to.1 - from.1) * left / length);
            extend(&mut strokes, drawing, from);
            drawing = !drawing;
            left = if drawing { STROKE } else { GAP };
            if drawing {
                strokes.push(vec![from]);
            }
        }
    }
    strokes
}

fn extend(strokes: &mut [Vec<Pixel>], drawing: bool, point: Pixel) {
    if let (true, Some(stroke)) = (drawing, strokes.last_mut()) {
        stroke.push(point);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_go_around_corners() {
        let strokes = dashes(&[(0.0, 0.0), (3.0, 0.0), (3.0, 20.0)]);
        assert_eq!(strokes[0], [(0.0, 0.0), (3.0, 0.0), (3.0, 2.0)]);
        assert_eq!(strokes[1], [(3.0, 6.0), (3.0, 11.0)]);
        assert_eq!(strokes.len(), 3);
    }
}
