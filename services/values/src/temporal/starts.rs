//! The characters and words a temporal expression may begin with, so that the rest of a message costs nothing. A test
//! reads the grammar's own texts and fails when the first word of a phrase is missing here.

use crate::number::english;
use crate::text::{Kind, Text};

const HAN: &str = "〇一七万三上下世两个中为之九乾二五亿今从仟以伍佰俩假傍儿元光八公六内农冬凌几分刚初到刻前劳十千卅午半去叁又及双受古同后周咸哥嘉四国圣在地壹复夏夜大天头如妇季宣宰小尽工左差平年底康建廿开当往总情愚感或截护拾捌接教新日早明星春昨晚晨最月未末本来柒植次正此母每民消深清灯父独玖现由白百的目直眼礼秋秒立端第约网老耶肆腊自至节记贰起跨过近还这退道重钟间阴阵陆除隔雍零青顺马鬼黑龙";

/// Sorted.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "a", "about", "after", "afternoon", "afternoons", "ago", "all", "also", "am", "ampm", "an", "and", "annual", "annually", "another", "any",
    "anytime", "anzac", "approximately", "apr", "april", "arbor", "armistice", "around", "arvo", "as", "asap", "ascension", "ash", "ashura", "at",
    "aug", "august", "australia", "autumn", "back", "bastille", "be", "before", "beginning", "between", "bi", "biannually", "biennially",
    "bimonthly", "biweekly", "black", "bonfire", "boxing", "breakfast", "business", "by", "calendar", "can", "canada", "centuries", "century",
    "children", "childrens", "chinese", "christmas", "cinco", "circa", "clean", "clock", "columbus", "coming", "commencing", "corpus", "could",
    "couple", "current", "cyber", "d", "daily", "date", "day", "days", "daytime", "dec", "decade", "decades", "december", "dinner", "dinnertime",
    "dollars", "double", "dragon", "during", "each", "earlier", "early", "earth", "easter", "eid", "eighteen", "eighties", "end", "entire", "eod",
    "eom", "eow", "eoy", "epiphany", "equal", "equals", "evening", "evenings", "every", "everyday", "fall", "fat", "father", "fathers", "feb",
    "febr", "february", "female", "few", "fifth", "fifties", "financial", "first", "fiscal", "flag", "following", "for", "forties", "fortnight",
    "fortnightly", "fortnights", "fourth", "freedom", "fri", "friday", "fridays", "from", "full", "fy", "get", "good", "groundhog", "groundhogs",
    "guy", "h", "half", "halloween", "have", "hence", "holy", "hour", "hourly", "hours", "how", "hr", "hrs", "hundred", "hundreds", "i", "if", "in",
    "inauguration", "independence", "indigenous", "instead", "int", "international", "is", "islamic", "jan", "january", "jubilee", "jul", "july",
    "jun", "june", "juneteenth", "kg", "km", "labor", "labour", "lantern", "last", "late", "later", "less", "lunar", "lunch", "lunchtime", "m",
    "mar", "march", "mardi", "martin", "maundy", "mawlid", "may", "mayday", "memorial", "mid", "midafternoon", "midday", "middle", "midmorning",
    "midnight", "min", "mins", "minute", "minutes", "mlk", "mon", "monday", "mondays", "month", "monthly", "months", "moon", "more", "morning",
    "mornings", "mother", "mothers", "mth", "mths", "muharram", "must", "my", "national", "new", "next", "night", "nightly", "nights", "nineteen",
    "nineties", "nite", "no", "noon", "noontime", "not", "noughties", "nov", "november", "now", "nye", "o", "oclock", "oct", "october", "of",
    "office", "oh", "on", "once", "one", "onward", "onwards", "or", "other", "our", "overnight", "p", "palm", "past", "pentecost", "people", "pi",
    "please", "pls", "plz", "pm", "preceding", "president", "presidents", "prev", "previous", "previously", "prior", "q", "qingming", "qixi",
    "quarter", "quarterly", "quarters", "ramadan", "recently", "remainder", "remaining", "remembrance", "rest", "right", "rmb", "s", "saint", "same",
    "sat", "saturday", "saturdays", "school", "sec", "second", "seconds", "secs", "semi", "semiannually", "sep", "sept", "september", "seventeen",
    "seventies", "several", "should", "shrove", "since", "single", "singles", "sixteen", "sixth", "sixties", "sooner", "spring", "st", "star",
    "start", "starting", "summer", "sun", "sunday", "sundays", "supper", "sy", "t", "take", "tax", "teacher", "teachers", "tens", "than", "thanks",
    "thanksgiving", "that", "the", "then", "third", "thirties", "this", "thousand", "three", "through", "thru", "thu", "thur", "thurs", "thursday",
    "thursdays", "til", "till", "tmo", "tmr", "tmrw", "tmw", "to", "today", "tomb", "tommorow", "tommorrow", "tomo", "tomorow", "tomorrow",
    "tonight", "tonite", "trinity", "tue", "tues", "tuesday", "tuesdays", "twenties", "twenty", "twice", "two", "until", "up", "upcoming", "us",
    "usd", "valentine", "valentines", "veteran", "veterans", "victoria", "w", "washington", "washingtons", "wed", "wedn", "wednesday", "wednesdays",
    "weds", "week", "weekday", "weekdays", "weekend", "weekends", "weekly", "weeks", "well", "what", "when", "whit", "white", "whole", "will",
    "winter", "within", "wk", "wks", "woman", "women", "womens", "work", "workday", "workdays", "workers", "working", "works", "workweek", "would",
    "x", "xmas", "y", "year", "yearly", "years", "yesterday", "yesternight", "youth", "yr", "yrs", "ystd", "yuan", "yuandan", "z", "zero",
];

/// One bit for each character of the basic plane.
static BITS: [u64; 1024] = bits(HAN);

const fn bits(chars: &str) -> [u64; 1024] {
    let bytes = chars.as_bytes();
    let mut bits = [0; 1024];
    let mut at = 0;
    while at + 2 < bytes.len() {
        // Every character of the list takes three bytes.
        let code =
            (bytes[at] as usize & 0xf) << 12 | (bytes[at + 1] as usize & 0x3f) << 6 | (bytes[at + 2] as usize & 0x3f);
        bits[code / 64] |= 1 << (code % 64);
        at += 3;
    }
    bits
}

/// Whether a temporal expression may begin at `token`.
pub(crate) fn may_begin(text: &Text, token: usize) -> bool {
    match text.kind(token) {
        Some(Kind::Digits) => true,
        Some(Kind::Han) => {
            let code = text.ch(token) as usize;
            code < 0x10000 && BITS[code / 64] >> (code % 64) & 1 == 1
        }
        Some(Kind::Word) => {
            WORDS.binary_search(&text.s(token)).is_ok()
                || english::cardinal(text.s(token)).is_some()
                || english::ordinal(text.s(token)).is_some()
        }
        Some(Kind::Mark) => matches!(text.ch(token), '<' | '>' | '=' | '.' | '½' | '¼' | '¾'),
        None => false,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may fail")]
mod tests {
    use super::{HAN, WORDS, may_begin};
    use crate::text::{Text, is_han};

    #[test]
    fn the_words_are_sorted_for_the_search() {
        assert!(WORDS.is_sorted());
    }

    #[test]
    fn every_character_listed_may_begin_and_others_may_not() {
        assert!(HAN.chars().all(|c| may_begin(&Text::new(&c.to_string()), 0)));
        assert!(!may_begin(&Text::new("吃"), 0));
        assert!(!may_begin(&Text::new("lunchbox"), 0));
    }

    /// The string literals of a source file, comments and tests left out.
    fn literals(source: &str) -> Vec<String> {
        let code = source.split("#[cfg(test)]").next().unwrap_or_default();
        let mut found = Vec::new();
        for line in code.lines() {
            let mut literal: Option<String> = None;
            let mut before = ' ';
            for c in line.chars() {
                match (&mut literal, c) {
                    (None, '/') if before == '/' => break,
                    (None, '"') if before != '\'' => literal = Some(String::new()),
                    (Some(_), '"') if before != '\\' => found.extend(literal.take()),
                    (Some(text), c) => text.push(c),
                    _ => {}
                }
                before = c;
            }
        }
        found
    }

    #[test]
    fn every_phrase_of_the_grammar_may_begin() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/temporal");
        let mut missing = std::collections::BTreeSet::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            // A time zone only follows a time.
            if path.ends_with("starts.rs") || path.ends_with("lunar_years.rs") || path.ends_with("timezone.rs") {
                continue;
            }
            for literal in literals(&std::fs::read_to_string(&path).unwrap()) {
                // Names of rules have a full stop, forms of TIMEX and formats no small letter at their beginning.
                let phrase = literal.starts_with(|c: char| c.is_ascii_lowercase() || is_han(c));
                let rule = literal.contains('.') && !literal.contains(' ');
                if phrase && !rule && !may_begin(&Text::new(&literal), 0) {
                    missing.insert(literal.split(' ').next().unwrap_or_default().to_owned());
                }
            }
        }
        assert!(missing.is_empty(), "add to HAN or WORDS of starts.rs: {missing:?}");
    }
}
