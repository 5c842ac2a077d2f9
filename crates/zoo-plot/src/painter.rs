//! Strokes, areas and words in pixels, on plotters' SVG backend.

use plotters::backend::SVGBackend;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, Drawable, PathElement, PointCollection, Polygon, Rectangle, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontTransform, IntoFont, RGBColor, ShapeStyle, TextStyle};

use crate::page::Drawing;

/// The backend knows whole units only, so a pixel has several.
const SCALE: u32 = 4;
/// The backend divides a size by this to make an em of it.
const EM: f64 = 1.24;

/// A point in pixels from the upper left corner.
pub(crate) type Pixel = (f64, f64);

pub(crate) struct Painter<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
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
    pub(crate) color: RGBColor,
    pub(crate) width: f64,
    pub(crate) dashed: bool,
}

/// Draws on a page of `size` pixels.
pub(crate) fn drawing(size: [u32; 2], draw: impl FnOnce(&Painter)) -> Drawing {
    let mut text = String::new();
    let backend = SVGBackend::with_string(&mut text, (size[0] * SCALE, size[1] * SCALE));
    let painter = Painter { area: backend.into_drawing_area() };
    draw(&painter);
    painter.area.present().unwrap_or_else(|error| unreachable!("writing into a text failed: {error}"));
    drop(painter);
    Drawing { text, size, scale: SCALE }
}

impl<'a> Painter<'a> {
    pub(crate) fn line(&self, points: &[Pixel], pen: Pen) {
        let style = pen.color.stroke_width((pen.width * f64::from(SCALE)).round() as u32);
        let strokes = if pen.dashed { dashes(points) } else { vec![points.to_vec()] };
        for stroke in strokes.into_iter().filter(|stroke| stroke.len() > 1) {
            self.put(PathElement::new(stroke.into_iter().map(units).collect::<Vec<_>>(), style));
        }
    }

    pub(crate) fn area(&self, outline: &[Pixel], color: RGBColor, opacity: f64) {
        self.put(Polygon::new(outline.iter().copied().map(units).collect::<Vec<_>>(), color.mix(opacity)));
    }

    pub(crate) fn rectangle(&self, from: Pixel, to: Pixel, color: RGBColor) {
        self.put(Rectangle::new([units(from), units(to)], color.filled()));
    }

    pub(crate) fn dot(&self, at: Pixel, radius: f64, style: impl Into<ShapeStyle>) {
        self.put(Circle::new(units(at), (radius * f64::from(SCALE)).round() as u32, style));
    }

    pub(crate) fn text(&self, words: &str, at: Pixel, anchor: Anchor, size: f64, color: RGBColor) {
        let font = ("sans-serif", size * EM * f64::from(SCALE)).into_font();
        let (horizontal, transform) = match anchor {
            Anchor::Start => (HPos::Left, FontTransform::None),
            Anchor::Middle => (HPos::Center, FontTransform::None),
            Anchor::End => (HPos::Right, FontTransform::None),
            Anchor::Upwards => (HPos::Center, FontTransform::Rotate270),
        };
        let style = TextStyle::from(font.transform(transform)).color(&color).pos(Pos::new(horizontal, VPos::Center));
        self.put(Text::new(words.to_string(), units(at), style));
    }

    fn put<E>(&self, element: E)
    where
        for<'b> &'b E: PointCollection<'b, (i32, i32)>,
        E: Drawable<SVGBackend<'a>>,
    {
        self.area.draw(&element).unwrap_or_else(|error| unreachable!("writing into a text failed: {error}"));
    }
}

fn units((x, y): Pixel) -> (i32, i32) {
    let unit = |pixels: f64| (pixels * f64::from(SCALE)).round() as i32;
    (unit(x), unit(y))
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
