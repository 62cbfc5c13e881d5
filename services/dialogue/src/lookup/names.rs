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

impl Names {
    /// Counts beginnings and ends over all labels.
    pub(super) fn learn(choices: &[Choice]) -> Self {
        // Two names alike are two branches; many are a habit of naming.
        let mut names = Self { common: (choices.len() / 60).max(4), ..Self::default() };
        for choice in choices {
            let letters =
                Text::new(without_brackets(&choice.label).as_deref().unwrap_or(&choice.label), LONGEST).letters;
            let most = letters.len().saturating_sub(1).min(AFFIX);
            for length in 2..=most {
                *names.heads.entry(letters[..length].to_vec()).or_default() += 1;
                *names.tails.entry(letters[letters.len() - length..].to_vec()).or_default() += 1;
            }
        }
        names.heads.retain(|_, count| *count >= names.common);
        names.tails.retain(|_, count| *count >= names.common);
        names
    }

    /// All names of all choices.
    pub(super) fn forms(&self, choices: &[Choice]) -> Vec<Form> {
        let mut forms = Vec::with_capacity(choices.len() * 3);
        for (index, choice) in choices.iter().enumerate() {
            let first = forms.len();
            for name in std::iter::once(&choice.label).chain(&choice.further) {
                self.add(index, name, &mut forms);
            }
            // The same letters twice say nothing new; the surer one stays.
            let mut seen: Vec<Vec<char>> = Vec::new();
            let mut at = first;
            while at < forms.len() {
                if seen.contains(&forms[at].letters) {
                    forms.remove(at);
                } else {
                    seen.push(forms[at].letters.clone());
                    at += 1;
                }
            }
        }
        forms
    }

    fn add(&self, choice: usize, name: &str, forms: &mut Vec<Form>) {
        let whole = Text::new(name, LONGEST).letters;
        if whole.is_empty() || PLACEHOLDERS.iter().any(|word| whole.iter().copied().eq(word.chars())) {
            return;
        }
        let length = whole.len() as f32;
        let shared = self.head(&whole);
        forms.push(Form { letters: whole.clone(), choice, is_core: false, shared, share: 1.0 });
        let mut add = |letters: &[char]| {
            // What is left is no name if it is what many have in common as well.
            let is_common = self.heads.contains_key(letters) || self.tails.contains_key(letters);
            if text::weight(letters) >= 2 && !is_common {
                let share = letters.len() as f32 / length;
                let shared = self.head(letters);
                forms.push(Form { letters: letters.to_vec(), choice, is_core: true, shared, share });
            }
        };
        let bare = without_brackets(name).map(|bare| Text::new(&bare, LONGEST).letters);
        let bare = bare.filter(|bare| !bare.is_empty());
        if let Some(bare) = &bare {
            add(bare);
        }
        let base = bare.as_deref().unwrap_or(&whole);
        let tail = legal(base).max(self.tail(base));
        let head = self.head(base);
        for (from, to) in [(0, base.len() - tail), (head, base.len()), (head, base.len().saturating_sub(tail))] {
            if from < to && to - from < base.len() {
                add(&base[from..to]);
            }
        }
    }

    /// The length of the common beginning, 0 if there is none. Each letter of it must be usual after those before it:
    /// of many names that begin with 北京, some go on with the same character by chance.
    fn head(&self, letters: &[char]) -> usize {
        let most = letters.len().saturating_sub(2).min(AFFIX);
        let mut length = 0;
        let mut before = 0;
        for longer in 2..=most {
            match self.heads.get(&letters[..longer]) {
                Some(&count) if count * 3 >= before => (length, before) = (longer, count),
                _ => break,
            }
        }
        length
    }

    /// The length of the longest common end, 0 if there is none.
    fn tail(&self, letters: &[char]) -> usize {
        let most = letters.len().saturating_sub(2).min(AFFIX);
        (2..=most).rev().find(|&length| self.tails.contains_key(&letters[letters.len() - length..])).unwrap_or(0)
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
