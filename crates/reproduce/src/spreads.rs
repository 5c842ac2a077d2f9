//! What several runs measured, in words.

use zoo_results::Spread;

/// `0.7119 ± 0.0112`; of one measurement, which has no deviation, itself.
pub(crate) fn mean_and_deviation(Spread { count, mean, deviation, .. }: &Spread) -> String {
    if *count == 1 { format!("{mean:.4}") } else { format!("{mean:.4} ± {deviation:.4}") }
}

/// `0.7005 to 0.7293`; of one measurement nothing.
pub(crate) fn range(Spread { count, min, max, .. }: &Spread) -> String {
    if *count == 1 { String::new() } else { format!("{min:.4} to {max:.4}") }
}
