//! Where sentences end, in both languages.

/// Abbreviations that a full stop belongs to.
const SHORT: [&str; 12] = ["e.g", "i.e", "no", "mr", "ms", "mrs", "dr", "st", "vs", "approx", "max", "min"];

/// The sentences of `text`, each with its end mark and what closes it (quotes, brackets). Together they are `text`.
pub(crate) fn split(text: &str) -> Vec<&str> {
    let characters: Vec<(usize, char)> = text.char_indices().collect();
    let (mut sentences, mut start, mut i) = (Vec::new(), 0, 0);
    while i < characters.len() {
        let (at, c) = characters[i];
        let next = characters.get(i + 1).map(|(_, c)| *c);
        let ends = match c {
            '。' | '！' | '？' | '；' | '…' | '\n' => true,
            '!' | '?' => next.is_none_or(char::is_whitespace),
            '.' => {
                next.is_none_or(|c| c.is_whitespace() || matches!(c, ')' | '"' | '”')) && !is_short(&text[start..at])
            }
            _ => false,
        };
        i += 1;
        if !ends {
            continue;
        }
        let closes = |c: char| {
            matches!(c, '。' | '！' | '？' | '…' | '”' | '’' | '"' | ')' | '）' | '」' | '》') || c.is_whitespace()
        };
        while i < characters.len() && closes(characters[i].1) {
            i += 1;
        }
        let end = characters.get(i).map_or(text.len(), |(at, _)| *at);
        sentences.push(&text[start..end]);
        start = end;
    }
    if start < text.len() {
        sentences.push(&text[start..]);
    }
    sentences
}

fn is_short(before: &str) -> bool {
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default().to_lowercase();
    SHORT.contains(&word.as_str())
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn sentences_end_at_full_stops_of_both_languages_and_nowhere_else() {
        assert_eq!(split("年假15天。病假“有薪。”超过3.5天？"), ["年假15天。", "病假“有薪。”", "超过3.5天？"]);
        assert_eq!(split("Pay 3.50 e.g. by card. (Or not.) Fine"), ["Pay 3.50 e.g. by card. ", "(Or not.) ", "Fine"]);
        assert_eq!(split(""), [""; 0]);
    }
}
