//! Chinese numerals, plain and financial, with digits mixed in: 两千四百五, 7万5千, 壹萬贰仟, 三又二分之一, 十几万.

use rust_decimal::Decimal;

use super::han_sum::Sum;
use super::{Form, Numeral, literal};
use crate::text::Text;

/// The value of a single numeral, 两 included.
pub(crate) fn digit(c: char) -> Option<u32> {
    Some(match c {
        '零' | '〇' => 0,
        '一' | '壹' | '幺' | '弌' => 1,
        '二' | '两' | '贰' | '俩' | '弍' => 2,
        '三' | '叁' | '仨' | '参' | '叄' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

/// Whether a numeral may begin with `c`.
pub(crate) fn may_begin(c: char) -> bool {
    digit(c).is_some() || small_unit(c).is_some() || large_unit(c).is_some() || c == '负'
}

pub(super) fn small_unit(c: char) -> Option<u32> {
    Some(match c {
        '十' | '拾' => 10,
        '百' | '佰' => 100,
        '千' | '仟' => 1000,
        _ => return None,
    })
}

pub(super) fn large_unit(c: char) -> Option<u64> {
    Some(match c {
        '万' => 10_000,
        '亿' => 100_000_000,
        '兆' => 1_000_000_000_000,
        _ => return None,
    })
}

fn formal_only(c: char) -> bool {
    matches!(c, '陆' | '肆' | '伍' | '拾' | '仟' | '佰' | '参' | '幺' | '俩' | '仨' | '弌' | '弍')
}

/// Words that begin with a numeral and count nothing: the numeral's character, then what follows it.
const NOT_AFTER: &str = "一看些下样起定直般切旦边致律会同向再旁味带贯流并道共概经阵面";
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "四川", "四处", "四周", "十足", "十分满意", "十分感", "十分好", "十全", "千万别", "千万不", "百度", "百姓", "百货", "万能", "万一", "三明治", "两岸",
    "一般", "九九是", "一样", "一半", "一家人", "一时",
];

/// A number written at least partly in Chinese, or in digits, at `token`.
pub(crate) fn number(text: &Text, token: usize) -> Option<Numeral> {
    let (negative, at) = literal::sign(text, token).unwrap_or((false, token));
    let first = text.ch(at);
    if !text.is_digits(at)
        && first != '.'
        && digit(first).is_none()
        && small_unit(first).is_none()
        && large_unit(first).is_none()
    {
        return None;
    }
    if excluded(text, at) {
        return None;
    }
    let mut number = fraction(text, at)?;
    number.start = token;
    if negative {
        number.value = -number.value;
    }
    Some(number)
}

fn excluded(text: &Text, at: usize) -> bool {
    let c = text.ch(at);
    if WORDS.iter().any(|w| w.starts_with(c) && text.lit(at, w).is_some()) {
        return true;
    }
    let before = at.checked_sub(1).map_or('\0', |b| text.ch(b));
    let alone = !continues(text.ch(at + 1)) && !text.is_digits(at + 1);
    if alone
        && (matches!(c, '一' | '壹')
            && (NOT_AFTER.contains(text.ch(at + 1))
                || matches!(before, '统' | '唯' | '同' | '单' | '专' | '不')
                    && text.ch(at + 1) != '却'
                    && text.ch(at + 1) != '这'))
    {
        return true;
    }
    let weekday = matches!(before, '周' | '期' | '拜') && alone;
    let lone_formal = alone && formal_only(c);
    let doubled = c == '两' && (text.ch(at + 1) == '两' || before == '两');
    let mid_run = alone && digit(before).is_some() && digit(c).is_some() && before != '零';
    weekday || lone_formal || mid_run || doubled
}

fn continues(c: char) -> bool {
    digit(c).is_some() || small_unit(c).is_some() || large_unit(c).is_some() || matches!(c, '点' | '又')
}

/// `whole 又 bottom 分之 top`, `bottom 分之 top`, or no fraction at all.
fn fraction(text: &Text, at: usize) -> Option<Numeral> {
    let first = whole(text, at)?;
    if text.ch(first.end) == '又' {
        if let Some((value, end)) = whole(text, first.end + 1).and_then(|bottom| over(text, bottom)) {
            let value = first.value.checked_add(value)?;
            return Some(Numeral { value, end, form: Form::Formula, ..first });
        }
        return Some(first);
    }
    if text.lit(first.end, "分之").is_some() {
        let bare_unit =
            (first.start..first.end).all(|t| small_unit(text.ch(t)).is_some() || large_unit(text.ch(t)).is_some());
        if bare_unit {
            return None;
        }
        if let Some((value, end)) = over(text, first) {
            return Some(Numeral { value, end, form: Form::Formula, ..first });
        }
    }
    Some(first)
}

/// The fraction whose denominator has just been read.
fn over(text: &Text, bottom: Numeral) -> Option<(Decimal, usize)> {
    let at = text.lit(bottom.end, "分之")?;
    let (negative, at) = literal::sign(text, at).unwrap_or((false, at));
    let top = whole(text, at)?;
    let value = top.value.checked_div(bottom.value)?;
    Some((if negative { -value } else { value }, top.end))
}

/// A numeral without sign or fraction.
pub(crate) fn whole(text: &Text, token: usize) -> Option<Numeral> {
    numeral(text, token, true)
}

/// A whole number: the 点 after it is a clock's.
pub(crate) fn integer(text: &Text, token: usize) -> Option<Numeral> {
    numeral(text, token, false)
}

fn numeral(text: &Text, token: usize, with_decimals: bool) -> Option<Numeral> {
    if text.is_digits(token) || text.ch(token) == '.' {
        let formula = literal::number(text, token)?;
        if formula.form == Form::Formula || text.is_word(formula.end - 1) {
            return Some(formula);
        }
    }
    if let Some(run) = digit_run(text, token) {
        return run;
    }
    let mut sum = Sum::default();
    let mut at = token;
    while at < text.tokens.len() && at < token + 60 {
        match sum.take(text, at) {
            Some(next) => at = next,
            None => break,
        }
    }
    if at == token
        || (sum.bare
            && at == token + 1
            && matches!(text.ch(token), '百' | '千' | '万' | '亿' | '兆' | '佰' | '仟' | '拾'))
    {
        return None;
    }
    let only_literal = at > token && sum.parts == 1 && sum.literal;
    let mut value = sum.total()?;
    if with_decimals
        && sum.parts > 0
        && !only_literal
        && let Some((decimals, end)) = decimals(text, at)
    {
        value = value.checked_add(decimals)?;
        at = end;
        while let Some(unit) = large_unit(text.ch(at)) {
            value = value.checked_mul(Decimal::from(unit))?;
            at += 1;
        }
    }
    let vague_end = vague_tail(text, at, &sum);
    if let Some((end, to)) = vague_end {
        let to = value.checked_add(to)?;
        return Some(Numeral { value, start: token, end, form: Form::Vague { to } });
    }
    if text.ch(at) == '打'
        && !text.is_digits(at + 1)
        && digit(text.ch(at + 1)).is_none()
        && !matches!(text.ch(at + 1), '折' | '车' | '电' | '算' | '印' | '开')
    {
        return Some(Numeral {
            value: value.checked_mul(Decimal::from(12))?,
            start: token,
            end: at + 1,
            form: Form::Words,
        });
    }
    let form = if sum.vague {
        Form::Vague { to: value }
    } else if only_literal {
        Form::Literal
    } else {
        Form::Words
    };
    Some(Numeral { value, start: token, end: at, form })
}

/// 十几: the 几 belongs to the number, and the upper end is a unit away.
fn vague_tail(text: &Text, at: usize, sum: &Sum) -> Option<(usize, Decimal)> {
    (text.ch(at) == '几'
        && sum.parts > 0
        && sum.last_unit >= Decimal::TEN
        && !matches!(text.ch(at + 1), '乎' | '点' | '号' | '时'))
    .then(|| (at + 1, sum.last_unit))
}

/// Whether a vague number still is written as one with a magnitude (十几万), which the number model counts.
pub(crate) fn rounded(text: &Text, number: &Numeral) -> bool {
    large_unit(text.ch(number.end - 1)).is_some()
}

/// 点 and the digits after it, unless it is a clock's.
fn decimals(text: &Text, token: usize) -> Option<(Decimal, usize)> {
    if text.ch(token) != '点' {
        return None;
    }
    let mut at = token + 1;
    let mut digits = String::from("0.");
    if text.is_digits(at) {
        return None;
    }
    while let Some(d) = digit(text.ch(at)).filter(|_| text.ch(at) != '两' && digits.len() < 24) {
        digits.push(char::from_digit(d, 10)?);
        at += 1;
    }
    let clock = matches!(text.ch(at), '刻' | '半')
        || text.ch(at) == '分' && text.ch(at + 1) != '之'
        || small_unit(text.ch(at)) == Some(10);
    if at == token + 1 || clock {
        return None;
    }
    Some((digits.parse().ok()?, at))
}

/// 二零一八 is read digit by digit, 两三 is vague, 九九 is no number. `None`: not a run of digits.
fn digit_run(text: &Text, token: usize) -> Option<Option<Numeral>> {
    let mut end = token;
    while digit(text.ch(end)).is_some()
        && text.is_han(end)
        && end < token + 24
        && !(end > token && text.ch(end) == '两')
    {
        end += 1;
    }
    let length = end - token;
    let first = digit(text.ch(token))?;
    let unit_next = small_unit(text.ch(end)).map(u64::from).or_else(|| large_unit(text.ch(end)));
    if length == 2 {
        let second = digit(text.ch(token + 1))?;
        if first == 0 || second == 0 {
            return if first == 0 && unit_next.is_some() { None } else { Some(concatenated(text, token, end)) };
        }
        if second != first + 1 && !(first == 3 && second == 5) {
            return Some(None);
        }
        let mut scale = Decimal::ONE;
        let mut at = end;
        while let Some(unit) = small_unit(text.ch(at)).map(u64::from).or_else(|| large_unit(text.ch(at))) {
            scale = scale.checked_mul(Decimal::from(unit)).unwrap_or(scale);
            at += 1;
        }
        let value = Decimal::from(first) * scale;
        let to = Decimal::from(second) * scale;
        return Some(Some(Numeral { value, start: token, end: at, form: Form::Vague { to } }));
    }
    if length >= 3 && unit_next.is_none() { Some(concatenated(text, token, end)) } else { None }
}

fn concatenated(text: &Text, token: usize, end: usize) -> Option<Numeral> {
    let digits: Option<String> =
        (token..end).map(|t| digit(text.ch(t)).and_then(|d| char::from_digit(d, 10))).collect();
    Some(Numeral { value: digits?.parse().ok()?, start: token, end, form: Form::Words })
}
