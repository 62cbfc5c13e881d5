//! Annotated examples: `我想请[三天](days)[年假](kind)`.

/// A marked part of an example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The slot's name.
    pub slot: String,
    /// First character of the marked words in the plain text.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
}

/// An example without its marks, and the marks apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotated {
    /// What a user would type.
    pub text: String,
    /// The marks in order of position.
    pub marks: Vec<Mark>,
}

/// Takes the marks out of `example`. Brackets that are not followed by a parenthesised slot name stay as they are.
#[must_use]
pub fn parse(example: &str) -> Annotated {
    let mut text = String::with_capacity(example.len());
    let mut marks = Vec::new();
    let mut rest = example;
    let mut length = 0;
    while let Some(open) = rest.find('[') {
        let (before, from_open) = rest.split_at(open);
        text.push_str(before);
        length += before.chars().count();
        let Some((words, slot, after)) = mark(from_open) else {
            text.push('[');
            length += 1;
            rest = &from_open[1..];
            continue;
        };
        let count = words.chars().count();
        marks.push(Mark { slot: slot.to_owned(), start: length, end: length + count });
        text.push_str(words);
        length += count;
        rest = after;
    }
    text.push_str(rest);
    Annotated { text, marks }
}

/// Splits `[words](slot)rest`.
fn mark(text: &str) -> Option<(&str, &str, &str)> {
    let inner = text.strip_prefix('[')?;
    let (words, rest) = inner.split_once(']')?;
    let (slot, rest) = rest.strip_prefix('(')?.split_once(')')?;
    let is_name = !slot.is_empty() && slot.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (is_name && !words.contains('[')).then_some((words, slot, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_taken_out_and_counted_in_characters() {
        let read = parse("我想请[三天](days)[年假](kind)");
        assert_eq!(read.text, "我想请三天年假");
        let marks: Vec<_> = read.marks.iter().map(|m| (m.slot.as_str(), m.start, m.end)).collect();
        assert_eq!(marks, [("days", 3, 5), ("kind", 5, 7)]);
    }

    #[test]
    fn plain_brackets_stay() {
        assert_eq!(parse("see [1] and [a](b c)").text, "see [1] and [a](b c)");
    }
}
