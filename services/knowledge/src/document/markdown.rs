//! Markdown (CommonMark with tables). HTML inside of it is left out.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::Block;
use super::blocks::Blocks;

pub(super) fn read(text: &str) -> Vec<Block> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut blocks = Blocks::default();
    let mut skipping = false;
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Start(Tag::MetadataBlock(_) | Tag::HtmlBlock) => skipping = true,
            Event::End(TagEnd::MetadataBlock(_) | TagEnd::HtmlBlock) => skipping = false,
            _ if skipping => {}
            Event::Start(Tag::Heading { level, .. }) => blocks.heading(level as u8),
            Event::Start(Tag::Item) => blocks.item(),
            Event::Start(Tag::CodeBlock(_)) => blocks.code(),
            Event::Start(Tag::Table(_)) => blocks.table(),
            Event::Start(Tag::TableHead) => blocks.head(),
            Event::End(TagEnd::TableCell) => blocks.end_cell(),
            Event::End(TagEnd::TableHead | TagEnd::TableRow) => blocks.end_row(),
            Event::End(TagEnd::Table) => blocks.end_table(),
            Event::Start(Tag::Paragraph | Tag::BlockQuote(_) | Tag::List(_))
            | Event::End(
                TagEnd::Paragraph
                | TagEnd::Heading(_)
                | TagEnd::Item
                | TagEnd::CodeBlock
                | TagEnd::BlockQuote(_)
                | TagEnd::List(_),
            )
            | Event::Rule => blocks.end(),
            Event::Text(text) | Event::Code(text) => blocks.text(&text),
            Event::SoftBreak | Event::HardBreak => blocks.space(),
            _ => {}
        }
    }
    blocks.finish()
}
