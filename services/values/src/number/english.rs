//! English number words: two hundred and fifty-four, twenty-five hundred, one and a half, five eighths, 3 lakh.

use rust_decimal::Decimal;

use super::english_fraction::{article_fraction, extended, half};
pub(crate) use super::english_words::{Word, cardinal, ordinal};
use super::{Form, Numeral, literal};
use crate::text::Text;

/// Whether a number may begin with `word`.
pub(crate) fn may_begin(word: &str) -> bool {
    matches!(word, "a" | "an" | "half" | "quarter" | "negative" | "minus") || cardinal(word).is_some()
}

/// The next token, over one hyphen.
pub(crate) fn over_hyphen(text: &Text, token: usize) -> usize {
    if text.ch(token) == '-' && text.is_word(token + 1) && text.gap(token) <= 1 && text.gap(token + 1) <= 1 {
        token + 1
    } else {
        token
    }
}

/// A cardinal whole number in words, digits before a magnitude included. "a" only before a magnitude.
pub(crate) fn whole(text: &Text, token: usize) -> Option<Numeral> {
    let mut sum = Sum::default();
    let mut at = token;
    if matches!(text.s(at), "a" | "an") {
        if !matches!(cardinal(text.s(at + 1)), Some(Word::Hundred | Word::Large(_) | Word::Dozen)) {
            return None;
        }
        sum.current = Decimal::ONE;
        sum.started = true;
        at += 1;
    } else if text.is_digits(token) || text.ch(token) == '.' {
        let literal = literal::plain(text, token)?;
        match cardinal(text.s(literal.end)) {
            Some(Word::Hundred | Word::Large(_) | Word::Dozen) => {}
            _ => return None,
        }
        sum.current = literal.value;
        sum.started = true;
        at = literal.end;
    }
    let mut end = at;
    while at < token + 40 {
        let mut next = if at == token { at } else { over_hyphen(text, at) };
        let joined = text.s(next) == "and" && sum.scaled;
        if joined {
            next += 1;
        }
        let taken = match cardinal(text.s(next)) {
            Some(word) => sum.take(word, joined),
            None if text.is_digits(next) && (joined || sum.scaled) && text.len(next) <= 3 => {
                let scaled = matches!(cardinal(text.s(next + 1)), Some(Word::Hundred | Word::Large(_)));
                let glued = text.is_word(next + 1) && !text.spaced(next + 1)
                    || matches!(text.ch(next + 1), '/' | ':' | '.' | ',') && text.is_digits(next + 2);
                text.int(next).filter(|n| *n > 0 && (joined || scaled) && !glued).is_some_and(|n| sum.take_literal(n))
            }
            None => false,
        };
        if !taken {
            break;
        }
        at = next + 1;
        end = at;
    }
    if end == token || !sum.started || end == token + 1 && !text.is_word(token) {
        return None;
    }
    Some(Numeral { value: sum.total()?, start: token, end, form: Form::Words })
}

#[derive(Default)]
struct Sum {
    total: Decimal,
    current: Decimal,
    /// The last magnitude added to the total.
    last: Decimal,
    started: bool,
    /// A hundred or more has been said, so that "and" may go on.
    scaled: bool,
    dozen: bool,
}

impl Sum {
    fn take(&mut self, word: Word, joined: bool) -> bool {
        let below = self.current % Decimal::ONE_HUNDRED;
        match word {
            Word::Ones(n) => {
                let room = if n >= 10 {
                    below.is_zero()
                } else {
                    (self.current % Decimal::TEN).is_zero() && !(Decimal::ZERO < below && below < Decimal::from(20))
                };
                if self.dozen || !room || self.started && (n == 0 || self.current.is_zero() && self.total.is_zero()) {
                    return false;
                }
                self.current += Decimal::from(n);
            }
            Word::Tens(n) => {
                if self.dozen || !below.is_zero() {
                    return false;
                }
                self.current += Decimal::from(n);
            }
            Word::Hundred => {
                if joined
                    || self.dozen
                    || self.current >= Decimal::ONE_HUNDRED
                    || !self.started
                    || self.current.is_zero()
                {
                    return false;
                }
                self.current *= Decimal::ONE_HUNDRED;
                self.scaled = true;
            }
            Word::Large(n) => {
                let n = Decimal::from(n);
                if joined || self.dozen || !self.started {
                    return false;
                }
                if self.current.is_zero() {
                    // three lakh crore
                    match self.total.checked_mul(n) {
                        Some(product) if self.last < n && !self.total.is_zero() => self.total = product,
                        _ => return false,
                    }
                } else if self.last.is_zero() || n < self.last {
                    let Some(sum) = self.current.checked_mul(n).and_then(|p| self.total.checked_add(p)) else {
                        return false;
                    };
                    self.total = sum;
                    self.current = Decimal::ZERO;
                } else {
                    return false;
                }
                self.last = n;
                self.scaled = true;
            }
            Word::Dozen => {
                if joined || !self.started || self.dozen {
                    return false;
                }
                self.current *= Decimal::from(12);
                self.dozen = true;
            }
        }
        self.started = true;
        true
    }

    fn take_literal(&mut self, n: u32) -> bool {
        if !(self.current % Decimal::ONE_HUNDRED).is_zero() || n >= 100 && !self.current.is_zero() || self.dozen {
            return false;
        }
        self.current += Decimal::from(n);
        true
    }

    fn total(&self) -> Option<Decimal> {
        self.total.checked_add(self.current)
    }
}

/// Any English number at `token`: sign, whole, decimals, fraction, or digits.
pub(crate) fn number(text: &Text, token: usize) -> Option<Numeral> {
    if text.is_word(token) && matches!(text.s(token), "negative" | "minus") {
        let number = number(text, text_after_sign(text, token)?)?;
        return Some(Numeral { value: -number.value, start: token, ..number });
    }
    let literal = literal::number(text, token);
    let mut found = match whole(text, token) {
        Some(words) => literal.filter(|l| l.end > words.end).or(Some(words)),
        None => literal,
    };
    if found.is_none() && text.s(token) == "one" {
        found = Some(Numeral { value: Decimal::ONE, start: token, end: token + 1, form: Form::Words });
    }
    let Some(number) = found else { return half(text, token).or_else(|| article_fraction(text, token)) };
    if text.is_word(token) && misleading(text, &number) {
        return None;
    }
    Some(extended(text, number))
}

fn text_after_sign(text: &Text, token: usize) -> Option<usize> {
    let next = token + 1;
    (!matches!(text.s(next), "negative" | "minus") && text.ch(next) != '-').then_some(next)
}

/// "the one", "that one" and the like count nothing.
fn misleading(text: &Text, number: &Numeral) -> bool {
    if text.s(number.start) != "one" || number.end > number.start + 1 {
        return false;
    }
    let before = number.start.checked_sub(1).map_or("", |b| text.s(b));
    matches!(
        before,
        "the"
            | "this"
            | "that"
            | "which"
            | "any"
            | "every"
            | "each"
            | "last"
            | "next"
            | "first"
            | "second"
            | "third"
            | "previous"
            | "current"
            | "another"
            | "no"
            | "some"
    ) && !matches!(text.s(number.end), "hundred" | "thousand" | "half" | "third" | "quarter")
}
