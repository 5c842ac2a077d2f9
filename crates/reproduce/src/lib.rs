//! Runs what the zoo claims, records it, and writes everything published from the records.
//!
//! The program `reproduce` has four commands. `run` makes every run that a recipe or an experiment asks for, a process each, and
//! holds the results against their claims; `report` draws what was measured on one page; `verify` checks that records, weights,
//! model cards and READMEs agree; `readme` writes the tables of the READMEs. All of them find recipes, weights and READMEs by
//! walking the [`Workspace`](workspace::Workspace), so a new model, recipe or experiment needs no line here.

pub mod cli;

mod run;

mod readme;
mod report;
pub mod verify;

mod card;
mod errata;
mod figure;
mod int8;
mod notes;
mod pace;
mod results;

mod replication;
mod spreads;

mod testing;

mod catalog;
mod outcomes;
pub mod workspace;
