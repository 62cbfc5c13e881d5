//! Names of time zones after a time: 3pm PST, 10:30 (UTC+8), 9 AM Beijing time. They belong to the stretch of text; the
//! time stays the one said, for nothing here knows where the speaker is.

use crate::text::Text;

/// Abbreviations, sorted.
#[rustfmt::skip]
const SHORT: &[&str] = &[
    "acdt", "acst", "adt", "aedt", "aest", "akdt", "akst", "aoe", "ast", "awst", "bst", "cdt", "cest", "cet", "cst", "ct", "edt", "eest", "eet", "est", "et", "gmt", "hkt", "hst", "ict", "ist", "jst", "kst", "mdt", "msk", "mst", "mt", "ndt", "npt", "nzdt", "nzst", "pdt", "pht", "pkt", "pst", "pt", "sast", "sgt", "utc", "wib",
];

/// Places a clock goes by, sorted by first word.
#[rustfmt::skip]
const PLACES: &[(&str, ())] = &[
    ("alaska", ()), ("arabian", ()), ("arizona", ()), ("atlantic", ()), ("australian eastern", ()), ("beijing", ()), ("berlin", ()), ("british", ()), ("central european", ()), ("central", ()), ("chicago", ()), ("china", ()), ("dubai", ()), ("eastern european", ()), ("eastern", ()), ("greenwich mean", ()), ("gulf", ()), ("hawaii", ()), ("hong kong", ()), ("india", ()), ("indian", ()), ("israel", ()), ("japan", ()), ("korea", ()), ("local", ()),
    ("london", ()), ("los angeles", ()), ("moscow", ()), ("mountain", ()), ("new york", ()), ("new zealand", ()), ("pacific", ()), ("paris", ()), ("russia", ()), ("russian", ()), ("seattle", ()), ("shanghai", ()), ("singapore", ()), ("sydney", ()), ("tokyo", ()), ("us eastern", ()), ("us mountain", ()), ("us pacific", ()), ("us central", ()), ("western european", ()), ("west africa", ()),
];

#[rustfmt::skip]
const TIMES: &[(&str, ())] = &[
    ("standard time zone", ()), ("standard time", ()), ("daylight time", ()), ("daylight saving time", ()), ("summer time", ()), ("time zone", ()), ("time", ()), ("timezone", ()), ("tz", ()),
];

/// The token after the name of a time zone at `token`.
pub(crate) fn after(text: &Text, token: usize) -> Option<usize> {
    if text.ch(token) == '(' {
        return zone(text, token + 1).filter(|end| text.ch(*end) == ')').map(|end| end + 1);
    }
    zone(text, token)
}

fn zone(text: &Text, token: usize) -> Option<usize> {
    if SHORT.binary_search(&text.s(token)).is_ok() {
        let end = token + 1;
        return Some(match text.s(token) {
            "utc" | "gmt" => offset(text, end).unwrap_or(end),
            _ => end,
        });
    }
    let ((), at) = text.pick_words(token, PLACES)?;
    match text.pick_words(at, TIMES) {
        Some(((), end)) => {
            // Russia time zone 6
            let numbered = text.s(end - 1) == "zone" && text.int(end).is_some_and(|n| n <= 12);
            Some(end + usize::from(numbered))
        }
        // "7 PM Eastern"; a city alone is a place.
        None => matches!(text.s(token), "eastern" | "pacific" | "mountain" | "central").then_some(at),
    }
}

/// +8, -5:30, -12h.
fn offset(text: &Text, token: usize) -> Option<usize> {
    if !matches!(text.ch(token), '+' | '-') || text.gap(token + 1) > 0 || text.int(token + 1).is_none_or(|n| n > 14) {
        return None;
    }
    let mut end = token + 2;
    if text.ch(end) == ':' && text.len(end + 1) == 2 && text.is_digits(end + 1) {
        end += 2;
    } else if text.s(end) == "h" && text.gap(end) == 0 {
        end += 1;
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::{SHORT, after};
    use crate::text::Text;

    #[test]
    fn the_abbreviations_are_sorted_for_the_search() {
        assert!(SHORT.is_sorted());
    }

    #[test]
    fn a_zone_ends_where_its_name_does() {
        for (text, tokens) in
            [("PST", 1), ("(UTC+8)", 5), ("UTC -12h", 4), ("mountain timezone", 2), ("Russia time zone 6", 4)]
        {
            assert_eq!(after(&Text::new(text), 0), Some(tokens), "{text}");
        }
        assert_eq!(after(&Text::new("London office"), 0), None);
    }
}
