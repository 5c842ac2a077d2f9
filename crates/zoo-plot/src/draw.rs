//! From a figure to strokes: where everything goes.

use crate::axis::Axis;
use crate::chart::Chart;
use crate::layers;
use crate::legend::{Legend, LegendEntry, Mark};
use crate::painter::{Anchor, Painter, Pen, Pixel};
use crate::palette::{self, BAND, GRID, HEAT_STEPS, INK, PAPER};
use crate::plane::{GAP, LETTER, PlotArea, PlotPlane, SECOND_ROW, plane};

/// The width of a figure that asks for no other, in pixels.
pub const WIDTH: u32 = 760;

// All sizes are pixels.
const TEXT: f64 = 12.0;
const ROW: f64 = 20.0;
const MARK: f64 = 26.0;
const SCALE_MARK: f64 = 96.0;

/// Draws charts in rows of `columns` under their legend; gives what was drawn and the height it takes.
pub(crate) fn charts(charts: &[Chart], columns: usize, width: u32) -> (Painter, u32) {
    let legend = Legend::of(charts);
    let width = f64::from(width);
    let rows = legend.rows((width - 2.0 * GAP) as i32, |entry| entry_width(entry) as i32);
    let head = 10.0 + rows.len() as f64 * ROW;
    let columns = columns.min(charts.len());
    let wide = width / columns as f64;
    let high = charts.iter().map(|chart| height(chart, wide, columns)).fold(0.0, f64::max);
    let total = head + high * charts.len().div_ceil(columns) as f64;
    let painter = Painter::default();
    painter.rectangle((0.0, 0.0), (width, total), PAPER);
    draw_legend(&painter, &rows);
    for (index, chart) in charts.iter().enumerate() {
        let (left, top) = ((index % columns) as f64 * wide, head + (index / columns) as f64 * high);
        draw_chart(&painter, chart, &legend, PlotArea { left, top, right: left + wide, bottom: top + high });
    }
    (painter, total.ceil() as u32)
}

/// A chart's height: squarer in a row than alone, and as its units or the names on its y axis demand.
fn height(chart: &Chart, wide: f64, columns: usize) -> f64 {
    if chart.equal_units {
        let plane = plane(chart, PlotArea { left: 0.0, top: 0.0, right: wide, bottom: wide });
        let inner = plane.area.right - plane.area.left;
        let outside = wide - (plane.area.bottom - plane.area.top);
        return (inner * (plane.y.high - plane.y.low) / (plane.x.high - plane.x.low) + outside)
            .min(1.2 * f64::from(WIDTH));
    }
    if let Some(names) = chart.y.categories_count() {
        return 52.0 + names as f64 * ROW;
    }
    if columns == 1 { 100.0 + 300.0 * wide / f64::from(WIDTH) } else { wide * 0.8 + 20.0 }
}

fn entry_width(entry: &LegendEntry) -> f64 {
    let mark = match entry.mark {
        Mark::Scale(low, high) => {
            SCALE_MARK + 8.0 + (layers::short(low).len() + layers::short(high).len()) as f64 * LETTER
        }
        _ => MARK,
    };
    mark + 6.0 + entry.label.chars().count() as f64 * LETTER + GAP
}

fn draw_legend(painter: &Painter, rows: &[Vec<(i32, &LegendEntry)>]) {
    for (row, entries) in rows.iter().enumerate() {
        let middle = 8.0 + (row as f64 + 0.5) * ROW;
        for (offset, entry) in entries {
            let left = GAP + f64::from(*offset);
            let end = draw_mark(painter, entry, left, middle);
            painter.text(&entry.label, (end + 6.0, middle), Anchor::Start, TEXT, INK);
        }
    }
}

/// Draws an entry's mark; gives where it ends.
fn draw_mark(painter: &Painter, entry: &LegendEntry, left: f64, middle: f64) -> f64 {
    let (color, again) = entry.place.map_or((INK, false), palette::series);
    let right = left + MARK;
    match entry.mark {
        Mark::Line => painter.line(&[(left, middle), (right, middle)], Pen { color, width: 2.0, dashed: again }),
        Mark::Dashes => painter.line(&[(left, middle), (right, middle)], Pen { color, width: 1.5, dashed: true }),
        Mark::Dot => layers::mark(painter, entry.place, ((left + right) / 2.0, middle)),
        Mark::Area => painter.rectangle((left + 6.0, middle - 5.0), (right, middle + 5.0), color),
        Mark::Band => {
            let (above, below) = (middle - 5.0, middle + 5.0);
            painter.area(&[(left + 6.0, above), (right, above), (right, below), (left + 6.0, below)], color, BAND);
        }
        Mark::Scale(low, high) => return draw_scale(painter, [low, high], left, middle),
    }
    right
}

fn draw_scale(painter: &Painter, [low, high]: [f64; 2], left: f64, middle: f64) -> f64 {
    let (low, high) = (layers::short(low), layers::short(high));
    painter.text(&low, (left, middle), Anchor::Start, TEXT, INK);
    let left = left + low.len() as f64 * LETTER + 4.0;
    let wide = SCALE_MARK / HEAT_STEPS as f64;
    for step in 0..HEAT_STEPS {
        let from = left + step as f64 * wide;
        painter.rectangle((from, middle - 6.0), (from + wide, middle + 6.0), palette::heat(step));
    }
    painter.text(&high, (left + SCALE_MARK + 4.0, middle), Anchor::Start, TEXT, INK);
    left + SCALE_MARK + 4.0 + high.len() as f64 * LETTER
}

fn draw_chart(painter: &Painter, chart: &Chart, legend: &Legend, outer: PlotArea) {
    let mut plane = plane(chart, outer);
    if chart.equal_units {
        plane.equalize();
    }
    let PlotArea { left, top, right, .. } = plane.area;
    painter.text(&chart.heading, ((left + right) / 2.0, top - 13.0), Anchor::Middle, TEXT + 1.0, INK);
    draw_grid(painter, chart, &plane);
    for layer in &chart.layers {
        layers::draw(painter, &plane, layer, chart, legend);
    }
    draw_axes(painter, chart, &plane, outer);
}

fn draw_grid(painter: &Painter, chart: &Chart, plane: &PlotPlane) {
    let PlotArea { left, top, right, bottom } = plane.area;
    let pen = Pen { color: GRID, width: 1.0, dashed: false };
    for &tick in plane.x.ticks.iter().filter(|_| chart.x.has_grid()) {
        let at = plane.across(tick);
        painter.line(&[(at, top), (at, bottom)], pen);
    }
    for &tick in plane.y.ticks.iter().filter(|_| chart.y.has_grid()) {
        let at = plane.up(tick);
        painter.line(&[(left, at), (right, at)], pen);
    }
}

fn draw_axes(painter: &Painter, chart: &Chart, plane: &PlotPlane, outer: PlotArea) {
    let PlotArea { left, top, right, bottom } = plane.area;
    let pen = Pen { color: INK, width: 1.0, dashed: false };
    let side = |axis: &Axis, line: [Pixel; 2]| {
        if !axis.is_bare() {
            painter.line(&line, pen);
        }
    };
    side(&chart.x, [(left, bottom), (right, bottom)]);
    side(&chart.y, [(left, bottom), (left, top)]);
    let second = if plane.staggered { SECOND_ROW } else { 0.0 };
    for (place, &tick) in plane.x.ticks.iter().enumerate() {
        let row = if place % 2 == 0 { 0.0 } else { second };
        painter.text(&plane.x.text(tick), (plane.across(tick), bottom + 12.0 + row), Anchor::Middle, TEXT, INK);
    }
    for &tick in &plane.y.ticks {
        painter.text(&plane.y.text(tick), (left - 6.0, plane.up(tick)), Anchor::End, TEXT, INK);
    }
    painter.text(&chart.x.name, ((left + right) / 2.0, bottom + 31.0 + second), Anchor::Middle, TEXT, INK);
    painter.text(&chart.y.name, (outer.left + 12.0, (top + bottom) / 2.0), Anchor::Upwards, TEXT, INK);
}
