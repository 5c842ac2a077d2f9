//! An experiment for a terminal: what its source says, and what `--set` changes of it.

use crate::experiment::Experiment;
use crate::setting::ExperimentSetting;

/// Title, sections, what the source says, and its settings, a line or two each.
pub(crate) fn as_text(experiment: &Experiment) -> String {
    let Experiment { name, title, says, settings, .. } = experiment;
    let width = settings.iter().map(|setting| setting.name().len()).max().unwrap_or(0);
    let lines: Vec<String> = settings.iter().map(|setting| lines(setting, width)).collect();
    let head = format!("{name} ({}): {title}\n\n{says}", experiment.sections());
    format!("{head}\n\nWhat `experiments run {name} --set NAME=VALUE` changes:\n{}", lines.join("\n"))
}

fn lines(setting: &ExperimentSetting, width: usize) -> String {
    let indent = " ".repeat(width + 4);
    let head = format!("  {:<width$}  {}: {}", setting.name(), setting.about(), setting.default_text());
    format!("{head}\n{indent}{}, such as {}", setting.expected(), setting.example())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ALL;

    #[test]
    fn an_experiment_is_shown_with_all_that_may_be_set() {
        for experiment in ALL {
            let text = as_text(experiment);
            assert!(text.contains(experiment.title) && text.contains(experiment.says), "{text}");
            for setting in experiment.settings {
                let shown = [setting.about(), &setting.default_text(), &setting.expected(), &setting.example()];
                assert!(shown.iter().all(|part| text.contains(part)), "{text}");
            }
        }
    }
}
