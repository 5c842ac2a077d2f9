//! Several addresses, tried in order, several times.

use std::thread;
use std::time::Duration;

use crate::DataError;
use crate::error::{OriginFailure, Problem};
use crate::store::Retry;

/// Why no origin worked.
pub(crate) enum GaveUp {
    /// The fault is on this side.
    Local(DataError),
    /// Each origin's last problem.
    Origins(Vec<OriginFailure>),
}

/// Calls `attempt` with one origin after the other until one succeeds. Origins with a final problem (not found, wrong
/// file) are not asked again; the others get `retry.rounds` tries, with growing waits between the rounds.
pub(crate) fn first_that_works<T>(
    retry: &Retry,
    origins: &[String],
    mut attempt: impl FnMut(&str) -> Result<T, Problem>,
) -> Result<T, GaveUp> {
    let mut last: Vec<Option<Problem>> = origins.iter().map(|_| None).collect();
    for round in 0..retry.rounds {
        if last.iter().flatten().all(Problem::is_final) && round > 0 {
            break;
        }
        thread::sleep(retry.wait(round));
        for (url, last) in origins.iter().zip(&mut last) {
            if last.as_ref().is_some_and(Problem::is_final) {
                continue;
            }
            match attempt(url) {
                Ok(value) => return Ok(value),
                Err(Problem::Local(error)) => return Err(GaveUp::Local(*error)),
                Err(problem) => *last = Some(warned(url, problem)),
            }
        }
    }
    Err(GaveUp::Origins(failures(origins, last)))
}

fn warned(url: &str, problem: Problem) -> Problem {
    tracing::warn!("{url}: {problem}");
    problem
}

fn failures(origins: &[String], last: Vec<Option<Problem>>) -> Vec<OriginFailure> {
    let pairs = origins.iter().zip(last);
    pairs.filter_map(|(url, problem)| Some(OriginFailure { url: url.clone(), problem: problem? })).collect()
}

impl GaveUp {
    /// The error for the user, who wanted `file` in `store`.
    pub(crate) fn into_error(self, file: &str, store: &crate::Store) -> DataError {
        match self {
            GaveUp::Local(error) => error,
            GaveUp::Origins(failures) => {
                DataError::Download { file: file.to_owned(), folder: store.dir.clone(), failures }
            }
        }
    }

    /// Whether some origin is well, except that it sends no parts of files.
    pub(crate) fn lacks_ranges(&self) -> bool {
        let GaveUp::Origins(failures) = self else { return false };
        failures.iter().any(|failure| matches!(failure.problem, Problem::NoRanges))
    }
}

impl Problem {
    /// Whether asking the same origin again is pointless.
    pub(crate) fn is_final(&self) -> bool {
        match self {
            // Request timeout, too early, too many requests: the server itself says "later".
            Problem::Status(408 | 425 | 429) => false,
            Problem::Status(status) => *status < 500,
            Problem::Connection(_) | Problem::Stalled(_) | Problem::Slow { .. } | Problem::Truncated { .. } => false,
            Problem::Hash { resumed, .. } => !resumed,
            Problem::Size { .. }
            | Problem::NoRanges
            | Problem::Archive(_)
            | Problem::Network(_)
            | Problem::Local(_) => true,
        }
    }
}

impl Retry {
    /// The wait before `round` (counted from 0).
    pub(crate) fn wait(&self, round: u32) -> Duration {
        match round.checked_sub(1) {
            None => Duration::ZERO,
            Some(doublings) => self.first_wait.saturating_mul(2_u32.saturating_pow(doublings)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETRY: Retry =
        Retry { rounds: 3, first_wait: Duration::ZERO, connect: Duration::ZERO, stall: Duration::ZERO, slowest: 0 };

    #[test]
    fn waits_double_from_round_to_round() {
        let retry = Retry { first_wait: Duration::from_millis(10), ..Retry::default() };
        let waits: Vec<_> = (0..4).map(|round| retry.wait(round).as_millis()).collect();
        assert_eq!(waits, [0, 10, 20, 40]);
    }

    #[test]
    fn final_problems_are_not_asked_again_and_passing_ones_are() {
        let mut asked = Vec::new();
        let result: Result<(), _> = first_that_works(&RETRY, &["gone", "busy"].map(String::from), |url| {
            asked.push(url.to_owned());
            Err(Problem::Status(if url == "gone" { 404 } else { 503 }))
        });
        assert_eq!(asked, ["gone", "busy", "busy", "busy"]);
        let Err(GaveUp::Origins(failures)) = result else { panic!("nothing worked") };
        assert_eq!(failures.len(), 2);
    }

    #[test]
    fn a_fault_on_this_side_ends_the_search() {
        let mut asked = 0;
        let result: Result<(), _> = first_that_works(&RETRY, &["one", "two"].map(String::from), |_| {
            asked += 1;
            Err(DataError::NoCacheFolder.into())
        });
        assert!(matches!(result, Err(GaveUp::Local(DataError::NoCacheFolder))));
        assert_eq!(asked, 1);
    }
}
