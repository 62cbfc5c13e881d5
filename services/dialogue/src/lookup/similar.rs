//! Names with slips: pairs of neighbouring letters propose, the edit distance to the best part of the text decides.

use std::collections::HashMap;
use std::ops::Range;

use super::names::Form;

/// Names that are compared letter by letter, at most.
const COMPARED: usize = 24;
/// Names that are looked at, at most; many may be the same.
const RANKED: usize = 400;
/// The shortest name that may have a slip.
const SHORTEST: usize = 4;
/// The share of a name's pairs that must occur in the text.
const SHARED: f32 = 0.45;

/// Which names have which pairs of letters.
#[derive(Debug, Default)]
pub(super) struct Grams {
    postings: HashMap<(char, char), Vec<u32>>,
}

/// Slips that a name of `length` letters may have.
pub(super) fn allowed(length: usize) -> usize {
    if length < SHORTEST { 0 } else { (length / 4).clamp(1, 4) }
}

impl Grams {
    pub(super) fn new(forms: &[Form]) -> Self {
        let mut postings: HashMap<(char, char), Vec<u32>> = HashMap::new();
        for (id, form) in forms.iter().enumerate().filter(|(_, form)| form.letters.len() >= SHORTEST) {
            let Ok(id) = u32::try_from(id) else { break };
            for pair in form.letters.windows(2) {
                let names = postings.entry((pair[0], pair[1])).or_default();
                if names.last() != Some(&id) {
                    names.push(id);
                }
            }
        }
        Self { postings }
    }

    /// Names of which enough is in `text`, each with the part of the text that is most like it.
    pub(super) fn find(&self, text: &[char], forms: &[Form]) -> Vec<(usize, Range<usize>)> {
        let mut counts = vec![0_u16; forms.len()];
        let mut touched = Vec::new();
        let mut pairs: Vec<(char, char)> = text.windows(2).map(|pair| (pair[0], pair[1])).collect();
        pairs.sort_unstable();
        pairs.dedup();
        for id in pairs.iter().filter_map(|pair| self.postings.get(pair)).flatten() {
            let id = *id as usize;
            if counts[id] == 0 {
                touched.push(id);
            }
            counts[id] += 1;
        }
        let share = |id: usize| f32::from(counts[id]) / (forms[id].letters.len() - 1) as f32;
        // The more of a name is there and the more that is, the likelier.
        let mut likely: Vec<(usize, f32)> = touched
            .into_iter()
            .filter(|id| share(*id) >= SHARED)
            .map(|id| (id, share(id) * share(id) * f32::from(counts[id])))
            .collect();
        let by_weight = |a: &(usize, f32), b: &(usize, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
        if likely.len() > RANKED {
            likely.select_nth_unstable_by(RANKED, by_weight);
            likely.truncate(RANKED);
        }
        likely.sort_by(by_weight);
        // Branches of one name are compared once.
        let mut compared: Vec<(&[char], Option<Range<usize>>)> = Vec::new();
        let mut found = Vec::new();
        for (id, _) in likely {
            let letters = forms[id].letters.as_slice();
            let part = match compared.iter().find(|(known, _)| *known == letters) {
                Some((_, part)) => part.clone(),
                None if compared.len() == COMPARED => continue,
                None => {
                    let part = best_part(letters, text);
                    compared.push((letters, part.clone()));
                    part
                }
            };
            found.extend(part.map(|part| (id, part)));
        }
        found
    }
}

/// The part of `text` with the fewest slips against `name`, if they are few enough (Sellers 1980).
fn best_part(name: &[char], text: &[char]) -> Option<Range<usize>> {
    // Per end in the text: slips, and where the part begins.
    let mut row: Vec<(usize, usize)> = (0..=text.len()).map(|at| (0, at)).collect();
    for (i, letter) in name.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = (i + 1, 0);
        for (j, other) in text.iter().enumerate() {
            let replaced = (diagonal.0 + usize::from(letter != other), diagonal.1);
            let missing = (row[j + 1].0 + 1, row[j + 1].1);
            let extra = (row[j].0 + 1, row[j].1);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min_by_slips(missing).min_by_slips(extra);
        }
    }
    let (end, (slips, start)) = row.into_iter().enumerate().min_by_key(|(_, (slips, _))| *slips)?;
    (slips <= allowed(name.len()) && start < end).then_some(start..end)
}

trait BySlips {
    fn min_by_slips(self, other: Self) -> Self;
}

impl BySlips for (usize, usize) {
    /// The cell with fewer slips; of two alike the one that begins later, so that the part is short.
    fn min_by_slips(self, other: Self) -> Self {
        if other.0 < self.0 || other.0 == self.0 && other.1 > self.1 { other } else { self }
    }
}

/// Letters to replace, insert or delete to make `b` of `a` (Levenshtein).
pub(super) fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != other);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
