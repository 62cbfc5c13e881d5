//! Conditions with numbers: "50-100元", 4.5分以上, "at least 3 hours", out of the typed values of a message.

use rust_decimal::Decimal;
use skills::fold;
use values::{Reading, Span, Value};

/// What an amount measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// Money.
    Money,
    /// A mark or rating, in points.
    Score,
    /// A length of time, in hours.
    Hours,
}

/// A number or a range that something is to be or to lie in.
#[derive(Debug, Clone, PartialEq)]
pub struct Amount {
    /// What it measures, where the words tell.
    pub dimension: Option<Dimension>,
    /// At least this; hours for lengths of time.
    pub low: Option<Decimal>,
    /// At most this.
    pub high: Option<Decimal>,
    /// Where it is said, in characters.
    pub span: Span,
}

#[rustfmt::skip]
const MORE: &[&str] = &["或以上", "及以上", "以上", "往上", "之上", "起步", "起", "or more", "or above", "or higher", "and up", "and above", "+"];
#[rustfmt::skip]
const LESS: &[&str] = &["或以下", "及以下", "以下", "以内", "之内", "之下", "一下", "or less", "or below", "or lower"];
#[rustfmt::skip]
const AT_LEAST: &[&str] = &["不低于", "不少于", "至少", "大于", "高于", "超过", "at least", "more than", "over", "above", "min"];
#[rustfmt::skip]
const AT_MOST: &[&str] = &["不高于", "不超过", "不多于", "最多", "小于", "低于", "少于", "at most", "up to", "less than", "under", "below", "max"];
const LINKS: &[&str] = &["-", "--", "~", "—", "–", "到", "至", "、", "to", "and", ""];

/// Units that may stand between the first number and the link when they were not read with it.
const UNITS: &[&str] = &["个小时", "小时", "天", "元", "块钱", "块", "分", "hours", "hour", "days", "day"];

/// One number with its unit.
struct Atom {
    span: Span,
    number: Decimal,
    dimension: Option<Dimension>,
}

/// The amounts of `text`, in order. `values` are its typed values.
pub(super) fn amounts(text: &str, values: &[Reading]) -> Vec<Amount> {
    let folded: Vec<char> = fold(text).chars().collect();
    let atoms = atoms(&folded, values);
    let mut amounts = Vec::new();
    let mut at = 0;
    while let Some(first) = atoms.get(at) {
        let second = atoms.get(at + 1).filter(|second| links(&folded, first, second));
        at += 1 + usize::from(second.is_some());
        let last = second.unwrap_or(first);
        let mut span = Span { start: first.span.start, end: last.span.end };
        let dimension = last.dimension.or(first.dimension);
        let (mut low, mut high) = (Some(first.number), Some(last.number));
        if second.is_none() {
            let after = suffix(&folded, span.end);
            if let Some(word) = after.and_then(|at| MORE.iter().find(|word| starts(&folded[at..], word))) {
                high = None;
                span.end = after.unwrap_or(span.end) + word.chars().count();
            } else if let Some(word) = after.and_then(|at| LESS.iter().find(|word| starts(&folded[at..], word))) {
                low = None;
                span.end = after.unwrap_or(span.end) + word.chars().count();
            } else if let Some(word) = AT_LEAST.iter().find(|word| ends(&folded[..span.start], word)) {
                high = None;
                span.start -= word.chars().count();
            } else if let Some(word) = AT_MOST.iter().find(|word| ends(&folded[..span.start], word)) {
                low = None;
                span.start -= word.chars().count();
            }
        }
        amounts.push(Amount { dimension, low, high, span });
    }
    amounts
}

/// Numbers with units, the longest reading at each place.
fn atoms(folded: &[char], values: &[Reading]) -> Vec<Atom> {
    let mut atoms: Vec<Atom> = Vec::new();
    let mut readings: Vec<&Reading> = values.iter().collect();
    // With a unit first, then the longest.
    let is_plain = |reading: &Reading| matches!(reading.value, Value::Number { .. });
    readings.sort_by_key(|reading| (is_plain(reading), std::cmp::Reverse(reading.span.len()), reading.span.start));
    for reading in readings {
        let (number, dimension) = match &reading.value {
            Value::Money { amount, .. } => (*amount, Some(Dimension::Money)),
            Value::Duration { duration } => match hours(duration) {
                Some(hours) => (hours, Some(Dimension::Hours)),
                None => continue,
            },
            Value::Number { number } => {
                let is_score =
                    folded.get(reading.span.end) == Some(&'分') && folded.get(reading.span.end + 1) != Some(&'钟');
                (number.abs(), is_score.then_some(Dimension::Score))
            }
            _ => continue,
        };
        let span = match dimension {
            Some(Dimension::Score) => Span { end: reading.span.end + 1, ..reading.span },
            _ => reading.span,
        };
        if atoms.iter().all(|atom| !atom.span.overlaps(span)) {
            atoms.push(Atom { span, number, dimension });
        }
    }
    atoms.sort_by_key(|atom| atom.span.start);
    atoms
}

/// A length of time in hours.
fn hours(duration: &values::Duration) -> Option<Decimal> {
    let mut hours = Decimal::ZERO;
    for part in &duration.parts {
        let unit = match part.unit {
            values::DurationUnit::Minute => Decimal::ONE / Decimal::from(60),
            values::DurationUnit::Hour => Decimal::ONE,
            values::DurationUnit::Day => Decimal::from(24),
            values::DurationUnit::Week => Decimal::from(168),
            _ => return None,
        };
        hours += part.amount.checked_mul(unit)?;
    }
    Some(hours)
}

/// Whether two numbers are the ends of one range.
fn links(folded: &[char], first: &Atom, second: &Atom) -> bool {
    let between: String = folded.get(first.span.end..second.span.start).unwrap_or_default().iter().collect();
    let link = UNITS.iter().find_map(|unit| between.strip_prefix(unit)).unwrap_or(&between).trim();
    let fits = first.dimension.is_none() || second.dimension.is_none() || first.dimension == second.dimension;
    // A minus sign may be part of the second number.
    let begins_with_dash = matches!(folded.get(second.span.start), Some('-' | '—' | '–'));
    fits && LINKS.contains(&link) && (!link.is_empty() || begins_with_dash) && first.number <= second.number
}

/// Where a word after the number may stand: behind a unit that is written twice, a particle, white space.
fn suffix(folded: &[char], end: usize) -> Option<usize> {
    let mut at = end;
    while at < folded.len() && at < end + 3 && matches!(folded[at], ' ' | '分' | '元' | '块' | '钱' | '的') {
        at += 1;
    }
    (at < folded.len()).then_some(at)
}

fn starts(letters: &[char], word: &str) -> bool {
    let mut letters = letters.iter();
    word.chars().all(|c| letters.next() == Some(&c))
}

fn ends(letters: &[char], word: &str) -> bool {
    let length = letters.iter().rev().take_while(|c| c.is_whitespace()).count();
    let mut letters = letters[..letters.len() - length].iter().rev();
    word.chars().rev().all(|c| letters.next() == Some(&c))
}
