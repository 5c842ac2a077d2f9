//! No code of its own: the package holds one test, in `tests/`, and asks for every backend that CI can run. As that builds all of Burn
//! anew, plain `cargo test` leaves it out: `cargo test -p zoo-tests-devices`.
