//! Any text in: never a panic, spans on characters, and time that grows with the length only.
#![expect(clippy::unwrap_used, reason = "tests may fail")]

use std::time::{Duration, Instant};

use chrono::{NaiveDate, NaiveDateTime};
use proptest::prelude::*;
use values::{Calendar, Context, read};

fn now() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2026, 11, 23).unwrap().and_hms_opt(10, 0, 0).unwrap()
}

fn check(text: &str, calendar: &Calendar) {
    let length = text.chars().count();
    for reading in read(text, &Context::new(now(), calendar)) {
        assert!(reading.span.start < reading.span.end && reading.span.end <= length, "{reading:?} in {text:?}");
        let spanned: String = text.chars().skip(reading.span.start).take(reading.span.len()).collect();
        assert_eq!(spanned, reading.text);
    }
}

/// Pieces of the grammar, so that random texts get past its first words.
const PIECES: &[&str] = &[
    "下周",
    "三",
    "到",
    "从",
    "周五",
    "12月",
    "31日",
    "2月30日",
    "99999999999999999999",
    "年",
    "点",
    "半",
    "个",
    "工作日",
    "后",
    "内",
    "亿",
    "万万万亿亿",
    "分之",
    "块",
    "-",
    "/",
    ".",
    ":",
    "next ",
    "friday ",
    "between ",
    "and ",
    "to ",
    "from ",
    "5",
    "0",
    "pm ",
    "last ",
    "years ",
    "ago ",
    "in ",
    "a ",
    "half ",
    "million ",
    "hundred ",
    "fifths ",
    "$",
    "%",
    "(",
    ")",
    "+86",
    "@",
    "https://",
    "每",
    "the ",
    "of ",
    "march ",
    "th ",
    "1e60",
    "2^60",
    "农历",
    "十二月",
    "初一",
    "春节",
    "９９",
    "👌🏻",
    "\u{202e}",
    "e\u{301}",
    "\0",
];

proptest! {
    #[test]
    fn any_unicode_is_read_without_a_panic(text in "\\PC*") {
        check(&text, &Calendar::weekends_only());
    }

    #[test]
    fn any_mixture_of_the_grammars_own_words_is_read_without_a_panic(picks in proptest::collection::vec(0..PIECES.len(), 0..40)) {
        let text: String = picks.into_iter().map(|p| PIECES[p]).collect();
        check(&text, &Calendar::weekends_only());
    }
}

#[test]
fn the_edges_of_the_calendar_are_survived() {
    let calendar = Calendar::mainland_china();
    for now in [NaiveDateTime::MIN, NaiveDateTime::MAX] {
        for text in [
            "明天下午3点",
            "三个工作日后",
            "next week",
            "last 3 months",
            "下周三到周五",
            "春节",
            "in 2 hours",
            "last easter",
            "上上个月底",
            "the next decade",
            "99999年后",
        ] {
            let _ = read(text, &Context::new(now, &calendar));
        }
    }
}

/// The time for one repeated pattern, the best of two.
fn timed(text: &str, calendar: &Calendar) -> Duration {
    (0..2)
        .map(|_| {
            let start = Instant::now();
            let _ = read(text, &Context::new(now(), calendar));
            start.elapsed()
        })
        .min()
        .unwrap()
}

#[test]
fn time_grows_with_the_length_only() {
    let calendar = Calendar::mainland_china();
    for piece in [
        "1 ",
        "1",
        "一",
        "一百",
        "a ",
        "half ",
        "and ",
        "from ",
        "between 1 and ",
        "for 2 hours from 9 ",
        "下周",
        "到",
        "从",
        "(",
        "((1",
        "1.",
        "1-",
        "the ",
        "last ",
        "\"",
        "“",
        "@",
        "a@b.",
        "www.",
        "1/",
        "五分之",
        "twenty ",
        "million ",
        "12:",
        "0 1 2-",
        "比",
        "before ",
    ] {
        let short = piece.repeat(1_000 / piece.chars().count());
        let long = piece.repeat(8_000 / piece.chars().count());
        let (a, b) = (timed(&short, &calendar), timed(&long, &calendar));
        // Eight times the text; quadratic would be 64 times.
        assert!(b < a * 30 + Duration::from_millis(20), "{piece:?}: {a:?} for 1,000 and {b:?} for 8,000 characters");
    }
}
