//! Money: $3.50, 35元, 三块五, 壹万贰仟元整, "13 dollars forty five", USD 22.5 million.

use rust_decimal::Decimal;

use super::currency::{Currency, HAN, named, rare_code, word};
use crate::number::{self, Form, Numeral, english, han};
use crate::reader::{Found, Reader};
use crate::text::Text;
use crate::value::Value;

fn scaled(value: Decimal, scale: i64) -> Option<Decimal> {
    if scale < 0 {
        value.checked_mul(Decimal::ONE_THOUSAND * Decimal::ONE_THOUSAND)
    } else {
        value.checked_div(Decimal::from(scale))
    }
}

fn amount(reader: &Reader<'_>, token: usize) -> Option<Numeral> {
    let text = &reader.text;
    if text.is_digits(token)
        && token > 0
        && text.is_word(token - 1)
        && !text.spaced(token)
        && word(text, token - 1).is_none()
    {
        return None;
    }
    number::at(reader, token).filter(|n| !(n.form == Form::Formula && text.ch(n.end) == '/'))
}

fn magnitude(text: &Text, token: usize) -> Option<(Decimal, usize)> {
    Some(match text.s(token) {
        "million" | "mn" => (Decimal::from(1_000_000), token + 1),
        "billion" => (Decimal::from(1_000_000_000), token + 1),
        "thousand" => (Decimal::ONE_THOUSAND, token + 1),
        "trillion" => (Decimal::from(1_000_000_000_000_i64), token + 1),
        _ => return None,
    })
}

/// An amount of money at `token`.
fn at(reader: &Reader<'_>, token: usize) -> Option<(Decimal, &'static str, usize)> {
    let text = &reader.text;
    if let Some(found) = name_first(reader, token) {
        return Some(found);
    }
    // Sign or code first.
    let negative = text.ch(token) == '-' && text.gap(token + 1) == 0 || matches!(text.s(token), "minus" | "negative");
    let sign_at = token + usize::from(negative);
    if let Some((currency, after)) = word(text, sign_at)
        .or_else(|| rare_code(text, sign_at, true))
        .filter(|(_, a)| !text.is_han(sign_at) && (text.gap(*a) <= 1))
        && (!text.is_word(sign_at)
            || text.s(after - 1) == "$"
            || text.len(sign_at) >= 3 && (english::cardinal(text.s(after)).is_none()))
        && let Some(number) = amount(reader, after)
        && (text.s(sign_at).len() != 4 || currency.1 != 1 || !text.s(sign_at).starts_with("cent"))
        && (text.is_digits(after) || !text.is_word(sign_at))
        && !plural_word(text, sign_at, after)
    {
        let mut value = scaled(number.value, currency.1)?;
        let mut end = number.end;
        let mut iso = currency.0;
        if let Some(((code, 1), stop)) = named(text, end)
            .filter(|((code, scale), _)| *scale == 1 && (iso.is_empty() || code.is_empty() || *code == iso))
        {
            end = stop;
            iso = if iso.is_empty() { code } else { iso };
        }
        if let Some((cents, stop)) = hundredths(reader, end) {
            value += cents;
            end = stop;
        }
        return Some((if negative { -value } else { value }, iso, end));
    }
    let number = amount(reader, token)?;
    let mut end = number.end;
    let spaced = text.gap(end);
    let rough = text
        .pick(end, &[("来", ()), ("多", ()), ("余", ()), ("几", ())])
        .filter(|_| text.is_han(end - 1) || text.is_digits(end - 1))
        .map_or(end, |((), e)| e);
    let (currency, after) = word(text, end)
        .or_else(|| rare_code(text, end, false))
        .or_else(|| word(text, rough).filter(|_| text.is_han(rough)))
        .filter(|_| spaced <= 1)?;
    if text.is_word(end) && spaced == 0 && text.len(end) < 3 || barred(text, end, after, currency) {
        return None;
    }
    if text.is_word(end) && text.is_digits(after) && text.gap(after) == 0 {
        return None;
    }
    // "1 $ 10 dollars": the sign belongs to what follows.
    if text.s(after - 1) == "$"
        && text.is_digits(after)
        && (text.gap(after) == 0 || named(text, after + 1).is_some_and(|((_, scale), _)| scale == 1))
    {
        return None;
    }
    let mut value = scaled(number.value, currency.1)?;
    end = after;
    let mut iso = currency.0;
    if let Some((scale, stop)) = magnitude(text, end).filter(|_| number.form == Form::Literal) {
        value = value.checked_mul(scale)?;
        end = stop;
    }
    if text.is_han(end - 1) {
        if let Some(((code, 1), stop)) =
            text.pick(end, HAN).filter(|(c, _)| c.0 == iso && c.1 == 1 && text.ch(end) == '人')
        {
            iso = code;
            end = stop;
        }
        (value, end) = small_change(reader, value, currency.1, end)?;
        if text.ch(end) == '整' {
            end += 1;
        }
    } else if currency.1 == 1
        && let Some((cents, stop)) = hundredths(reader, end)
    {
        value += cents;
        end = stop;
    }
    Some((value, iso, end))
}

/// 人民币100元, 美元5万: a Chinese name before the amount.
fn name_first(reader: &Reader<'_>, token: usize) -> Option<(Decimal, &'static str, usize)> {
    let text = &reader.text;
    let (negative, token) = text.lit(token, "负").map_or((false, token), |at| (true, at));
    let ((iso, _), after) = text.pick(token, HAN).filter(|((_, scale), end)| *scale == 1 && *end >= token + 2)?;
    // 5美元100人民币 are two amounts.
    if !text.is_han(token) || token > 0 && number::may_begin(text, token - 1) {
        return None;
    }
    let number = amount(reader, after).filter(|n| !matches!(n.form, Form::Vague { .. }))?;
    let mut value = number.value;
    let mut end = number.end;
    if let Some(((code, 1), stop)) = text.pick(end, HAN) {
        if stop > end + 2 || code != "CNY" && code != iso {
            return None;
        }
        (value, end) = small_change(reader, value, 1, stop)?;
        end = text.lit(end, "整").unwrap_or(end);
    }
    Some((if negative { -value } else { value }, iso, end))
}

fn plural_word(text: &Text, token: usize, after: usize) -> bool {
    after == token + 1
        && matches!(
            text.s(token),
            "dollars"
                | "dollar"
                | "pounds"
                | "pound"
                | "bucks"
                | "cents"
                | "cent"
                | "euros"
                | "rupees"
                | "rand"
                | "won"
                | "marks"
                | "yuan"
                | "sterling"
                | "pence"
        )
}

/// 块 counts pieces too, 分 minutes and points, 刀 knives, 角 corners.
fn barred(text: &Text, at: usize, after: usize, currency: Currency) -> bool {
    let next = text.ch(after);
    let piece = text.ch(at) == '块'
        && after == at + 1
        && matches!(
            next,
            '蛋' | '石'
                | '砖'
                | '木'
                | '糖'
                | '肉'
                | '面'
                | '饼'
                | '手'
                | '玻'
                | '巧'
                | '豆'
                | '布'
                | '地'
                | '表'
                | '屏'
                | '电'
        );
    piece
        || currency.1 == 10 && matches!(next, '度' | '色')
        || text.ch(at) == '毛' && matches!(next, '病' | '衣')
        || text.ch(at) == '元' && matches!(next, '旦' | '素' | '宵' | '件')
        || text.ch(at) == '刀' && after == at + 1 && next == '具'
}

/// After a whole amount in English: 50 cents, and forty-five cents, forty five, and fifty, 50.
fn hundredths(reader: &Reader<'_>, token: usize) -> Option<(Decimal, usize)> {
    let text = &reader.text;
    let at = if text.s(token) == "and" { token + 1 } else { token };
    let number = number::at(reader, at).filter(|n| {
        n.form != Form::Formula
            && n.value.fract().is_zero()
            && n.value > Decimal::ZERO
            && n.value < Decimal::ONE_HUNDRED
    })?;
    if matches!(text.ch(token), '-' | '+') {
        return None;
    }
    let next = word(text, number.end);
    if let Some(((_, scale), end)) = next.filter(|((_, scale), _)| *scale >= 10) {
        let value = number.value.checked_div(Decimal::from(scale))?;
        if scale == 10
            && let Some(rest) = number::at(reader, end).filter(|n| n.value < Decimal::TEN && n.value.fract().is_zero())
        {
            return Some((value + rest.value / Decimal::ONE_HUNDRED, rest.end));
        }
        return Some((value, end));
    }
    let closed = number.end >= text.tokens.len()
        || matches!(text.ch(number.end), '.' | ',' | '!' | '?' | '。')
        || matches!(text.s(number.end), "more" | "and");
    let digits_alone = text.is_digits(at) && text.len(at) == 2;
    (closed && next.is_none() && (!text.is_digits(at) || digits_alone))
        .then(|| (number.value / Decimal::ONE_HUNDRED, number.end))
}

/// 三块五, 五元三角二分.
fn small_change(reader: &Reader<'_>, value: Decimal, scale: i64, end: usize) -> Option<(Decimal, usize)> {
    let text = &reader.text;
    let (mut value, mut end, mut scale) = (value, end, scale);
    for _ in 0..2 {
        let at = if text.ch(end) == '零' { end + 1 } else { end };
        let Some(number) = han::whole(text, at)
            .filter(|n| n.value < Decimal::ONE_HUNDRED && n.value.fract().is_zero() && (1..100).contains(&scale))
        else {
            break;
        };
        let unit = match text.ch(number.end) {
            '毛' | '角' => 10,
            '分' if !matches!(text.ch(number.end + 1), '钟' | '之') => 100,
            // 两块五毛五
            _ if matches!(text.ch(end - 1), '毛' | '角')
                && scale == 10
                && number.value < Decimal::TEN
                && text.is_han(at)
                && !text.is_han(number.end) =>
            {
                return Some((value + number.value / Decimal::ONE_HUNDRED, number.end));
            }
            _ if text.ch(end - 1) == '块'
                && number.value < Decimal::TEN
                && text.is_han(at)
                && !matches!(
                    text.ch(number.end),
                    '个' | '点' | '块' | '万' | '千' | '百' | '天' | '十' | '人' | '次' | '月' | '号'
                ) =>
            {
                return Some((value + number.value / Decimal::TEN, number.end));
            }
            _ => break,
        };
        if unit <= scale {
            break;
        }
        value = value.checked_add(number.value.checked_div(Decimal::from(unit))?)?;
        end = text.lit(number.end + 1, "钱").unwrap_or(number.end + 1);
        scale = unit;
    }
    Some((value, end))
}

/// Every amount of money and every currency named alone.
pub(crate) fn read(reader: &Reader<'_>, out: &mut Vec<Found>) {
    let text = &reader.text;
    let mut token = 0;
    while token < text.tokens.len() {
        let currency = matches!(
            text.ch(token),
            '人' | '美'
                | '港'
                | '新'
                | '台'
                | '日'
                | '欧'
                | '英'
                | '韩'
                | '澳'
                | '加'
                | '瑞'
                | '泰'
                | '卢'
                | '越'
                | '法'
        );
        if text.is_han(token) && !currency && !number::may_begin(text, token) {
            token += 1;
            continue;
        }
        if let Some((value, iso, end)) = at(reader, token) {
            let currency = if iso.is_empty() { None } else { Some(iso.to_owned()) };
            let rule = if text.is_han(end - 1) { "zh.money" } else { "en.money" };
            out.push(Found::new(token, end, Value::Money { amount: value.normalize(), currency }, rule));
            token = end.max(token + 1);
            continue;
        }
        if let Some((currency, end)) = named_alone(text, token) {
            out.push(Found::new(token, end, Value::CurrencyName { currency }, "currency_name"));
            token = end;
            continue;
        }
        token =
            number::at(reader, token).filter(|n| n.form == Form::Literal).map_or(token + 1, |n| n.end.max(token + 1));
    }
}

/// A currency without an amount, by words that mean nothing else.
fn named_alone(text: &Text, token: usize) -> Option<(String, usize)> {
    let ((iso, scale), end) = word(text, token)?;
    let clear = if text.is_han(token) {
        end > token + 1 && !matches!(text.s(token), "元" | "块" | "圆" | "角" | "毛" | "分")
    } else {
        text.is_word(token)
            && text.len(token) >= 3
            && !matches!(
                text.s(token),
                "pound"
                    | "pounds"
                    | "rand"
                    | "mao"
                    | "marks"
                    | "php"
                    | "rub"
                    | "dong"
                    | "sterling"
                    | "cent"
                    | "cents"
                    | "buck"
                    | "bucks"
                    | "won"
                    | "ether"
                    | "fen"
                    | "penny"
                    | "pences"
                    | "lira"
                    | "krone"
                    | "krona"
                    | "kroner"
                    | "kronor"
                    | "guilder"
            )
    };
    let glued = token > 0 && text.is_digits(token - 1) && !text.spaced(token);
    (clear && scale == 1 && !glued).then(|| (iso.to_owned(), end))
}
