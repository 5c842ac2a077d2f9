//! Vector figures. Their colours are the ones of light paper; a style sheet exchanges them in the dark.

use anyhow::{Context, Result, anyhow};
use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use std::ops::Range;

/// Axes, numbers and words.
const INK: RGBColor = RGBColor(0x22, 0x22, 0x22);
/// Lines to read values by.
const GRID: RGBColor = RGBColor(0xdd, 0xdd, 0xdd);
/// Okabe and Ito's colours, told apart by colour-blind people too.
pub(super) const BLUE: RGBColor = RGBColor(0x00, 0x72, 0xb2);
pub(super) const ORANGE: RGBColor = RGBColor(0xd5, 0x5e, 0x00);
const GREY: RGBColor = RGBColor(0x88, 0x88, 0x88);

/// What the dark exchanges, for standalone figures; the page has the same for those within it.
pub(super) const DARK: &str = "[fill=\"#222222\"]{fill:#e6e6e6}[stroke=\"#222222\"]{stroke:#e6e6e6}[stroke=\"#DDDDDD\"]{stroke:#3d4248}\
[fill=\"#0072B2\"]{fill:#56b4e9}[stroke=\"#0072B2\"]{stroke:#56b4e9}[fill=\"#D55E00\"]{fill:#f0904d}[stroke=\"#D55E00\"]{stroke:#f0904d}";

const FONT: &str = "sans-serif";
const SIZE: (u32, u32) = (560, 340);

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// A line through the means of several runs, and the band between their extremes.
pub(super) struct Series {
    pub(super) name: &'static str,
    pub(super) colour: RGBColor,
    /// `[x, mean, least, largest]`.
    pub(super) points: Vec<[f64; 4]>,
}

/// Axes of a chart.
pub(super) struct Axes {
    pub(super) title: String,
    pub(super) x: &'static str,
    pub(super) y: &'static str,
    pub(super) x_range: Range<f64>,
    pub(super) y_range: Range<f64>,
    /// Where the names of the lines hide none of them.
    pub(super) legend: SeriesLabelPosition,
}

/// Lines with bands.
pub(super) fn curves(axes: &Axes, series: &[Series]) -> Result<String> {
    draw(SIZE, &axes.title, |area| {
        let mut chart = axes_on(area, axes)?;
        for Series { name, colour, points } in series {
            let colour = *colour;
            let upper = points.iter().map(|[x, _, _, largest]| (*x, *largest));
            let lower = points.iter().rev().map(|[x, _, least, _]| (*x, *least));
            chart.draw_series([Polygon::new(upper.chain(lower).collect::<Vec<_>>(), colour.mix(0.2))])?;
            let line = LineSeries::new(points.iter().map(|[x, mean, ..]| (*x, *mean)), colour.stroke_width(2));
            chart
                .draw_series(line)?
                .label(*name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(3)));
        }
        legend(&mut chart, axes.legend.clone())
    })
}

/// Points joined by lines, against the diagonal: a receiver operating characteristic or a reliability diagram.
pub(super) fn against_diagonal(axes: &Axes, name: &str, points: &[(f64, f64)], dots: bool) -> Result<String> {
    draw((400, 400), &axes.title, |area| {
        let mut chart = axes_on(area, axes)?;
        chart.draw_series(DashedLineSeries::new([(0.0, 0.0), (1.0, 1.0)], 5, 4, GREY.stroke_width(1)))?;
        let line = LineSeries::new(points.iter().copied(), BLUE.stroke_width(2));
        chart
            .draw_series(line)?
            .label(name)
            .legend(|(x, y)| PathElement::new([(x, y), (x + 18, y)], BLUE.stroke_width(3)));
        if dots {
            chart.draw_series(points.iter().map(|point| Circle::new(*point, 4, BLUE.filled())))?;
        }
        Ok(())
    })
}

/// Named values, largest first, to both sides of 0.
pub(super) fn bars(title: &str, x: &'static str, bars: &[(String, f64)]) -> Result<String> {
    let largest = bars.iter().fold(f64::MIN_POSITIVE, |largest, (_, value)| largest.max(value.abs()));
    let height = 60 + 18 * bars.len() as u32;
    draw((560, height), title, |area| {
        let mut chart = ChartBuilder::on(area)
            .margin(8)
            .x_label_area_size(40)
            .y_label_area_size(190)
            .build_cartesian_2d(-largest * 1.05..largest * 1.05, 0.0..bars.len() as f64)?;
        let name = |place: &f64| bars.get(place.floor() as usize).map_or(String::new(), |(name, _)| name.clone());
        chart
            .configure_mesh()
            .disable_y_mesh()
            .y_labels(0)
            .x_desc(x)
            .axis_style(INK)
            .light_line_style(TRANSPARENT)
            .bold_line_style(GRID)
            .label_style((FONT, 12).into_font().color(&INK))
            .draw()?;
        for (index, (_, value)) in bars.iter().enumerate() {
            let colour = if *value < 0.0 { BLUE } else { ORANGE };
            let place = index as f64;
            chart.draw_series([Rectangle::new([(0.0, place + 0.15), (*value, place + 0.85)], colour.filled())])?;
            let label = name(&place);
            let at = chart.backend_coord(&(-largest * 1.05, place + 0.5));
            let style = (FONT, 12).into_font().color(&INK).pos(right());
            area.draw(&Text::new(label, (at.0 - 6, at.1), style))?;
        }
        Ok(())
    })
}

/// A matrix of parts of 1 by true class (row) and predicted class (column).
pub(super) fn confusion(title: &str, names: &[String], parts: &[Vec<f64>]) -> Result<String> {
    let many = names.len() > 12;
    let (cell, text, left) = if many { (26, 9, 34) } else { (52, 13, 92) };
    let top = 58;
    let side = cell * names.len() as i32;
    let size = ((left + side + 12).max(2 * left + 140) as u32, (top + side + 12) as u32);
    draw(size, title, |area| {
        let font = |size: i32| (FONT, size).into_font().color(&INK);
        area.draw(&Text::new("predicted class, % of the true class", (left, 14), font(13).pos(left_of())))?;
        for (row, (name, values)) in names.iter().zip(parts).enumerate() {
            let y = top + row as i32 * cell;
            area.draw(&Text::new(shorten(name), (left - 6, y + cell / 2), font(text).pos(right())))?;
            let x = left + row as i32 * cell;
            area.draw(&Text::new(
                shorten(name),
                (x + cell / 2, top - 12 - (row as i32 % 2) * if many { 0 } else { 13 }),
                font(text.min(11)).pos(centre()),
            ))?;
            for (column, value) in values.iter().enumerate() {
                let x = left + column as i32 * cell;
                let colour = if row == column { BLUE } else { ORANGE };
                area.draw(&Rectangle::new(
                    [(x, y), (x + cell - 1, y + cell - 1)],
                    colour.mix(0.08 + 0.62 * value).filled(),
                ))?;
                if *value >= 0.0005 || !many {
                    let number = number(100.0 * value, many);
                    area.draw(&Text::new(number, (x + cell / 2, y + cell / 2), font(text).pos(centre())))?;
                }
            }
        }
        Ok(())
    })
}

fn shorten(name: &str) -> String {
    name.chars().take(13).collect()
}

fn number(value: f64, many: bool) -> String {
    match (value, many) {
        (value, true) => format!("{value:.0}"),
        (value, false) if value >= 99.95 => "100".to_string(),
        (value, false) => format!("{value:.1}"),
    }
}

/// A number of an axis, without a fraction of nothing.
fn short(value: &f64) -> String {
    format!("{:.4}", value).trim_end_matches('0').trim_end_matches('.').to_string()
}

fn centre() -> plotters::style::text_anchor::Pos {
    use plotters::style::text_anchor::{HPos, Pos, VPos};
    Pos::new(HPos::Center, VPos::Center)
}

fn left_of() -> plotters::style::text_anchor::Pos {
    use plotters::style::text_anchor::{HPos, Pos, VPos};
    Pos::new(HPos::Left, VPos::Center)
}

fn right() -> plotters::style::text_anchor::Pos {
    use plotters::style::text_anchor::{HPos, Pos, VPos};
    Pos::new(HPos::Right, VPos::Center)
}

fn axes_on<'a, 'b: 'a>(area: &'a Area<'b>, axes: &Axes) -> Result<Chart<'a, 'b>> {
    let mut chart = ChartBuilder::on(area)
        .margin(8)
        .margin_right(16)
        .x_label_area_size(42)
        .y_label_area_size(58)
        .build_cartesian_2d(axes.x_range.clone(), axes.y_range.clone())?;
    chart
        .configure_mesh()
        .x_desc(axes.x)
        .y_desc(axes.y)
        .x_labels(9)
        .y_labels(7)
        .x_label_formatter(&short)
        .y_label_formatter(&short)
        .axis_style(INK)
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .label_style((FONT, 12).into_font().color(&INK))
        .axis_desc_style((FONT, 13).into_font().color(&INK))
        .draw()?;
    Ok(chart)
}

fn legend<'a, 'b: 'a>(chart: &mut Chart<'a, 'b>, position: SeriesLabelPosition) -> Result<()> {
    chart
        .configure_series_labels()
        .position(position)
        .label_font((FONT, 12).into_font().color(&INK))
        .border_style(TRANSPARENT)
        .draw()?;
    Ok(())
}

/// Draws, and makes the figure scale with the page and say what it is.
fn draw(size: (u32, u32), title: &str, paint: impl FnOnce(&Area<'_>) -> Result<()>) -> Result<String> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        paint(&area).and_then(|()| Ok(area.present()?)).with_context(|| format!("cannot draw {title}"))?;
    }
    let (_, body) = svg.split_once('>').ok_or_else(|| anyhow!("the figure {title} is empty"))?;
    let (width, height) = size;
    let title = super::html::escape(title);
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" \
         aria-label=\"{title}\"><title>{title}</title>{body}"
    ))
}

/// The same figure as a file of its own, which follows the reader's light or dark.
pub(super) fn standalone(svg: &str) -> String {
    let style = format!("<style>@media (prefers-color-scheme:dark){{svg{{background:#16181c}}{DARK}}}</style>");
    svg.replacen("</title>", &format!("</title>{style}"), 1)
}
