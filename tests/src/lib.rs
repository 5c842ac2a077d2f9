//! No code of its own: the package holds the tests that span crates, in `tests/`.
