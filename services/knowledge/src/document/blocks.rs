//! Builds blocks from what the parsers of Markdown and HTML meet. A list's item begins with "• "; a table's row names its
//! columns, because it may be read without its head.

use super::Block;

#[derive(Default)]
pub(super) struct Blocks {
    done: Vec<Block>,
    text: String,
    heading: Option<u8>,
    is_item: bool,
    keeps_lines: bool,
    columns: Vec<String>,
    cells: Vec<String>,
    in_head: bool,
    in_table: bool,
}

impl Blocks {
    pub(super) fn text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// A line break or a space between words.
    pub(super) fn space(&mut self) {
        self.text.push(if self.keeps_lines { '\n' } else { ' ' });
    }

    pub(super) fn heading(&mut self, level: u8) {
        self.end();
        self.heading = Some(level);
    }

    pub(super) fn item(&mut self) {
        self.end();
        self.is_item = true;
    }

    /// Source code and the like.
    pub(super) fn code(&mut self) {
        self.end();
        self.keeps_lines = true;
    }

    pub(super) fn table(&mut self) {
        self.end();
        self.columns.clear();
        self.in_table = true;
    }

    pub(super) fn end_table(&mut self) {
        self.end_row();
        self.in_table = false;
    }

    /// What comes next is the table's head.
    pub(super) fn head(&mut self) {
        self.in_head = true;
    }

    /// A cell begins; the one before may not have been ended.
    pub(super) fn cell(&mut self, in_head: bool) {
        if !self.text.trim().is_empty() {
            self.end_cell();
        }
        self.in_head |= in_head;
    }

    pub(super) fn end_cell(&mut self) {
        let cell = self.take();
        self.cells.push(cell);
    }

    pub(super) fn end_row(&mut self) {
        if !self.text.trim().is_empty() {
            self.end_cell();
        }
        let cells = std::mem::take(&mut self.cells);
        if std::mem::take(&mut self.in_head) && self.columns.is_empty() {
            self.columns = cells;
            return;
        }
        let named = cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()).map(|(index, cell)| {
            match self.columns.get(index).filter(|column| !column.is_empty()) {
                Some(column) => format!("{column}: {cell}"),
                None => cell.clone(),
            }
        });
        let row = named.collect::<Vec<_>>().join("; ");
        if !row.is_empty() {
            self.done.push(Block::Text(format!("• {row}")));
        }
    }

    /// The block is complete. In a table, cells are what is complete.
    pub(super) fn end(&mut self) {
        if self.in_table {
            self.space();
            return;
        }
        let text = self.take();
        let (heading, is_item) = (self.heading.take(), std::mem::take(&mut self.is_item));
        self.keeps_lines = false;
        if text.is_empty() {
            // `- ` before a paragraph: the paragraph is the item.
            self.is_item = is_item;
            return;
        }
        self.done.push(match heading {
            Some(level) => Block::Heading { level, text },
            None if is_item => Block::Text(format!("• {text}")),
            None => Block::Text(text),
        });
    }

    pub(super) fn finish(mut self) -> Vec<Block> {
        self.in_table = false;
        self.end();
        self.done
    }

    fn take(&mut self) -> String {
        let text = std::mem::take(&mut self.text);
        if self.keeps_lines {
            return text.trim().to_owned();
        }
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}
