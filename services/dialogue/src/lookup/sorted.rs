//! Names in order, so that all names at the beginning of a text are found in one walk over its letters.

/// A sorted list of (letters, id).
#[derive(Debug, Default)]
pub(super) struct Sorted {
    entries: Vec<(Vec<char>, usize)>,
}

/// What was found at the beginning of a text.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// Whole names: how many letters, and the id.
    pub(super) whole: Vec<(usize, usize)>,
    /// How many letters any name has in common with the text.
    pub(super) deepest: usize,
}

/// Names of the same letters that are reported.
const SAME: usize = 64;

impl Sorted {
    pub(super) fn new(entries: impl Iterator<Item = (Vec<char>, usize)>) -> Self {
        let mut entries: Vec<_> = entries.filter(|(letters, _)| !letters.is_empty()).collect();
        entries.sort();
        entries.dedup();
        Self { entries }
    }

    /// Narrows the range of names letter by letter: linear in the letters that fit, logarithmic in the names.
    pub(super) fn walk(&self, letters: &[char]) -> Walk {
        let mut walk = Walk::default();
        let (mut low, mut high) = (0, self.entries.len());
        for (depth, &letter) in letters.iter().enumerate() {
            (low, high) = self.narrow(low, high, depth, letter);
            if low == high {
                break;
            }
            walk.deepest = depth + 1;
            // Names that end here come first.
            let ended = self.entries[low..high].iter().take_while(|(name, _)| name.len() == depth + 1);
            walk.whole.extend(ended.take(SAME).map(|(_, id)| (depth + 1, *id)));
        }
        walk
    }

    /// The names that begin with `letters`, whole ones left out.
    pub(super) fn begun(&self, letters: &[char]) -> impl Iterator<Item = usize> + '_ {
        let length = letters.len();
        let low = self.entries.partition_point(|(name, _)| name.as_slice() < letters);
        let high = low + self.entries[low..].partition_point(|(name, _)| name.starts_with(letters));
        self.entries[low..high].iter().filter(move |(name, _)| name.len() > length).map(|(_, id)| *id)
    }

    fn narrow(&self, low: usize, high: usize, depth: usize, letter: char) -> (usize, usize) {
        let entries = &self.entries[low..high];
        let first = low + entries.partition_point(|(name, _)| name.get(depth).is_none_or(|c| *c < letter));
        let last = low + entries.partition_point(|(name, _)| name.get(depth).is_none_or(|c| *c <= letter));
        (first, last)
    }
}
