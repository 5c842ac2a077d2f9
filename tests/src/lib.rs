//! No code of its own: the package holds the tests that span crates, in `tests/`, and asks for every backend that CI can run.
