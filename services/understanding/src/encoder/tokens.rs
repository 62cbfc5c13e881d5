//! Text → token ids, with the way back to characters. Runs in the caller's thread (about 50 µs a sentence).

use std::{ops::Range, path::Path, str::FromStr};

use tokenizers::{TruncationDirection, TruncationParams, TruncationStrategy};

use super::{Error, manifest};

/// A text as the graph wants it.
#[derive(Debug)]
pub(super) struct Tokenised {
    pub(super) ids: Vec<i64>,
    /// For each id the characters of the caller's text that it stands for; `None` for special tokens and the prefix.
    pub(super) spans: Vec<Option<Range<usize>>>,
}

/// A loaded `tokenizer.json`, truncating and prefixing as `model.toml` says.
pub(super) struct Tokeniser {
    inner: tokenizers::Tokenizer,
    prefix: String,
    prefix_chars: usize,
    max_chars: usize,
}

/// A token stands for at least one character and, with runs of spaces and long words, seldom for more than a few.
/// Text beyond this many characters a token is cut before tokenising, so that a huge message costs no time.
const CHARS_PER_TOKEN: usize = 32;

impl Tokeniser {
    pub(super) fn load(folder: &Path, options: &manifest::Tokenizer) -> Result<Self, Error> {
        let path = folder.join(&options.file);
        let bytes = manifest::read_checked(folder, &options.file, &options.sha256)?;
        let invalid = |reason: String| Error::Tokenizer { path: path.clone(), reason };
        let text = String::from_utf8(bytes).map_err(|error| invalid(error.to_string()))?;
        let mut inner = tokenizers::Tokenizer::from_str(&text).map_err(|error| invalid(error.to_string()))?;
        inner.with_padding(None);
        inner
            .with_truncation(Some(TruncationParams {
                max_length: options.max_tokens,
                strategy: TruncationStrategy::LongestFirst,
                stride: 0,
                direction: TruncationDirection::Right,
            }))
            .map_err(|error| invalid(error.to_string()))?;
        Ok(Self {
            inner,
            prefix_chars: options.prefix.chars().count(),
            prefix: options.prefix.clone(),
            max_chars: options.max_tokens.saturating_mul(CHARS_PER_TOKEN),
        })
    }

    pub(super) fn tokenise(&self, text: &str) -> Result<Tokenised, Error> {
        let cut = text.char_indices().nth(self.max_chars).map_or(text, |(end, _)| &text[..end]);
        let encoding = if self.prefix.is_empty() {
            self.inner.encode_char_offsets(cut, true)
        } else {
            self.inner.encode_char_offsets(format!("{}{cut}", self.prefix), true)
        }
        .map_err(|error| Error::Tokenize(error.to_string()))?;
        let spans = encoding
            .get_offsets()
            .iter()
            .zip(encoding.get_special_tokens_mask())
            .map(|(&(start, end), &special)| {
                let own = special == 0 && start >= self.prefix_chars && end > start;
                own.then(|| start - self.prefix_chars..end - self.prefix_chars)
            })
            .collect();
        Ok(Tokenised { ids: encoding.get_ids().iter().map(|&id| i64::from(id)).collect(), spans })
    }
}
