//! Several requests in one message: where it might be cut. Whether the parts are requests is for the classifier to say.

use skills::fold;

/// The most parts of one message.
pub const MAX_PARTS: usize = 3;
/// A part with fewer characters (Chinese) or twice as many Latin letters says no request.
const SHORTEST: usize = 3;

/// How a cut between two parts is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cut {
    /// By words that announce another thing: 再, 然后, "and then".
    Strong,
    /// By what may as well join parts of one request: a comma, "and".
    Weak,
}

/// Words that announce another request. Longer ones first where one begins another.
const STRONG: &[&str] = &[
    "，然后再",
    "，然后",
    "，接着",
    "，另外再",
    "，另外",
    "，顺便再",
    "，顺便",
    "，顺带",
    "，还有",
    "，同时",
    "，并且",
    "，以及",
    "，再",
    "，也",
    "；",
    "然后再",
    "然后",
    "另外",
    "顺便",
    "接着再",
    "、再",
    ", and then",
    ", then",
    " and then ",
    " then ",
    ", and also",
    " and also ",
    ", also ",
    "; ",
    ", plus ",
    " as well as ",
];
/// Words that may announce one.
const WEAK: &[&str] = &["。", ". ", "\n", "，", ", and ", " and ", ", ", "并", "再把", "再帮", "再查"];

/// `text` cut at its strong marks, in two or three parts that are long enough; empty where there is no such cut.
#[must_use]
pub fn strong(text: &str) -> Vec<String> {
    let cuts = marks(text, STRONG);
    let parts = cut(text, &cuts);
    if (2..=MAX_PARTS).contains(&parts.len()) { parts } else { Vec::new() }
}

/// Words that point back at what an earlier part found, or that mean all of it.
const BACK: &[&str] = &[
    "他", "她", "它", "这些", "那些", "对方", "结果", "都", "全部", "所有", "每个", "每一", " him", " her", " them",
    " their", " it ", " each", " those", " these", " all ", " every ",
];
/// Words between two things to do, besides the strong marks.
const AND: &[&str] =
    &["，再", "再给", "再把", "，并", "并给", "并把", "，给", "，把", " and ", " after that", " afterwards"];
/// A message that is shorter than this makes no plan.
const SHORTEST_PLAN: usize = 8;

/// Whether `text` asks for several things of which the later ones need what the earlier ones find: "取消他的订单，再给他
/// 发封邮件". A guess, on the generous side: whoever makes the plan may still find that there is none to make.
#[must_use]
pub fn builds_on_itself(text: &str) -> bool {
    let folded = fold(text);
    if weight(&folded) < SHORTEST_PLAN {
        return false;
    }
    let between: Vec<&str> = STRONG.iter().chain(AND).copied().collect();
    let Some(&(from, _)) = marks(text, &between).first() else { return false };
    let padded = format!(" {folded} ");
    let whole = ["都", "全部", "所有", "每个", "每一", " all ", " each", " every "];
    let refers = |part: &str| BACK.iter().any(|word| part.contains(word));
    let later: String = padded.chars().skip(from).collect();
    whole.iter().any(|word| padded.contains(word)) || refers(&later)
}

/// `text` cut in two at each of its weak marks, at most two ways.
#[must_use]
pub fn weak(text: &str) -> Vec<[String; 2]> {
    let ways = marks(text, WEAK).into_iter().filter_map(|mark| <[String; 2]>::try_from(cut(text, &[mark])).ok());
    ways.take(2).collect()
}

/// The marks in `text`: the character each begins at, and the one after it.
fn marks(text: &str, words: &[&str]) -> Vec<(usize, usize)> {
    let chars: Vec<char> = fold(text).chars().collect();
    let words: Vec<Vec<char>> = words.iter().map(|word| fold(word).chars().collect()).collect();
    let mut marks = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let longest = words.iter().filter(|word| chars[at..].starts_with(word)).map(Vec::len).max();
        // "3.5" and "1,200" are numbers.
        let in_number = at > 0 && chars[at - 1].is_ascii_digit() && chars.get(at + 1).is_some_and(char::is_ascii_digit);
        match longest.filter(|_| !in_number) {
            Some(length) => {
                marks.push((at, at + length));
                at += length;
            }
            None => at += 1,
        }
    }
    marks
}

/// The pieces between marks. A mark next to a piece that is too short for a request cuts nothing.
fn cut(text: &str, marks: &[(usize, usize)]) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let piece = |from: usize, to: usize| chars[from..to].iter().collect::<String>().trim().to_owned();
    let mut parts = Vec::new();
    let mut start = 0;
    for &(end, next) in marks {
        if weight(&piece(start, end)) >= SHORTEST && weight(&piece(next, chars.len())) >= SHORTEST {
            parts.push(piece(start, end));
            start = next;
        }
    }
    parts.push(piece(start, chars.len()));
    parts
}

/// Characters, those of Chinese counting one and Latin letters and digits half.
fn weight(text: &str) -> usize {
    let (mut han, mut latin) = (0, 0);
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            latin += 1;
        } else if c.is_alphanumeric() {
            han += 1;
        }
    }
    han + latin / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_builds_on_itself_where_its_end_points_back() {
        for text in [
            "把张三上个月没付的订单都取消，再给他发封邮件",
            "把上个月逾期没付的订单都取消，然后给这些客户发催款邮件",
            "find the unpaid orders of Li Lei, cancel all of them and send him an e-mail",
            "Cancel SO-20318, then tell the customer that it was cancelled and refund her",
        ] {
            assert!(builds_on_itself(text), "{text}");
        }
        for text in [
            "帮我请周五的假，然后订个会议室",
            "where is SO-20318 and then cancel SO-20311",
            "明天下午三点开会，10个人",
            "再见",
            "her",
        ] {
            assert!(!builds_on_itself(text), "{text}");
        }
    }

    #[test]
    fn a_message_is_cut_where_another_thing_is_announced() {
        for (text, parts) in [
            (
                "查一下SO-20318到哪了，再把SO-20311的地址改成浦东新区世纪大道100号",
                &["查一下SO-20318到哪了", "把SO-20311的地址改成浦东新区世纪大道100号"][..],
            ),
            ("帮我请周五的假，然后订个会议室，顺便查下工资", &["帮我请周五的假", "订个会议室", "查下工资"]),
            ("where is SO-20318 and then cancel SO-20311", &["where is SO-20318", "cancel SO-20311"]),
        ] {
            assert_eq!(strong(text), parts, "{text}");
        }
        for text in ["明天下午3点订会议室，10个人", "好的，再见", "no. 5", "报销1,200元", ""] {
            assert!(strong(text).is_empty(), "{text}: {:?}", strong(text));
        }
        assert_eq!(
            weak("Check my balance. Book a room for 3.5 hours tomorrow"),
            [["Check my balance".to_owned(), "Book a room for 3.5 hours tomorrow".to_owned()]]
        );
        assert_eq!(weak("查SO-20318并取消SO-20311"), [["查SO-20318".to_owned(), "取消SO-20311".to_owned()]]);
    }
}
