//! The admin console as files in the binary: what `web/` (React, TypeScript) was built into. How they are served is the
//! business of `api::console`.

/// A file of the console.
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
pub const FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

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

/// The file at `path`.
#[must_use]
pub fn find(path: &str) -> Option<&'static File> {
    FILES.iter().find(|file| file.path == path)
}
