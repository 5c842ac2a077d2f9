//! A user's own table: CSV as spreadsheets and pandas write it, what its columns are, and its rows as a model takes them.
//!
//! [`look`] finds out which columns hold numbers, categories or neither, and whether the column to predict holds classes or numbers, which
//! [`look_as`] may be told;
//! [`load`] and [`rows`] read a table as a recipe then says it is ([`TableFormat`](zoo_recipe::TableFormat)), the one for training, the
//! other for prediction. [`read`] is for tables whose columns are all numbers, [`read_doubles`] for those of double precision.
//!
//! ```
//! let folder = tempfile::tempdir()?;
//! let file = folder.path().join("pots.csv");
//! std::fs::write(&file, "id;color;height;fits\n1;red;1,5;no\n2;blue;2,5;yes\n3;red;3,0;yes\n4;blue;1,0;no\n")?;
//!
//! let found = zoo_table::look(&file, Some("fits"))?;
//! assert_eq!(found.format.columns(), ["height", "color=blue", "color=red"]);
//! assert_eq!(found.classes, [("no".to_string(), 2), ("yes".to_string(), 2)]);
//! assert_eq!(found.format.left_out, ["id"]);
//!
//! let rows = zoo_table::rows(&file, &found.format)?.rows;
//! assert_eq!((rows[0].line, rows[0].values.as_slice()), (2, &[1.5, 0.0, 1.0][..]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod column;
mod found;
mod look;
mod target;
mod underflow;
mod unit;

mod encode;
mod fill;

mod decimal;
mod header;
mod sheet;
mod text;

use std::fmt;

pub use column::LEAST_MAGNITUDE;
pub use encode::{TableRows, load, rows};
pub use fill::{fill, fill_values};
pub use found::FoundTable;
pub use header::ColumnNamed;
pub use look::{look, look_as};
pub use sheet::{TableRow, read, read_doubles};
pub use target::{TargetColumn, TargetKind};

/// Why a table cannot be used: one sentence that names the file, and the line and the column where it is about one.
#[derive(Debug)]
pub struct TableError(anyhow::Error);

impl fmt::Display for TableError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:#}", self.0)
    }
}

impl std::error::Error for TableError {
    /// The first cause alone: the sentence ends with it.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.chain().skip(1).last()
    }
}

impl From<anyhow::Error> for TableError {
    fn from(error: anyhow::Error) -> Self {
        TableError(error)
    }
}
