//! Quantities with a unit: lengths, weights, areas, data, temperatures, ages.

use rust_decimal::Decimal;

use super::age::age;
use super::temperature::{degrees, letter_scale, scale_first, turning};
use super::unit::{ABBREVIATED, FULL, HAN, SHORT, Unit};
use crate::number::{self, Form};
use crate::reader::{Found, Reader};
use crate::text::Text;
use crate::value::{Dimension, Value};

/// A unit at `token`. Abbreviations only where a number stands before.
pub(super) fn unit(text: &Text, token: usize, counted: bool) -> Option<(Unit, usize)> {
    if text.is_han(token) {
        return text.pick(token, HAN);
    }
    if let Some(found) = full(text, token) {
        return Some(per_time(text, found));
    }
    let apart = text.gap(token);
    if !counted && !matches!(text.ch(token), '°' | '℃' | '℉') {
        return None;
    }
    let (unit, mut end) =
        ABBREVIATED.pick(text, token).or_else(|| text.pick(token, SHORT).filter(|_| !text.is_word(token)))?;
    let single = text.len(token) == 1 && text.is_word(token);
    if text.ch(end) == '/' && text.gap(end) == 0 && text.is_word(end + 1) {
        return Some(per_time(text, (unit, end)))
            .filter(|((_, dimension), _)| *dimension == Dimension::Speed || text.is_word(end + 1));
    }
    // 24703m2, 12 km², 5 m^3
    let caret = usize::from(text.ch(end) == '^' && text.gap(end) == 0);
    if text.is_digits(end) && text.gap(end) == 0 && text.len(end) > 1 {
        return None;
    }
    if text.gap(end) == 0 && (text.is_digits(end + caret) || matches!(text.ch(end), '²' | '³')) {
        let power = match (text.ch(end + caret), unit.0) {
            ('2' | '²', "meter") => ("square meter", Dimension::Area),
            ('2' | '²', "kilometer") => ("square kilometer", Dimension::Area),
            ('2' | '²', "centimeter") => ("square centimeter", Dimension::Area),
            ('2' | '²', "millimeter") => ("square millimeter", Dimension::Area),
            ('2' | '²', "mile") => ("square mile", Dimension::Area),
            ('2' | '²', "foot") => ("square foot", Dimension::Area),
            ('2' | '²', "inch") => ("square inch", Dimension::Area),
            ('3' | '³', "meter") => ("cubic meter", Dimension::Volume),
            ('3' | '³', "centimeter") => ("cubic centimeter", Dimension::Volume),
            ('3' | '³', "millimeter") => ("cubic millimeter", Dimension::Volume),
            ('3' | '³', "foot") => ("cubic foot", Dimension::Volume),
            ('3' | '³', "inch") => ("cubic inch", Dimension::Volume),
            _ => return None,
        };
        end += 1 + caret;
        return (!(text.is_word(end) && text.gap(end) == 0)).then_some((power, end));
    }
    let upper = text.tokens.get(token).is_some_and(|t| text.raw[t.start].is_uppercase());
    let taken = single
        && (upper && !matches!(text.s(token), "l")
            || apart > 1
            || matches!(text.ch(end), '.') && text.is_word(end + 1) && text.gap(end + 1) == 0
            || text.ch(end) == '\'');
    let preposition = text.s(token) == "in" && (text.is_word(end) || text.is_digits(end) || text.is_han(end));
    (!taken && !preposition).then_some((unit, end))
}

fn full(text: &Text, token: usize) -> Option<(Unit, usize)> {
    if !text.is_word(token) {
        return None;
    }
    FULL.pick_plural(text, token)
}

/// A length "per hour" is a speed.
fn per_time(text: &Text, found: (Unit, usize)) -> (Unit, usize) {
    #[rustfmt::skip]
    const SPEEDS: &[(&str, &str, &str)] = &[
        ("kilometer", "hour", "kilometer per hour"), ("kilometer", "minute", "kilometer per minute"), ("kilometer", "second", "kilometer per second"), ("kilometer", "millisecond", "kilometer per millisecond"), ("meter", "hour", "meter per hour"), ("meter", "minute", "meter per minute"), ("meter", "second", "meter per second"), ("meter", "millisecond", "meter per millisecond"),
        ("centimeter", "second", "centimeter per second"), ("centimeter", "millisecond", "centimeter per millisecond"), ("mile", "hour", "mile per hour"), ("mile", "minute", "mile per minute"), ("mile", "second", "mile per second"), ("foot", "second", "foot per second"), ("foot", "minute", "foot per minute"), ("yard", "minute", "yard per minute"),
    ];
    let ((name, dimension), end) = found;
    let at = match text.s(end) {
        "per" => end + 1,
        "an" | "a" if dimension == Dimension::Length && text.s(end + 1) == "hour" => return (found.0, end),
        "/" if text.gap(end) == 0 => end + 1,
        _ => return found,
    };
    let time = match text.s(at) {
        "h" | "hr" | "hour" | "hrs" => "hour",
        "min" | "minute" => "minute",
        "s" | "sec" | "second" => "second",
        "ms" | "millisecond" => "millisecond",
        _ => return found,
    };
    SPEEDS
        .iter()
        .find(|(u, t, _)| *u == name && *t == time)
        .map_or(found, |(_, _, speed)| ((*speed, Dimension::Speed), at + 1))
}

/// Past brackets around a unit: 20 (kg).
fn bracketed(text: &Text, token: usize) -> Option<(Unit, usize)> {
    let close = match text.ch(token) {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        '<' => '>',
        _ => return None,
    };
    let (unit, end) = unit(text, token + 1, true)?;
    (text.ch(end) == close && text.is_word(token + 1)).then_some((unit, end + 1))
}

/// A quantity at `token`.
fn at(reader: &Reader<'_>, token: usize) -> Option<(Decimal, Unit, usize)> {
    let text = &reader.text;
    let article = matches!(text.s(token), "a" | "an");
    let number = number::at(reader, token).or_else(|| {
        if text.ch(token) == '半' && token.checked_sub(1).is_none_or(|b| !text.is_han(b) || !number::may_begin(text, b))
        {
            let value = Decimal::new(5, 1);
            return Some(crate::number::Numeral { value, start: token, end: token + 1, form: Form::Formula });
        }
        let half = article && text.s(token + 1) == "half";
        half.then_some(crate::number::Numeral {
            value: Decimal::new(5, 1),
            start: token,
            end: token + 2,
            form: Form::Formula,
        })
    })?;
    let glued_before = token > 0
        && text.is_digits(token)
        && !text.spaced(token)
        && (text.is_word(token - 1)
            || text.ch(token - 1) == '-' && token > 1 && text.is_digits(token - 2) == text.is_word(token - 2)
            || matches!(text.ch(token - 1), '-')
                && token > 1
                && !text.spaced(token - 1)
                && (text.is_word(token - 2) || text.is_digits(token - 2)));
    if glued_before || matches!(number.form, Form::Vague { .. }) {
        return None;
    }
    if let Some(found) = feet_mark(reader, &number).or_else(|| part_of_unit(text, &number)) {
        return Some(found);
    }
    // 千 and 兆 may belong to the unit: 六千字节, 一百千瓦, 五百兆字节.
    for back in [0, 1] {
        let end = number.end - back;
        if back == 1
            && !(text.is_han(end) && end > token && matches!(text.ch(end), '千' | '兆'))
            && !(text.is_word(end) && end > token)
        {
            continue;
        }
        let value = if back == 0 { number.value } else { shorter(reader, token, end)? };
        let at = if text.ch(end) == '-' && text.gap(end) == 0 && text.gap(end + 1) == 0 { end + 1 } else { end };
        let at = text.pick(at, &[("来", ()), ("多", ()), ("余", ())]).map_or(at, |((), a)| a);
        let found = unit(text, at, true).filter(|_| text.gap(at) <= 2).or_else(|| bracketed(text, end));
        if let Some((found, mut stop)) = found {
            if back == 0 && text.is_han(end) && longer_with_thousand(text, token, end) {
                continue;
            }
            if text.is_han(stop - 1) && barred(text, end, stop, found) {
                return None;
            }
            let mut value = value;
            if text.is_han(stop - 1) && text.ch(stop) == '半' && !matches!(text.ch(stop + 1), '个' | '小' | '年' | '天')
            {
                value += Decimal::new(5, 1);
                stop += 1;
            }
            if let Some((more, after)) =
                (found.0 == "meter" && text.ch(stop - 1) == '米').then(|| height(text, stop)).flatten()
            {
                value += more;
                stop = after;
            }
            let (value, stop) = feet_and_inches(reader, value, found, stop);
            return Some((value, found, stop));
        }
    }
    None
}

/// The 八 of 一米八, the 75 of 1米75: tenths and hundredths of a metre.
fn height(text: &Text, token: usize) -> Option<(Decimal, usize)> {
    let mut digits = 0;
    let mut end = token;
    if text.is_digits(token) && text.len(token) <= 2 && text.gap(token) == 0 {
        digits = text.int(token)?;
        end += 1;
    } else {
        while let Some(d) = crate::number::han::digit(text.ch(end))
            .filter(|_| text.is_han(end) && text.ch(end) != '两' && end < token + 2)
        {
            digits = digits * 10 + d;
            end += 1;
        }
    }
    let places = if text.is_digits(token) { text.len(token) } else { end - token };
    let counted = number::may_begin(text, end)
        || matches!(
            text.ch(end),
            '个' | '点' | '块' | '元' | '人' | '次' | '月' | '号' | '天' | '层' | '米' | '岁' | '分' | '.' | '%'
        )
        || text.is_word(end) && text.gap(end) == 0
        || text.is_han(end) && text.pick(end, HAN).is_some();
    (end > token && !counted).then(|| (Decimal::new(i64::from(digits), u32::try_from(places).unwrap_or(1)), end))
}

/// 6'2", 5' 11".
fn feet_mark(reader: &Reader<'_>, number: &crate::number::Numeral) -> Option<(Decimal, Unit, usize)> {
    let text = &reader.text;
    let mark = number.end;
    if number.form != Form::Literal || text.ch(mark) != '\'' || text.gap(mark) > 0 {
        return None;
    }
    let inches = text.int(mark + 1).filter(|n| *n < 12 && text.gap(mark + 1) <= 1)?;
    if text.ch(mark + 2) != '"' || text.gap(mark + 2) > 0 {
        return None;
    }
    Some((number.value + Decimal::from(inches) / Decimal::from(12), ("foot", Dimension::Length), mark + 3))
}

/// half a mile, three quarters of an inch.
fn part_of_unit(text: &Text, number: &crate::number::Numeral) -> Option<(Decimal, Unit, usize)> {
    let at = match text.s(number.end) {
        "of" => number.end + 1,
        "a" | "an" => number.end,
        _ => return None,
    };
    if !matches!(text.s(at), "a" | "an") || number.value >= Decimal::ONE || !text.is_word(number.end - 1) {
        return None;
    }
    let (unit, end) = full(text, at + 1)?;
    Some((number.value, unit, end))
}

/// 六千字节 is six kilobytes, not six thousand bytes.
fn longer_with_thousand(text: &Text, token: usize, end: usize) -> bool {
    end > token + 1
        && matches!(text.ch(end - 1), '千' | '兆')
        && text.pick(end - 1, HAN).is_some_and(|(_, stop)| stop > end)
}

fn shorter(reader: &Reader<'_>, token: usize, end: usize) -> Option<Decimal> {
    let whole = number::at(reader, token)?;
    if reader.text.is_han(end) {
        let scale = if reader.text.ch(end) == '千' { 1_000_i64 } else { 1_000_000_000_000 };
        return whole.value.checked_div(Decimal::from(scale)).filter(|v| !v.is_zero());
    }
    crate::number::literal::plain(&reader.text, token).filter(|n| n.end == end).map(|n| n.value)
}

/// 一位 counts people more often than bits, 一卡通 is a card: what follows decides.
fn barred(text: &Text, at: usize, after: usize, unit: Unit) -> bool {
    let next = text.ch(after);
    match text.s(at) {
        "位" => !matches!(next, '是' | '数' | '的' | '\0') || !text.is_han(after),
        "卡" => matches!(next, '通' | '片' | '车'),
        "码" => next == '头',
        "克" => matches!(next, '拉' | '服'),
        "度" => matches!(next, '假' | '过'),
        "两" => matches!(
            next,
            '个' | '点' | '天' | '年' | '小' | '次' | '块' | '分' | '人' | '百' | '千' | '万' | '位' | '种' | '岸'
        ),
        "里" => matches!(next, '面' | '边' | '程' | '头' | '外') || !text.is_han(after) && text.is_word(after),
        "节" => !matches!(next, '\0' | '的' | '，' | ',' | '。'),
        "平" => matches!(next, '均' | '时' | '台' | '等' | '安' | '常'),
        "斗" => matches!(next, '争' | '志'),
        "焦" | "帕" => text.is_han(after),
        "担" => matches!(next, '心' | '任' | '当' | '保' | '负' | '架'),
        "钱" | "丈" | "寸" | "尺" => unit.1 == Dimension::Weight || matches!(next, '夫' | '量'),
        _ => false,
    }
}

/// 5 ft 2 in, in feet.
fn feet_and_inches(reader: &Reader<'_>, value: Decimal, unit: Unit, end: usize) -> (Decimal, usize) {
    let text = &reader.text;
    let at = if text.s(end) == "and" { end + 1 } else { end };
    let more = number::at(reader, at).filter(|_| unit.0 == "foot");
    match more.and_then(|n| self::unit(text, n.end, true).map(|(u, stop)| (n, u, stop))) {
        Some((number, ("inch", _), stop)) => (value + number.value / Decimal::from(12), stop),
        _ => (value, end),
    }
}

/// Every quantity, temperature and age.
pub(crate) fn read(reader: &Reader<'_>, out: &mut Vec<Found>) {
    let text = &reader.text;
    let mut token = 0;
    let angle = turning(text);
    while token < text.tokens.len() {
        let counts = number::may_begin(text, token);
        if !counts && text.is_han(token) && !matches!(text.ch(token), '摄' | '华' | '半') {
            token += 1;
            continue;
        }
        if let Some((amount, unit, end)) = age(reader, token) {
            let value =
                Value::Quantity { amount: amount.normalize(), unit: unit.to_owned(), dimension: Dimension::Age };
            out.push(Found::new(token, end, value, "age"));
            token = end.max(token + 1);
            continue;
        }
        if let Some((amount, name, end)) = scale_first(reader, token).or_else(|| letter_scale(reader, token)) {
            let value = Value::Quantity {
                amount: amount.normalize(),
                unit: name.to_owned(),
                dimension: Dimension::Temperature,
            };
            out.push(Found::new(token, end, value, "quantity"));
            token = end;
            continue;
        }
        if let Some((amount, (name, dimension), end)) =
            (counts || text.ch(token) == '半').then(|| at(reader, token)).flatten()
        {
            let (amount, name, dimension, end) = degrees(text, amount, name, dimension, end, angle);
            let value = Value::Quantity { amount: amount.normalize(), unit: name.to_owned(), dimension };
            out.push(Found::new(token, end, value, "quantity"));
            token = end.max(token + 1);
            continue;
        }
        if let Some(((name, dimension), end)) = unit(text, token, false).filter(|((name, d), _)| {
            !text.is_han(token)
                && (*d == Dimension::Temperature || matches!(*name, "metric ton" | "gram" | "kilogram" | "kilometer"))
        }) {
            let (_, name, dimension, end) = degrees(text, Decimal::ZERO, name, dimension, end, angle);
            if name != "degree"
                && !matches!(text.s(token), "kilo" | "deg" | "k" | "kelvin")
                && !(token > 0 && text.is_digits(token - 1))
            {
                out.push(Found::new(token, end, Value::UnitName { unit: name.to_owned(), dimension }, "unit_name"));
            }
            token = end;
            continue;
        }
        token =
            number::at(reader, token).filter(|n| n.form == Form::Literal).map_or(token + 1, |n| n.end.max(token + 1));
    }
}
