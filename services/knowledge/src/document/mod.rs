//! Files → [`Document`]s: blocks of text under headings, whatever the format was. How they are cut into passages is
//! `passages`' business. Every reader is bounded by the size of its input and keeps no stack per level of nesting.

mod blocks;
mod encoding;
mod html;
mod markdown;
mod pdf;
mod plain;
mod table;

use std::path::Path;
use std::time::Duration;

use paigong_core::Language;

pub use crate::Error;
use crate::language;

/// What a file is, by its extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `.md`, `.markdown`
    Markdown,
    /// `.html`, `.htm`
    Html,
    /// `.txt`
    Text,
    /// `.csv`: `question,answer[,heading]`
    Questions,
    /// `.pdf` with text in it
    Pdf,
}

impl Format {
    /// The format of the file at `path`; `None` for one that can't be read.
    #[must_use]
    pub fn of(path: &str) -> Option<Self> {
        let extension = Path::new(path).extension()?.to_str()?.to_ascii_lowercase();
        Some(match extension.as_str() {
            "md" | "markdown" => Self::Markdown,
            "html" | "htm" => Self::Html,
            "txt" => Self::Text,
            "csv" => Self::Questions,
            "pdf" => Self::Pdf,
            _ => return None,
        })
    }
}

/// How much one document may be.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of a file. Default: 20 MB.
    pub bytes: usize,
    /// Passages of a document. Default: 5,000.
    pub passages: usize,
    /// How long a PDF may take. Default: 30 s.
    pub pdf_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 20_000_000, passages: 5_000, pdf_time: Duration::from_secs(30) }
    }
}

/// A part of a document, in reading order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A heading; level 1 is the outermost.
    Heading {
        /// 1 to 6.
        level: u8,
        /// Its text.
        text: String,
    },
    /// A paragraph, an item of a list ("• …"), or a row of a table ("column: value; …").
    Text(String),
    /// A question with its answer.
    Question {
        /// What people ask.
        question: String,
        /// What they are told.
        answer: String,
        /// What it is about, if the file says so.
        heading: Option<String>,
    },
    /// From here on the text is on this page.
    Page(usize),
}

/// A document as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its first level-1 heading, its HTML title, or else its file's name.
    pub title: String,
    /// The language of most of its text.
    pub language: Language,
    /// What is in it.
    pub blocks: Vec<Block>,
}

/// Reads the file at `path`, which has content `bytes`. Blocks the thread, a PDF for up to [`Limits::pdf_time`].
///
/// # Errors
/// Says what to change.
pub fn read(path: &str, bytes: &[u8], limits: &Limits) -> Result<Document, Error> {
    let format = Format::of(path).ok_or(Error::Format)?;
    if bytes.len() > limits.bytes {
        return Err(Error::TooLarge { bytes: bytes.len(), limit: limits.bytes });
    }
    let (title, blocks) = match format {
        Format::Pdf => (None, pdf::read(bytes, limits.pdf_time)?),
        Format::Markdown => (None, markdown::read(&encoding::decode(bytes)?)),
        Format::Html => html::read(&encoding::decode(bytes)?),
        Format::Text => (None, plain::read(&encoding::decode(bytes)?)),
        Format::Questions => (None, table::read(&encoding::decode(bytes)?, limits.passages)?),
    };
    let first = blocks.iter().find_map(|block| match block {
        Block::Heading { level: 1, text } => Some(text.clone()),
        _ => None,
    });
    let stem = || Path::new(path).file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let title = first.or(title).unwrap_or_else(stem);
    let has_text = |block: &Block| matches!(block, Block::Text(_) | Block::Question { .. });
    if !blocks.iter().any(has_text) {
        return Err(Error::Empty);
    }
    let language = language::of_many(blocks.iter().filter_map(|block| match block {
        Block::Text(text) | Block::Question { answer: text, .. } => Some(text.as_str()),
        Block::Heading { .. } | Block::Page(_) => None,
    }));
    Ok(Document { title, language, blocks })
}
