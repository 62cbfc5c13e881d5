//! How a text sounds: Chinese as pinyin without tones, other letters as they are.

use pinyin::{ToPinyin, ToPinyinMulti};

/// Other readings of single characters that a name is indexed by.
const VARIANTS: usize = 6;
/// Characters of a name that is indexed by them.
const SHORT: usize = 8;

/// A spelt text: the letters and, for each of them, whether a character of the text begins with it.
#[derive(Debug, Default)]
pub(super) struct Spelling {
    letters: Vec<char>,
    /// The place in `letters` where each character of the text begins, and the end.
    begins: Vec<usize>,
}

impl Spelling {
    /// The spelling from character `at` on.
    pub(super) fn from(&self, at: usize) -> &[char] {
        self.begins.get(at).and_then(|&begin| self.letters.get(begin..)).unwrap_or_default()
    }

    /// The character after the first `length` letters from character `start` on, if one begins there.
    pub(super) fn end(&self, start: usize, length: usize) -> Option<usize> {
        let end = self.begins.get(start)? + length;
        self.begins.binary_search(&end).ok()
    }
}

/// Spells `letters`. With `accent`, sounds that many speakers don't tell apart are one (zh and z, ng and n, l and n).
pub(super) fn spell(letters: &[char], accent: bool) -> Spelling {
    let mut spelling = Spelling::default();
    for &c in letters {
        spelling.begins.push(spelling.letters.len());
        match c.to_pinyin() {
            Some(syllable) => push(&mut spelling.letters, syllable.plain(), accent),
            None => spelling.letters.push(c),
        }
    }
    spelling.begins.push(spelling.letters.len());
    spelling
}

/// The spellings of a name: the usual one, then with another reading of one of its characters. None for a name without
/// Chinese, which is found by its letters.
pub(super) fn spellings(name: &[char], accent: bool) -> Vec<Vec<char>> {
    let syllables: Vec<Vec<&'static str>> = name.iter().map(|c| readings(*c)).collect();
    if syllables.iter().filter(|readings| !readings.is_empty()).count() < 2 {
        return Vec::new();
    }
    let write = |at: usize, reading: usize| {
        let mut letters = Vec::new();
        for (place, (readings, c)) in syllables.iter().zip(name).enumerate() {
            let wanted = if place == at { reading } else { 0 };
            match readings.get(wanted) {
                Some(syllable) => push(&mut letters, syllable, accent),
                None => letters.push(*c),
            }
        }
        letters
    };
    // Long names are found by their other characters, and there are many of them.
    let variants = if name.len() <= SHORT && !accent { VARIANTS } else { 0 };
    let others = syllables.iter().enumerate().flat_map(|(at, readings)| (1..readings.len()).map(move |r| (at, r)));
    std::iter::once((0, 0)).chain(others.take(variants)).map(|(at, reading)| write(at, reading)).collect()
}

/// Whether `said`, which sounds like `name`, may be a slip for it. Spelt in letters it is; in characters there are as
/// many of them, and some are the same: too many words sound alike otherwise.
pub(super) fn is_slip(name: &[char], said: &[char]) -> bool {
    if said.iter().any(|c| super::text::in_a_word(*c)) {
        return true;
    }
    let same = name.iter().zip(said).filter(|(a, b)| a == b).count();
    name.len() == said.len() && same >= (name.len() / 3).max(1)
}

/// The readings of a character without tones, the usual one first; none for what is not Chinese.
fn readings(c: char) -> Vec<&'static str> {
    let Some(usual) = c.to_pinyin() else { return Vec::new() };
    let mut readings = vec![usual.plain()];
    for other in c.to_pinyin_multi().into_iter().flatten() {
        if !readings.contains(&other.plain()) {
            readings.push(other.plain());
        }
    }
    readings
}

fn push(letters: &mut Vec<char>, syllable: &str, accent: bool) {
    if !accent {
        letters.extend(syllable.chars());
        return;
    }
    let mut rest = syllable;
    for (sound, folded) in [("zh", 'z'), ("ch", 'c'), ("sh", 's'), ("l", 'n')] {
        if let Some(after) = rest.strip_prefix(sound) {
            letters.push(folded);
            rest = after;
            break;
        }
    }
    letters.extend(rest.strip_suffix("ng").map_or(rest.to_owned(), |open| format!("{open}n")).chars());
}
