//! Why a document can't be imported, said so that its owner knows what to change.

use std::time::Duration;

/// A document that can't be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The extension is none that can be read.
    #[error("not a format that can be read; expected .md, .html, .txt, .csv (question,answer[,heading]) or .pdf")]
    Format,
    /// The file is too large.
    #[error("the file has {bytes} bytes, more than the limit of {limit}; split it, or raise the limit")]
    TooLarge {
        /// How large it is.
        bytes: usize,
        /// How large it may be.
        limit: usize,
    },
    /// The document would become too many passages.
    #[error("the document has more than {limit} passages; split it into several files")]
    TooManyPassages {
        /// How many there may be.
        limit: usize,
    },
    /// NUL characters: no text.
    #[error("the file has NUL characters: it is not a text; export it as UTF-8 text, or give it its true extension")]
    Binary,
    /// Neither UTF-8, UTF-16 nor GB18030.
    #[error("the text is neither UTF-8 nor GB18030; save it as UTF-8")]
    Encoding,
    /// Nothing to be found in it.
    #[error("there is no text in it")]
    Empty,
    /// A row of a CSV file.
    #[error("line {line}: {message}")]
    Row {
        /// The line, from 1.
        line: u64,
        /// What is wrong there.
        message: String,
    },
    /// A PDF of pictures.
    #[error(
        "no text in {pages} pages: they are pictures, such as scans; run character recognition (OCR) on the file first"
    )]
    PdfImages {
        /// How many pages it has.
        pages: usize,
    },
    /// Letters without meaning.
    #[error(
        "its fonts don't say which letters they show, so its text can't be read; export it again with embedded text, or as Markdown or HTML"
    )]
    PdfLetters,
    /// The library gave up.
    #[error(
        "the PDF can't be read ({0}); if it is protected by a password, save it without; else export it again, or as Markdown or HTML"
    )]
    Pdf(String),
    /// It takes too long.
    #[error("reading the PDF took longer than {} s; split it into smaller files", .0.as_secs())]
    PdfTime(Duration),
}

impl Error {
    /// The same in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Format => "无法读取这种格式；请用 .md、.html、.txt、.csv（问题,答案[,标题]）或 .pdf".into(),
            Self::TooLarge { bytes, limit } => {
                format!("文件有 {bytes} 字节，超过上限 {limit}；请拆分文件，或提高上限")
            }
            Self::TooManyPassages { limit } => format!("文档超过 {limit} 个段落；请拆成几个文件"),
            Self::Binary => "文件含有 NUL 字符，不是文本；请导出为 UTF-8 文本，或改回真实的扩展名".into(),
            Self::Encoding => "文本既不是 UTF-8 也不是 GB18030；请另存为 UTF-8".into(),
            Self::Empty => "文档里没有文字".into(),
            Self::Row { line, message } => format!("第 {line} 行：{message}"),
            Self::PdfImages { pages } => {
                format!("{pages} 页里没有文字：都是图片（例如扫描件）；请先做文字识别（OCR）")
            }
            Self::PdfLetters => {
                "PDF 的字体没有说明各字形是什么文字，无法读取；请重新导出并嵌入文本，或改用 Markdown、HTML".into()
            }
            Self::Pdf(why) => {
                format!("PDF 无法读取（{why}）；如有密码，请另存为无密码的文件；否则请重新导出，或改用 Markdown、HTML")
            }
            Self::PdfTime(limit) => format!("读取 PDF 超过 {} 秒；请拆成较小的文件", limit.as_secs()),
        }
    }
}
