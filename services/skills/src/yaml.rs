//! YAML, written, and read strictly: unknown keys, duplicate keys and oversized documents are refused with line and column.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Why a document was refused.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
#[error("{file}:{line}:{column}: {message}")]
pub struct Error {
    /// The file's name as given.
    pub file: String,
    /// One-based; 0 where no place is known.
    pub line: u64,
    /// One-based; 0 where no place is known.
    pub column: u64,
    /// What is wrong, in words.
    pub message: String,
}

impl Error {
    /// The message without the place that the parser adds to it.
    #[must_use]
    pub fn what(&self) -> &str {
        self.message.rsplit_once(" at line ").map_or(&self.message, |(what, _)| what)
    }
}

/// Reads `text`, the content of `file`, as a `T`.
///
/// # Errors
/// When it is not YAML, not a `T`, or larger than the parser's budget.
pub fn read<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, Error> {
    serde_saphyr::from_str(text).map_err(|error| {
        let (line, column) = error.location().map_or((0, 0), |location| (location.line(), location.column()));
        let message = error.without_snippet().to_string();
        Error { file: file.to_owned(), line, column, message }
    })
}

/// Writes `value` as YAML that [`read`] reads back; `None` when it can't be written.
#[must_use]
pub fn write<T: Serialize>(value: &T) -> Option<String> {
    serde_saphyr::to_string(value).ok()
}
