//! A chart's axes in their place on the page.

use crate::axis::Fitted;
use crate::chart::Chart;
use crate::clip::ClipRect;
use crate::painter::Pixel;

/// The width of an average letter of the size of ticks and labels, in pixels like all sizes here.
pub(crate) const LETTER: f64 = 6.6;
/// Between things that stand beside each other.
pub(crate) const GAP: f64 = 18.0;
/// How far below the first row of names a second one stands.
pub(crate) const SECOND_ROW: f64 = 14.0;

/// A rectangle of the page.
#[derive(Clone, Copy)]
pub(crate) struct PlotArea {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

/// A chart's axes in their place.
pub(crate) struct PlotPlane {
    pub(crate) area: PlotArea,
    pub(crate) x: Fitted,
    pub(crate) y: Fitted,
    /// Whether the names on the x axis stand in two rows, since they would overlap in one.
    pub(crate) staggered: bool,
}

/// The axes of a chart in its place, with room left for their names and texts.
pub(crate) fn plane(chart: &Chart, outer: PlotArea) -> PlotPlane {
    let (x_extent, y_extent) = chart.extent();
    let filled = chart.layers.iter().any(|layer| layer.kind.fills());
    let (wide, high) = (outer.right - outer.left, outer.bottom - outer.top);
    let y = chart.y.fit(y_extent, (high / 60.0) as usize, filled);
    let x = chart.x.fit(x_extent, (wide / 90.0) as usize, filled);
    let left = if chart.y.is_bare() { 8.0 } else { 30.0 + y.longest() as f64 * LETTER };
    let spacing = (wide - left - GAP) / (x.high - x.low);
    let staggered = chart.x.categories_count().is_some() && (x.longest() as f64 + 0.5) * LETTER > spacing;
    let below = if chart.x.is_bare() { 8.0 } else { 44.0 + if staggered { SECOND_ROW } else { 0.0 } };
    let above = if chart.heading.is_empty() { 8.0 } else { 26.0 };
    let area = PlotArea {
        left: outer.left + left,
        top: outer.top + above,
        right: outer.right - GAP,
        bottom: outer.bottom - below,
    };
    PlotPlane { area, x, y, staggered }
}

impl PlotPlane {
    /// From a place on the x axis to pixels.
    pub(crate) fn across(&self, place: f64) -> f64 {
        let PlotArea { left, right, .. } = self.area;
        left + (place - self.x.low) / (self.x.high - self.x.low) * (right - left)
    }

    /// From a place on the y axis to pixels.
    pub(crate) fn up(&self, place: f64) -> f64 {
        let PlotArea { top, bottom, .. } = self.area;
        bottom - (place - self.y.low) / (self.y.high - self.y.low) * (bottom - top)
    }

    pub(crate) fn pixel(&self, (x, y): (f64, f64)) -> Pixel {
        (self.across(x), self.up(y))
    }

    /// Makes the wider side narrower until one unit is as long both ways.
    pub(crate) fn equalize(&mut self) {
        let (wide, high) = (self.area.right - self.area.left, self.area.bottom - self.area.top);
        let unit = (wide / (self.x.high - self.x.low)).min(high / (self.y.high - self.y.low));
        let spare_x = wide - unit * (self.x.high - self.x.low);
        let spare_y = high - unit * (self.y.high - self.y.low);
        self.area.left += spare_x / 2.0;
        self.area.right -= spare_x / 2.0;
        self.area.bottom -= spare_y;
    }

    pub(crate) fn frame(&self) -> ClipRect {
        [self.x.low, self.x.high, self.y.low, self.y.high]
    }

    pub(crate) fn position(&self, (x, y): (f64, f64)) -> Option<(f64, f64)> {
        Some((self.x.place(x)?, self.y.place(y)?))
    }
}
