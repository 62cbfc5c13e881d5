//! What can go wrong when an encoder starts or encodes. Start-up errors name the file and what to do about it; `Display` says it
//! in English, [`Error::in_chinese`] in Chinese. What ONNX Runtime and the readers of files say is passed on as it is.

use std::{path::PathBuf, time::Duration};

/// Why an encoder could not start, or a text could not be encoded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file of the model's folder is missing or cannot be read.
    #[error("cannot read the model file {}; restore it from the release, or choose another model folder", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// `model.toml` is not valid.
    #[error("{} is not a valid model description: {reason}", path.display())]
    Manifest {
        /// The `model.toml`.
        path: PathBuf,
        /// What is wrong, with line and column where known.
        reason: String,
    },
    /// A file is not the one that `model.toml` describes.
    #[error(
        "{} ({bytes} bytes) is damaged or another version: sha256 is {found}, model.toml says {expected}; copy the file again, or correct model.toml if the change is meant",
        path.display()
    )]
    Checksum {
        /// The file.
        path: PathBuf,
        /// From `model.toml`.
        expected: String,
        /// Of the file.
        found: String,
        /// The file's length.
        bytes: usize,
    },
    /// ONNX Runtime's shared library cannot be used.
    #[error(
        "cannot load ONNX Runtime from {}: {reason}; `make run` puts the library into .local/onnxruntime, or set the option to your own copy (1.24 or newer)",
        path.display()
    )]
    Runtime {
        /// The library.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The graph cannot be loaded or does not do what `model.toml` says.
    #[error("the model {} cannot be used: {reason}", path.display())]
    Model {
        /// The ONNX file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A folder can't be taken over as a model.
    #[error("{} can't be taken over as a model: {reason}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why, and what would help.
        reason: String,
    },
    /// The tokeniser cannot be loaded.
    #[error("the tokeniser {} cannot be used: {reason}", path.display())]
    Tokenizer {
        /// The `tokenizer.json`.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The operating system gave no thread.
    #[error("cannot start an encoder thread")]
    Thread(#[source] std::io::Error),
    /// The queue is full: answer 503 with Retry-After.
    #[error("the encoder has {waiting} texts waiting and takes no more")]
    Overloaded {
        /// Texts in the queue.
        waiting: usize,
        /// About how long the queue takes to empty.
        retry_after: Duration,
    },
    /// The text was not encoded before its deadline.
    #[error("the text was not encoded before its deadline")]
    DeadlineExceeded,
    /// The model has no output with token embeddings.
    #[error("this model gives no token embeddings: graph.token_output is not set in model.toml")]
    NoTokenOutput,
    /// The tokeniser failed on a text.
    #[error("the text could not be tokenised: {0}")]
    Tokenize(String),
    /// ONNX Runtime failed on a batch.
    #[error("the model failed on a text: {0}")]
    Inference(String),
    /// The encoder is shutting down.
    #[error("the encoder has stopped")]
    Stopped,
}

impl Error {
    /// What its `Display` and that of its source say, in Chinese.
    #[must_use]
    pub fn in_chinese(&self) -> String {
        match self {
            Self::Unreadable { path, source } => {
                format!("模型文件 {} 无法读取（{source}）；请从发行包恢复，或选用别的模型目录", path.display())
            }
            Self::Manifest { path, reason } => format!("{} 不是有效的模型说明：{reason}", path.display()),
            Self::Checksum { path, expected, found, bytes } => format!(
                "{}（{bytes} 字节）已损坏或是别的版本：sha256 为 {found}，而 model.toml 写的是 {expected}；请重新复制文件，若是有意更换，请改正 model.toml",
                path.display()
            ),
            Self::Runtime { path, reason } => format!(
                "无法从 {} 载入 ONNX Runtime：{reason}；make run 会把这个库放在 .local/onnxruntime，也可以把配置指向您自己的库（1.24 或更新）",
                path.display()
            ),
            Self::Model { path, reason } => format!("模型 {} 无法使用：{reason}", path.display()),
            Self::Folder { path, reason } => format!("{} 无法作为模型接入：{reason}", path.display()),
            Self::Tokenizer { path, reason } => format!("分词器 {} 无法使用：{reason}", path.display()),
            Self::Thread(source) => format!("无法启动编码线程（{source}）"),
            Self::Overloaded { waiting, .. } => format!("已有 {waiting} 个文本在等待编码，暂不接收"),
            Self::DeadlineExceeded => "文本未能在期限内编码".to_owned(),
            Self::NoTokenOutput => "这个模型不给出词元向量：model.toml 没有设 graph.token_output".to_owned(),
            Self::Tokenize(reason) => format!("文本无法分词：{reason}"),
            Self::Inference(reason) => format!("模型在某个文本上运行失败：{reason}"),
            Self::Stopped => "编码器已停止".to_owned(),
        }
    }
}
