//! Whether what an answer states is in the passages that it cites: every number, date, time, percentage, e-mail and web
//! address. It does not judge words: an answer can still be wrong, but not with a figure of its own.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::text::{ADDRESS, ascii, regex};

const MONTHS: &str = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec";

static EMAIL: LazyLock<Regex> = LazyLock::new(|| regex(r"[a-z0-9._%+'\-]+@[a-z0-9\-]+(?:\.[a-z0-9\-]+)+"));
static DATE: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(\d{4})\s*[\-/.年]\s*(\d{1,2})\s*[\-/.月]\s*(\d{1,2})\s*[日号]?"));
static MONTH_DAY: LazyLock<Regex> = LazyLock::new(|| regex(r"(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?"));
static MONTH_FIRST: LazyLock<Regex> =
    LazyLock::new(|| regex(&format!(r"\b({MONTHS})[a-z]*\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(\d{{4}})\b)?")));
static DAY_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    regex(&format!(r"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?({MONTHS})[a-z]*\.?(?:,?\s+(\d{{4}})\b)?"))
});
static TIME: LazyLock<Regex> = LazyLock::new(|| regex(r"(\d{1,2})\s*:\s*(\d{2})(?::\d{2})?"));
static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"(\d[\d,]*(?:\.\d+)?)\s*(%|percent\b|万亿|亿|万|千|百|million\b|thousand\b|billion\b|k\b)?")
});
static CHINESE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(百分之)?([零〇一二两三四五六七八九十百千万亿]+(?:点[零〇一二三四五六七八九]+)?)(半)?(个?(?:工作日|自然日|小时|分钟|星期|季度|月|天|日|号|年|周|元|块|角|分|人|次|倍|折|成|级|岁|公里|米|份|张|件|项|条|名|位|家|台|点|时|秒|页|步|种|层|楼|%))?",
    )
});
static ENGLISH: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\b(?:(twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](one|two|three|four|five|six|seven|eight|nine)\b)?|(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|hundred|thousand|million))\b",
    )
});
/// Words in which numerals mean no number.
const NO_NUMBERS: [&str; 5] = ["千万", "万一", "一一", "万万", "万千"];

/// Whether everything that `answer` states is in `passages`; if not, what is not.
pub(crate) fn missing(answer: &str, passages: &str) -> Option<String> {
    let supported = facts(passages, false);
    facts(answer, true).into_iter().find(|fact| !supported.contains(fact))
}

/// What a text states. Of an answer: what has to be supported. Of passages: also what follows from it, such as the year of a
/// date.
fn facts(text: &str, is_answer: bool) -> BTreeSet<String> {
    let mut facts = BTreeSet::new();
    let text = ascii(text).to_lowercase();
    let text = take(&EMAIL, &text, |found| facts.extend([format!("e-mail {}", &found[0])]));
    let text = take(&ADDRESS, &text, |found| {
        facts.extend([format!("address {}", found[0].trim_end_matches(['.', ',', ')', '/', ';', '!', '?']))]);
    });
    let mut date = |year: Option<&str>, month: &str, day: &str| {
        let (month, day) = (plain_number(month), plain_number(day));
        if let Some(year) = year {
            facts.insert(format!("date {year}-{month}-{day}"));
            if !is_answer {
                facts.insert(format!("number {year}"));
            }
        }
        if year.is_none() || !is_answer {
            facts.insert(format!("date {month}-{day}"));
        }
    };
    let text = take(&DATE, &text, |found| date(Some(&found[1]), &found[2], &found[3]));
    let text = take(&MONTH_DAY, &text, |found| date(None, &found[1], &found[2]));
    let text = take(&MONTH_FIRST, &text, |found| {
        date(found.get(3).map(|year| year.as_str()), &month(&found[1]), &found[2]);
    });
    let text = take(&DAY_FIRST, &text, |found| {
        date(found.get(3).map(|year| year.as_str()), &month(&found[2]), &found[1]);
    });
    let text = take(&TIME, &text, |found| facts.extend([format!("time {}:{}", plain_number(&found[1]), &found[2])]));
    let text = take(&NUMBER, &text, |found| {
        let Ok(number) = found[1].replace(',', "").parse::<f64>() else { return };
        facts.insert(match found.get(2).map(|unit| unit.as_str()) {
            Some("%" | "percent") => format!("number {}%", shortest(number)),
            unit => format!("number {}", shortest(number * unit.map_or(1.0, factor))),
        });
    });
    let text = take(&CHINESE, &text, |found| {
        let (numeral, unit) = (&found[2], found.get(4).map_or("", |unit| unit.as_str()));
        // 十分, 百分点.
        let idiom = unit == "分" && ["十", "百"].contains(&numeral);
        let counted = !unit.is_empty() && !idiom;
        let single = numeral.chars().count() == 1;
        let told =
            found.get(1).is_some() || (numeral != "一" && counted) || (!single && !NO_NUMBERS.contains(&numeral));
        if let Some(number) = chinese(numeral).filter(|_| told || !is_answer) {
            let number = if found.get(3).is_some() { number + 0.5 } else { number };
            let sign = if found.get(1).is_some() { "%" } else { "" };
            facts.insert(format!("number {}{sign}", shortest(number)));
        }
    });
    take(&ENGLISH, &text, |found| {
        let word = |place: usize| found.get(place).map_or(0.0, |word| english(word.as_str()));
        facts.insert(format!("number {}", shortest(word(1) + word(2) + word(3))));
    });
    facts
}

/// Hands every match to `each`, and returns the text without them.
fn take(pattern: &Regex, text: &str, mut each: impl FnMut(&Captures<'_>)) -> String {
    let replaced = pattern.replace_all(text, |found: &Captures<'_>| {
        each(found);
        " \u{1}"
    });
    replaced.into_owned()
}

fn plain_number(digits: &str) -> &str {
    let plain = digits.trim_start_matches('0');
    if plain.is_empty() { "0" } else { plain }
}

/// Without zeros that say nothing.
fn shortest(number: f64) -> String {
    let text = format!("{number:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn month(name: &str) -> String {
    let place = MONTHS.split('|').position(|month| name.starts_with(month)).unwrap_or_default();
    (place + 1).to_string()
}

fn factor(unit: &str) -> f64 {
    match unit {
        "百" => 1e2,
        "千" | "k" | "thousand" => 1e3,
        "万" => 1e4,
        "million" => 1e6,
        "亿" => 1e8,
        "billion" => 1e9,
        "万亿" => 1e12,
        _ => 1.0,
    }
}

/// The number that a Chinese numeral writes, with places (二百五十) or without (二〇二六).
fn chinese(numeral: &str) -> Option<f64> {
    let (whole, fraction) = numeral.split_once('点').unwrap_or((numeral, ""));
    let digit = |character: char| "零一二三四五六七八九".chars().position(|c| c == character);
    let value = |character: char| match character {
        '〇' => Some(0),
        '两' => Some(2),
        other => digit(other),
    };
    let mut number = 0.0;
    if whole.chars().count() > 1 && whole.chars().all(|c| value(c).is_some()) {
        for character in whole.chars() {
            number = number * 10.0 + f64::from(u8::try_from(value(character)?).ok()?);
        }
    } else {
        let (mut section, mut last, mut unit_before) = (0.0, None, 1.0);
        for character in whole.chars() {
            if let Some(digit) = value(character) {
                last = Some(f64::from(u8::try_from(digit).ok()?));
                continue;
            }
            match character {
                '十' | '百' | '千' => {
                    unit_before = match character {
                        '十' => 10.0,
                        '百' => 100.0,
                        _ => 1000.0,
                    };
                    section += last.take().unwrap_or(1.0) * unit_before;
                }
                '万' | '亿' => {
                    unit_before = if character == '万' { 1e4 } else { 1e8 };
                    section += last.take().unwrap_or(0.0);
                    number = (number + if section == 0.0 { 1.0 } else { section }) * unit_before;
                    section = 0.0;
                }
                _ => return None,
            }
        }
        // 两百五 is 250.
        let spoken = unit_before >= 100.0 && !whole.contains(['零', '〇']);
        number += section + last.unwrap_or(0.0) * if spoken { unit_before / 10.0 } else { 1.0 };
    }
    let mut place = 1.0;
    for character in fraction.chars() {
        place /= 10.0;
        number += place * f64::from(u8::try_from(value(character)?).ok()?);
    }
    Some(number)
}

fn english(word: &str) -> f64 {
    const WORDS: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let number = WORDS
        .iter()
        .position(|w| *w == word)
        .or_else(|| TENS.iter().position(|w| *w == word).map(|tens| (tens + 2) * 10));
    match word {
        "hundred" => 1e2,
        "thousand" => 1e3,
        "million" => 1e6,
        _ => number.and_then(|number| u8::try_from(number).ok()).map_or(0.0, f64::from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_passage_says_may_be_said_in_other_forms() {
        let passage = "工作满10年不满20年的，年假10天。报销须在2026年12月2日17:30前提交，上限1.5万元，超出部分按5%自理，\
                       见 https://hr.example.com/leave 或写信 hr@example.com。试用期三个月，二十五人以上须预约。";
        for answer in [
            "年假是10天。",
            "年假十天（工作满十年）。",
            "You have ten days.",
            "截止2026-12-02 17:30。",
            "By December 2, 2026.",
            "最多报15,000元，自理百分之五。",
            "试用期 3 个月，25 人以上预约。",
            "请写信 HR@example.com，或看 https://hr.example.com/leave。",
            "可以请假，一般需要提前一天说明一下，十分方便，千万别忘。",
            "Twenty-five people need to book.",
        ] {
            assert_eq!(missing(answer, passage), None, "{answer}");
        }
    }

    #[test]
    fn what_the_passage_does_not_say_is_found() {
        let passage = "年假10天，2026年12月2日前提交，上限1500元，自理5%，写信 hr@example.com。";
        for (answer, expected) in [
            ("年假15天。", "number 15"),
            ("年假十五天。", "number 15"),
            ("three days", "number 3"),
            ("2026年12月3日前。", "date 2026-12-3"),
            ("2027-12-02", "date 2027-12-2"),
            ("12月5日", "date 12-5"),
            ("上限1.5万元", "number 15000"),
            ("自理5元", "number 5"),
            ("自理10%", "number 10%"),
            ("写信 ceo@example.com", "e-mail ceo@example.com"),
            ("看 https://evil.example/x", "address https://evil.example/x"),
            ("17:30 前", "time 17:30"),
        ] {
            assert_eq!(missing(answer, passage).as_deref(), Some(expected), "{answer}");
        }
    }

    #[test]
    fn chinese_numerals_are_read() {
        for (numeral, number) in [
            ("三", 3.0),
            ("十", 10.0),
            ("二十五", 25.0),
            ("两百五", 250.0),
            ("一千零五", 1005.0),
            ("二〇二六", 2026.0),
            ("三万", 30_000.0),
            ("二点五", 2.5),
        ] {
            assert_eq!(chinese(numeral), Some(number), "{numeral}");
        }
    }
}
