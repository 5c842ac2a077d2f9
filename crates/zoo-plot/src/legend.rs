//! The legend, in rows above the charts, where it can hide nothing.

use crate::chart::{Chart, LayerKind};

/// What a legend shows before a label.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Mark {
    Line,
    Dashes,
    Dot,
    Area,
    /// As light as a band.
    Band,
    /// A color scale between two values.
    Scale(f64, f64),
}

/// Every label once, in the order of its first layer.
#[derive(Debug)]
pub(crate) struct Legend {
    entries: Vec<LegendEntry>,
}

#[derive(Debug, PartialEq)]
pub(crate) struct LegendEntry {
    pub(crate) label: String,
    pub(crate) mark: Mark,
    /// The place of its color; none for heat maps.
    pub(crate) place: Option<usize>,
}

impl Legend {
    pub(crate) fn of(charts: &[Chart]) -> Legend {
        let mut legend = Legend { entries: Vec::new() };
        for layer in charts.iter().flat_map(|chart| &chart.layers) {
            legend.add(&layer.label, &layer.kind);
        }
        legend
    }

    fn add(&mut self, label: &str, kind: &LayerKind) {
        let mark = match kind {
            LayerKind::Text(_) | LayerKind::Contours(..) => return,
            LayerKind::Line(_) | LayerKind::Path(_) => Mark::Line,
            LayerKind::Dashed(_) | LayerKind::RuleX(_) | LayerKind::RuleY(_) => Mark::Dashes,
            LayerKind::Scatter(_) => Mark::Dot,
            LayerKind::Intervals(_) => Mark::Line,
            LayerKind::Bars(_) | LayerKind::LevelBars(_) | LayerKind::Cells(_) => Mark::Area,
            LayerKind::Band(_) => Mark::Band,
            LayerKind::Heat(field) => Mark::Scale(field.span().0, field.span().1),
        };
        if label.is_empty() {
            return;
        }
        match self.entries.iter_mut().find(|entry| entry.label == label) {
            Some(entry) => entry.mark = joined(entry.mark, mark),
            None => {
                let colored = self.entries.iter().filter(|entry| entry.place.is_some()).count();
                let place = (!matches!(mark, Mark::Scale(..))).then_some(colored);
                self.entries.push(LegendEntry { label: label.into(), mark, place });
            }
        }
    }

    /// The place of a label's color.
    pub(crate) fn place(&self, label: &str) -> Option<usize> {
        self.entries.iter().find(|entry| entry.label == label)?.place
    }

    /// The range of values that the colors of a heat map under this label stand for.
    pub(crate) fn span(&self, label: &str) -> Option<(f64, f64)> {
        self.entries.iter().find(|entry| entry.label == label).and_then(|entry| match entry.mark {
            Mark::Scale(low, high) => Some((low, high)),
            _ => None,
        })
    }

    /// The entries in rows that fit into `width`, each with its offset; `measure` gives an entry's width.
    pub(crate) fn rows(&self, width: i32, measure: impl Fn(&LegendEntry) -> i32) -> Vec<Vec<(i32, &LegendEntry)>> {
        let mut rows: Vec<Vec<(i32, &LegendEntry)>> = Vec::new();
        let mut end = i32::MAX;
        for entry in &self.entries {
            let wide = measure(entry);
            if end.saturating_add(wide) > width {
                rows.push(Vec::new());
                end = 0;
            }
            if let Some(row) = rows.last_mut() {
                row.push((end, entry));
            }
            end += wide;
        }
        rows
    }
}

/// One scale for all heat maps of a label; a line rather than what lies around it.
fn joined(first: Mark, second: Mark) -> Mark {
    match (first, second) {
        (Mark::Scale(low, high), Mark::Scale(other_low, other_high)) => {
            Mark::Scale(low.min(other_low), high.max(other_high))
        }
        (Mark::Area | Mark::Band, mark) => mark,
        (mark, _) => mark,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Axis;

    #[test]
    fn a_label_stands_once_and_rows_break() {
        let chart = Chart::new(Axis::linear("x"), Axis::linear("y"));
        let chart =
            chart.band("a", &[(0.0, 0.0, 1.0)]).line("a", &[(0.0, 0.5)]).scatter("b", &[(0.0, 0.5)]).line("", &[]);
        let legend = Legend::of(&[chart]);
        assert_eq!(legend.entries.len(), 2);
        assert_eq!((legend.entries[0].mark, legend.place("b")), (Mark::Line, Some(1)));
        let rows = legend.rows(100, |_| 60);
        assert_eq!(rows.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1]);
        assert_eq!(legend.rows(120, |_| 60)[0][1].0, 60);
    }
}
