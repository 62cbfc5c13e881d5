//! English number words: two hundred and fifty-four, twenty-five hundred, one and a half, five eighths, 3 lakh.

use rust_decimal::Decimal;

use super::{Form, Numeral, literal};
use crate::text::Text;

/// What a word counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    /// Zero to nineteen.
    Ones(u32),
    /// Twenty to ninety.
    Tens(u32),
    Hundred,
    /// Thousand and above.
    Large(u64),
    Dozen,
}

/// The cardinal a word names.
pub(crate) fn cardinal(word: &str) -> Option<Word> {
    Some(match word {
        "zero" | "nil" => Word::Ones(0),
        "one" => Word::Ones(1),
        "two" => Word::Ones(2),
        "three" => Word::Ones(3),
        "four" => Word::Ones(4),
        "five" => Word::Ones(5),
        "six" => Word::Ones(6),
        "seven" => Word::Ones(7),
        "eight" => Word::Ones(8),
        "nine" => Word::Ones(9),
        "ten" => Word::Ones(10),
        "eleven" => Word::Ones(11),
        "twelve" => Word::Ones(12),
        "thirteen" => Word::Ones(13),
        "fourteen" => Word::Ones(14),
        "fifteen" => Word::Ones(15),
        "sixteen" => Word::Ones(16),
        "seventeen" => Word::Ones(17),
        "eighteen" => Word::Ones(18),
        "nineteen" => Word::Ones(19),
        "twenty" => Word::Tens(20),
        "thirty" => Word::Tens(30),
        "forty" | "fourty" => Word::Tens(40),
        "fifty" => Word::Tens(50),
        "sixty" => Word::Tens(60),
        "seventy" => Word::Tens(70),
        "eighty" => Word::Tens(80),
        "ninety" => Word::Tens(90),
        "hundred" => Word::Hundred,
        "thousand" => Word::Large(1_000),
        "lakh" | "lakhs" => Word::Large(100_000),
        "million" => Word::Large(1_000_000),
        "crore" | "crores" => Word::Large(10_000_000),
        "billion" => Word::Large(1_000_000_000),
        "trillion" => Word::Large(1_000_000_000_000),
        "quadrillion" => Word::Large(1_000_000_000_000_000),
        "dozen" | "dozens" | "dz" | "dzs" | "doz" | "dozs" => Word::Dozen,
        _ => return None,
    })
}

/// The ordinal a word names, as the cardinal it belongs to.
pub(crate) fn ordinal(word: &str) -> Option<Word> {
    Some(match word {
        "first" => Word::Ones(1),
        "second" => Word::Ones(2),
        "third" => Word::Ones(3),
        "fourth" => Word::Ones(4),
        "fifth" => Word::Ones(5),
        "sixth" => Word::Ones(6),
        "seventh" => Word::Ones(7),
        "eighth" => Word::Ones(8),
        "ninth" | "nineth" => Word::Ones(9),
        "tenth" => Word::Ones(10),
        "eleventh" => Word::Ones(11),
        "twelfth" => Word::Ones(12),
        "thirteenth" => Word::Ones(13),
        "fourteenth" => Word::Ones(14),
        "fifteenth" => Word::Ones(15),
        "sixteenth" => Word::Ones(16),
        "seventeenth" => Word::Ones(17),
        "eighteenth" => Word::Ones(18),
        "nineteenth" => Word::Ones(19),
        "twentieth" => Word::Tens(20),
        "thirtieth" => Word::Tens(30),
        "fortieth" => Word::Tens(40),
        "fiftieth" => Word::Tens(50),
        "sixtieth" => Word::Tens(60),
        "seventieth" => Word::Tens(70),
        "eightieth" => Word::Tens(80),
        "ninetieth" => Word::Tens(90),
        "hundredth" => Word::Hundred,
        "thousandth" => Word::Large(1_000),
        "millionth" => Word::Large(1_000_000),
        "billionth" => Word::Large(1_000_000_000),
        "trillionth" => Word::Large(1_000_000_000_000),
        _ => return None,
    })
}

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

/// Decimals, fractions and powers of ten that may follow a whole number.
fn extended(text: &Text, number: Numeral) -> Numeral {
    let at = number.end;
    if text.s(at) == "point"
        && let Some((decimals, end)) = spoken_decimals(text, at + 1)
    {
        let mut value = number.value + decimals;
        let mut end = end;
        // two point five million
        while let Some(Word::Large(n)) = cardinal(text.s(end)) {
            let Some(product) = value.checked_mul(Decimal::from(n)) else { break };
            (value, end) = (product, end + 1);
        }
        return Numeral { value, end, form: Form::Words, ..number };
    }
    if let Some(mixed) = large_and_fraction(text, &number) {
        return mixed;
    }
    let next = over_hyphen(text, at);
    if number.form != Form::Formula
        && let Some((top, bottom, end)) = fraction_of(text, number, next)
        && let Some(value) = top.checked_div(bottom)
    {
        return Numeral { value, end, form: Form::Formula, ..number };
    }
    if let Some(fraction) = and_fraction(text, &number) {
        return fraction;
    }
    ratio(text, &number).unwrap_or(number)
}

/// "two million and three fifths": the fraction, whose top has been read into the number, is of the million.
fn large_and_fraction(text: &Text, number: &Numeral) -> Option<Numeral> {
    let and = (number.start..number.end).rev().find(|t| text.s(*t) == "and")?;
    matches!(cardinal(text.s(and.checked_sub(1)?)), Some(Word::Large(_))).then_some(())?;
    bottom(text, over_hyphen(text, number.end))?;
    let top = whole(text, and + 1).filter(|top| top.end == number.end)?;
    let base = Numeral { value: number.value.checked_sub(top.value)?, end: and, ..*number };
    and_fraction(text, &base)
}

/// The bottom of a fraction in words at `token`: eighths, quarters, twenty-fifths.
fn bottom(text: &Text, token: usize) -> Option<(Decimal, usize)> {
    let word = text.s(token);
    match word {
        "half" | "halves" => return Some((Decimal::TWO, token + 1)),
        "quarter" | "quarters" => return Some((Decimal::from(4), token + 1)),
        "second" | "seconds" | "first" => return None,
        _ => {}
    }
    if let Some(Word::Tens(tens)) = cardinal(word) {
        let next = over_hyphen(text, token + 1);
        if let Some(Word::Ones(ones @ 1..=9)) = ordinal(singular(text.s(next))) {
            return Some((Decimal::from(tens + ones), next + 1));
        }
        return None;
    }
    let value = match ordinal(singular(word))? {
        Word::Ones(n) | Word::Tens(n) => Decimal::from(n),
        Word::Hundred => Decimal::ONE_HUNDRED,
        Word::Large(n) => Decimal::from(n),
        Word::Dozen => return None,
    };
    Some((value, token + 1))
}

fn singular(word: &str) -> &str {
    word.strip_suffix('s').unwrap_or(word)
}

/// The bottom for a number just read; gives back the top, which may lose its last words to the bottom.
fn fraction_of(text: &Text, number: Numeral, next: usize) -> Option<(Decimal, Decimal, usize)> {
    let (bottom_value, end) = bottom(text, next)?;
    let words = number.end - number.start;
    let last_tens = matches!(cardinal(text.s(number.end - 1)), Some(Word::Tens(_)));
    let hyphenated = text.ch(number.end) == '-' && text.gap(number.end) == 0;
    let and_before = number.end >= 2 && text.s(number.end - 2) == "and";
    if last_tens
        && words > 1
        && bottom_value < Decimal::TEN
        && (!and_before || hyphenated && text.s(end - 1) == singular(text.s(end - 1)))
    {
        let tens = match cardinal(text.s(number.end - 1)) {
            Some(Word::Tens(n)) => Decimal::from(n),
            _ => return None,
        };
        return Some((number.value - tens, bottom_value + tens, end));
    }
    // "two hundred and fifty-four hundredths": what follows "and" is the top alone.
    if let Some(and) = (number.start..number.end).rev().find(|t| text.s(*t) == "and")
        && let Some(part) = whole(text, and + 1).filter(|p| p.end == number.end && bottom_value >= Decimal::ONE_HUNDRED)
    {
        return Some(((number.value - part.value).checked_mul(bottom_value)? + part.value, bottom_value, end));
    }
    let singular_bottom = !text.s(end - 1).ends_with('s');
    let whole_number_then_ordinal =
        singular_bottom && number.value != Decimal::ONE && text.s(end - 1) != "half" && text.s(end - 1) != "quarter";
    (!whole_number_then_ordinal).then_some((number.value, bottom_value, end))
}

/// "and a half", "and two thirds"; of a million and more, the fraction is of the million.
fn and_fraction(text: &Text, number: &Numeral) -> Option<Numeral> {
    if text.s(number.end) != "and" || number.form == Form::Formula {
        return None;
    }
    let at = number.end + 1;
    let (top, next) = match text.s(at) {
        "a" | "an" => (Decimal::ONE, at + 1),
        "half" | "quarter" => (Decimal::ONE, at),
        _ => {
            let top = whole(text, at)?;
            (top.value, over_hyphen(text, top.end))
        }
    };
    let (bottom, end) = bottom(text, next)?;
    let mut part = top.checked_div(bottom)?;
    let mut end = end;
    if let Some(Word::Large(n)) = cardinal(text.s(end)) {
        part = part.checked_mul(Decimal::from(n))?;
        end += 1;
    } else if let Some(Word::Large(n)) = cardinal(text.s(number.end - 1))
        && n >= 1_000
    {
        part = part.checked_mul(Decimal::from(n))?;
    }
    Some(Numeral { value: number.value.checked_add(part)?, end, form: Form::Formula, ..*number })
}

/// "1 over three", "1 in twenty-one".
fn ratio(text: &Text, number: &Numeral) -> Option<Numeral> {
    let link = text.s(number.end);
    let one = number.value == Decimal::ONE;
    if !(link == "over" || link == "in" && one || link == "out" && text.s(number.end + 1) == "of" && one) {
        return None;
    }
    let at = number.end + if link == "out" { 2 } else { 1 };
    let below = whole(text, at).or_else(|| literal::plain(text, at))?;
    let year = below.form == Form::Literal && below.value > Decimal::ONE_THOUSAND && link == "in";
    let unit = text.is_word(below.end)
        && matches!(text.s(below.end), "years" | "days" | "months" | "weeks" | "hours" | "minutes");
    if below.value <= number.value || year || unit {
        return None;
    }
    Some(Numeral { value: number.value.checked_div(below.value)?, end: below.end, form: Form::Formula, ..*number })
}

/// "half", "a half", "half million", "quarter million".
fn half(text: &Text, token: usize) -> Option<Numeral> {
    let at = if matches!(text.s(token), "a" | "an") { token + 1 } else { token };
    let value = match text.s(at) {
        "half" => Decimal::new(5, 1),
        "quarter" => Decimal::new(25, 2),
        _ => return None,
    };
    let next = if matches!(text.s(at + 1), "a" | "an") { at + 2 } else { at + 1 };
    if let Some(Word::Large(n)) = cardinal(text.s(next)) {
        return Some(Numeral {
            value: value.checked_mul(Decimal::from(n))?,
            start: token,
            end: next + 1,
            form: Form::Words,
        });
    }
    if text.s(next) == "dozen" {
        return Some(Numeral {
            value: value.checked_mul(Decimal::from(12))?,
            start: token,
            end: next + 1,
            form: Form::Words,
        });
    }
    // "a quarter" alone is a time or a coin as often as a number; "half" counts by itself.
    (text.s(at) == "half").then_some(Numeral { value, start: token, end: at + 1, form: Form::Formula })
}

/// "a fifth", "a twenty-first", "a hundred trillionths".
fn article_fraction(text: &Text, token: usize) -> Option<Numeral> {
    if !matches!(text.s(token), "a" | "an") {
        return None;
    }
    let (bottom, end) = bottom(text, token + 1)?;
    if bottom == Decimal::from(4) && text.s(end - 1).starts_with("quarter") {
        return None;
    }
    Some(Numeral { value: Decimal::ONE.checked_div(bottom)?, start: token, end, form: Form::Formula })
}

fn spoken_decimals(text: &Text, token: usize) -> Option<(Decimal, usize)> {
    let mut digits = String::from("0.");
    let mut at = token;
    if text.is_digits(at) && text.len(at) < 20 {
        digits.push_str(text.s(at));
        at += 1;
    } else {
        while let Some(Word::Ones(n)) = cardinal(text.s(at)).filter(|_| digits.len() < 22) {
            digits.push_str(&n.to_string());
            at += 1;
        }
    }
    Some((digits.parse().ok()?, at)).filter(|_| at > token)
}
