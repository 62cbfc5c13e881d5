//! Puts the words of answers (`says`) into a file of tests, leaving the rest of it as it was written, comments too.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_saphyr::Spanned;

use super::ScenarioFile;
use super::write::scalar;
use crate::yaml;

/// The answers of one test, by the number of their turn, from 0; those that are missing stay as they are.
pub type Answers = Vec<String>;

/// Where tests and turns begin, read from the same text as the tests themselves.
#[derive(Deserialize)]
struct Places {
    tests: Vec<Spanned<TestPlace>>,
}

#[derive(Deserialize)]
struct TestPlace {
    turns: Vec<Spanned<IgnoredAny>>,
}

/// The line of every test in `text`, from 1; empty if it can't be read.
#[must_use]
pub fn lines(text: &str) -> Vec<u64> {
    let places: Result<Places, _> = serde_saphyr::from_str(text);
    places.map_or_else(|_| Vec::new(), |places| places.tests.iter().map(|test| test.referenced.line()).collect())
}

/// `text`, the content of `file`, with `answers` (one entry for each test, in order) beside the turns.
///
/// # Errors
/// When the file can't be read, or a turn is written in a way that can't be added to, such as an alias.
pub fn update(file: &str, text: &str, answers: &[Answers]) -> Result<String, yaml::Error> {
    let mut wanted: ScenarioFile = yaml::read(file, text)?;
    let places: Places = yaml::read(file, text)?;
    let mut lines_of_turns = Vec::new();
    let mut updated = text.to_owned();
    // From the end, so that places before stay right.
    for ((test, place), answers) in wanted.tests.iter_mut().zip(&places.tests).zip(answers).rev() {
        let turns = test.turns.iter_mut().zip(&place.value.turns).zip(answers).collect::<Vec<_>>();
        for ((turn, place), answer) in turns.into_iter().rev() {
            let words = answer.trim_end();
            if turn.says.as_ref().is_some_and(|says| says.trim_end() == words) {
                continue;
            }
            turn.says = Some(words.to_owned());
            let location = place.referenced;
            lines_of_turns.push(location.line());
            let offset = location.span().byte_offset().and_then(|offset| usize::try_from(offset).ok());
            let offset = offset.filter(|offset| updated.is_char_boundary(*offset)).unwrap_or(updated.len());
            let column = usize::try_from(location.column()).unwrap_or(1).saturating_sub(1);
            updated = if updated[offset..].starts_with('{') {
                in_flow(&updated, offset, words)
            } else {
                in_block(&updated, offset, column, words)
            };
        }
    }
    let is_right = yaml::read::<ScenarioFile>(file, &updated).is_ok_and(|read| {
        let trimmed = |mut file: ScenarioFile| {
            let turns = file.tests.iter_mut().flat_map(|test| &mut test.turns);
            turns.for_each(|turn| turn.says = turn.says.take().map(|says| says.trim_end().to_owned()));
            file
        };
        trimmed(read) == trimmed(wanted)
    });
    if is_right {
        return Ok(updated);
    }
    let message = "the answers can't be written here; write every turn as its own mapping, without anchors and aliases";
    let line = lines_of_turns.into_iter().min().unwrap_or_default();
    Err(yaml::Error { file: file.to_owned(), line, column: 0, message: message.to_owned() })
}

/// Into `{user: …, action: …}`, which begins at `start`: replaces `says` or adds it as the last entry.
fn in_flow(text: &str, start: usize, words: &str) -> String {
    let says = format!("says: {}", scalar(words));
    let entries = entries(text, start);
    let is_says = |(from, to): &&(usize, usize)| text[*from..*to].trim_start().starts_with("says:");
    match (entries.iter().find(is_says), entries.last()) {
        (Some((from, to)), _) => {
            let from = from + text[*from..*to].len() - text[*from..*to].trim_start().len();
            let to = from + text[from..*to].trim_end().len();
            format!("{}{says}{}", &text[..from], &text[to..])
        }
        (None, Some((from, to))) => {
            let end = from + text[*from..*to].trim_end().len();
            format!("{}, {says}{}", &text[..end], &text[end..])
        }
        (None, None) => text.to_owned(),
    }
}

/// The byte ranges of the entries of the flow mapping at `start`, between its braces and commas.
fn entries(text: &str, start: usize) -> Vec<(usize, usize)> {
    let mut entries = Vec::new();
    let (mut depth, mut from, mut quote, mut before) = (0_usize, start + 1, None, ' ');
    let mut characters = text[start..].char_indices().map(|(at, c)| (start + at, c)).peekable();
    while let Some((at, c)) = characters.next() {
        match (quote, c) {
            (Some('"'), '\\') => drop(characters.next()),
            (Some('\''), '\'') if characters.peek().is_some_and(|(_, next)| *next == '\'') => drop(characters.next()),
            (Some(open), _) if open == c => quote = None,
            (Some(_), _) => {}
            // A quote opens only where a value begins; in the middle of one it is an apostrophe.
            (None, '"' | '\'') if matches!(before, '{' | '[' | ',' | ':') => quote = Some(c),
            (None, '{' | '[') => depth += 1,
            (None, '}' | ']') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    entries.push((from, at));
                    return entries;
                }
            }
            (None, ',') if depth == 1 => {
                entries.push((from, at));
                from = at + 1;
            }
            _ => {}
        }
        if !c.is_whitespace() {
            before = c;
        }
    }
    entries
}

/// Into a turn that begins at `start` with its keys in `column`: replaces `says` or adds it as the last key.
fn in_block(text: &str, start: usize, column: usize, words: &str) -> String {
    let begin = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let mut lines: Vec<&str> = text[begin..].split_inclusive('\n').collect();
    let belongs = |line: &&str| line.trim().is_empty() || indent(line) >= column;
    let end = 1 + lines.iter().skip(1).take_while(|line| belongs(line)).count();
    let rest = lines.split_off(end);
    let is_blank = |line: &&str| line.trim().is_empty();
    let blank = lines.iter().rev().take_while(|line| is_blank(line)).count();
    let tail = lines.split_off(lines.len() - blank);
    // The first line is `- key: …`, whose key stands in the same column.
    let is_says = |line: &str| {
        line.get(column..).is_some_and(|key| key.starts_with("says:"))
            && (indent(line) == column || line.trim_start().starts_with("- "))
    };
    let mut kept = String::new();
    let mut skipping = false;
    for line in lines {
        skipping = if is_says(line) { true } else { skipping && (is_blank(&line) || indent(line) > column) };
        if !skipping {
            kept.push_str(line);
        }
    }
    if !kept.is_empty() && !kept.ends_with('\n') {
        kept.push('\n');
    }
    let pad = " ".repeat(column);
    let is_simple = |line: &str| {
        !line.starts_with([' ', '\t']) && !line.ends_with([' ', '\t']) && !line.chars().any(char::is_control)
    };
    let says = if words.contains('\n') && words.lines().all(is_simple) {
        let lines =
            words.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("{pad}  {line}\n") });
        format!("{pad}says: |-\n{}", lines.collect::<String>())
    } else {
        format!("{pad}says: {}\n", scalar(words))
    };
    format!("{}{kept}{says}{}{}", &text[..begin], tail.concat(), rest.concat())
}

/// How many spaces stand before the first character of a line.
fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}
