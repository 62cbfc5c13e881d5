//! Files of every format, good and hostile, as passages.

use std::time::{Duration, Instant};

use knowledge::document::Limits;
use knowledge::passages::{MOST, Passage, length};
use knowledge::{Error, import};

fn read(path: &str, text: impl AsRef<[u8]>) -> Vec<Passage> {
    import::read(path, text.as_ref(), &Limits::default()).unwrap_or_else(|error| panic!("{path}: {error}")).1
}

fn error(path: &str, text: impl AsRef<[u8]>) -> Error {
    import::read(path, text.as_ref(), &Limits::default()).expect_err("it can't be read")
}

#[test]
fn markdown_is_cut_at_headings_and_keeps_lists_and_tables_readable() {
    let text = "---\nowner: hr\n---\n# 差旅制度\n\n总则。\n\n## 住宿标准\n\n| 城市 | 上限 |\n| --- | --- |\n| 北京 | 500 元 |\n\n- 合住\n- 自理\n\n### 例外\n\n<b>见</b>附件。\n";
    let passages = read("a/travel.md", text);
    let found: Vec<_> = passages.iter().map(|p| (p.heading.as_str(), p.anchor.as_str(), p.text.as_str())).collect();
    assert_eq!(
        found,
        [
            ("差旅制度", "差旅制度", "总则。"),
            ("差旅制度 > 住宿标准", "住宿标准", "• 城市: 北京; 上限: 500 元\n• 合住\n• 自理"),
            ("差旅制度 > 住宿标准 > 例外", "例外", "见附件。"),
        ]
    );
}

#[test]
fn html_is_read_without_navigation_scripts_and_styles() {
    let text = "<!doctype html><title>Safety</title><style>p{}</style><nav>Home<nav>more</nav></nav><h2>Fire &amp; smoke</h2>\
                <p>Call <b>119</b>.<script>var p = '<p>no</p>';</script><table><tr><th>Floor<th>Exit</tr></table>\
                <table><tr><th>Floor</th><th>Exit</th></tr><tr><td>1</td><td>East</td></tr></table><ul><li>Stairs<li>No lift</ul>";
    let passages = read("safety.html", text);
    assert_eq!(passages.len(), 1);
    assert_eq!(passages[0].heading, "Safety > Fire & smoke");
    assert_eq!(passages[0].text, "Call 119.\n• Floor: 1; Exit: East\n• Stairs\n• No lift");
}

#[test]
fn a_row_of_questions_is_a_passage_of_its_answer() {
    let passages = read(
        "faq.csv",
        "\u{feff}question,answer,heading\n\"May I, really?\",\"Yes, \"\"you\"\" may.\",Rights\nAnd so?,So.\n",
    );
    assert_eq!(passages[0].question.as_deref(), Some("May I, really?"));
    assert_eq!((passages[0].heading.as_str(), passages[0].text.as_str()), ("faq > Rights", "Yes, \"you\" may."));
    assert_eq!((passages[1].heading.as_str(), passages[1].anchor.as_str()), ("faq", "row-2"));
    assert_eq!(error("faq.csv", "问题,答案\n几点,\n").to_string(), "line 2: the answer is empty");
    assert!(error("faq.csv", "a,b,c,d\n").to_string().starts_with("line 1: more than three columns"));
}

#[test]
fn long_text_is_cut_between_sentences_and_never_longer_than_permitted() {
    let sentence = "员工每年享有带薪年假，具体天数按照工龄计算，未休完的部分可以结转。";
    let passages = read("long.txt", sentence.repeat(60));
    assert!(passages.len() > 4);
    for passage in &passages {
        assert!(length(&passage.text) <= MOST);
        assert!(passage.text.ends_with('。'), "{}", passage.text);
    }
    let endless = read("endless.txt", "长".repeat(5_000));
    assert!(endless.iter().all(|passage| length(&passage.text) <= MOST));
    assert_eq!(endless.iter().map(|passage| passage.text.chars().count()).sum::<usize>(), 5_000);
    let one_word = read("word.txt", "x".repeat(100_000));
    assert!(one_word.len() > 10, "a word without end is cut, too");
}

#[test]
fn gb18030_and_byte_order_marks_are_understood() {
    let text = "年假：每年五天。";
    let (encoded, ..) = encoding_rs::GB18030.encode(text);
    let utf_16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for bytes in [text.as_bytes(), &encoded, format!("\u{feff}{text}").as_bytes(), &utf_16] {
        assert_eq!(read("leave.txt", bytes)[0].text, text);
    }
    assert!(matches!(error("a.txt", [0xff, 0xff, 0xff, 0x80]), Error::Encoding));
}

#[test]
fn what_cannot_be_read_says_what_to_change() {
    assert!(matches!(error("a.docx", "x"), Error::Format));
    assert!(matches!(error("a.md", "a\0b"), Error::Binary));
    assert!(matches!(error("a.md", "# Only a heading\n"), Error::Empty));
    assert!(matches!(error("a.html", ""), Error::Empty));
    let small = Limits { bytes: 10, passages: 2, ..Limits::default() };
    assert!(matches!(
        import::read("a.md", b"more than ten bytes", &small),
        Err(Error::TooLarge { bytes: 19, limit: 10 })
    ));
    let many = Limits { passages: 2, ..Limits::default() };
    let rows = "q,a\nx,y\n".repeat(3);
    assert!(matches!(import::read("a.csv", rows.as_bytes(), &many), Err(Error::TooManyPassages { limit: 2 })));
    let headings = "# a\n\nb\n\n".repeat(3);
    assert!(matches!(import::read("a.md", headings.as_bytes(), &many), Err(Error::TooManyPassages { limit: 2 })));
}

#[test]
fn nesting_costs_no_stack_and_little_time() {
    let started = Instant::now();
    let html = format!("{}deep{}", "<div>".repeat(300_000), "</div>".repeat(300_000));
    assert_eq!(read("deep.html", html)[0].text, "deep");
    assert!(matches!(error("nav.html", "<nav>".repeat(100_000) + "never closed"), Error::Empty));
    assert!(read("quotes.md", format!("{} deep", "> ".repeat(20_000)))[0].text.contains("deep"));
    assert!(!read("brackets.md", "[".repeat(50_000) + " text")[0].text.is_empty());
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

#[test]
fn the_text_of_a_pdf_is_read_page_by_page() {
    let passages = read("note.pdf", pdf("BT /F1 12 Tf 72 720 Td (Annual leave is 5 days a year.) Tj ET", ""));
    assert_eq!((passages[0].text.as_str(), passages[0].anchor.as_str()), ("Annual leave is 5 days a year.", "page-1"));
}

#[test]
fn a_pdf_without_text_or_against_the_standard_is_refused_with_a_reason() {
    assert!(matches!(error("scan.pdf", pdf("0 0 100 100 re f", "")), Error::PdfImages { pages: 1 }));
    assert!(matches!(error("a.pdf", "no such thing"), Error::Pdf(_)));
    let whole = pdf("BT /F1 12 Tf 72 720 Td (Cut short.) Tj ET", "");
    for length in (20..whole.len()).step_by(37) {
        // Refused or read, but it comes back.
        let _ = import::read("cut.pdf", &whole[..length], &Limits::default());
    }
}

#[test]
fn a_pdf_that_unpacks_to_more_than_it_should_does_not_take_the_memory() {
    // One 64th of a gigabyte of spaces in one stream, run-length encoded: 128 bytes of every two.
    let packed: Vec<u8> = [0x81, b' '].repeat(2 << 20).into_iter().chain([0x80]).collect();
    let mut bytes = pdf_of(&packed, "/Filter /RunLengthDecode");
    bytes.extend_from_slice(b"\n");
    let started = Instant::now();
    let limits = Limits { pdf_time: Duration::from_secs(10), ..Limits::default() };
    assert!(import::read("bomb.pdf", &bytes, &limits).is_err());
    assert!(started.elapsed() < Duration::from_secs(15));
}

fn pdf(content: &str, filter: &str) -> Vec<u8> {
    pdf_of(content.as_bytes(), filter)
}

/// A PDF of one page with this content.
fn pdf_of(content: &[u8], filter: &str) -> Vec<u8> {
    let stream =
        [format!("<< /Length {} {filter} >>\nstream\n", content.len()).as_bytes(), content, b"\nendstream"].concat();
    let objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_vec(),
        stream,
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_vec(),
    ];
    let mut bytes = b"%PDF-1.4\n".to_vec();
    let mut offsets = Vec::new();
    for (number, object) in (1..).zip(&objects) {
        offsets.push(bytes.len());
        bytes.extend([format!("{number} 0 obj\n").as_bytes(), object, b"\nendobj\n"].concat());
    }
    let start = bytes.len();
    let mut end = String::from("xref\n0 6\n0000000000 65535 f \n");
    offsets.iter().for_each(|offset| end.push_str(&format!("{offset:010} 00000 n \n")));
    end.push_str(&format!("trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"));
    bytes.extend(end.as_bytes());
    bytes
}
