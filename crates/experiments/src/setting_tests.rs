//! What experiments declare of their numbers is sound and said in words.

use super::*;
use crate::ALL;
use std::collections::BTreeSet;

#[test]
fn every_experiment_declares_two_or_more_numbers_by_names_of_their_own() {
    for experiment in ALL {
        let names: BTreeSet<&str> = experiment.settings.iter().map(ExperimentSetting::name).collect();
        assert!(names.len() >= 2 && names.len() == experiment.settings.len(), "{}: {names:?}", experiment.name);
        for setting in experiment.settings {
            let name = setting.name();
            assert!(
                name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'),
                "{name}"
            );
            assert!(!setting.about().is_empty() && !setting.about().ends_with('.'), "{name}");
        }
    }
}

#[test]
fn the_notes_value_may_be_set_and_so_may_the_example_which_is_another() {
    for setting in ALL.iter().flat_map(|experiment| experiment.settings) {
        let is_sound = match *setting {
            ExperimentSetting::Number(one) => one.allows(&[one.default, one.example]) && one.default != one.example,
            ExperimentSetting::Whole(one) => {
                one.allows(one.default) && one.allows(one.example) && one.default != one.example
            }
            ExperimentSetting::List(one) => {
                one.allows(one.default) && one.allows(one.example) && one.default != one.example
            }
            ExperimentSetting::Points(one) => one.rows[0] <= one.rows[1] && !one.columns.is_empty(),
        };
        assert!(is_sound, "{setting:?}");
    }
}

#[test]
fn what_may_be_set_is_said_in_words() {
    let rate =
        NumberSetting { name: "rate", about: "a rate", unit: "", default: 0.05, range: [1e-4, 10.0], example: 0.5 };
    assert!(rate.allows(&[10.0]) && !rate.allows(&[1.0, 10.1]) && !rate.allows(&[f64::NAN]));
    assert_eq!(ExperimentSetting::Number(rate).expected(), "a number from 0.0001 to 10");
    let batch = WholeSetting {
        name: "batch",
        about: "a batch",
        unit: "examples",
        default: 4,
        range: [1, 14],
        divides: Some(28),
        example: 7,
    };
    assert!(batch.allows(14) && !batch.allows(5) && !batch.allows(28) && !batch.allows(0));
    assert_eq!(ExperimentSetting::Whole(batch).expected(), "a whole number from 1 to 14 examples that divides 28");
    let x = PointColumn::Number { name: "x", range: [0.0, 1.0], apart: 0.1 };
    assert_eq!(x.in_words(), "x (a number from 0 to 1, some of them 0.1 apart or more)");
    assert_eq!(x.fault(&[0.0, 0.5]), None);
    let said = [[0.5, 0.5], [1e-30, 0.05]].map(|values| x.fault(&values).unwrap_or_default());
    assert_eq!(said[0], "x is always 0.5, expected some of them 0.1 apart or more; give others");
    assert!(said[1].starts_with("x goes from 1e-30 to 0.05, expected "), "{}", said[1]);
    let class = PointColumn::Class { name: "class", count: 2 };
    assert!(class.allows(2.0) && !class.allows(1.5) && !class.allows(3.0));
}
