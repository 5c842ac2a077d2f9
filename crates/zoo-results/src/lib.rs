//! What runs and experiments leave behind, as files that programs read again.
//!
//! A [`Report`] is one run's, a [`FoldsReport`] a cross-validation's; a [`Record`] holds a recipe's runs over its seeds against its
//! claim. An [`outcome::Outcome`] is an experiment's.
//! [`MeanDifference`] says whether one setting is better than another, and [`Replication`] whether fresh runs are like recorded ones.
//! An [`Int8Record`] holds the shipped models in integers beside what they were made from.
//! A [`FuzzReport`] and a [`CountsReport`] say how the zoo was tested.
//! [`digest`] keeps what was recorded from being changed unnoticed.

mod report;

mod folds;
mod inspection;
mod spread;

mod comparison;
mod student;

mod contradiction;
mod record;
mod replication;

mod digests;

mod fine_tuning;
mod int8;
pub mod outcome;
mod testing;

pub use comparison::{CONFIDENCE, MeanDifference, Overlap, holm};
pub use digests::{DIGESTS, digest, digest_new, undigested};
pub use fine_tuning::{FINE_TUNING_SCHEMA, FineTuning, FineTuningArm, TriedSetting};
pub use folds::{FOLDS_SCHEMA, FoldScores, FoldsReport};
pub use inspection::{ClassCoefficients, Coefficient, Gallery, Inspection, LayerPicture, Seen};
pub use int8::{INT8_SCHEMA, Int8Model, Int8Record, Int8Scores};
pub use record::{RECORD_SCHEMA, Record, Summary, Verdict};
pub use replication::{Convergence, LEVEL, Replication, later_p};
pub use report::{
    CalibrationBin, DataFacts, EpochScores, Expected, MOST_ROC_POINTS, REPORT_SCHEMA, Report, ReportError, ScoresOf,
};
pub use spread::{Spread, spread_scores};
pub use student::{student_critical, student_p};
pub use testing::{CountsReport, FuzzReport, FuzzedKind, TESTING_SCHEMA};
