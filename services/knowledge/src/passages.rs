//! A document → its passages: what is found, cited and answered with.
//!
//! Passages follow the headings, then the blocks (paragraphs, items, rows). Blocks are put together up to about
//! [`TARGET`] and cut at the end of a sentence above [`MOST`]; within a sentence only if the sentence alone is longer.

use paigong_core::Language;

use crate::document::{Block, Document};
use crate::language::{self, is_cjk};
use crate::{Error, sentence};

/// About 300 Chinese characters or 150 English words: a Chinese character counts 1, a word 2.
pub const TARGET: usize = 300;
/// A passage is never longer.
pub const MOST: usize = 450;
/// What is shorter than this is put together with what follows, even above [`TARGET`].
const LEAST: usize = 90;

/// A passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Its place in the document, from 0.
    pub ordinal: usize,
    /// The document's title and the headings it is under: `差旅制度 > 住宿标准`.
    pub heading: String,
    /// Where in the document: the heading as GitHub makes anchors of it, `row-3`, or `page-2`.
    pub anchor: String,
    /// The question that it answers, in a file of questions.
    pub question: Option<String>,
    /// Its text, blocks on lines of their own.
    pub text: String,
    /// The language of its text.
    pub language: Language,
}

/// Letters of a word that count as a word of their own.
const LONG_WORD: usize = 15;

/// How long a text is: Chinese characters, and words twice.
#[must_use]
pub fn length(text: &str) -> usize {
    let (mut length, mut letters) = (0, 0);
    for c in text.chars() {
        let is_letter = c.is_alphanumeric() && !is_cjk(c);
        length += if is_cjk(c) { 1 } else { usize::from(is_letter && letters % LONG_WORD == 0) * 2 };
        letters = if is_letter { letters + 1 } else { 0 };
    }
    length
}

/// Cuts `document` into at most `limit` passages.
///
/// # Errors
/// [`Error::TooManyPassages`], and [`Error::Empty`] if there is none.
pub fn split(document: &Document, limit: usize) -> Result<Vec<Passage>, Error> {
    let mut cutter =
        Cutter { document, limit, path: Vec::new(), page: None, open: Vec::new(), length: 0, done: Vec::new() };
    for block in &document.blocks {
        match block {
            Block::Heading { level, text } => {
                cutter.close()?;
                cutter.path.retain(|(outer, _)| outer < level);
                cutter.path.push((*level, text.clone()));
            }
            Block::Page(page) => {
                cutter.close()?;
                cutter.page = Some(*page);
            }
            Block::Text(text) => {
                for piece in pieces(text) {
                    cutter.add(piece)?;
                }
            }
            Block::Question { question, answer, heading } => cutter.question(question, answer, heading.as_deref())?,
        }
    }
    cutter.close()?;
    if cutter.done.is_empty() { Err(Error::Empty) } else { Ok(cutter.done) }
}

struct Cutter<'a> {
    document: &'a Document,
    limit: usize,
    path: Vec<(u8, String)>,
    page: Option<usize>,
    open: Vec<String>,
    length: usize,
    done: Vec<Passage>,
}

impl Cutter<'_> {
    fn add(&mut self, piece: String) -> Result<(), Error> {
        let length = length(&piece);
        let together = self.length + length;
        if together > MOST || (together > TARGET && self.length >= LEAST) {
            self.close()?;
        }
        self.length += length;
        self.open.push(piece);
        Ok(())
    }

    fn close(&mut self) -> Result<(), Error> {
        let text = std::mem::take(&mut self.open).join("\n");
        self.length = 0;
        if text.is_empty() {
            return Ok(());
        }
        let anchor = match self.page {
            Some(page) => format!("page-{page}"),
            None => self.path.last().map(|(_, heading)| anchor(heading)).unwrap_or_default(),
        };
        self.push(None, anchor, None, text)
    }

    fn question(&mut self, question: &str, answer: &str, heading: Option<&str>) -> Result<(), Error> {
        self.close()?;
        let anchor = format!("row-{}", self.done.len() + 1);
        // An answer is shown as a whole; only one that no reader would read is cut.
        for piece in pieces(answer) {
            self.push(heading, anchor.clone(), Some(question.to_owned()), piece)?;
        }
        Ok(())
    }

    fn push(
        &mut self,
        below: Option<&str>,
        anchor: String,
        question: Option<String>,
        text: String,
    ) -> Result<(), Error> {
        if self.done.len() == self.limit {
            return Err(Error::TooManyPassages { limit: self.limit });
        }
        let mut heading = vec![self.document.title.as_str()];
        heading.extend(self.path.iter().map(|(_, text)| text.as_str()).filter(|text| *text != self.document.title));
        heading.extend(below);
        let language = language::of(&text);
        self.done.push(Passage {
            ordinal: self.done.len(),
            heading: heading.join(" > "),
            anchor,
            question,
            text,
            language,
        });
        Ok(())
    }
}

/// `text` in pieces of at most [`MOST`], cut between sentences where that can be.
fn pieces(text: &str) -> Vec<String> {
    if length(text) <= MOST {
        return vec![text.to_owned()];
    }
    let (mut pieces, mut open) = (Vec::new(), String::new());
    for part in sentence::split(text).into_iter().flat_map(short_enough) {
        if !open.is_empty() && length(&open) + length(part) > TARGET {
            pieces.push(std::mem::take(&mut open).trim().to_owned());
        }
        open.push_str(part);
    }
    pieces.push(open.trim().to_owned());
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// The sentence itself, or parts of it of at most [`MOST`] characters: cut after a comma or a space if there is one in the
/// second half, else between any two characters.
fn short_enough(sentence: &str) -> Vec<&str> {
    if length(sentence) <= MOST {
        return vec![sentence];
    }
    let (mut parts, mut start, mut soft, mut count) = (Vec::new(), 0, 0, 0);
    for (at, c) in sentence.char_indices() {
        count += 1;
        let end = at + c.len_utf8();
        if c.is_whitespace() || matches!(c, '，' | ',' | '、') {
            soft = end;
        }
        if count == MOST {
            let cut = if soft > start + (end - start) / 2 { soft } else { end };
            parts.push(&sentence[start..cut]);
            count = sentence[cut..end].chars().count();
            start = cut;
        }
    }
    parts.push(&sentence[start..]);
    parts
}

/// As GitHub makes anchors of headings.
fn anchor(heading: &str) -> String {
    let kept = |c: char| match c {
        ' ' => Some('-'),
        c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c),
        _ => None,
    };
    heading.to_lowercase().chars().filter_map(kept).collect()
}
