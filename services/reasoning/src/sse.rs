//! Server-sent events, as the HTML standard reads them: lines that end with LF, CR or CR LF, comments, data of several lines.

/// Bytes in, the data of complete events out.
#[derive(Debug, Default)]
pub(crate) struct Events {
    /// Of the line that has not ended.
    line: Vec<u8>,
    /// The lines of the event that has not ended.
    data: Option<String>,
    /// The last byte was a CR: an LF that follows belongs to it.
    after_cr: bool,
    begun: bool,
}

impl Events {
    /// The events that these bytes complete.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut events = Vec::new();
        for &byte in bytes {
            let after_cr = std::mem::replace(&mut self.after_cr, byte == b'\r');
            match byte {
                b'\n' if after_cr => {}
                b'\n' | b'\r' => events.extend(self.end_line()),
                other => self.line.push(other),
            }
        }
        events
    }

    /// The event that the end of the body completes, for servers that leave out the last empty line.
    pub(crate) fn end(&mut self) -> Option<String> {
        if !self.line.is_empty() {
            let event = self.end_line();
            debug_assert!(event.is_none(), "a line with content ends no event");
        }
        self.data.take()
    }

    fn end_line(&mut self) -> Option<String> {
        let bytes = std::mem::take(&mut self.line);
        let text = String::from_utf8_lossy(&bytes);
        let line = if self.begun { &*text } else { text.strip_prefix('\u{feff}').unwrap_or(&text) };
        self.begun = true;
        if line.is_empty() {
            return self.data.take();
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        if field == "data" {
            let value = value.strip_prefix(' ').unwrap_or(value);
            match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            }
        }
        // Comments, ids, names and times to wait mean nothing here.
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = "\u{feff}: hi\r\ndata: {\"a\":\r\ndata: 1}\r\n\r\nid: 7\rdata:二\r\r\n\ndata\n\ndata: [DONE]";

    fn read(pieces: &[&[u8]]) -> Vec<String> {
        let mut events = Events::default();
        let mut read: Vec<String> = pieces.iter().flat_map(|piece| events.feed(piece)).collect();
        read.extend(events.end());
        read
    }

    proptest! {
        #[test]
        fn events_are_the_same_however_they_are_cut(cuts in prop::collection::vec(0..TEXT.len(), 0..6)) {
            let mut cuts = cuts;
            cuts.sort_unstable();
            let mut pieces = Vec::new();
            let mut from = 0;
            for cut in cuts.into_iter().chain([TEXT.len()]) {
                pieces.push(&TEXT.as_bytes()[from..cut]);
                from = cut;
            }
            prop_assert_eq!(read(&pieces), ["{\"a\":\n1}", "二", "", "[DONE]"]);
        }
    }
}
