//! Numbers in digits: 1,234.5, -.5, 1 234 567, 3/4, 2^5, 1e10, 40k, 1.2w.

use rust_decimal::Decimal;

use super::{Form, Numeral};
use crate::text::Text;

/// A plain unsigned literal at `token`: digits, separators of thousands, a decimal part.
pub(crate) fn plain(text: &Text, token: usize) -> Option<Numeral> {
    let mut digits = String::new();
    let mut at = token;
    if text.ch(at) == '.' && text.is_digits(at + 1) && !text.spaced_or(at + 1, false) && !dotted_before(text, at) {
        digits.push('0');
    } else if text.is_digits(at) {
        digits.push_str(text.s(at));
        at = thousands(text, at, &mut digits);
    } else {
        return None;
    }
    let decimals =
        text.ch(at) == '.' && text.is_digits(at + 1) && !text.spaced_or(at, true) && !text.spaced_or(at + 1, true);
    let leading = text.ch(at) == '.' && digits == "0" && at == token;
    if (decimals || leading) && !(dotted(text, at + 2)) && !(at == token + 1 && token > 0 && dotted_before(text, token))
    {
        digits.push('.');
        digits.push_str(text.s(at + 1));
        at += 2;
    } else if leading {
        return None;
    }
    if digits.len() > 40 {
        return None;
    }
    Some(Numeral { value: parse(&digits)?, start: token, end: at, form: Form::Literal })
}

/// More digits than a decimal holds are rounded away: 24 digits and more are no counts but serial numbers.
fn parse(digits: &str) -> Option<Decimal> {
    digits.parse().ok()
}

fn dotted(text: &Text, token: usize) -> bool {
    text.ch(token) == '.'
        && text.is_digits(token + 1)
        && !text.spaced_or(token, true)
        && !text.spaced_or(token + 1, true)
}

fn dotted_before(text: &Text, token: usize) -> bool {
    token >= 2 && text.ch(token - 1) == '.' && text.is_digits(token - 2) && !text.spaced_or(token, true)
        || token >= 1 && text.ch(token) == '.' && text.is_digits(token - 1) && !text.spaced_or(token, true)
}

/// Appends groups of thousands, after commas (also the Indian way) or after single blanks.
fn thousands(text: &Text, token: usize, digits: &mut String) -> usize {
    let first = text.len(token);
    let mut at = token + 1;
    if first > 3 {
        return at;
    }
    let glued = |t: usize| !text.spaced_or(t, true);
    let comma = |t: usize| text.ch(t) == ',' && text.is_digits(t + 1) && glued(t) && glued(t + 1);
    let mut end = at;
    let mut groups = String::new();
    while comma(end) && matches!(text.len(end + 1), 2 | 3) && groups.len() < 30 {
        groups.push_str(text.s(end + 1));
        end += 2;
    }
    if end > at {
        let last_three = text.len(end - 1) == 3;
        let all_three = groups.len() == (end - at) / 2 * 3;
        let indian = first <= 2 && last_three && (0..(end - at) / 2 - 1).all(|g| text.len(at + 1 + 2 * g) == 2);
        if last_three && (all_three || indian) && !comma(end) {
            digits.push_str(&groups);
            return end;
        }
        if end == at + 2 && text.len(at + 1) == 2 && text.s(at + 1) == "00" && text.ch(end) != ',' {
            return end;
        }
        return at;
    }
    let before_digits = token > 0 && text.is_digits(token - 1);
    let mut groups = String::new();
    while text.is_digits(end) && text.gap(end) == 1 && text.len(end) == 3 && groups.len() < 30 {
        groups.push_str(text.s(end));
        end += 1;
    }
    let more = text.is_digits(end) || matches!(text.ch(end), '/' | '-') && text.is_digits(end + 1);
    if end > at && !more && !before_digits && !text.s(token).starts_with('0') {
        digits.push_str(&groups);
        at = end;
    }
    at
}

/// A sign directly before `token`, and where it starts.
pub(crate) fn sign(text: &Text, token: usize) -> Option<(bool, usize)> {
    let c = text.ch(token);
    if c == '负' {
        return Some((true, token + 1));
    }
    if c != '-' && c != '+' {
        return None;
    }
    let glued_before = token > 0 && !text.spaced(token);
    let before = token.checked_sub(1);
    let after_value = before.is_some_and(|b| {
        text.is_digits(b)
            || glued_before && (text.is_word(b) || text.is_han(b) || matches!(text.ch(b), ')' | '-' | '+'))
    });
    if after_value || text.gap(token + 1) > 1 || c == '+' && text.spaced_or(token + 1, true) {
        return None;
    }
    Some((c == '-', token + 1))
}

/// A literal with all that may be written around it: sign, fraction, power, exponent, magnitude suffix.
pub(crate) fn number(text: &Text, token: usize) -> Option<Numeral> {
    let (negative, at) = sign(text, token).unwrap_or((false, token));
    let mut number = vulgar(text, at).or_else(|| plain(text, at))?;
    number = mixed(text, number).unwrap_or(number);
    if number.form == Form::Literal {
        number = power(text, number).or_else(|| suffixed(text, number)).unwrap_or(number);
    }
    number.start = token;
    if negative {
        number.value = -number.value;
    }
    Some(number)
}

/// ½ and its like, and 2½.
fn vulgar(text: &Text, token: usize) -> Option<Numeral> {
    let of = |c| {
        Some(match c {
            '½' => Decimal::new(5, 1),
            '¼' => Decimal::new(25, 2),
            '¾' => Decimal::new(75, 2),
            '⅓' => Decimal::ONE / Decimal::from(3),
            '⅔' => Decimal::TWO / Decimal::from(3),
            '⅛' => Decimal::new(125, 3),
            _ => return None,
        })
    };
    if let Some(value) = of(text.ch(token)) {
        return Some(Numeral { value, start: token, end: token + 1, form: Form::Formula });
    }
    let whole = text.int(token)?;
    let part = of(text.ch(token + 1))?;
    Some(Numeral { value: part + Decimal::from(whole), start: token, end: token + 2, form: Form::Formula })
}

/// 3/4 and 1 3/5.
fn mixed(text: &Text, first: Numeral) -> Option<Numeral> {
    let fraction = |t: usize| {
        let glued = text.ch(t + 1) == '/' && !text.spaced_or(t + 1, true) && !text.spaced_or(t + 2, true);
        let (top, bottom) = (text.int(t)?, text.int(t + 2)?);
        let longer =
            matches!(text.ch(t + 3), '/' | '.') && text.is_digits(t + 4) || text.is_word(t + 3) && !text.spaced(t + 3);
        (glued && bottom > 0 && !longer).then(|| Decimal::from(top) / Decimal::from(bottom))
    };
    if first.end == first.start + 1
        && text.ch(first.end) == '/'
        && !(first.start > 1 && text.ch(first.start - 1) == '/')
    {
        let value = fraction(first.start)?;
        return Some(Numeral { value, end: first.start + 3, form: Form::Formula, ..first });
    }
    let near = (1..=2).contains(&text.gap(first.end));
    if near && first.value.fract().is_zero() && text.is_digits(first.end) {
        let value = first.value.checked_add(fraction(first.end)?)?;
        return Some(Numeral { value, end: first.end + 3, form: Form::Formula, ..first });
    }
    None
}

/// 2^5, 1.1^+23, 2e5, 2.7e-1.
fn power(text: &Text, base: Numeral) -> Option<Numeral> {
    let mark = text.s(base.end);
    if !matches!(mark, "^" | "e") || text.spaced(base.end) {
        return None;
    }
    let (negative, at) = match text.ch(base.end + 1) {
        '-' => (true, base.end + 2),
        '+' => (false, base.end + 2),
        _ => (false, base.end + 1),
    };
    let exponent = i64::from(text.int(at).filter(|e| *e <= 60)?);
    let exponent = if negative { -exponent } else { exponent };
    let value = if mark == "e" {
        raised(Decimal::TEN, exponent)?.checked_mul(base.value)?
    } else {
        raised(base.value, exponent)?
    };
    Some(Numeral { value, end: at + 1, form: Form::Formula, ..base })
}

/// 40k, 2.33 k, 10M, 1.2w, 5bn.
fn suffixed(text: &Text, number: Numeral) -> Option<Numeral> {
    let token = number.end;
    let spaced = text.spaced(token);
    if text.gap(token) > 1 || !text.is_word(token) || spaced && text.len(token) > 1 {
        return None;
    }
    let upper = text.tokens.get(token).is_some_and(|t| text.raw[t.start].is_uppercase());
    let scale: i64 = match text.s(token) {
        "k" => 1_000,
        "w" if !spaced => 10_000,
        "m" if upper || !number.value.fract().is_zero() && !spaced && text.ch(token + 1) != '/' => 1_000_000,
        "mm" if upper => 1_000_000,
        "mil" | "mio" | "mln" => 1_000_000,
        "b" if !spaced && upper => 1_000_000_000,
        "bn" | "bln" => 1_000_000_000,
        "t" if upper && !spaced => 1_000_000_000_000,
        "tn" | "trn" => 1_000_000_000_000,
        _ => return None,
    };
    let value = number.value.checked_mul(Decimal::from(scale))?;
    Some(Numeral { value, end: token + 1, ..number })
}

/// `base` to a whole power; `None` when it does not fit.
fn raised(base: Decimal, exponent: i64) -> Option<Decimal> {
    let power = (0..exponent.unsigned_abs()).try_fold(Decimal::ONE, |product, _| product.checked_mul(base))?;
    if exponent < 0 { Decimal::ONE.checked_div(power) } else { Some(power) }
}
