//! Money: $3.50, 35元, 三块五, 壹万贰仟元整, "13 dollars forty five", USD 22.5 million.

use rust_decimal::Decimal;

use crate::number::{self, Form, Numeral, english, han};
use crate::reader::{Found, Reader};
use crate::text::Text;
use crate::value::Value;

/// A currency word: ISO 4217 or empty where the word leaves it open, and how many of it make one.
type Currency = (&'static str, i64);

#[rustfmt::skip]
const HAN: &[(&str, Currency)] = &[
    ("块钱", ("CNY", 1)), ("块", ("CNY", 1)), ("元人民币", ("CNY", 1)), ("人民币元", ("CNY", 1)), ("人民币", ("CNY", 1)), ("美元", ("USD", 1)), ("美金", ("USD", 1)), ("美刀", ("USD", 1)), ("刀", ("USD", 1)), ("港币", ("HKD", 1)), ("港元", ("HKD", 1)), ("新台币", ("TWD", 1)), ("台币", ("TWD", 1)), ("日元", ("JPY", 1)), ("日币", ("JPY", 1)), ("欧元", ("EUR", 1)),
    ("英镑", ("GBP", 1)), ("镑", ("GBP", 1)), ("韩元", ("KRW", 1)), ("韩币", ("KRW", 1)), ("澳元", ("AUD", 1)), ("加元", ("CAD", 1)), ("加币", ("CAD", 1)), ("新加坡元", ("SGD", 1)), ("新元", ("SGD", 1)), ("瑞士法郎", ("CHF", 1)), ("法郎", ("CHF", 1)), ("泰铢", ("THB", 1)), ("卢布", ("RUB", 1)), ("卢比", ("INR", 1)), ("越南盾", ("VND", 1)), ("元钱", ("CNY", 1)), ("元整", ("CNY", 1)), ("圆整", ("CNY", 1)), ("元", ("CNY", 1)), ("圆", ("CNY", 1)),
    ("角钱", ("CNY", 10)), ("角", ("CNY", 10)), ("毛钱", ("CNY", 10)), ("毛", ("CNY", 10)), ("分钱", ("CNY", 100)), ("美分", ("USD", 100)),
];

#[rustfmt::skip]
const WORDS: &[(&str, Currency)] = &[
    ("united states dollars", ("USD", 1)), ("united states dollar", ("USD", 1)), ("us dollars", ("USD", 1)), ("us dollar", ("USD", 1)), ("u . s . dollars", ("USD", 1)), ("u . s . dollar", ("USD", 1)), ("american dollars", ("USD", 1)), ("american dollar", ("USD", 1)), ("us$", ("USD", 1)), ("usd", ("USD", 1)), ("canadian dollars", ("CAD", 1)), ("canadian dollar", ("CAD", 1)), ("cad", ("CAD", 1)),
    ("australian dollars", ("AUD", 1)), ("australian dollar", ("AUD", 1)), ("aud", ("AUD", 1)), ("hong kong dollars", ("HKD", 1)), ("hong kong dollar", ("HKD", 1)), ("hkd", ("HKD", 1)), ("singapore dollars", ("SGD", 1)), ("singapore dollar", ("SGD", 1)), ("sgd", ("SGD", 1)), ("new zealand dollars", ("NZD", 1)), ("new zealand dollar", ("NZD", 1)), ("nzd", ("NZD", 1)), ("new taiwan dollars", ("TWD", 1)), ("taiwan dollars", ("TWD", 1)), ("twd", ("TWD", 1)),
    ("dollars", ("", 1)), ("dollar", ("", 1)), ("bucks", ("", 1)), ("buck", ("", 1)), ("cents", ("", 100)), ("cent", ("", 100)), ("pence", ("GBP", 100)), ("pennies", ("", 100)), ("british pounds", ("GBP", 1)), ("british pound", ("GBP", 1)), ("pounds sterling", ("GBP", 1)), ("pound sterling", ("GBP", 1)), ("sterling", ("GBP", 1)), ("gbp", ("GBP", 1)), ("quid", ("GBP", 1)), ("pounds", ("", 1)), ("pound", ("", 1)), ("euros", ("EUR", 1)), ("euro", ("EUR", 1)), ("eur", ("EUR", 1)),
    ("japanese yen", ("JPY", 1)), ("yen", ("JPY", 1)), ("jpy", ("JPY", 1)), ("chinese yuan", ("CNY", 1)), ("yuan", ("CNY", 1)), ("rmb", ("CNY", 1)), ("renminbi", ("CNY", 1)), ("cny", ("CNY", 1)), ("kuai", ("CNY", 1)), ("mao", ("CNY", 10)), ("jiao", ("CNY", 10)), ("indian rupees", ("INR", 1)), ("indian rupee", ("INR", 1)), ("inr", ("INR", 1)), ("rupees", ("", 1)), ("rupee", ("", 1)), ("korean won", ("KRW", 1)), ("krw", ("KRW", 1)),
    ("swiss francs", ("CHF", 1)), ("swiss franc", ("CHF", 1)), ("chf", ("CHF", 1)), ("french francs", ("", 1)), ("french franc", ("", 1)), ("francs", ("", 1)), ("franc", ("", 1)), ("turkish lira", ("TRY", 1)), ("turkish liras", ("TRY", 1)), ("mexican pesos", ("MXN", 1)), ("mexican peso", ("MXN", 1)), ("mxn", ("MXN", 1)), ("pesos", ("", 1)), ("peso", ("", 1)), ("russian rubles", ("RUB", 1)), ("rubles", ("RUB", 1)), ("ruble", ("RUB", 1)), ("rub", ("RUB", 1)),
    ("brazilian reais", ("BRL", 1)), ("brazilian real", ("BRL", 1)), ("brl", ("BRL", 1)), ("south african rand", ("ZAR", 1)), ("rand", ("ZAR", 1)), ("zar", ("ZAR", 1)), ("swedish kronor", ("SEK", 1)), ("swedish krona", ("SEK", 1)), ("sek", ("SEK", 1)), ("norwegian kroner", ("NOK", 1)), ("norwegian krone", ("NOK", 1)), ("nok", ("NOK", 1)), ("danish kroner", ("DKK", 1)), ("danish krone", ("DKK", 1)), ("dkk", ("DKK", 1)), ("thai baht", ("THB", 1)), ("baht", ("THB", 1)), ("thb", ("THB", 1)),
    ("dutch guilders", ("", 1)), ("dutch guilder", ("", 1)), ("guilders", ("", 1)), ("netherlands guilders", ("", 1)), ("german marks", ("", 1)), ("deutsche marks", ("", 1)), ("marks", ("", 1)), ("polish zloty", ("PLN", 1)), ("zloty", ("PLN", 1)), ("pln", ("PLN", 1)), ("czech koruna", ("CZK", 1)), ("israeli shekels", ("ILS", 1)), ("israeli shekel", ("ILS", 1)), ("shekels", ("ILS", 1)), ("saudi riyals", ("SAR", 1)), ("saudi riyal", ("SAR", 1)), ("myr", ("MYR", 1)), ("ringgit", ("MYR", 1)), ("vnd", ("VND", 1)), ("dong", ("VND", 1)), ("idr", ("IDR", 1)), ("php", ("PHP", 1)), ("aed", ("AED", 1)), ("bitcoins", ("", 1)), ("bitcoin", ("", 1)), ("btc", ("", 1)),
];

#[rustfmt::skip]
const SIGNS: &[(&str, Currency)] = &[
    ("united states $", ("USD", 1)), ("u . s . $", ("USD", 1)), ("u . s $", ("USD", 1)), ("us $", ("USD", 1)), ("usd $", ("USD", 1)), ("c $", ("CAD", 1)), ("ca $", ("CAD", 1)), ("can $", ("CAD", 1)), ("hk $", ("HKD", 1)), ("a $", ("AUD", 1)), ("au $", ("AUD", 1)), ("nz $", ("NZD", 1)), ("s $", ("SGD", 1)), ("sg $", ("SGD", 1)), ("nt $", ("TWD", 1)), ("mex $", ("MXN", 1)), ("r $", ("BRL", 1)), ("rmb ¥", ("CNY", 1)), ("cn ¥", ("CNY", 1)),
    ("aud $", ("AUD", 1)), ("cad $", ("CAD", 1)), ("hkd $", ("HKD", 1)), ("sgd $", ("SGD", 1)), ("nzd $", ("NZD", 1)), ("₿", ("", 1)),
    ("$", ("", 1)), ("£", ("", 1)), ("€", ("EUR", 1)), ("¥", ("CNY", 1)), ("￥", ("CNY", 1)), ("₹", ("INR", 1)), ("₩", ("KRW", 1)), ("₽", ("RUB", 1)), ("₡", ("CRC", 1)), ("฿", ("THB", 1)), ("₫", ("VND", 1)), ("₺", ("TRY", 1)), ("₱", ("PHP", 1)), ("₪", ("ILS", 1)), ("₦", ("NGN", 1)), ("zł", ("PLN", 1)),
];

/// A currency word at `token`; 元, 角 and 分 only after a number, which the caller sees to.
fn word(text: &Text, token: usize) -> Option<(Currency, usize)> {
    if text.is_han(token) {
        return text.pick(token, HAN);
    }
    // "a $ 300 million contract" is no Australian money.
    let apart = matches!(text.s(token), "a" | "s" | "r") && text.gap(token + 1) > 0;
    text.pick_words(token, SIGNS)
        .filter(|_| !apart)
        .or_else(|| text.pick_words(token, WORDS))
        .or_else(|| code(text, token))
}

/// An ISO code with a million before it: MUSD.
fn code(text: &Text, token: usize) -> Option<(Currency, usize)> {
    #[rustfmt::skip]
    const MILLIONS: &[(&str, Currency)] = &[("musd", ("USD", -1)), ("maud", ("AUD", -1)), ("meur", ("EUR", -1)), ("mgbp", ("GBP", -1)), ("mcad", ("CAD", -1)), ("mcny", ("CNY", -1)), ("mrmb", ("CNY", -1)), ("msek", ("SEK", -1)), ("mnok", ("NOK", -1)), ("mjpy", ("JPY", -1)), ("mchf", ("CHF", -1))];
    text.pick_words(token, MILLIONS)
}

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
    // Sign or code first.
    let negative = text.ch(token) == '-' && text.gap(token + 1) == 0;
    let sign_at = token + usize::from(negative);
    if let Some((currency, after)) = word(text, sign_at).filter(|(_, a)| !text.is_han(sign_at) && (text.gap(*a) <= 1))
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
        if let Some(((code, 1), stop)) = text
            .pick_words(end, WORDS)
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
    let (currency, after) =
        word(text, end).or_else(|| word(text, rough).filter(|_| text.is_han(rough))).filter(|_| spaced <= 1)?;
    if text.is_word(end) && spaced == 0 && text.len(end) < 3 || barred(text, end, after, currency) {
        return None;
    }
    if text.is_word(end) && text.is_digits(after) && text.gap(after) == 0 {
        return None;
    }
    // "1 $ 10 dollars": the sign belongs to what follows.
    if text.s(after - 1) == "$"
        && text.is_digits(after)
        && (text.gap(after) == 0 || text.pick_words(after + 1, WORDS).is_some_and(|((_, scale), _)| scale == 1))
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
            )
    };
    let glued = token > 0 && text.is_digits(token - 1) && !text.spaced(token);
    (clear && scale == 1 && !glued).then(|| (iso.to_owned(), end))
}
