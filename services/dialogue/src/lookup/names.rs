//! The names that a choice goes by: as written, without brackets, without the beginnings and ends that many share.

use std::collections::HashMap;

use super::Choice;
use super::text::{self, Text};

/// Letters of a name that are looked at.
const LONGEST: usize = 48;
/// Letters of a common beginning or end at most.
const AFFIX: usize = 8;

/// One name of one choice.
#[derive(Debug, Clone)]
pub(super) struct Form {
    /// Its letters, folded, without spaces and punctuation.
    pub(super) letters: Vec<char>,
    /// The choice.
    pub(super) choice: usize,
    /// Whether something was left out of the name as written.
    pub(super) is_core: bool,
    /// How many letters of its beginning many names share.
    pub(super) shared: usize,
    /// The share of the name that was left.
    share: f32,
}

impl Form {
    /// How sure a mention by this name is: 1 as written, less the more was left out.
    pub(super) fn score(&self) -> f32 {
        if self.is_core { 0.9 + 0.08 * self.share } else { 1.0 }
    }
}

/// What the names of a list have in common.
#[derive(Debug, Default)]
pub(super) struct Names {
    heads: HashMap<Vec<char>, usize>,
    tails: HashMap<Vec<char>, usize>,
    /// Names that must share a beginning or an end to make it common.
    common: usize,
}

/// Ends of company names, folded, longest first.
#[rustfmt::skip]
const LEGAL: &[&str] = &[
    "股份有限公司", "有限责任公司", "有限公司", "分公司", "集团公司", "公司", "集团", "incorporated", "corporation", "company", "limited",
    "gmbh", "corp", "inc", "llc", "ltd", "plc", "co", "ag", "sa",
];

/// What people put into a table where there is nothing to put: no names.
#[rustfmt::skip]
const PLACEHOLDERS: &[&str] = &[
    "无", "没有", "暂无", "未知", "不详", "不限", "其他", "其它", "其余", "不需要", "none", "na", "null", "nil", "unknown", "other", "others", "any", "test",
];

/// The letters of a name, and where it may be cut: not inside a word of letters.
struct Name {
    letters: Vec<char>,
    cuts: Vec<bool>,
}

impl Name {
    fn new(name: &str) -> Self {
        let text = Text::new(name, LONGEST);
        let cuts = (0..=text.letters.len()).map(|at| text.is_end(at)).collect();
        Self { letters: text.letters, cuts }
    }

    /// The lengths that a beginning of this name may have, shortest first.
    fn heads(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        (2..=self.letters.len().saturating_sub(1).min(AFFIX)).filter(|&length| self.cuts[length])
    }

    /// The lengths that an end of this name may have, shortest first.
    fn tails(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        let all = self.letters.len();
        (2..=all.saturating_sub(1).min(AFFIX)).filter(move |length| self.cuts[all - length])
    }

    fn part(&self, from: usize, to: usize) -> Self {
        Self { letters: self.letters[from..to].to_vec(), cuts: self.cuts[from..=to].to_vec() }
    }
}

impl Names {
    /// Counts beginnings and ends over all labels.
    pub(super) fn learn(choices: &[Choice]) -> Self {
        // Two names alike are two branches; many are a habit of naming.
        let mut names = Self { common: (choices.len() / 60).max(4), ..Self::default() };
        for choice in choices {
            let name = Name::new(without_brackets(&choice.label).as_deref().unwrap_or(&choice.label));
            let letters = &name.letters;
            for length in name.heads() {
                *names.heads.entry(letters[..length].to_vec()).or_default() += 1;
            }
            for length in name.tails() {
                *names.tails.entry(letters[letters.len() - length..].to_vec()).or_default() += 1;
            }
        }
        names.heads.retain(|_, count| *count >= names.common);
        names.tails.retain(|_, count| *count >= names.common);
        names
    }

    /// All names of all choices.
    pub(super) fn forms(&self, choices: &[Choice]) -> Vec<Form> {
        let mut forms: Vec<Form> = Vec::with_capacity(choices.len() * 3);
        for (index, choice) in choices.iter().enumerate() {
            let first = forms.len();
            for name in std::iter::once(&choice.label).chain(&choice.further) {
                self.add(index, name, first, &mut forms);
            }
        }
        forms
    }

    /// Adds the forms of one name. Those of the choice begin at `first`; the same letters twice say nothing new.
    fn add(&self, choice: usize, name: &str, first: usize, forms: &mut Vec<Form>) {
        let whole = Name::new(name);
        if whole.letters.is_empty() || PLACEHOLDERS.iter().any(|word| whole.letters.iter().copied().eq(word.chars())) {
            return;
        }
        let length = whole.letters.len() as f32;
        let mut add = |part: &Name, is_core: bool| {
            // What is left is no name if it is what many have in common as well.
            let letters = &part.letters;
            let is_common = || self.heads.contains_key(letters) || self.tails.contains_key(letters);
            let is_name = !is_core || text::weight(letters) >= 2 && !is_common();
            if is_name && forms[first..].iter().all(|form| form.letters != *letters) {
                let share = letters.len() as f32 / length;
                forms.push(Form { letters: letters.clone(), choice, is_core, shared: self.head(part), share });
            }
        };
        add(&whole, false);
        let bare = without_brackets(name).map(|bare| Name::new(&bare)).filter(|bare| !bare.letters.is_empty());
        if let Some(bare) = &bare {
            add(bare, true);
        }
        let base = bare.as_ref().unwrap_or(&whole);
        let end = base.letters.len();
        let head = self.head(base);
        let tails = [legal(&base.letters), self.tail(base)];
        for (from, tail) in [(0, tails[0]), (0, tails[1]), (head, 0), (head, tails[0]), (head, tails[1])] {
            let to = end.saturating_sub(tail);
            if from < to && to - from < end {
                add(&base.part(from, to), true);
            }
        }
    }

    /// The length of the common beginning, 0 if there is none. Each longer one must be usual after the one before it: of
    /// many names that begin with 北京, some go on with the same character by chance.
    fn head(&self, name: &Name) -> usize {
        let mut length = 0;
        let mut before = 0;
        for longer in name.heads() {
            match self.heads.get(&name.letters[..longer]) {
                Some(&count) if count * 3 >= before => (length, before) = (longer, count),
                _ => break,
            }
        }
        length
    }

    /// The length of the longest common end, 0 if there is none.
    fn tail(&self, name: &Name) -> usize {
        let all = name.letters.len();
        name.tails().rev().find(|length| self.tails.contains_key(&name.letters[all - length..])).unwrap_or(0)
    }
}

/// The length of the legal form at the end of a name.
fn legal(letters: &[char]) -> usize {
    let ends = |suffix: &&&str| {
        let count = suffix.chars().count();
        letters.len() > count + 1 && letters[letters.len() - count..].iter().copied().eq(suffix.chars())
    };
    LEGAL.iter().find(ends).map_or(0, |suffix| suffix.chars().count())
}

/// The name without what stands in brackets; `None` if there are none.
fn without_brackets(name: &str) -> Option<String> {
    let opens = |c: char| matches!(c, '(' | '（' | '[' | '【' | '「');
    let shuts = |c: char| matches!(c, ')' | '）' | ']' | '】' | '」');
    name.contains(opens).then(|| {
        let mut depth = 0_usize;
        name.chars()
            .filter(|&c| {
                depth += usize::from(opens(c));
                let keep = depth == 0;
                depth = depth.saturating_sub(usize::from(shuts(c)));
                keep
            })
            .collect()
    })
}
