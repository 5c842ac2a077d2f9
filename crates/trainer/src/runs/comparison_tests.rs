//! What a comparison says of its intervals.

use super::*;

fn comparison(metric: &str, intervals: &[Option<(f64, f64)>]) -> Comparison {
    let row = |(place, interval): (usize, &Option<(f64, f64)>)| SettingScores {
        letter: ["A", "B", "C"][place].to_string(),
        label: String::new(),
        seeds: vec![1, 2],
        folds: None,
        models: 2,
        mean: 0.8,
        deviation: None,
        interval: *interval,
        paths: Vec::new(),
    };
    Comparison {
        metric: metric.to_string(),
        split: SplitName::Test,
        settings: intervals.iter().enumerate().map(row).collect(),
        differing_keys: Vec::new(),
        differences: Vec::new(),
        warnings: Vec::new(),
    }
}

#[test]
fn an_interval_beyond_what_a_score_can_be_is_explained() {
    let intervals = [Some((0.3087, 1.2289)), Some((0.5, 0.9)), Some((-0.1, 0.9))];
    let said = comparison("accuracy", &intervals).beyond_bounds().unwrap_or_default();
    assert!(said.starts_with("the interval of A, C ends where no accuracy can be: "), "{said}");
    assert_eq!(comparison("accuracy", &[Some((0.0, 1.0)), None]).beyond_bounds(), None);
    assert_eq!(comparison("loss", &intervals).beyond_bounds(), None);
}
