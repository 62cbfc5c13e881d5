//! Which of the two languages a text is in.

use paigong_core::Language;

/// Whether `c` is a Chinese character.
pub(crate) fn is_cjk(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}' | '〇')
}

/// The language of `text`.
pub(crate) fn of(text: &str) -> Language {
    of_many([text])
}

/// The language of most of `texts`: a Chinese character says about as much as three letters.
pub(crate) fn of_many<'a>(texts: impl IntoIterator<Item = &'a str>) -> Language {
    let (mut characters, mut letters) = (0_usize, 0_usize);
    for c in texts.into_iter().flat_map(str::chars) {
        characters += usize::from(is_cjk(c));
        letters += usize::from(c.is_ascii_alphabetic());
    }
    if characters * 3 >= letters && characters > 0 { Language::Zh } else { Language::En }
}
