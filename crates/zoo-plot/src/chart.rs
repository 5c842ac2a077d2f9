//! What one chart shows.

use crate::axis::{Axis, DataRange};
use crate::field::Field;

/// Two axes and the layers between them, drawn in the order in which they were added.
///
/// Every layer has a label: its entry in the legend, which decides its color too. Layers with the same label share both; an empty
/// label means ink color and no entry.
#[derive(Clone, Debug)]
pub struct Chart {
    pub(crate) heading: String,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    pub(crate) layers: Vec<ChartLayer>,
    pub(crate) equal_units: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct ChartLayer {
    pub(crate) label: String,
    pub(crate) kind: LayerKind,
}

#[derive(Clone, Debug)]
pub(crate) enum LayerKind {
    /// Points joined by a line.
    Line(Vec<(f64, f64)>),
    /// The same, dashed and thin: a reference.
    Dashed(Vec<(f64, f64)>),
    /// A line with a ring where it starts and a dot where it ends.
    Path(Vec<(f64, f64)>),
    /// Points.
    Scatter(Vec<(f64, f64)>),
    /// The area between two lines: x, low, high.
    Band(Vec<(f64, f64, f64)>),
    /// Upright whiskers: x, low, high.
    Intervals(Vec<(f64, f64, f64)>),
    /// One bar a category.
    Bars(Vec<f64>),
    /// One level bar a category of the y axis.
    LevelBars(Vec<f64>),
    /// Squares of unit size: middle, and how much of what lies behind is covered.
    Cells(Vec<(f64, f64, f64)>),
    /// Lines of equal value.
    Contours(Field, Vec<f64>),
    /// Cells colored by value.
    Heat(Field),
    /// A reference line across the chart, upright at an x.
    RuleX(f64),
    /// A reference line across the chart, level at a y.
    RuleY(f64),
    /// Words with their middle at a point.
    Text((f64, f64)),
}

impl Chart {
    /// An empty chart.
    pub fn new(x: Axis, y: Axis) -> Chart {
        Chart { heading: String::new(), x, y, layers: Vec::new(), equal_units: false }
    }

    /// A line above the chart, to tell panels apart.
    #[must_use]
    pub fn heading(mut self, text: &str) -> Chart {
        self.heading = text.into();
        self
    }

    /// One unit is as long upright as it is level, for planes where directions matter.
    #[must_use]
    pub fn equal_units(mut self) -> Chart {
        self.equal_units = true;
        self
    }

    /// Points joined by a line. What an axis cannot show (infinite, or not above 0 on a logarithmic axis) breaks it.
    #[must_use]
    pub fn line(self, label: &str, points: &[(f64, f64)]) -> Chart {
        self.with(label, LayerKind::Line(points.to_vec()))
    }

    /// A thin dashed line: what theory says beside what was measured.
    #[must_use]
    pub fn dashed(self, label: &str, points: &[(f64, f64)]) -> Chart {
        self.with(label, LayerKind::Dashed(points.to_vec()))
    }

    /// A way through the plane, with a ring where it starts and a dot where it ends.
    #[must_use]
    pub fn path(self, label: &str, points: &[(f64, f64)]) -> Chart {
        self.with(label, LayerKind::Path(points.to_vec()))
    }

    /// Points by themselves.
    #[must_use]
    pub fn scatter(self, label: &str, points: &[(f64, f64)]) -> Chart {
        self.with(label, LayerKind::Scatter(points.to_vec()))
    }

    /// The area between two lines, given as `(x, low, high)`.
    #[must_use]
    pub fn band(self, label: &str, points: &[(f64, f64, f64)]) -> Chart {
        self.with(label, LayerKind::Band(points.to_vec()))
    }

    /// Upright whiskers `(x, low, high)`: confidence intervals.
    #[must_use]
    pub fn intervals(self, label: &str, points: &[(f64, f64, f64)]) -> Chart {
        self.with(label, LayerKind::Intervals(points.to_vec()))
    }

    /// One bar a category of the x axis, from 0 (or the lower end of a logarithmic axis). Several series stand side by side.
    #[must_use]
    pub fn bars(self, label: &str, values: &[f64]) -> Chart {
        self.with(label, LayerKind::Bars(values.to_vec()))
    }

    /// One level bar a category of the y axis, from 0 to both sides; the first category is the lowest.
    #[must_use]
    pub fn level_bars(self, label: &str, values: &[f64]) -> Chart {
        self.with(label, LayerKind::LevelBars(values.to_vec()))
    }

    /// Squares around places of two category axes, given as `(x, y, part)`: the larger the part of 1, the deeper the label's color.
    /// A matrix of shares, with [`Chart::text`] for its numbers.
    #[must_use]
    pub fn cells(self, label: &str, cells: &[(f64, f64, f64)]) -> Chart {
        self.with(label, LayerKind::Cells(cells.to_vec()))
    }

    /// Lines along which the field has the values `levels`, in ink color.
    #[must_use]
    pub fn contours(self, field: &Field, levels: &[f64]) -> Chart {
        self.with("", LayerKind::Contours(field.clone(), levels.to_vec()))
    }

    /// Cells colored by value, dark to bright; the legend has the scale under `label`.
    #[must_use]
    pub fn heat(self, label: &str, field: &Field) -> Chart {
        self.with(label, LayerKind::Heat(field.clone()))
    }

    /// An upright reference line at `x`.
    #[must_use]
    pub fn rule_x(self, label: &str, x: f64) -> Chart {
        self.with(label, LayerKind::RuleX(x))
    }

    /// A level reference line at `y`.
    #[must_use]
    pub fn rule_y(self, label: &str, y: f64) -> Chart {
        self.with(label, LayerKind::RuleY(y))
    }

    /// Words with their middle at a point, in ink color.
    #[must_use]
    pub fn text(self, words: &str, at: (f64, f64)) -> Chart {
        self.with(words, LayerKind::Text(at))
    }

    fn with(mut self, label: &str, kind: LayerKind) -> Chart {
        self.layers.push(ChartLayer { label: label.into(), kind });
        self
    }

    /// The least and the largest value that the layers show, each way.
    pub(crate) fn extent(&self) -> (DataRange, DataRange) {
        let (mut x, mut y) = (DataRange::of(&self.x), DataRange::of(&self.y));
        for layer in &self.layers {
            layer.kind.stretch(&mut x, &mut y);
        }
        (x, y)
    }
}

impl LayerKind {
    fn stretch(&self, x: &mut DataRange, y: &mut DataRange) {
        match self {
            LayerKind::Line(points)
            | LayerKind::Dashed(points)
            | LayerKind::Path(points)
            | LayerKind::Scatter(points) => {
                points.iter().for_each(|&(at, value)| {
                    x.add(at);
                    y.add(value);
                });
            }
            LayerKind::Band(points) | LayerKind::Intervals(points) => points.iter().for_each(|&(at, low, high)| {
                x.add(at);
                y.add(low);
                y.add(high);
            }),
            LayerKind::Bars(values) => {
                x.add(-0.5);
                x.add(values.len() as f64 - 0.5);
                y.add(0.0);
                values.iter().for_each(|&value| y.add(value));
            }
            LayerKind::LevelBars(values) => {
                y.add(-0.5);
                y.add(values.len() as f64 - 0.5);
                x.add(0.0);
                values.iter().for_each(|&value| x.add(value));
            }
            LayerKind::Cells(cells) => cells.iter().for_each(|&(at_x, at_y, _)| {
                [-0.5, 0.5].into_iter().for_each(|half| {
                    x.add(at_x + half);
                    y.add(at_y + half);
                });
            }),
            LayerKind::Contours(field, _) | LayerKind::Heat(field) => {
                [field.x.start, field.x.end].into_iter().for_each(|at| x.add(at));
                [field.y.start, field.y.end].into_iter().for_each(|at| y.add(at));
            }
            LayerKind::RuleX(at) => x.add(*at),
            LayerKind::RuleY(at) => y.add(*at),
            LayerKind::Text(_) => {}
        }
    }

    /// Whether the layer fills the plane to its edges, which then are the chart's.
    pub(crate) fn fills(&self) -> bool {
        matches!(
            self,
            LayerKind::Contours(..)
                | LayerKind::Heat(_)
                | LayerKind::Bars(_)
                | LayerKind::LevelBars(_)
                | LayerKind::Cells(_)
        )
    }
}
