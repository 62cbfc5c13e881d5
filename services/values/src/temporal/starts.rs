//! The characters and words a temporal expression may begin with, so that the rest of a message costs nothing. When
//! a rule gets a new first word, add it here, or the rule never fires.

use crate::number::english;
use crate::text::{Kind, Text};

const HAN: &str = "〇一七万三上下世两中为之九乾二五亿今从仟以伍佰俩候假傍儿兆光八公六农冬凌几刚初到刻前劳十千卅午半去叁又双同后周咸嘉四围国圣在块壹复夏多夜大头妇季宣小工平年康建廿开当情愚感截拾捌接教新早明星春昨晚晨最月期未本来柒植次正此母每民深清灯父玖现由百目直礼秋立端第老肆腊自至节负贰起边过近还这道重钱阴陆除雍零青顺马";

/// Sorted.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "a", "about", "after", "afternoon", "afternoons", "ago", "all", "also", "am", "ampm", "an", "and", "annual", "annually", "another", "any",
    "anytime", "approximately", "apr", "april", "around", "arvo", "as", "asap", "ascension", "ash", "at", "aug", "august", "autumn", "back",
    "bastille", "be", "before", "beginning", "between", "bi", "billion", "billionth", "biweekly", "black", "boxing", "breakfast", "business", "by",
    "calendar", "can", "centuries", "century", "children", "chinese", "christmas", "cinco", "circa", "clock", "columbus", "coming", "commencing",
    "could", "couple", "crore", "crores", "current", "cyber", "d", "daily", "date", "day", "days", "daytime", "dec", "decade", "decades", "december",
    "dinner", "dinnertime", "dollars", "doz", "dozen", "dozens", "dozs", "dragon", "during", "dz", "dzs", "each", "earlier", "early", "earth",
    "easter", "eight", "eighteen", "eighteenth", "eighth", "eighties", "eightieth", "eighty", "eleven", "eleventh", "end", "entire", "eod", "eom",
    "eow", "eoy", "equal", "equals", "evening", "evenings", "every", "everyday", "fall", "father", "fathers", "feb", "febr", "february", "female",
    "few", "fifteen", "fifteenth", "fifth", "fifties", "fiftieth", "fifty", "financial", "first", "fiscal", "five", "flag", "following", "for",
    "forties", "fortieth", "fortnight", "fortnightly", "fortnights", "forty", "four", "fourteen", "fourteenth", "fourth", "fourty", "freedom", "fri",
    "friday", "fridays", "from", "full", "fy", "get", "good", "groundhog", "groundhogs", "guy", "h", "half", "halloween", "halves", "have", "hence",
    "hour", "hourly", "hours", "how", "hr", "hrs", "hundred", "hundredth", "i", "if", "in", "independence", "instead", "int", "international", "is",
    "jan", "january", "jubilee", "jul", "july", "jun", "june", "juneteenth", "kg", "km", "labor", "labour", "lakh", "lakhs", "lantern", "last",
    "late", "later", "less", "lunar", "lunch", "lunchtime", "m", "mar", "march", "mardi", "martin", "maundy", "may", "memorial", "mid", "midday",
    "middle", "midnight", "million", "millionth", "min", "mins", "minus", "minute", "minutes", "mlk", "mon", "monday", "mondays", "month", "monthly",
    "months", "more", "morning", "mornings", "mother", "mothers", "mth", "mths", "must", "my", "national", "negative", "new", "next", "night",
    "nightly", "nights", "nil", "nine", "nineteen", "nineteenth", "nineth", "nineties", "ninetieth", "ninety", "ninth", "nite", "no", "noon",
    "noontime", "not", "nov", "november", "now", "nye", "o", "oclock", "oct", "october", "of", "on", "once", "one", "onward", "onwards", "or",
    "other", "out", "over", "p", "palm", "past", "pentecost", "people", "please", "pls", "plz", "pm", "point", "preceding", "president",
    "presidents", "prev", "previous", "previously", "prior", "q", "quarter", "quarterly", "quarters", "recently", "remainder", "remaining", "rest",
    "right", "rmb", "s", "saint", "same", "sat", "saturday", "saturdays", "school", "sec", "second", "seconds", "secs", "sep", "sept", "september",
    "seven", "seventeen", "seventeenth", "seventh", "seventies", "seventieth", "seventy", "several", "should", "since", "singles", "six", "sixteen",
    "sixteenth", "sixth", "sixties", "sixtieth", "sixty", "some", "spring", "st", "star", "start", "starting", "summer", "sun", "sunday", "sundays",
    "supper", "sy", "t", "take", "teacher", "teachers", "ten", "tenth", "than", "thanks", "thanksgiving", "that", "the", "then", "third", "thirteen",
    "thirteenth", "thirties", "thirtieth", "thirty", "this", "thousand", "thousandth", "three", "through", "thru", "thu", "thur", "thurs",
    "thursday", "thursdays", "til", "till", "tmr", "tmrw", "tmw", "to", "today", "tommorow", "tomorow", "tomorrow", "tonight", "tonite", "trillion",
    "trillionth", "tue", "tues", "tuesday", "tuesdays", "twelfth", "twelve", "twenties", "twentieth", "twenty", "two", "until", "up", "upcoming",
    "us", "usd", "valentine", "valentines", "veteran", "veterans", "w", "wed", "wednesday", "wednesdays", "weds", "week", "weekday", "weekdays",
    "weekend", "weekends", "weekly", "weeks", "well", "what", "when", "which", "whole", "will", "winter", "within", "wk", "wks", "women", "work",
    "workday", "workdays", "workers", "working", "works", "workweek", "would", "xmas", "y", "year", "yearly", "years", "yesterday", "yesternight",
    "yr", "yrs", "yuan", "yuandan", "zero",
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
mod tests {
    use super::{HAN, WORDS, may_begin};
    use crate::text::Text;

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
}
