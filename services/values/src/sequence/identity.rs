//! Numbers of persons, firms, cards and cars in mainland China, with their check digits.

use super::{reading, written};
use crate::reader::Reader;
use crate::value::{Reading, Value};

/// Every identity number.
pub(crate) fn read(reader: &Reader<'_>, out: &mut Vec<Reading>) {
    let chars = &reader.text.folded;
    let mut at = 0;
    while at < chars.len() {
        if let Some(end) = plate_at(chars, at) {
            let plate = written(chars, at, end).to_uppercase().replace(['·', '-', ' ', '•'], "");
            out.push(reading(reader, at, end, Value::Plate { plate }, "plate"));
            at = end;
            continue;
        }
        let glued = at > 0 && chars[at - 1].is_ascii_alphanumeric();
        if !chars[at].is_ascii_alphanumeric() || glued {
            at += 1;
            continue;
        }
        let end = at + chars[at..].iter().take_while(|c| c.is_ascii_alphanumeric()).count();
        if let Some((value, rule)) = solid(&written(chars, at, end)) {
            out.push(reading(reader, at, end, value, rule));
            at = end;
            continue;
        }
        match card_at(chars, at) {
            Some(stop) => {
                let number = written(chars, at, stop).chars().filter(char::is_ascii_digit).collect();
                out.push(reading(reader, at, stop, Value::BankCard { number }, "bank_card"));
                at = stop;
            }
            None => at = end,
        }
    }
}

fn solid(code: &str) -> Option<(Value, &'static str)> {
    let id = code.to_uppercase();
    if id.len() != 18 {
        return None;
    }
    if id.chars().take(17).all(|c| c.is_ascii_digit())
        && id.chars().last().is_some_and(|c| c.is_ascii_digit() || c == 'X')
        && plausible_birth(&id)
    {
        let checksum_ok = resident_check(&id);
        return Some((Value::ResidentId { id, checksum_ok }, "resident_id"));
    }
    credit_check(&id).then_some((Value::CreditCode { code: id }, "credit_code"))
}

fn plausible_birth(id: &str) -> bool {
    let part = |range: std::ops::Range<usize>| id.get(range).and_then(|s| s.parse::<u32>().ok()).unwrap_or(0);
    let (year, month, day) = (part(6..10), part(10..12), part(12..14));
    (1850..2100).contains(&year)
        && chrono::NaiveDate::from_ymd_opt(i32::try_from(year).unwrap_or(0), month, day).is_some()
}

/// GB 11643: ISO 7064 MOD 11-2.
fn resident_check(id: &str) -> bool {
    let sum = id.chars().rev().enumerate().fold(0u32, |sum, (place, c)| {
        let value = if c == 'X' { 10 } else { c.to_digit(10).unwrap_or(0) };
        (sum + value * (1 << place)) % 11
    });
    sum == 1
}

/// GB 32100: MOD 31-3 over an alphabet without I, O, S, V, Z.
fn credit_check(code: &str) -> bool {
    const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let mut sum = 0;
    let mut weight = 1;
    for c in code.chars().take(17) {
        let Some(value) = ALPHABET.find(c) else { return false };
        sum = (sum + value * weight) % 31;
        weight = weight * 3 % 31;
    }
    let letters = code.chars().any(|c| c.is_ascii_alphabetic());
    letters && ALPHABET.chars().nth((31 - sum) % 31) == code.chars().last()
}

/// 13 to 19 digits, in groups of four or together, that pass Luhn.
fn card_at(chars: &[char], at: usize) -> Option<usize> {
    let mut digits: Vec<u32> = Vec::new();
    let mut end = at;
    for (i, c) in chars[at..].iter().enumerate().take(30) {
        match c.to_digit(10) {
            Some(d) => {
                digits.push(d);
                end = at + i + 1;
            }
            None if matches!(c, ' ' | '-') && digits.len().is_multiple_of(4) && end == at + i && digits.len() <= 16 => {
            }
            None => break,
        }
    }
    let closed = chars.get(end).is_none_or(|c| !c.is_ascii_alphanumeric());
    if !closed || !(13..=19).contains(&digits.len()) || digits[0] == 0 {
        return None;
    }
    let sum: u32 =
        digits.iter().rev().enumerate().map(|(i, d)| if i % 2 == 0 { *d } else { d * 2 / 10 + d * 2 % 10 }).sum();
    sum.is_multiple_of(10).then_some(end)
}

/// 京A·12345, 粤B12345D.
fn plate_at(chars: &[char], at: usize) -> Option<usize> {
    const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领";
    if !PROVINCES.contains(chars[at]) || !chars.get(at + 1)?.is_ascii_alphabetic() {
        return None;
    }
    let start = at + 2 + usize::from(matches!(chars.get(at + 2), Some('·' | '-' | ' ' | '•')));
    let count = chars.get(start..)?.iter().take(7).take_while(|c| c.is_ascii_alphanumeric()).count();
    let body = &chars[start..start + count];
    let tail = usize::from(count == 4 && matches!(chars.get(start + 4), Some('学' | '警' | '挂' | '港' | '澳')));
    let digits = body.iter().filter(|c| c.is_ascii_digit()).count();
    ((count == 5 || count == 6 || tail == 1) && digits >= 3).then_some(start + count + tail)
}
