//! What is told of the way from a picture to a model's input.

/// How a picture became what a model sees, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Notes {
    /// In order.
    pub(crate) steps: Vec<String>,
    /// Why the answer may mean nothing.
    pub(crate) warning: Option<String>,
}
