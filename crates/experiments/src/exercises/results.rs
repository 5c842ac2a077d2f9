//! What the tests of a crate print, read again.

/// What became of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestResult {
    /// Its path in the crate, such as `tests::the_derivative_is_the_slope`.
    pub name: String,
    /// Why it failed.
    pub failure: Option<Failure>,
}

/// A panic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failure {
    /// File, line and column.
    pub place: String,
    /// One or more lines.
    pub message: String,
}

/// Every test that `log` names, in the order of `tests`, its source; others behind them.
pub fn results(log: &str, tests: &str) -> Vec<TestResult> {
    let result = |(name, became): (&str, &str)| {
        let failure = became.starts_with("FAILED").then(|| failure(log, name));
        TestResult { name: name.into(), failure }
    };
    let mut results: Vec<TestResult> = begun(log).map(result).collect();
    let place = |name: &str| tests.find(&format!("fn {}()", last(name))).unwrap_or(usize::MAX);
    results.sort_by_key(|result| place(&result.name));
    results
}

/// A test's name without its modules.
pub(super) fn last(name: &str) -> &str {
    name.rsplit("::").next().unwrap_or(name)
}

/// The tests that were begun, and what follows each.
pub(super) fn begun(log: &str) -> impl Iterator<Item = (&str, &str)> {
    let ended = log.find("\nfailures:\n").unwrap_or(log.len());
    let lines = log[..ended].match_indices("\ntest ").map(|(start, word)| &log[start + word.len()..]);
    lines.filter_map(|rest| rest.split_once(" ... "))
}

/// The first panic that the output of the test `name` tells of.
fn failure(log: &str, name: &str) -> Failure {
    let output = log.split_once(&format!("\n---- {name} stdout ----\n")).map_or("", |(_, rest)| rest);
    let output = ["\n---- ", "\nfailures:\n"]
        .iter()
        .fold(output, |output, end| output.split_once(end).map_or(output, |(own, _)| own));
    let Some((place, message)) = output.split_once("panicked at ").and_then(|(_, rest)| rest.split_once(":\n")) else {
        return Failure::default();
    };
    let message = message.split_once("\nnote: run with").map_or(message, |(message, _)| message);
    Failure { place: place.into(), message: message.trim_end().into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\nrunning 3 tests\ntest tests::alone ... FAILED\ntest tests::first ... ok\ntest tests::second ... FAILED\n\n\
        failures:\n\n---- tests::alone stdout ----\nprinted\n\nthread 'tests::alone' (7) panicked at src/lib.rs:3:9:\nindex out of bounds\n\
        note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n\n\
        ---- tests::second stdout ----\n\nthread 'tests::second' (8) panicked at src/tests.rs:20:14:\na gives 1, expected 2\nhint: b\n\n\n\
        failures:\n    tests::alone\n    tests::second\n\ntest result: FAILED. 1 passed; 2 failed; 0 ignored\n\n";

    #[test]
    fn results_come_in_the_order_of_the_source_each_with_its_own_message() {
        let results = results(LOG, "fn first() {}\nfn second() {}\n");
        let names: Vec<&str> = results.iter().map(|result| last(&result.name)).collect();
        assert_eq!(names, ["first", "second", "alone"]);
        assert_eq!(results[0].failure, None);
        let failure = |place: &str, message: &str| Some(Failure { place: place.into(), message: message.into() });
        assert_eq!(results[1].failure, failure("src/tests.rs:20:14", "a gives 1, expected 2\nhint: b"));
        assert_eq!(results[2].failure, failure("src/lib.rs:3:9", "index out of bounds"));
    }
}
