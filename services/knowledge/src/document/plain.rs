//! Plain text: paragraphs between empty lines. Lines that are broken within a paragraph are joined.

use super::Block;
use crate::language::is_cjk;

pub(super) fn read(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut paragraph = String::new();
    for line in text.lines().map(str::trim) {
        let begins = line.is_empty() || line.starts_with(['•', '-', '*', '·']);
        if begins {
            finish(&mut paragraph, &mut blocks);
        }
        join(&mut paragraph, line);
    }
    finish(&mut paragraph, &mut blocks);
    blocks
}

fn finish(paragraph: &mut String, blocks: &mut Vec<Block>) {
    let text = std::mem::take(paragraph);
    if !text.is_empty() {
        blocks.push(Block::Text(text));
    }
}

/// Appends a line: between Chinese characters without a space, and a word that was cut by a hyphen in one piece.
fn join(paragraph: &mut String, line: &str) {
    let (Some(first), last) = (line.chars().next(), paragraph.chars().next_back()) else { return };
    match last {
        None => {}
        Some('-') if first.is_lowercase() => {
            paragraph.pop();
        }
        Some(last) if wide(last) && wide(first) => {}
        Some(_) => paragraph.push(' '),
    }
    paragraph.push_str(line);
}

fn wide(c: char) -> bool {
    is_cjk(c) || matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}' | '“' | '”')
}
