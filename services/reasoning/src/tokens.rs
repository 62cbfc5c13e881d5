//! How many tokens a text is, about. Providers that tell are believed; this is for what is reserved before they can, and
//! for what broke off before they did.

/// A character of Chinese, Japanese or Korean is about one token, four others are about one.
pub(crate) fn estimate(text: &str) -> u64 {
    let (mut wide, mut other) = (0_u64, 0_u64);
    for character in text.chars() {
        // From the CJK radicals on; all before them is alphabets and their signs, but for ⟦ and the like.
        if character >= '\u{2e80}' { wide += 1 } else { other += 1 }
    }
    wide + other.div_ceil(4)
}

/// The longest beginning of `text` of at most so many tokens.
pub(crate) fn cut(text: &str, tokens: u64) -> &str {
    if estimate(text) <= tokens {
        return text;
    }
    let mut quarters = 0;
    for (at, character) in text.char_indices() {
        quarters += if character >= '\u{2e80}' { 4 } else { 1 };
        if quarters > tokens.saturating_mul(4) {
            return &text[..at];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_counts_by_character_and_the_rest_by_four() {
        assert_eq!(estimate("下周三请假"), 5);
        assert_eq!(estimate("book a room"), 3);
        assert_eq!(estimate(""), 0);
        assert_eq!(cut("下周三请假", 2), "下周");
        assert_eq!(cut("book a room", 1), "book");
        assert_eq!(cut("短", 5), "短");
    }
}
