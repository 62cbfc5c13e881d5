//! Personal data out of everything that is sent, and back into what comes.
//!
//! A telephone number becomes `⟦PHONE_1⟧` wherever it stands, the next one `⟦PHONE_2⟧`. Models bring back such a name, with
//! other brackets at times; one that was never given out marks an invention.

use std::collections::HashMap;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::Value;

use crate::text::{ascii, regex};

static EMAIL: LazyLock<Regex> =
    LazyLock::new(|| regex(r"[A-Za-z0-9._%+'\-]+[@＠][A-Za-z0-9\-]+(?:[.．][A-Za-z0-9\-]+)+"));
static IPV4: LazyLock<Regex> = LazyLock::new(|| regex(r"\d{1,3}(?:\.\d{1,3}){3}"));
static IPV6: LazyLock<Regex> = LazyLock::new(|| regex(r"[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}"));
/// Seven digits and more, in groups or not: whatever number of a person is among them is found by [`kind`].
static DIGITS: LazyLock<Regex> =
    LazyLock::new(|| regex(r"[+＋]?[(（]?\d(?:[ \t\u{a0}\u{3000}\-‐-―－.·/()（）]{0,3}\d){6,}[XxＸｘ]?"));
static GROUP: LazyLock<Regex> = LazyLock::new(|| regex(r"\d+[XxＸｘ]?"));
/// As it was given out; in other brackets; in none.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    const NAME: &str = r"(PHONE|ID|CARD|EMAIL|IP|NAME)";
    let loose = format!(r"\s*{NAME}[\s_＿\-:#]*(\d{{1,4}})\s*");
    regex(&format!(
        r"(?i)⟦{loose}⟧|[〚\[【〔［{{｛<〈《「]{{1,2}}{loose}[〛\]】〕］}}｝>〉》」]{{1,2}}|(?-u:\b){NAME}_(\d{{1,4}})(?-u:\b)"
    ))
});

/// What was masked in one question. The same value has the same name in all of it.
#[derive(Default)]
pub(crate) struct Mask {
    people: Option<Regex>,
    names: HashMap<String, String>,
    values: HashMap<String, String>,
    counts: HashMap<&'static str, usize>,
}

/// A masked value was named that was never sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unissued;

impl Mask {
    /// Masks these names of people, too, besides what is recognised by its form.
    pub(crate) fn new(people: &[String]) -> Self {
        let mut people: Vec<&str> =
            people.iter().map(|name| name.trim()).filter(|name| name.chars().count() >= 2).collect();
        // The longest first: 欧阳小明 before 小明.
        people.sort_by_key(|name| std::cmp::Reverse(name.len()));
        let pattern = people.iter().map(|name| regex::escape(name)).collect::<Vec<_>>().join("|");
        let people = (!people.is_empty()).then(|| Regex::new(&format!("(?i)(?:{pattern})")).ok()).flatten();
        Self { people, ..Self::default() }
    }

    /// `text` without personal data.
    pub(crate) fn hide(&mut self, text: &str) -> String {
        let mut found: Found = Vec::new();
        search(text, &mut found, |gap| whole(&EMAIL, gap, "EMAIL", |_| true));
        search(text, &mut found, |gap| whole(&IPV6, gap, "IP", |part| part.parse::<Ipv6Addr>().is_ok()));
        search(text, &mut found, |gap| whole(&IPV4, gap, "IP", |part| ascii(part).parse::<Ipv4Addr>().is_ok()));
        search(text, &mut found, |gap| {
            let within = |run: regex::Match<'_>| {
                let at = run.start();
                numbers(run.as_str()).into_iter().map(move |(from, to, kind)| (at + from, at + to, kind))
            };
            DIGITS.find_iter(gap).flat_map(within).collect()
        });
        if let Some(people) = &self.people {
            search(text, &mut found, |gap| whole(people, gap, "NAME", |_| true));
        }
        let mut masked = String::with_capacity(text.len());
        let mut done = 0;
        for (from, to, kind) in found {
            masked.push_str(&text[done..from]);
            masked.push_str(&self.name(kind, &text[from..to]));
            done = to;
        }
        masked.push_str(&text[done..]);
        masked
    }

    /// A JSON value without personal data, its keys as they are.
    pub(crate) fn hide_value(&mut self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.hide(text)),
            Value::Array(items) => items.iter().map(|item| self.hide_value(item)).collect(),
            Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), self.hide_value(value))).collect(),
            other => other.clone(),
        }
    }

    /// `text` with the values in the places of their names.
    pub(crate) fn restore(&self, text: &str) -> Result<String, Unissued> {
        let mut unissued = false;
        let restored = NAMED.replace_all(text, |named: &Captures<'_>| {
            let part =
                |first: usize| (first..=6).step_by(2).find_map(|group| named.get(group)).map_or("", |p| p.as_str());
            let number = ascii(part(2));
            let name = format!("{}_{}", part(1).to_ascii_uppercase(), number.trim_start_matches('0'));
            self.values.get(&name).cloned().unwrap_or_else(|| {
                unissued = true;
                String::new()
            })
        });
        if unissued { Err(Unissued) } else { Ok(restored.into_owned()) }
    }

    /// As [`Mask::restore`], in every text of a JSON value.
    pub(crate) fn restore_value(&self, value: &Value) -> Result<Value, Unissued> {
        Ok(match value {
            Value::String(text) => Value::String(self.restore(text)?),
            Value::Array(items) => {
                items.iter().map(|item| self.restore_value(item)).collect::<Result<Vec<_>, _>>()?.into()
            }
            Value::Object(fields) => {
                let fields = fields.iter().map(|(key, value)| Ok((key.clone(), self.restore_value(value)?)));
                Value::Object(fields.collect::<Result<_, Unissued>>()?)
            }
            other => other.clone(),
        })
    }

    fn name(&mut self, kind: &'static str, value: &str) -> String {
        let key = format!("{kind}:{value}");
        let name = self.names.entry(key).or_insert_with(|| {
            let count = self.counts.entry(kind).or_default();
            *count += 1;
            let name = format!("{kind}_{count}");
            self.values.insert(name.clone(), value.to_owned());
            name
        });
        format!("⟦{name}⟧")
    }
}

/// Where something personal is, and of which kind.
type Found = Vec<(usize, usize, &'static str)>;

/// Adds what `find` finds between that which was found before; keeps the order.
fn search(text: &str, found: &mut Found, find: impl Fn(&str) -> Found) {
    let mut all = Vec::new();
    let mut from = 0;
    for &(start, end, kind) in found.iter() {
        all.extend(find(&text[from..start]).into_iter().map(|(a, b, kind)| (from + a, from + b, kind)));
        all.push((start, end, kind));
        from = end;
    }
    all.extend(find(&text[from..]).into_iter().map(|(a, b, kind)| (from + a, from + b, kind)));
    *found = all;
}

/// Every match of which `is` is true.
fn whole(pattern: &Regex, gap: &str, kind: &'static str, is: impl Fn(&str) -> bool) -> Found {
    pattern.find_iter(gap).filter(|part| is(part.as_str())).map(|part| (part.start(), part.end(), kind)).collect()
}

/// The numbers of persons in a run of groups of digits: of each group the most that it makes together with those behind it.
fn numbers(run: &str) -> Found {
    let groups: Vec<(usize, usize)> = GROUP.find_iter(run).map(|group| (group.start(), group.end())).collect();
    let mut found = Vec::new();
    let mut first = 0;
    while first < groups.len() {
        let whole = (first..groups.len()).rev().find_map(|last| {
            // A plus or a bracket before it belongs to it.
            let mark = run[..groups[first].0].trim_end_matches(['(', '（']);
            let from = if mark.ends_with(['+', '＋']) {
                mark.len() - mark.chars().next_back().map_or(0, char::len_utf8)
            } else {
                groups[first].0
            };
            let text = ascii(&run[from..groups[last].1]);
            kind(&text).map(|kind| (from, groups[last].1, last, kind))
        });
        match whole {
            Some((from, to, last, kind)) => {
                found.push((from, to, kind));
                first = last + 1;
            }
            None => first += 1,
        }
    }
    found
}

/// What kind of number of a person `text` is, if it is one.
fn kind(text: &str) -> Option<&'static str> {
    let digits: String = text.chars().filter(|c| c.is_ascii_digit() || matches!(c, 'x' | 'X')).collect();
    let (body, last) = digits.split_at(digits.len().checked_sub(1)?);
    if !body.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let length = digits.len();
    let id = |year: &str, month: &str, day: &str| {
        let within = |text: &str, range: std::ops::RangeInclusive<u32>| text.parse().is_ok_and(|n| range.contains(&n));
        within(year, 1850..=2100) && within(month, 1..=12) && within(day, 1..=31) && !digits.starts_with('0')
    };
    match length {
        18 if id(&digits[6..10], &digits[10..12], &digits[12..14]) => return Some("ID"),
        15 if id(&format!("19{}", &digits[6..8]), &digits[8..10], &digits[10..12]) => return Some("ID"),
        _ if last.eq_ignore_ascii_case("x") => return None,
        _ => {}
    }
    if text.starts_with('+') {
        return (8..=15).contains(&length).then_some("PHONE");
    }
    let national = digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86")).unwrap_or(&digits);
    let mobile = national.len() == 11 && matches!(national.as_bytes(), [b'1', b'3'..=b'9', ..]);
    let landline = digits.starts_with('0') && (10..=12).contains(&length);
    let abroad = digits.starts_with("00") && (10..=17).contains(&length);
    let service = length == 10 && (digits.starts_with("400") || digits.starts_with("800"));
    let grouped = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).map(str::len);
    let american = length == 10 && grouped.eq([3, 3, 4]);
    if mobile || landline || abroad || service || american {
        return Some("PHONE");
    }
    if (13..=19).contains(&length) && luhn(&digits) {
        return Some("CARD");
    }
    // Long and in one piece: one that was mistyped, an account, or an order, which does not suffer from it.
    (length >= 11 && length == text.len()).then_some("ID")
}

/// The check digit of payment cards (ISO/IEC 7812-1).
fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0');
            match place % 2 {
                0 => digit,
                _ if digit > 4 => digit * 2 - 9,
                _ => digit * 2,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
#[path = "mask_tests.rs"]
mod tests;
