"""Searches settings of a recipe with Optuna: workers side by side, each trial a run in its own folder, poor ones stopped early.

    python3 examples/search.py mlp_digits search [--trials 16] [--workers 2]      # needs optuna; the same command goes on
A worker that is killed takes its run along; the others do its trial too. Chosen on validation; the best recipe is search/best.toml."""

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path

import optuna

OVER = (optuna.trial.TrialState.COMPLETE, optuna.trial.TrialState.PRUNED)


def objective(trial, options):
    settings = {
        "schedule.learning_rate": trial.suggest_float("learning_rate", 1e-4, 3e-2, log=True),
        "training.batch_size": trial.suggest_categorical("batch_size", [16, 32, 64]),
    }
    words = [word for key, value in settings.items() for word in ("--set", f"{key}={value!r}")]
    folder = options.folder / f"trial{trial.number:03}"
    # The run stops when its input ends, which it does however this worker ends.
    flags = ["--threads", "1", "--progress", "json", "--stop-with-stdin", "--out", folder]
    command = [options.trainer, "--model", options.recipe, *words, *flags]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        for event in map(json.loads, run.stdout):
            if event["event"] == "epoch":
                trial.report(event["valid_accuracy"], event["epoch"])
                if trial.should_prune():
                    raise optuna.TrialPruned  # which closes the input
    return json.loads((folder / "report.json").read_text())["valid"]["accuracy"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--trials", type=int, default=16)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--trainer", default="trainer")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    journal = optuna.storages.journal.JournalFileBackend(str(options.folder / "journal.log"))
    storage = optuna.storages.JournalStorage(journal)
    study = optuna.create_study(storage=storage, study_name=options.recipe, direction="maximize", load_if_exists=True)
    workers = [subprocess.Popen([sys.executable, *sys.argv, "--workers", "0"]) for _ in range(options.workers)]
    [worker.wait() for worker in workers]
    if len(study.get_trials(states=OVER)) < options.trials:  # this is a worker, or does what killed ones have left
        study.optimize(lambda trial: objective(trial, options), callbacks=[optuna.study.MaxTrialsCallback(options.trials, OVER)])
    if workers:
        shutil.copy(options.folder / f"trial{study.best_trial.number:03}" / "recipe.toml", options.folder / "best.toml")
        print(f"{study.best_value:.4f} on validation with {study.best_params}: trainer --recipe {options.folder}/best.toml")


if __name__ == "__main__":
    main()
