//! One chart or several, under a title and a common legend.

use crate::chart::Chart;
use crate::draw::{self, WIDTH};
use crate::page::page;

/// What becomes one SVG.
#[derive(Clone, Debug)]
pub struct Figure {
    title: String,
    description: String,
    charts: Vec<Chart>,
    columns: usize,
    width: u32,
}

impl Figure {
    /// A single chart. `description` says in a sentence what is to be seen, for readers who cannot see it.
    pub fn of(title: &str, description: &str, chart: Chart) -> Figure {
        Figure::panels(title, description, 1, vec![chart])
    }

    /// Several charts in rows of `columns`. A label has one color in all of them and stands in the legend once.
    ///
    /// # Panics
    ///
    /// If there is no chart or no column.
    pub fn panels(title: &str, description: &str, columns: usize, charts: Vec<Chart>) -> Figure {
        assert!(columns > 0 && !charts.is_empty(), "the figure {title:?} has no chart or no column");
        Figure { title: title.into(), description: description.into(), charts, columns, width: WIDTH }
    }

    /// Narrower or wider than [`WIDTH`], in pixels; words and marks keep their size. Less than 160 pixels would hold no chart, so that
    /// is the least.
    #[must_use]
    pub fn width(mut self, pixels: u32) -> Figure {
        self.width = pixels.max(160);
        self
    }

    /// The figure as SVG text.
    pub fn svg(&self) -> String {
        let (painter, height) = draw::charts(&self.charts, self.columns, self.width);
        page(&self.title, &self.description, [self.width, height], painter)
    }
}
