//! HTML, token by token: what a reader sees of the page's own text. No tree is built, so nesting costs nothing.

use std::cell::RefCell;

use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

use super::Block;
use super::blocks::Blocks;

/// Not the page's own text.
const SKIPPED: [&str; 14] = [
    "script", "style", "nav", "footer", "aside", "template", "noscript", "svg", "math", "iframe", "form", "select",
    "button", "object",
];

#[derive(Default)]
struct Page {
    blocks: Blocks,
    title: String,
    in_title: bool,
    /// The element that is being skipped, and how many of its name are open.
    skipped: Option<(String, usize)>,
}

struct Sink(RefCell<Page>);

/// The page's title and its blocks.
pub(super) fn read(text: &str) -> (Option<String>, Vec<Block>) {
    let input = BufferQueue::default();
    input.push_back(text.into());
    let tokenizer = Tokenizer::new(Sink(RefCell::default()), TokenizerOpts::default());
    // It would stop at a script that is to be run, which the sink never asks for.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    let page = tokenizer.sink.0.into_inner();
    let title = page.title.split_whitespace().collect::<Vec<_>>().join(" ");
    (Some(title).filter(|title| !title.is_empty()), page.blocks.finish())
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut page = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) => page.tag(&tag),
            Token::CharacterTokens(text) => {
                page.text(&text);
                TokenSinkResult::Continue
            }
            _ => TokenSinkResult::Continue,
        }
    }
}

impl Page {
    fn text(&mut self, text: &str) {
        if self.in_title {
            self.title.push_str(text);
        } else if self.skipped.is_none() {
            self.blocks.text(text);
        }
    }

    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        let opens = tag.kind == TagKind::StartTag;
        if !self.skips(name, opens && !tag.self_closing, !opens) {
            self.element(name, opens);
        }
        // What a tree builder would tell the tokenizer: in these, `<` is no tag.
        match name {
            "script" if opens => TokenSinkResult::RawData(RawKind::ScriptData),
            "style" | "iframe" | "noscript" | "xmp" | "noembed" | "noframes" if opens => {
                TokenSinkResult::RawData(RawKind::Rawtext)
            }
            "title" | "textarea" if opens => TokenSinkResult::RawData(RawKind::Rcdata),
            _ => TokenSinkResult::Continue,
        }
    }

    /// Whether the tag belongs to what is skipped.
    fn skips(&mut self, name: &str, opens: bool, closes: bool) -> bool {
        match &mut self.skipped {
            Some((skipped, depth)) => {
                if skipped == name {
                    *depth = if opens { *depth + 1 } else { depth.saturating_sub(usize::from(closes)) };
                    if *depth == 0 {
                        self.skipped = None;
                    }
                }
                true
            }
            None => {
                let is_skipped = SKIPPED.contains(&name);
                if is_skipped && opens {
                    self.blocks.end();
                    self.skipped = Some((name.to_owned(), 1));
                }
                is_skipped
            }
        }
    }

    fn element(&mut self, name: &str, opens: bool) {
        match name {
            "title" => self.in_title = opens,
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" if opens => self.blocks.heading(name.as_bytes()[1] - b'0'),
            "li" if opens => self.blocks.item(),
            "pre" if opens => self.blocks.code(),
            "table" if opens => self.blocks.table(),
            "table" => self.blocks.end_table(),
            "th" | "td" if opens => self.blocks.cell(name == "th"),
            "th" | "td" if !opens => self.blocks.end_cell(),
            "tr" => self.blocks.end_row(),
            "br" => self.blocks.space(),
            "p" | "div" | "section" | "article" | "main" | "ul" | "ol" | "dl" | "dt" | "dd" | "blockquote" | "li"
            | "pre" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "hr" | "body" | "header" | "figure" | "figcaption"
            | "details" | "summary" | "address" => self.blocks.end(),
            _ => {}
        }
    }
}
