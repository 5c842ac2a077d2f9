//! Problems small enough to see all of: surfaces to descend, and points in the plane that belong to two classes.
//!
//! ```
//! use zoo_core::Stream;
//! use zoo_toys::{Surface, points};
//!
//! assert_eq!(Surface::Rosenbrock.gradient([1.0, 1.0]), [0.0, 0.0]);
//! let rings = points::rings(100, points::OUTER_RING, &mut Stream::numbered(1, 0));
//! assert_eq!(rings.len(), 200);
//! ```

mod surface;

pub mod gabor;
pub mod netbp;
pub mod points;

pub use surface::{LANDS, Land, Surface};
