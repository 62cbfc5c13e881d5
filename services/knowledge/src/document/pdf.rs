//! PDF: the text that its pages carry, by `pdf-extract`. Pages that are pictures have none, and fonts without a character
//! map have only shapes; both are refused with a reason. Columns and tables come out in the order of the file's drawing.
//!
//! The library panics on some files that break the standard, and on hostile ones may take for ever: it runs on a thread
//! of its own, and is given up after a while. Such a thread ends with its file, or with the process.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use super::{Block, plain};
use crate::Error;

/// The library recurses into nested objects.
const STACK: usize = 16 << 20;
/// More text than this comes from no file of the size that is permitted, unless it is made to.
const MOST_TEXT: usize = 50_000_000;

pub(super) fn read(bytes: &[u8], time: Duration) -> Result<Vec<Block>, Error> {
    if !bytes.windows(5).take(1024).any(|window| window == b"%PDF-") {
        return Err(Error::Pdf("it does not begin like one".into()));
    }
    let (send, received) = sync_channel(1);
    let bytes = bytes.to_vec();
    let work = move || {
        let pages = catch_unwind(AssertUnwindSafe(|| pdf_extract::extract_text_from_mem_by_pages(&bytes)));
        // Nobody waits any more when it took too long.
        let _ = send.send(match pages {
            Ok(Ok(pages)) => Ok(pages),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("it breaks the standard".to_owned()),
        });
    };
    let thread = std::thread::Builder::new().name("pdf".into()).stack_size(STACK).spawn(work);
    thread.map_err(|error| Error::Pdf(format!("no thread: {error}")))?;
    let pages = match received.recv_timeout(time) {
        Ok(pages) => pages.map_err(Error::Pdf)?,
        Err(RecvTimeoutError::Timeout) => return Err(Error::PdfTime(time)),
        Err(RecvTimeoutError::Disconnected) => return Err(Error::Pdf("reading it was cut short".into())),
    };
    if pages.iter().map(String::len).sum::<usize>() > MOST_TEXT {
        return Err(Error::Pdf("it unpacks to more text than such a file can have".into()));
    }
    blocks(&pages)
}

fn blocks(pages: &[String]) -> Result<Vec<Block>, Error> {
    let visible = |c: &char| !c.is_whitespace();
    let (mut all, mut unreadable) = (0_usize, 0_usize);
    for c in pages.iter().flat_map(|page| page.chars()).filter(visible) {
        all += 1;
        unreadable += usize::from(c.is_control() || matches!(c, '\u{fffd}' | '\u{e000}'..='\u{f8ff}'));
    }
    if all < 10 {
        return Err(Error::PdfImages { pages: pages.len() });
    }
    if unreadable * 10 > all {
        return Err(Error::PdfLetters);
    }
    let mut blocks = Vec::new();
    for (index, page) in pages.iter().enumerate() {
        blocks.push(Block::Page(index + 1));
        let readable: String = page.chars().filter(|c| !c.is_control() || c.is_whitespace()).collect();
        blocks.extend(plain::read(&readable));
    }
    Ok(blocks)
}
