//! The benchmark's own process: options, the workers it starts, how it compares them, the rounds in which they take turns.

mod options;

mod benchmark;
mod plan;

mod agreement;
mod rounds;

mod trainer_program;
mod workers;

mod programs;
mod worker_process;

mod children;

pub use benchmark::main;
