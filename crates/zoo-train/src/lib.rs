//! What a training step of the zoo is: the network a recipe names, its loss, optimizer and schedule, and the step itself.
//!
//! It reads no file, starts no thread and asks no clock, so it runs in a browser as in the trainer, which adds data, checkpoints, logs
//! and a command line.
//!
//! Everything random in a step is a function of the seed and the step's number: see [`step::step_seed`].

pub mod network;

pub mod batch;
pub mod split;

pub mod step;

pub mod average;
pub mod keep;
pub mod loss;
pub mod muon;
pub mod optimizer;
pub mod patience;
pub mod schedule;

pub mod predictions;
pub mod readback;

pub mod walkers;
