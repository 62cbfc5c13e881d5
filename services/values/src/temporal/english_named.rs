//! English periods with a name of their own: June 1992, Q3 2019, the nineties, 21st century, winter, 2018.

use chrono::Datelike;

use super::english_day::{month, which, year};
use super::english_length::unit_at;
use super::english_period::{any_year, relative, relative_year};
use super::when::{Period, date, plus_months};
use crate::number::{english, ordinal};
use crate::reader::Reader;
use crate::text::Kind;
use crate::value::Grain;

/// "june of 1992", "October two thousand and five", "november".
pub(crate) fn month_named(reader: &Reader<'_>, token: usize) -> Option<(Period, usize)> {
    let text = &reader.text;
    let number = month(text.s(token))?;
    let mut end = token + 1;
    if text.ch(end) == '.' && text.gap(end) == 0 && text.len(token) <= 4 && year(text, end + 1).is_some() {
        end += 1;
    }
    let link = if matches!(text.s(end), "of" | "in" | "," | "-" | "/" | "the") { end + 1 } else { end };
    if let Some((y, after)) = year(text, link)
        .filter(|_| !matches!(text.s(end), "-") || text.gap(end) == 0)
        .or_else(|| relative_year(reader, end))
    {
        return Some((Period::month(y, number)?, after));
    }
    if let Some(short) = text.int(end).filter(|n| (50..100).contains(n) && text.len(end) == 2 && text.gap(end) == 1) {
        return Some((Period::month(i32::try_from(1900 + short).ok()?, number)?, end + 1));
    }
    // June '26
    if text.ch(end) == '\''
        && text.gap(end + 1) == 0
        && let Some(short) = text.int(end + 1).filter(|_| text.len(end + 1) == 2)
    {
        let short = i32::try_from(short).ok()?;
        return Some((Period::month(if short < 50 { 2000 + short } else { 1900 + short }, number)?, end + 2));
    }
    let before = token.checked_sub(1).map_or("", |b| text.s(b));
    let shy = matches!(text.s(token), "may" | "march" | "mar" | "sat" | "dec" | "sep" | "jan");
    let in_time = matches!(
        before,
        "in" | "of"
            | "by"
            | "since"
            | "until"
            | "till"
            | "to"
            | "from"
            | "between"
            | "and"
            | "through"
            | "before"
            | "after"
            | "during"
            | "last"
            | "next"
            | "this"
            | "for"
            | "-"
            | "mid"
            | "late"
            | "early"
            | "for the"
    );
    let modal = text.s(token) == "may"
        && (!in_time
            || text.is_word(end)
                && matches!(text.s(end), "be" | "not" | "have" | "well" | "or" | "i" | "get" | "take" | "at" | "also")
            || text.s(token) == "may" && matches!(text.ch(end), ',') && before != "in")
        || text.s(token) == "march" && !in_time;
    (!(shy && modal)).then_some(())?;
    Some((Period::month_of_any_year(number, reader.context.now.date())?, end))
}

/// 2016-11, 2016/11, 3/2015, "2015 June".
fn year_month(reader: &Reader<'_>, token: usize) -> Option<(Period, usize)> {
    let text = &reader.text;
    if !text.is_digits(token) || token > 0 && !text.spaced(token) && matches!(text.ch(token - 1), '-' | '/' | '.' | '$')
    {
        return None;
    }
    let year_first = text.len(token) == 4 && text.len(token + 2) == 2;
    let separated = matches!(text.ch(token + 1), '-' | '/')
        && (year_first || text.gap(token + 1) == text.gap(token + 2))
        && text.gap(token + 1) <= 1
        && text.gap(token + 2) <= 1;
    let closed = |end: usize| {
        let number = matches!(text.ch(end), '-' | '/' | '.' | ':') && text.is_digits(end + 1);
        !(number || text.is_word(end) && text.gap(end) == 0)
    };
    if separated && closed(token + 3) {
        let (a, b) = (text.int(token)?, text.int(token + 2)?);
        let (y, m) = match (text.len(token), text.len(token + 2)) {
            (4, 1 | 2) => (a, b),
            (1 | 2, 4) if text.ch(token + 1) == '/' || text.len(token) == 2 => (b, a),
            _ => return None,
        };
        let known = (1900..2200).contains(&y) && (1..=12).contains(&m);
        return if known { Some((Period::month(i32::try_from(y).ok()?, m)?, token + 3)) } else { None };
    }
    // 2015.3, where nothing makes it a decimal
    if text.ch(token + 1) == '.'
        && text.len(token) == 4
        && text.gap(token + 1) == 0
        && text.gap(token + 2) == 0
        && closed(token + 3)
        && matches!(text.kind(token + 3), None | Some(Kind::Mark))
        && !matches!(text.ch(token + 3), '%' | '°' | '$' | '€')
    {
        let (y, m) = (text.int(token)?, text.int(token + 2)?);
        let known = (1950..2100).contains(&y) && (1..=12).contains(&m) && text.len(token + 2) <= 2;
        return if known { Some((Period::month(i32::try_from(y).ok()?, m)?, token + 3)) } else { None };
    }
    let (y, after) = year(text, token)?;
    let at = if text.ch(after) == ',' { after + 1 } else { after };
    let m = month(text.s(at)).filter(|_| {
        text.s(at) != "may" || !text.is_word(at + 1) || matches!(text.s(at + 1), "and" | "to" | "till" | "until" | "or")
    })?;
    (!text.is_digits(at + 1) && text.s(at + 1) != "the").then_some(())?;
    Some((Period::month(y, m)?, at + 1))
}

/// Periods with a name of their own.
pub(crate) fn named(reader: &Reader<'_>, token: usize) -> Option<(Period, usize)> {
    year_month(reader, token)
        .or_else(|| month_named(reader, token))
        .or_else(|| relative(reader, token))
        .or_else(|| quarter_code(reader, token))
        .or_else(|| decade(reader, token))
        .or_else(|| season(reader, token))
        .or_else(|| bare_year(reader, token))
}

/// Q1, q3 2019, 2017-q1, H2.
fn quarter_code(reader: &Reader<'_>, token: usize) -> Option<(Period, usize)> {
    let text = &reader.text;
    let code = |t: usize| {
        let n = text.int(t + 1).filter(|_| {
            text.gap(t + 1) == 0 && text.len(t + 1) == 1 && !(text.is_word(t + 2) && text.gap(t + 2) == 0)
        })?;
        match text.s(t) {
            "q" if (1..=4).contains(&n) => Some((false, n, t + 2)),
            "h" if (1..=2).contains(&n) => Some((true, n, t + 2)),
            _ => None,
        }
    };
    let make = |half: bool, y: i32, n: u32| if half { Period::half(y, n) } else { Period::quarter(y, n) };
    if let Some((y, after)) = year(text, token) {
        let at = if matches!(text.s(after), "-" | "/" | ",") { after + 1 } else { after };
        let (half, n, end) = code(at)?;
        return Some((make(half, y, n)?, end));
    }
    let (half, n, after) = code(token)?;
    if let Some((y, end)) = any_year(reader, after) {
        return Some((make(half, y, n)?, end));
    }
    let period = make(half, reader.context.now.year(), n)?;
    let months = if half { 6 } else { 3 };
    let (from, to) = period.future;
    let timex = format!("(XXXX-{:02}-01,XXXX-{:02}-01,P{months}M)", from.month(), to.month());
    Some((Period { timex, ..period }, after))
}

/// The tens of a decade that is named.
fn decade_word(word: &str) -> Option<u32> {
    Some(match word {
        "hundreds" => 0,
        "tens" => 10,
        "twenties" => 20,
        "thirties" => 30,
        "forties" => 40,
        "fifties" => 50,
        "sixties" => 60,
        "seventies" => 70,
        "eighties" => 80,
        "nineties" => 90,
        _ => return None,
    })
}

/// 1990s, the 90s, 15th century, twenty-first century.
fn decade(reader: &Reader<'_>, token: usize) -> Option<(Period, usize)> {
    let text = &reader.text;
    let century_then = match text.pick_words(
        token,
        &[("eighteen", 1800), ("nineteen", 1900), ("twenty", 2000), ("seventeen", 1700), ("sixteen", 1600)],
    ) {
        Some((century, at)) => {
            let at = if text.ch(at) == '-' { at + 1 } else { at };
            decade_word(text.s(at)).map(|tens| (century + tens, at + 1))
        }
        None => None,
    };
    if let Some((y, end)) = century_then
        .and_then(|(y, end)| Some((i32::try_from(y).ok()?, end)))
        .or_else(|| text.pick_words(token, &[("two thousands", 2000), ("two - thousands", 2000), ("noughties", 2000)]))
    {
        return Some((Period::span(date(y, 1, 1)?, date(y + 10, 1, 1)?, "P10Y", Grain::Decade), end));
    }
    let apostrophe = usize::from(text.ch(token + 1) == '\'');
    let digits = (text.is_digits(token) && text.s(token + 1 + apostrophe) == "s" && text.gap(token + 1) == 0)
        .then(|| text.int(token))
        .flatten()
        .filter(|_| matches!(text.len(token), 2 | 4));
    let named = decade_word(text.s(token)).filter(|y| *y >= 20);
    if let Some(n) = digits.or(named).filter(|n| n % 10 == 0) {
        let end = if named.is_some() { token + 1 } else { token + 2 + apostrophe };
        let y = i32::try_from(n).ok()?;
        let full = if y < 30 {
            2000 + y
        } else if y < 100 {
            1900 + y
        } else {
            y
        };
        let span = Period::span(date(full, 1, 1)?, date(full + 10, 1, 1)?, "P10Y", Grain::Decade);
        let short = format!("(XX{y:02}-01-01,XX{:02}-01-01,P10Y)", (y + 10) % 100);
        return Some((if y < 100 { Period { timex: short, ..span } } else { span }, end));
    }
    let at = if text.s(token) == "the" { token + 1 } else { token };
    let (n, after) = ordinal::numbered(text, at)?;
    if text.s(after) != "century" {
        return None;
    }
    let y = i32::try_from(n).ok().filter(|n| (1..40).contains(n))? * 100 - 100;
    Some((Period::span(date(y, 1, 1)?, date(y + 100, 1, 1)?, "P100Y", Grain::Century), after + 1))
}

fn season(reader: &Reader<'_>, token: usize) -> Option<(Period, usize)> {
    let text = &reader.text;
    let today = reader.context.now.date();
    let (offset, at) = which(text, token).map_or((None, token), |(o, a)| (Some(o), a));
    let (code, first) = match text.s(at) {
        "spring" => ("SP", 3),
        "summer" => ("SU", 6),
        "fall" | "autumn" => ("FA", 9),
        "winter" => ("WI", 12),
        _ => return None,
    };
    let said = any_year(reader, at + 1);
    if code == "FA"
        && text.s(at) == "fall"
        && offset.is_none()
        && said.is_none()
        && !matches!(text.s(at.wrapping_sub(1)), "in" | "the" | "this")
    {
        return None;
    }
    let known = said.map(|(y, _)| y).or(offset.map(|o| today.year() + o));
    let from = date(known.unwrap_or(today.year()), first, 1)?;
    let timex = known.map_or_else(|| code.to_owned(), |y| format!("{y:04}-{code}"));
    Some((Period::fixed(timex, from, plus_months(from, 3), Grain::Season), said.map_or(at + 1, |(_, e)| e)))
}

/// 2018, fiscal year 2008, sy18, the year 2011.
fn bare_year(reader: &Reader<'_>, token: usize) -> Option<(Period, usize)> {
    let text = &reader.text;
    let fiscal = text.pick_words(
        token,
        &[
            ("fiscal year", "FY"),
            ("financial year", "FY"),
            ("fiscal", "FY"),
            ("school year", "SY"),
            ("fy", "FY"),
            ("sy", "SY"),
        ],
    );
    if let Some((code, at)) = fiscal {
        let n = i32::try_from(text.int(at)?).ok()?;
        let y = match text.len(at) {
            4 => n,
            2 => 2000 + n,
            _ => return None,
        };
        return Some((Period { timex: format!("{code}{y}"), ..Period::year(y)? }, at + 1));
    }
    let at = if text.words(token, "the year").is_some() && text.is_digits(token + 2) {
        token + 2
    } else if text.s(token) == "year" && text.is_digits(token + 1) {
        token + 1
    } else {
        token
    };
    // year two hundred and sixty seven
    if at == token
        && let Some(((), after)) = text.pick_words(token, &[("the year", ()), ("year", ()), ("the year of", ())])
        && let Some(number) = english::whole(text, after)
            .filter(|n| text.is_word(after) && year(text, after).is_none() && n.end > after + 1)
        && let Some(y) = number.natural().and_then(|n| i32::try_from(n).ok()).filter(|y| (100..2200).contains(y))
    {
        return Some((Period::year(y)?, number.end));
    }
    let (y, end) = year(text, at)?;
    if !(1500..=2150).contains(&y) && at == token {
        return None;
    }
    let before = token.checked_sub(1);
    let second_year = before.is_some_and(|b| {
        text.ch(b) == '-' && b > 0 && text.len(b - 1) == 4 && text.is_digits(b - 1) && !(b > 1 && text.ch(b - 2) == '-')
    });
    let glued_before = !second_year
        && before.is_some_and(|b| {
            !text.spaced(token)
                && (text.is_word(b)
                    || text.is_digits(b)
                    || text.is_han(b) && !matches!(text.ch(b), '从' | '到' | '至' | '在' | '自' | '于')
                    || matches!(text.ch(b), '$' | '€' | '£' | '#' | '/' | '+')
                    || matches!(text.ch(b), '-' | '.')
                        && b > 0
                        && text.gap(b) == 0
                        && (text.is_digits(b - 1) || text.is_word(b - 1)))
        });
    let number_before = before.is_some_and(|b| {
        text.is_digits(b) && text.gap(token) > 0 && text.len(b) <= 3 && b > 0 && text.is_digits(b - 1)
    }) || before.is_some_and(|b| matches!(text.ch(b), '$' | '€' | '£' | '+'));
    let glued_after = text.gap(end) == 0
        && (text.is_word(end) || text.is_han(end) && !matches!(text.ch(end), '到' | '至'))
        || text.ch(end) == '-'
            && text.gap(end) == 0
            && (text.is_digits(end + 1) && text.len(end + 1) != 4 || text.is_word(end + 1) || text.ch(end + 2) == '-');
    let counted = unit_at(text, end).is_some()
        || text.is_digits(end)
            && text.len(end) <= 2
            && text.gap(end) > 0
            && text.len(end + 1) > 0
            && text.is_digits(end + 1)
        || matches!(text.s(end), "rmb" | "usd" | "dollars" | "yuan" | "people" | "kg" | "km" | "%");
    (!glued_before && !number_before && !glued_after && !counted).then_some(())?;
    Some((Period::year(y)?, end))
}
