//! Where each of a user's own examples comes from.

/// Where each of some examples comes from, by what its user can look it up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Sources {
    /// Nobody needs to know, as of published data.
    #[default]
    Untold,
    /// The picture of each by its path below the data folder, `cat/0012.png`.
    Files(Vec<String>),
    /// The line of a table's file that each starts on, counted from 1.
    Lines(Vec<usize>),
    /// The place of each in the array that it was read from, counted from 0.
    Places(Vec<usize>),
}

impl Sources {
    /// What an example is called by: `file`, `line`, `index`, or a mere number, `example`.
    ///
    /// ```
    /// use zoo_core::Sources;
    ///
    /// let lines = Sources::Lines(vec![2, 5]);
    /// assert_eq!((lines.kind(), lines.name(1)), ("line", "5".to_string()));
    /// assert_eq!((Sources::Untold.kind(), Sources::Untold.name(1)), ("example", "2".to_string()));
    /// ```
    pub fn kind(&self) -> &'static str {
        match self {
            Sources::Untold => "example",
            Sources::Files(_) => "file",
            Sources::Lines(_) => "line",
            Sources::Places(_) => "index",
        }
    }

    /// What the example at `index` is called; where nothing is told, its number, counted from 1.
    ///
    /// # Panics
    ///
    /// Panics if there is no such example.
    pub fn name(&self, index: usize) -> String {
        match self {
            Sources::Untold => (index + 1).to_string(),
            Sources::Files(files) => files[index].clone(),
            Sources::Lines(numbers) | Sources::Places(numbers) => numbers[index].to_string(),
        }
    }

    /// Whether they are those of so many examples.
    pub(crate) fn fit(&self, examples: usize) -> bool {
        match self {
            Sources::Untold => true,
            Sources::Files(files) => files.len() == examples,
            Sources::Lines(numbers) | Sources::Places(numbers) => numbers.len() == examples,
        }
    }

    /// Those of the examples at `indices`, in that order.
    pub(crate) fn select(&self, indices: &[u32]) -> Sources {
        let numbers = |all: &[usize]| indices.iter().map(|&index| all[index as usize]).collect();
        match self {
            Sources::Untold => Sources::Untold,
            Sources::Files(files) => {
                Sources::Files(indices.iter().map(|&index| files[index as usize].clone()).collect())
            }
            Sources::Lines(lines) => Sources::Lines(numbers(lines)),
            Sources::Places(places) => Sources::Places(numbers(places)),
        }
    }
}
