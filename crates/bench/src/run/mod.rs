//! The benchmark's own process: options, the workers it starts, the rounds in which they take turns.

mod options;

mod benchmark;
mod rounds;

mod trainer_program;
mod workers;

mod programs;
mod worker_process;

mod children;

pub use benchmark::main;
