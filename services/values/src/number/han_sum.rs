//! Adding up Chinese numerals: 两亿三千万零五.

use rust_decimal::Decimal;

use super::han::{digit, large_unit, small_unit};
use super::literal;
use crate::text::Text;

/// The sum so far of a numeral read from left to right.
#[derive(Default)]
pub(super) struct Sum {
    /// Finished myriads.
    high: Decimal,
    /// Finished part below the current myriad.
    low: Decimal,
    current: Option<Decimal>,
    /// The last unit seen: what a digit at the end counts a tenth of.
    pub(super) last_unit: Decimal,
    largest: Decimal,
    zero: bool,
    pub(super) literal: bool,
    pub(super) vague: bool,
    /// Nothing but units so far.
    pub(super) bare: bool,
    pub(super) parts: usize,
}

impl Sum {
    /// Takes one element at `at` if the numeral can go on with it.
    pub(super) fn take(&mut self, text: &Text, at: usize) -> Option<usize> {
        let c = text.ch(at);
        if text.is_digits(at) || c == '.' {
            if self.current.is_some() || self.parts > 0 && (self.last_unit.is_zero() || text.gap(at) > 1) {
                return None;
            }
            let number = literal::plain(text, at)?;
            self.current = Some(number.value);
            self.literal = true;
            self.parts += 1;
            return Some(self.skip_vague(text, number.end));
        }
        if !text.is_han(at) {
            return None;
        }
        if let Some(d) = digit(c) {
            return self.take_digit(text, at, d);
        }
        if let Some(unit) = small_unit(c) {
            let unit = Decimal::from(unit);
            let out_of_order = !self.last_unit.is_zero() && self.low > Decimal::ZERO && unit >= self.last_unit;
            if out_of_order
                || self.literal && self.current.is_some_and(|v| !v.fract().is_zero() && unit == Decimal::TEN)
            {
                return None;
            }
            if self.literal && self.parts == 1 && unit == Decimal::TEN {
                return None;
            }
            self.bare |= self.parts == 0;
            self.low += self
                .current
                .take()
                .filter(|v| !(v.is_zero() && unit == Decimal::TEN))
                .unwrap_or(Decimal::ONE)
                .checked_mul(unit)?;
            (self.last_unit, self.zero) = (unit, false);
            self.parts += 1;
            return Some(self.skip_vague(text, at + 1));
        }
        let unit = Decimal::from(large_unit(c)?);
        if self.parts == 0 {
            self.bare = true;
            if large_unit(text.ch(at + 1)).is_none() && text.ch(at + 1) != '分' {
                return None;
            }
            self.current = Some(Decimal::ONE);
        }
        let tail = if self.last_unit >= Decimal::from(10_000) { self.current.unwrap_or_default() } else { self.tail() };
        let low = self.low.checked_add(tail)?;
        self.high = if low.is_zero() || unit > self.largest && !self.largest.is_zero() {
            self.high.checked_add(low)?.checked_mul(unit)?
        } else {
            self.high.checked_add(low.checked_mul(unit)?)?
        };
        self.largest = self.largest.max(unit);
        (self.low, self.current, self.last_unit, self.zero) = (Decimal::ZERO, None, unit, false);
        self.parts += 1;
        Some(self.skip_vague(text, at + 1))
    }

    pub(super) fn take_digit(&mut self, text: &Text, at: usize, d: u32) -> Option<usize> {
        if self.current.is_some_and(|c| !c.is_zero())
            || self.current.is_some() && !self.literal && d == 0 && self.parts > 1
        {
            return None;
        }
        if self.literal && self.last_unit.is_zero() {
            return None;
        }
        if d == 0 && self.parts > 0 {
            let more = digit(text.ch(at + 1)).is_some()
                || text.is_digits(at + 1)
                || matches!(text.ch(at + 1), '十' | '拾' | '几');
            self.zero = true;
            return more.then(|| self.skip_vague(text, at + 1));
        }
        if self.parts > 0 && text.ch(at) == '两' && self.last_unit <= Decimal::TEN {
            return None;
        }
        // 十二两千: a second number begins here.
        self.current = Some(Decimal::from(d));
        self.parts += 1;
        Some(at + 1)
    }

    /// 十几万, 500余万: the word between number and myriad counts nothing.
    pub(super) fn skip_vague(&mut self, text: &Text, at: usize) -> usize {
        if matches!(text.ch(at), '几' | '多' | '余' | '来') && large_unit(text.ch(at + 1)).is_some() {
            self.vague = true;
            return at + 1;
        }
        at
    }

    /// The digit at the end: in 一百二 it counts tens, after 零 ones.
    pub(super) fn tail(&self) -> Decimal {
        let Some(current) = self.current else { return Decimal::ZERO };
        if self.zero || self.last_unit <= Decimal::TEN || current >= Decimal::TEN || !current.fract().is_zero() {
            return current;
        }
        current.checked_mul(self.last_unit / Decimal::TEN).unwrap_or(current)
    }

    pub(super) fn total(&self) -> Option<Decimal> {
        self.high.checked_add(self.low)?.checked_add(self.tail())
    }
}
