//! How each kind of layer is drawn.

use crate::axis::minus;
use crate::chart::{Chart, ChartLayer, LayerKind};
use crate::clip;
use crate::contour;
use crate::field::Field;
use crate::legend::Legend;
use crate::painter::{Anchor, Painter, Pen, Pixel};
use crate::palette::{self, BAND, Color, HEAT_STEPS, INK, PAPER};
use crate::plane::PlotPlane;

/// How much a cell of part 0 covers, so that it shows as a cell, and one of part 1, so that numbers on it can be read.
const FAINTEST: f64 = 0.08;
const DEEPEST: f64 = 0.7;

/// A layer with all that its drawing needs.
struct Brush<'a> {
    painter: &'a Painter,
    plane: &'a PlotPlane,
    place: Option<usize>,
    color: Color,
    dashed: bool,
}

pub(crate) fn draw(painter: &Painter, plane: &PlotPlane, layer: &ChartLayer, chart: &Chart, legend: &Legend) {
    let place = legend.place(&layer.label);
    let (color, dashed) = place.map_or((INK, false), palette::series);
    let brush = Brush { painter, plane, place, color, dashed };
    let frame = plane.frame();
    match &layer.kind {
        LayerKind::Line(points) => brush.line(points, 2.0, dashed),
        LayerKind::Dashed(points) => brush.line(points, 1.5, true),
        LayerKind::Path(points) => brush.path(points),
        LayerKind::Scatter(points) => brush.scatter(points),
        LayerKind::Band(points) => brush.band(points),
        LayerKind::Intervals(points) => brush.intervals(points),
        LayerKind::Bars(values) => brush.bars(values, position(chart, layer)),
        LayerKind::LevelBars(values) => brush.level_bars(values),
        LayerKind::Cells(cells) => brush.cells(cells),
        LayerKind::Contours(field, levels) => brush.contours(field, levels),
        LayerKind::Heat(field) => brush.heat(field, legend.span(&layer.label).unwrap_or_else(|| field.span())),
        LayerKind::RuleX(at) => brush.rule(plane.x.place(*at).map(|x| [(x, frame[2]), (x, frame[3])])),
        LayerKind::RuleY(at) => brush.rule(plane.y.place(*at).map(|y| [(frame[0], y), (frame[1], y)])),
        LayerKind::Text(at) => brush.text(&layer.label, *at),
    }
}

/// Which of how many bar layers this is.
fn position(chart: &Chart, layer: &ChartLayer) -> (usize, usize) {
    let bars = || chart.layers.iter().filter(|one| matches!(one.kind, LayerKind::Bars(_)));
    (bars().position(|one| std::ptr::eq(one, layer)).unwrap_or(0), bars().count())
}

impl Brush<'_> {
    fn line(&self, points: &[(f64, f64)], width: f64, dashed: bool) {
        let places: Vec<_> = points.iter().map(|&point| self.plane.position(point)).collect();
        self.stroke(&places, Pen { color: self.color, width, dashed });
    }

    fn stroke(&self, places: &[Option<(f64, f64)>], pen: Pen) {
        for part in clip::line(places, self.plane.frame()) {
            let pixels: Vec<Pixel> = part.into_iter().map(|place| self.plane.pixel(place)).collect();
            self.painter.line(&pixels, pen);
        }
    }

    /// Where a value is drawn, if it lies in the chart.
    fn pixel(&self, point: (f64, f64)) -> Option<Pixel> {
        let place = self.plane.position(point)?;
        clip::contains(self.plane.frame(), place).then(|| self.plane.pixel(place))
    }

    fn path(&self, points: &[(f64, f64)]) {
        self.line(points, 1.5, self.dashed);
        if let Some(at) = points.first().and_then(|&first| self.pixel(first)) {
            self.painter.dot(at, 4.0, PAPER);
            self.painter.ring(at, 4.0, self.color);
        }
        if let Some(at) = points.last().and_then(|&last| self.pixel(last)) {
            self.painter.dot(at, 4.0, self.color);
        }
    }

    fn scatter(&self, points: &[(f64, f64)]) {
        for at in points.iter().filter_map(|&point| self.pixel(point)) {
            mark(self.painter, self.place, at);
        }
    }

    fn band(&self, points: &[(f64, f64, f64)]) {
        let [left, right, low, high] = self.plane.frame();
        let edge = |value: f64, other: f64| self.plane.y.place(value).unwrap_or(other).clamp(low, high);
        let inside = points.iter().filter_map(|&(x, below, above)| {
            let x = self.plane.x.place(x).filter(|x| (left..=right).contains(x))?;
            Some((x, edge(below, low), edge(above, high)))
        });
        let inside: Vec<_> = inside.collect();
        let upper = inside.iter().map(|&(x, _, above)| self.plane.pixel((x, above)));
        let lower = inside.iter().rev().map(|&(x, below, _)| self.plane.pixel((x, below)));
        self.painter.area(&upper.chain(lower).collect::<Vec<_>>(), self.color, BAND);
    }

    fn intervals(&self, points: &[(f64, f64, f64)]) {
        let pen = Pen { color: self.color, width: 1.5, dashed: false };
        for &(x, low, high) in points {
            self.stroke(&[self.plane.position((x, low)), self.plane.position((x, high))], pen);
            for (at_x, at_y) in [low, high].into_iter().filter_map(|y| self.pixel((x, y))) {
                self.painter.line(&[(at_x - 4.0, at_y), (at_x + 4.0, at_y)], pen);
            }
        }
    }

    fn bars(&self, values: &[f64], (index, count): (usize, usize)) {
        let wide = 0.76 / count as f64;
        let foot = self.plane.y.place(0.0).unwrap_or(self.plane.y.low).clamp(self.plane.y.low, self.plane.y.high);
        for (category, &value) in values.iter().enumerate() {
            let Some(top) = self.plane.y.place(value) else { continue };
            let left = category as f64 - 0.38 + wide * index as f64;
            let (from, to) = (self.plane.pixel((left, top)), self.plane.pixel((left + wide * 0.94, foot)));
            self.painter.rectangle((from.0, from.1.min(to.1)), (to.0, from.1.max(to.1)), self.color);
        }
    }

    fn level_bars(&self, values: &[f64]) {
        let foot = self.plane.x.place(0.0).unwrap_or(self.plane.x.low).clamp(self.plane.x.low, self.plane.x.high);
        for (category, &value) in values.iter().enumerate() {
            let Some(end) = self.plane.x.place(value) else { continue };
            let (from, to) = (foot.min(end), foot.max(end));
            let upper = self.plane.pixel((from, category as f64 + 0.36));
            self.painter.rectangle(upper, self.plane.pixel((to, category as f64 - 0.36)), self.color);
        }
    }

    fn cells(&self, cells: &[(f64, f64, f64)]) {
        for &(x, y, part) in cells {
            let Some((x, y)) = self.plane.position((x, y)).filter(|_| part.is_finite()) else { continue };
            let corners = [(-0.48, -0.48), (0.48, -0.48), (0.48, 0.48), (-0.48, 0.48)];
            let outline = corners.map(|(dx, dy)| self.plane.pixel((x + dx, y + dy)));
            self.painter.area(&outline, self.color, FAINTEST + (DEEPEST - FAINTEST) * part.clamp(0.0, 1.0));
        }
    }

    fn contours(&self, field: &Field, levels: &[f64]) {
        let pen = Pen { color: self.color, width: 0.5, dashed: false };
        for line in levels.iter().flat_map(|&level| contour::lines(field, level)) {
            self.stroke(&line.into_iter().map(|point| self.plane.position(point)).collect::<Vec<_>>(), pen);
        }
    }

    /// Neighboring cells of one color in one rectangle.
    fn heat(&self, field: &Field, (low, high): (f64, f64)) {
        let step = |value: f64| match (value - low) / (high - low) {
            part if part.is_finite() => ((part.max(0.0) * HEAT_STEPS as f64) as usize).min(HEAT_STEPS - 1),
            _ => 0,
        };
        let half = (field.x.end - field.x.start) / field.columns as f64 / 2.0;
        let rise = (field.y.end - field.y.start) / field.rows as f64 / 2.0;
        for row in 0..field.rows {
            let steps: Vec<usize> = (0..field.columns).map(|column| step(field.at(column, row))).collect();
            let mut start = 0;
            for run in steps.chunk_by(|a, b| a == b) {
                let (from, to) = (field.center(start, row), field.center(start + run.len() - 1, row));
                let corners = [(from.0 - half, from.1 + rise), (to.0 + half, to.1 - rise)];
                let [upper, lower] = corners.map(|corner| self.plane.pixel(corner));
                self.painter.rectangle(upper, lower, palette::heat(run[0]));
                start += run.len();
            }
        }
    }

    fn rule(&self, ends: Option<[(f64, f64); 2]>) {
        if let Some(ends) = ends {
            self.stroke(&ends.map(Some), Pen { color: self.color, width: 1.5, dashed: true });
        }
    }

    fn text(&self, words: &str, at: (f64, f64)) {
        if let Some(at) = self.pixel(at) {
            self.painter.text(words, at, Anchor::Middle, 12.0, INK);
        }
    }
}

/// A point's mark: its shape differs with its color. A rim in the color of the page keeps it apart from what lies behind.
pub(crate) fn mark(painter: &Painter, place: Option<usize>, at: Pixel) {
    let (color, _) = place.map_or((INK, false), palette::series);
    for (size, color) in [(1.4, PAPER), (1.0, color)] {
        shape(painter, place.unwrap_or(0) % 4, at, size, color);
    }
}

fn shape(painter: &Painter, kind: usize, (x, y): Pixel, size: f64, color: Color) {
    let corner = |dx: f64, dy: f64| (x + dx * size, y + dy * size);
    match kind {
        0 => painter.dot((x, y), 3.2 * size, color),
        1 => painter.area(&[corner(0.0, -4.2), corner(3.8, 2.8), corner(-3.8, 2.8)], color, 1.0),
        2 => painter.rectangle(corner(-2.9, -2.9), corner(2.9, 2.9), color),
        _ => painter.area(&[corner(0.0, -4.4), corner(4.4, 0.0), corner(0.0, 4.4), corner(-4.4, 0.0)], color, 1.0),
    }
}

/// A number for the ends of a color scale.
pub(crate) fn short(value: f64) -> String {
    let text = match value.abs() {
        0.0 => "0".into(),
        size if !(1e-3..1e5).contains(&size) => format!("{value:.1e}"),
        size => {
            let decimals = (2 - size.log10().floor() as i32).clamp(0, 5) as usize;
            let text = format!("{value:.decimals$}");
            if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text }
        }
    };
    minus(&text)
}
