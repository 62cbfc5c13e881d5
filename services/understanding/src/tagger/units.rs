//! What is tagged: words of letters and digits, single Chinese characters, and marks, each with one vector made of those
//! of its tokens.

use std::ops::Range;

use crate::encoder::TokenEmbeddings;

/// One word, character or mark of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unit {
    /// Its characters in the text.
    pub(super) span: Range<usize>,
    /// Whether it is neither letter nor digit.
    pub(super) is_mark: bool,
    /// Whether it is a comma.
    pub(super) is_comma: bool,
    /// Whether it begins with a capital letter, within a sentence.
    pub(super) is_capital: bool,
    /// Whether it has a digit.
    pub(super) has_digit: bool,
}

/// Cuts a text. Apostrophes, hyphens and points inside a word stay in it.
pub(super) fn units(text: &str) -> Vec<Unit> {
    let chars: Vec<char> = text.chars().collect();
    let mut units = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let start = at;
        let c = chars[at];
        at += 1;
        if c.is_whitespace() {
            continue;
        }
        if is_in_word(c) {
            while at < chars.len() && (is_in_word(chars[at]) || joins(&chars, at)) {
                at += 1;
            }
        }
        let begins_sentence = units.last().is_none_or(|last: &Unit| last.is_mark && !last.is_comma);
        units.push(Unit {
            span: start..at,
            is_mark: !c.is_alphanumeric(),
            is_comma: matches!(c, ',' | '，' | '、'),
            is_capital: c.is_uppercase() && !begins_sentence,
            has_digit: chars[start..at].iter().any(char::is_ascii_digit),
        });
    }
    units
}

fn is_in_word(c: char) -> bool {
    c.is_alphanumeric() && !is_ideograph(c)
}

/// Whether the mark at `at` holds two parts of a word together.
fn joins(chars: &[char], at: usize) -> bool {
    let is_digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
    // 2,500 is one word.
    if chars[at] == ',' && at > 0 {
        return is_digit(at - 1) && (1..=3).all(|next| is_digit(at + next)) && !is_digit(at + 4);
    }
    matches!(chars[at], '\'' | '’' | '-' | '.' | '_' | '/' | ':' | '&')
        && chars.get(at + 1).copied().is_some_and(is_in_word)
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}' | '\u{3040}'..='\u{30ff}')
}

/// Row per unit: the mean of the vectors of the tokens that share a character with it, scaled to length 1; zeros where
/// the encoder saw none (text beyond its limit).
pub(super) fn vectors(units: &[Unit], tokens: &TokenEmbeddings) -> Vec<f32> {
    let width = tokens.dimensions;
    let mut rows = vec![0.0f32; units.len() * width];
    for (unit, row) in units.iter().zip(rows.chunks_exact_mut(width.max(1))) {
        let shares = |span: &Range<usize>| span.start < unit.span.end && unit.span.start < span.end;
        for (_, vector) in tokens.spans.iter().zip(tokens.vectors.chunks_exact(width)).filter(|(span, _)| shares(span))
        {
            for (sum, value) in row.iter_mut().zip(vector) {
                *sum += value;
            }
        }
        scale(row, 1.0);
    }
    rows
}

/// Scales to `length`, unless it is zero.
pub(super) fn scale(row: &mut [f32], length: f32) {
    let own = row.iter().map(|value| value * value).sum::<f32>().sqrt();
    if own > 0.0 {
        row.iter_mut().for_each(|value| *value *= length / own);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<String> {
        let chars: Vec<char> = text.chars().collect();
        units(text).into_iter().map(|unit| chars[unit.span].iter().collect()).collect()
    }

    #[test]
    fn words_stay_whole_and_chinese_is_cut_into_characters() {
        assert_eq!(cut("I'd like VPN-2, ok?"), ["I'd", "like", "VPN-2", ",", "ok", "?"]);
        assert_eq!(cut("我要VPN权限。"), ["我", "要", "VPN", "权", "限", "。"]);
        assert_eq!(cut("at 11:30 a.m."), ["at", "11:30", "a.m", "."]);
        assert_eq!(cut("2,500, ok"), ["2,500", ",", "ok"]);
    }
}
