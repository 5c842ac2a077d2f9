//! Figures of the zoo: values in, SVG text out.
//!
//! A [`Chart`] is axes and layers; a [`Figure`] is one chart or several small ones under a common legend. The text of a figure
//! follows from its values alone, so a figure in a repository changes only when what it shows does. It scales, follows the reader's
//! light or dark scheme, says in words what it shows, and tells its series apart also for the color-blind.
//!
//! ```
//! use zoo_plot::{Axis, Chart, Figure};
//!
//! let cost = [(0.0, 6.3), (5e5, 2e-3), (1e6, 7e-4)];
//! let chart = Chart::new(Axis::linear("step"), Axis::log("cost")).line("one start", &cost);
//! let svg = Figure::of("Cost by step", "The cost falls fast, then slowly.", chart).svg();
//! assert!(svg.starts_with("<svg") && svg.contains("<title>Cost by step</title>"));
//! assert!(svg.contains("one start"), "the legend names what is drawn");
//! ```

mod figure;

mod axis;
mod chart;
mod field;

mod draw;
mod layers;
mod legend;
mod plane;

mod clip;
mod contour;
mod page;
mod painter;
mod palette;

pub use axis::Axis;
pub use chart::Chart;
pub use draw::WIDTH;
pub use field::Field;
pub use figure::Figure;
