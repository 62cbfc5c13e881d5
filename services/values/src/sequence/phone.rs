//! Telephone numbers, Chinese and international, as people write them.

use super::{reading, written};
use crate::reader::Reader;
use crate::value::{Reading, Value};

/// A group of digits, and the separator before it.
#[derive(Debug, Clone, Copy)]
struct Group {
    start: usize,
    end: usize,
    /// `\0` for the first; a bracket where one stands between.
    before: char,
}

impl Group {
    fn len(self) -> usize {
        self.end - self.start
    }
}

const MOST_GROUPS: usize = 9;

pub(crate) fn read(reader: &Reader<'_>, out: &mut Vec<Reading>) {
    let chars = &reader.text.folded;
    let mut at = 0;
    while at < chars.len() {
        if !matches!(chars[at], '0'..='9' | '+' | '(') {
            at += 1;
            continue;
        }
        if let Some((start, end)) = number_at(chars, at) {
            let number = written(chars, start, end);
            let digits: String = number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
            out.push(reading(reader, start, end, Value::Phone { china: is_chinese(&digits), number: digits }, "phone"));
            at = end;
        } else if chars[at].is_ascii_digit() {
            // The rest of a number that is no telephone number is none either.
            while at < chars.len()
                && (chars[at].is_ascii_alphanumeric()
                    || matches!(chars[at], '-' | '.' | '/')
                        && chars.get(at + 1).is_some_and(char::is_ascii_alphanumeric))
            {
                at += 1;
            }
        } else {
            at += 1;
        }
    }
}

fn is_chinese(digits: &str) -> bool {
    if let Some(local) = digits.strip_prefix("+86").or_else(|| digits.strip_prefix("0086")) {
        return (9..=16).contains(&local.len());
    }
    let local = digits.strip_prefix("86").filter(|l| l.len() == 11 && l.starts_with('1')).unwrap_or(digits);
    let mobile = local.len() == 11 && local.starts_with('1') && matches!(local.as_bytes().get(1), Some(b'3'..=b'9'));
    mobile
        || local.starts_with('0') && (10..=12).contains(&local.len())
        || local.starts_with("400") && local.len() == 10
}

fn number_at(chars: &[char], at: usize) -> Option<(usize, usize)> {
    let open_plus = chars[at] == '(' && chars.get(at + 1) == Some(&'+');
    let plus = chars[at] == '+' || open_plus;
    let first = at + usize::from(plus) + usize::from(chars[at] == '(');
    if !chars.get(first).is_some_and(char::is_ascii_digit) || !may_begin(chars, at) {
        return None;
    }
    let mut groups = groups(chars, at, first);
    if groups.last().is_some_and(|last| in_hexadecimal(chars, last.end, &groups)) {
        return None;
    }
    while !groups.is_empty() {
        if let Some(end) = accept(chars, at, plus, &groups) {
            return Some((at, extension(chars, end)));
        }
        let dropped = groups.pop()?;
        if dropped.before != ' ' && !groups.is_empty() {
            // Only what a blank separates may be something else.
            while groups.last().is_some_and(|_| groups.len() > 1) && groups.last().is_some_and(|g| g.before != ' ') {
                groups.pop();
            }
            groups.pop();
        }
    }
    None
}

fn may_begin(chars: &[char], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|b| chars[b]) else { return true };
    let earlier = at.checked_sub(2).map_or(' ', |b| chars[b]);
    match before {
        '-' => {
            earlier == ' ' && !chars[at].is_ascii_digit()
                || earlier.is_ascii_alphabetic() && groups(chars, at, at).get(1).is_some_and(|g| g.before == '(')
        }
        '.' | ':' => !(earlier.is_ascii_digit() || before == '.' && earlier.is_ascii_alphanumeric()),
        '#' | '/' | '=' | '*' | '$' | '€' | '£' | '_' | '%' | ')' | '\\' | '^' | '<' | '>' => false,
        '(' => chars[at].is_ascii_digit() && !chars[at..].iter().take(20).any(|c| *c == ')'),
        '+' => false,
        c => !(c.is_ascii_digit() || c.is_ascii_alphabetic() && chars[at].is_ascii_digit()),
    }
}

/// The groups of digits from `first` on, with one separator between each.
fn groups(chars: &[char], at: usize, first: usize) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut position = first;
    let mut open = at < first && chars[at] == '(';
    let mut before = if open { '(' } else { '\0' };
    loop {
        let start = position;
        while chars.get(position).is_some_and(char::is_ascii_digit) {
            position += 1;
        }
        if start == position || groups.len() == MOST_GROUPS {
            break;
        }
        groups.push(Group { start, end: position, before });
        let mut separator = '\0';
        let mut seen = 0;
        loop {
            match chars.get(position + seen).copied() {
                Some(' ') if seen < 3 => {
                    separator = if separator == '\0' { ' ' } else { separator };
                    seen += 1;
                }
                Some(c @ ('-' | '.' | '/')) if separator == '\0' || separator == ' ' || separator == ')' => {
                    separator = if separator == ')' { ')' } else { c };
                    seen += 1;
                }
                Some(')') if (open || groups.len() == 1) && !matches!(separator, '-' | ')') => {
                    open = false;
                    separator = ')';
                    seen += 1;
                }
                Some('(') if !open && groups.len() <= 2 && !matches!(separator, '-' | '.' | '/') => {
                    open = true;
                    separator = '(';
                    seen += 1;
                }
                _ => break,
            }
        }
        if separator == '\0' || !chars.get(position + seen).is_some_and(char::is_ascii_digit) {
            break;
        }
        position += seen;
        before = separator;
    }
    groups
}

/// Whether the groups are a number, and where it ends.
fn accept(chars: &[char], at: usize, plus: bool, groups: &[Group]) -> Option<usize> {
    let (first, last) = (groups.first()?, groups.last()?);
    let digits: usize = groups.iter().map(|g| g.len()).sum();
    let opened = (at..last.end).filter(|i| chars[*i] == '(').count();
    let closed = (at..last.end).filter(|i| chars[*i] == ')').count();
    if opened > closed || !ends_well(chars, last.end) || in_hexadecimal(chars, last.end, groups) {
        return None;
    }
    let begins_with = |prefix: &str| prefix.chars().zip(&chars[first.start..]).all(|(a, b)| a == *b);
    let international = plus || begins_with("00");
    let lengths: Vec<usize> = groups.iter().map(|g| g.len()).collect();
    let separators: Vec<char> = groups.iter().skip(1).map(|g| g.before).collect();
    let all = |c: char| !separators.is_empty() && separators.iter().all(|s| *s == c);
    let enough = match (groups.len(), international) {
        (1, false) => (7..=12).contains(&digits) || digits == 6 && begins_with("0"),
        (1, true) => (8..=15).contains(&digits),
        (_, false) => (7..=14).contains(&digits) || begins_with("011") && digits <= 16,
        (_, true) => (8..=17).contains(&digits) || begins_with("00") && digits == 7,
    };
    let dashed = all('-') || all('/') || all('.');
    let calendar = dashed && matches!(lengths.as_slice(), [1 | 2, 1 | 2, 4] | [4, 1 | 2, 1 | 2] | [4, 4]);
    let social_security = all('-') && lengths == [3, 2, 4];
    let decimal = all('.') && groups.len() < 3 || all('.') && groups.len() == 4 && lengths.iter().all(|l| *l <= 3);
    let card = !plus && digits >= 15 && chars[first.start] != '0' && lengths.iter().rev().skip(1).all(|l| *l == 4);
    let short_local = lengths == [3, 4] && (chars[first.start] == '1' || all('/'));
    let fragment = groups.iter().skip(1).any(|g| g.before == '/') && groups.len() > 2 && !plus;
    let trivial = !international && groups.len() > 2 && lengths.iter().all(|l| *l == 1);
    if !enough
        || calendar
        || social_security
        || decimal
        || card
        || short_local
        || fragment
        || trivial
        || named_otherwise(chars, at)
    {
        return None;
    }
    Some(last.end)
}

fn ends_well(chars: &[char], end: usize) -> bool {
    let next = |n: usize| chars.get(end + n).copied().unwrap_or(' ');
    match next(0) {
        'x' => next(1).is_ascii_digit(),
        'e' => next(1) == 'x' && next(2) == 't',
        c if c.is_ascii_alphanumeric() => false,
        '%' | '*' | '=' | '@' | '_' | '+' | '^' => false,
        ':' | '/' | '.' | ',' | '-' | '：' => !next(1).is_ascii_digit() || next(0) == ',' && next(1) == ' ',
        ')' => false,
        '(' => !next(1).is_ascii_digit(),
        _ => true,
    }
}

/// Pairs of digits that go on with hexadecimal ones.
fn in_hexadecimal(chars: &[char], end: usize, groups: &[Group]) -> bool {
    let mut rest = chars[end..].iter().skip_while(|c| **c == ' ').take(2);
    let (a, b) = (rest.next().copied().unwrap_or(' '), rest.next().copied().unwrap_or(' '));
    groups.len() > 2
        && groups.iter().all(|g| g.len() == 2)
        && a.is_ascii_hexdigit()
        && b.is_ascii_hexdigit()
        && a.is_ascii_alphanumeric()
        && (a.is_ascii_alphabetic() || b.is_ascii_alphabetic())
}

/// A number the words before call a card's or a serial one.
fn named_otherwise(chars: &[char], at: usize) -> bool {
    let before: String = chars[at.saturating_sub(40)..at].iter().collect();
    let recent = before.rsplit([',', ';', '.', '，', '。']).next().unwrap_or_default();
    let phone = recent.rfind("phone");
    recent.rfind("card").is_some_and(|card| phone.is_none_or(|p| p < card)) || recent.contains("卡号")
}

/// Past an extension: x123, ext. 123.
fn extension(chars: &[char], end: usize) -> usize {
    let mut at = end;
    if chars.get(at) == Some(&' ') {
        at += 1;
    }
    let after = if chars.get(at) == Some(&'x') {
        at + 1
    } else if chars[at.min(chars.len())..].starts_with(&['e', 'x', 't']) {
        at + 3 + usize::from(chars.get(at + 3) == Some(&'.'))
    } else {
        return end;
    };
    let start = after + usize::from(chars.get(after) == Some(&' '));
    let digits = chars[start.min(chars.len())..].iter().take_while(|c| c.is_ascii_digit()).count();
    if (1..=6).contains(&digits) { start + digits } else { end }
}
