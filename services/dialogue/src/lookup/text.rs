//! A message or a name as the letters that count: folded, without spaces and punctuation, with their places.

use skills::fold;
use values::Span;

/// The letters of a text and where they stand.
#[derive(Debug, Default)]
pub(super) struct Text {
    /// Letters, digits and Han characters, folded.
    pub(super) letters: Vec<char>,
    /// Their places in the text, in characters.
    places: Vec<usize>,
    /// `joined[i]`: letter `i` goes on with the word of the letter before it.
    joined: Vec<bool>,
    /// `parted[i]`: a comma or full stop stands before letter `i`.
    parted: Vec<bool>,
}

impl Text {
    /// Reads at most `most` characters of `text`.
    pub(super) fn new(text: &str, most: usize) -> Self {
        let mut read = Self::default();
        let short: String = text.chars().take(most).collect();
        let mut before: Option<char> = None;
        let mut parted = false;
        for (place, c) in fold(&short).chars().enumerate() {
            if c.is_alphanumeric() {
                let joins = before.is_some_and(|before| in_a_word(before) && in_a_word(c) && same_script(before, c));
                read.letters.push(c);
                read.places.push(place);
                read.joined.push(joins);
                read.parted.push(std::mem::take(&mut parted));
            }
            parted |= matches!(c, ',' | '。' | '?' | '!' | ';' | ':' | '\n');
            before = Some(c);
        }
        read
    }

    /// Where a name may begin: not inside a word of letters.
    pub(super) fn starts(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.letters.len()).filter(|&at| !self.joined[at])
    }

    /// Whether a name may end before letter `at`.
    pub(super) fn is_end(&self, at: usize) -> bool {
        self.joined.get(at).is_none_or(|joined| !joined)
    }

    /// Whether letters `start..end` stand in one clause.
    pub(super) fn is_one(&self, start: usize, end: usize) -> bool {
        self.parted.get(start + 1..end).is_none_or(|parted| parted.iter().all(|parted| !parted))
    }

    /// The last place where a name may end within `length` letters from `start`; `start` if there is none.
    pub(super) fn last_end(&self, start: usize, length: usize) -> usize {
        (start..=(start + length).min(self.letters.len())).rev().find(|&at| self.is_end(at)).unwrap_or(start)
    }

    /// The beginning of the word that letter `at` is in.
    pub(super) fn word_start(&self, mut at: usize) -> usize {
        while at > 0 && self.joined.get(at).copied().unwrap_or(false) {
            at -= 1;
        }
        at
    }

    /// The end of the word that the letter before `at` is in.
    pub(super) fn word_end(&self, mut at: usize) -> usize {
        while !self.is_end(at) {
            at += 1;
        }
        at
    }

    /// Whether nothing but this letter is said.
    pub(super) fn is_alone(&self, at: usize) -> bool {
        in_a_word(self.letters[at]) || self.letters.len() <= 2
    }

    /// How much letters `start..end` say: Han characters one each, three other letters one.
    pub(super) fn weight(&self, start: usize, end: usize) -> usize {
        weight(&self.letters[start..end])
    }

    /// The place of letters `start..end` in the text, in characters.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        match (self.places.get(start), end.checked_sub(1).and_then(|last| self.places.get(last))) {
            (Some(&start), Some(&last)) => Span { start, end: last + 1 },
            _ => Span { start: 0, end: 0 },
        }
    }
}

/// How much `letters` say: Han characters one each, three letters of an alphabet two.
pub(super) fn weight(letters: &[char]) -> usize {
    let han = letters.iter().filter(|c| !in_a_word(**c)).count();
    han + (letters.len() - han) * 2 / 3
}

/// Whether `c` is written together with others as one word: not so Han, kana and hangul.
pub(super) fn in_a_word(c: char) -> bool {
    c.is_alphanumeric()
        && !matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Digits and letters end each other: "room12", "7天".
fn same_script(a: char, b: char) -> bool {
    a.is_numeric() == b.is_numeric()
}
