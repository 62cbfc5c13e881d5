//! The admin console and the chat widget as files in the binary: what `web/` (React, TypeScript) and `widget/` were built into. How
//! they are served is the business of `api::console` and `api::widget`.

/// A file of the console or the widget.
#[derive(Debug, Clone, Copy)]
pub struct File {
    /// Where it is, such as `assets/index-4f2a.js`.
    pub path: &'static str,
    /// What it holds.
    pub bytes: &'static [u8],
    /// The same, gzipped; absent where that would save nothing.
    pub gzip: Option<&'static [u8]>,
}

/// Every file, by path; none when the console was not built before the server was compiled.
pub const FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/console.rs"));

/// Every file of the widget, by path.
pub const WIDGET: &[File] = include!(concat!(env!("OUT_DIR"), "/widget.rs"));

impl File {
    /// The media type, by the end of the path.
    #[must_use]
    pub fn media_type(&self) -> &'static str {
        match self.path.rsplit('.').next().unwrap_or_default() {
            "html" => "text/html; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "svg" => "image/svg+xml",
            "json" => "application/json",
            "woff2" => "font/woff2",
            "png" => "image/png",
            _ => "application/octet-stream",
        }
    }

    /// Whether the path names this very content, so that it may be kept for ever.
    #[must_use]
    pub fn is_immutable(&self) -> bool {
        self.path.starts_with("assets/")
    }
}

/// The file of the console at `path`.
#[must_use]
pub fn find(path: &str) -> Option<&'static File> {
    FILES.iter().find(|file| file.path == path)
}

/// The file of the widget at `path`.
#[must_use]
pub fn find_widget(path: &str) -> Option<&'static File> {
    WIDGET.iter().find(|file| file.path == path)
}
