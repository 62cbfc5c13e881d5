//! The characters and words a temporal expression may begin with, so that the rest of a message costs nothing. When
//! a rule gets a new first word, add it here, or the rule never fires.

use crate::number::english;
use crate::text::{Kind, Text};

const HAN: &str = "〇一七万三上下世两个中为之九乾二五亿今从仟以伍佰俩假傍儿元光八公六内农冬凌几分刚初到刻前劳十千卅午半去叁又及双受古同后周咸哥嘉四国圣在地壹复夏夜大天头如妇季宣宰小尽工左差平年底康建廿开当往总情愚感或截护拾捌接教新日早明星春昨晚晨最月未末本来柒植次正此母每民消深清灯父独玖现由白百的目直眼礼秋秒立端第约网老耶肆腊自至节记贰起跨过近还这退道重钟间阴阵陆除隔雍零青顺马鬼黑龙";

/// Sorted.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "a", "about", "acdt", "acst", "adt", "aedt", "aest", "after", "afternoon", "afternoons", "ago", "akdt", "akst", "alaska", "all", "also", "am",
    "ampm", "an", "and", "annual", "annually", "another", "any", "anytime", "anzac", "aoe", "approximately", "apr", "april", "arabian", "arbor",
    "arizona", "armistice", "around", "arvo", "as", "asap", "ascension", "ash", "ashura", "ast", "at", "atlantic", "aug", "august", "australia",
    "australian", "autumn", "awst", "back", "bastille", "be", "before", "beginning", "beijing", "berlin", "between", "bi", "biweekly", "black",
    "bonfire", "boxing", "breakfast", "british", "bst", "business", "by", "calendar", "can", "canada", "cdt", "central", "centuries", "century",
    "cest", "cet", "chicago", "children", "childrens", "china", "chinese", "christmas", "cinco", "circa", "clean", "clock", "columbus", "coming",
    "commencing", "corpus", "could", "couple", "cst", "ct", "current", "cyber", "d", "daily", "date", "day", "daylight", "days", "daytime", "dec",
    "decade", "decades", "december", "dinner", "dinnertime", "dollars", "double", "dragon", "dubai", "during", "each", "earlier", "early", "earth",
    "easter", "eastern", "edt", "eest", "eet", "eid", "eighteen", "eighties", "end", "entire", "eod", "eom", "eow", "eoy", "epiphany", "equal",
    "equals", "est", "et", "evening", "evenings", "every", "everyday", "fall", "fat", "father", "fathers", "feb", "febr", "february", "female",
    "few", "fifties", "financial", "first", "fiscal", "flag", "following", "for", "forties", "fortnight", "fortnightly", "fortnights", "freedom",
    "fri", "friday", "fridays", "from", "full", "fy", "get", "gmt", "good", "greenwich", "groundhog", "groundhogs", "gulf", "guy", "h", "half",
    "halloween", "have", "hawaii", "hence", "hkt", "holy", "hong", "hour", "hourly", "hours", "how", "hr", "hrs", "hst", "hundred", "hundreds", "i",
    "ict", "if", "in", "inauguration", "independence", "india", "indian", "indigenous", "instead", "int", "international", "is", "islamic", "israel",
    "ist", "jan", "january", "japan", "jst", "jubilee", "jul", "july", "jun", "june", "juneteenth", "kg", "km", "korea", "kst", "labor", "labour",
    "lantern", "last", "late", "later", "less", "local", "london", "los", "lunar", "lunch", "lunchtime", "m", "mar", "march", "mardi", "martin",
    "maundy", "mawlid", "may", "mayday", "mdt", "memorial", "mid", "midafternoon", "midday", "middle", "midmorning", "midnight", "min", "mins",
    "minute", "minutes", "mlk", "mon", "monday", "mondays", "month", "monthly", "months", "moon", "more", "morning", "mornings", "moscow", "mother",
    "mothers", "mountain", "msk", "mst", "mt", "mth", "mths", "muharram", "must", "my", "national", "ndt", "new", "next", "night", "nightly",
    "nights", "nineteen", "nineties", "nite", "no", "noon", "noontime", "not", "noughties", "nov", "november", "now", "npt", "nye", "nzdt", "nzst",
    "o", "oclock", "oct", "october", "of", "office", "oh", "on", "once", "one", "onward", "onwards", "or", "other", "our", "overnight", "p",
    "pacific", "palm", "paris", "past", "pdt", "pentecost", "people", "pht", "pi", "pkt", "please", "pls", "plz", "pm", "preceding", "president",
    "presidents", "prev", "previous", "previously", "prior", "pst", "pt", "q", "qingming", "qixi", "quarter", "quarterly", "quarters", "ramadan",
    "recently", "remainder", "remaining", "remembrance", "rest", "right", "rmb", "russia", "russian", "s", "saint", "same", "sast", "sat",
    "saturday", "saturdays", "school", "seattle", "sec", "second", "seconds", "secs", "sep", "sept", "september", "seventeen", "seventies",
    "several", "sgt", "shanghai", "should", "shrove", "since", "singapore", "single", "singles", "sixteen", "sixties", "sooner", "spring", "st",
    "standard", "star", "start", "starting", "summer", "sun", "sunday", "sundays", "supper", "sy", "sydney", "t", "take", "tax", "teacher",
    "teachers", "tens", "than", "thanks", "thanksgiving", "that", "the", "then", "thirties", "this", "thousand", "three", "through", "thru", "thu",
    "thur", "thurs", "thursday", "thursdays", "til", "till", "time", "timezone", "tmo", "tmr", "tmrw", "tmw", "to", "today", "tokyo", "tomb",
    "tommorow", "tommorrow", "tomo", "tomorow", "tomorrow", "tonight", "tonite", "trinity", "tue", "tues", "tuesday", "tuesdays", "twenties",
    "twenty", "two", "tz", "until", "up", "upcoming", "us", "usd", "utc", "valentine", "valentines", "veteran", "veterans", "victoria", "w",
    "washington", "washingtons", "wed", "wedn", "wednesday", "wednesdays", "weds", "week", "weekday", "weekdays", "weekend", "weekends", "weekly",
    "weeks", "well", "west", "western", "what", "when", "whit", "white", "whole", "wib", "will", "winter", "within", "wk", "wks", "woman", "women",
    "womens", "work", "workday", "workdays", "workers", "working", "works", "workweek", "would", "x", "xmas", "y", "year", "yearly", "years",
    "yesterday", "yesternight", "youth", "yr", "yrs", "ystd", "yuan", "yuandan", "z", "zero", "zone",
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
