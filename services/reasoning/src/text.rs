//! Texts that a model wrote, made fit to be shown: plain, short, without anything that a client would render or load.

use std::sync::LazyLock;

use regex::Regex;

/// `![alt](address)` and `[words](address)`, also `[words][reference]`.
static LINK: LazyLock<Regex> =
    LazyLock::new(|| regex(r"!?\[([^\[\]]{0,200})\](?:\([^()\s]*(?:\s[^()]*)?\)|\[[^\[\]]*\])"));
static REFERENCE: LazyLock<Regex> = LazyLock::new(|| regex(r"(?m)^\s*\[[^\[\]]+\]:\s*\S+.*$"));
static TAG: LazyLock<Regex> = LazyLock::new(|| regex(r"(?s)<!--.*?-->|</?[A-Za-z!?][^<>]*>|<[A-Za-z/][^<>]*$"));
/// An address with a scheme, or a host with something behind it.
pub(crate) static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r#"(?i)(?:[a-z][a-z0-9+.\-]{1,15}://|www\.|(?:javascript|data|mailto|tel|vbscript):)[^\s<>"'，。；！？、）】」]+|(?:[a-z0-9\-]+\.)+[a-z]{2,12}(?::\d+)?/[^\s<>"'，。；！？、）】」]*|\b(?:[a-z0-9\-]+\.)+(?:com|net|org|cn|io|top|xyz|info|biz|ru|app|dev|cc|co|me|site|online|link)(?-u:\b)"#,
    )
});
static SECRETS: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)密码|口令|验证码|校验码|动态码|私钥|密钥|助记词|安全码|password|passcode|passwd|\bpin\b|\bcvv\b|\bcvc\b|one[- ]time code|verification code|\botp\b|api[ _-]?key|private key|seed phrase|access token",
    )
});

/// Compiles a pattern of this crate's own, each of which a test compiles.
pub(crate) fn regex(source: &str) -> Regex {
    Regex::new(source).expect("a valid pattern")
}

/// `text` as plain text of at most `longest` characters, and whether anything but invisible characters had to go.
pub(crate) fn plain(text: &str, longest: usize) -> (String, bool) {
    let visible: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    let mut clean = visible.clone();
    // What a removal leaves may again be a tag; it gets shorter each time.
    for _ in 0..8 {
        let next = TAG.replace_all(&clean, "");
        let next = REFERENCE.replace_all(&next, "");
        let next = LINK.replace_all(&next, "$1");
        if next == clean {
            break;
        }
        clean = next.into_owned();
    }
    let changed = clean != visible;
    let clean = clean.trim();
    let short = match clean.char_indices().nth(longest) {
        Some((at, _)) => format!("{}…", clean[..at].trim_end()),
        None => clean.to_owned(),
    };
    (short, changed)
}

/// Whether a text asks for, or hands out, what nobody may be asked for in a conversation.
pub(crate) fn is_about_secrets(text: &str) -> bool {
    SECRETS.is_match(text)
}

/// Control characters but for line breaks, and what changes a text without being seen.
pub(crate) fn is_invisible(character: char) -> bool {
    (character.is_control() && character != '\n')
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Full-width letters, digits and signs as their ASCII ones; other scripts' digits stay.
pub(crate) fn ascii(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
            '\u{3000}' | '\u{a0}' => ' ',
            '\u{2010}'..='\u{2015}' => '-',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_links_and_invisible_characters_go() {
        for (text, expected) in [
            ("请看[这里](https://evil.example/?d=1)。", "请看这里。"),
            ("![x](https://evil.example/a.png)好的", "x好的"),
            ("<img src=x onerror=alert(1)>哪天？", "哪天？"),
            ("<scr<script>ipt>which day?", "which day?"),
            ("which\u{202e} day\u{0}?", "which day?"),
            ("[a][1]\n[1]: https://evil.example", "a"),
            ("3 < 5 and 7 > 6", "3 < 5 and 7 > 6"),
        ] {
            assert_eq!(plain(text, 100).0, expected, "{text}");
        }
        assert_eq!(plain("一二三四", 3).0, "一二三…");
    }

    #[test]
    fn addresses_are_found_in_every_dress() {
        for text in [
            "见 https://a.example/x。",
            "evil.example/?q=1",
            "www.evil.example",
            "JavaScript:alert(1)",
            "看 evil.com 吧",
        ] {
            assert!(ADDRESS.is_match(text), "{text}");
        }
        for text in ["3.5 天", "请选 A/B", "e.g. tomorrow", "12:30 之后"] {
            assert!(!ADDRESS.is_match(text), "{text}");
        }
    }

    #[test]
    fn every_pattern_compiles() {
        assert!(is_about_secrets("请输入您的验证码") && !is_about_secrets("which day, please?"));
        assert!(!REFERENCE.is_match("text"));
    }
}
