//! Whether a message asks for a person: phrases that do wherever they stand, and whole messages that come to "give me a person",
//! however they are dressed.

use super::contains_words;

/// Phrases that ask for a person wherever they stand.
const PHRASES: &[&str] = &[
    "转人工",
    "人工客服",
    "人工服务",
    "找人工",
    "要人工",
    "接人工",
    "真人",
    "找客服",
    "转客服",
    "human agent",
    "talk to a human",
    "speak to a human",
    "talk to a person",
    "speak to a person",
    "talk to someone",
    "speak to someone",
    "speak with someone",
    "real person",
    "real human",
    "live agent",
    "customer service rep",
    "talk to an agent",
    "speak to an agent",
    "speak with a human",
    "talk with a human",
];

/// Phrases in which one of those is only talked about.
const NOT: &[&str] = &[
    "不转人工",
    "不要转人工",
    "不用转人工",
    "别转人工",
    "不要人工",
    "no human",
    "don't transfer",
    "人工费",
    "人工智能",
];

/// What a request in English may begin with, …
const OPENINGS: &[&str] = &[
    "please", "can", "could", "may", "you", "i", "i'd", "we", "want", "wanna", "need", "would", "like", "to", "let",
    "me", "just", "get", "give", "connect", "transfer", "pass", "put", "through", "talk", "speak", "chat", "with",
    "call", "for", "now", "ok", "someone", "have",
];
/// … whom it is for, …
const PEOPLE: &[&str] = &[
    "person",
    "human",
    "agent",
    "representative",
    "rep",
    "operator",
    "advisor",
    "adviser",
    "manager",
    "supervisor",
    "somebody",
    "people",
    "staff",
    "colleague",
];
/// … and what may stand about that.
const ABOUT: &[&str] =
    &["a", "an", "the", "your", "real", "live", "human", "actual", "please", "now", "here", "instead", "else"];

/// What a request in Chinese may begin with, the longest first, …
const ZH_OPENINGS: &[&str] = &[
    "能不能",
    "可不可以",
    "可以",
    "麻烦",
    "我想要",
    "我想",
    "我要",
    "我需要",
    "帮我",
    "给我",
    "让我",
    "请",
    "转接",
    "转",
    "接",
    "找",
    "联系",
    "叫",
    "换",
    "要",
    "想",
    "和",
    "跟",
    "同",
    "与",
    "问",
    "来",
    "个",
    "一个",
    "一位",
    "位",
    "你们的",
    "你们",
    "有没有",
    "有",
];
/// … whom it is for, …
const ZH_PEOPLE: &[&str] =
    &["人工", "活人", "人类", "客服人员", "客服", "工作人员", "经理", "主管", "负责人", "专员", "领导", "同事", "人"];
/// … and what may end it.
const ZH_ENDINGS: &[&str] = &[
    "说话", "说", "聊聊", "聊", "谈谈", "谈", "沟通", "来", "在", "一下", "吗", "吧", "啊", "呢", "了", "帮我", "处理",
    "解决",
];

/// Of the beginnings, those that ask: a message without one may be an answer, such as "for a colleague" and "和同事".
const ASKS: &[&str] =
    &["want", "wanna", "need", "like", "get", "give", "connect", "transfer", "pass", "put", "talk", "speak", "chat"];
/// The same in Chinese, with what asks at the end.
const ZH_ASKS: &[&str] = &[
    "我想要",
    "我想",
    "我要",
    "我需要",
    "转接",
    "转",
    "接",
    "找",
    "联系",
    "叫",
    "换",
    "要",
    "想",
    "来",
    "有没有",
    "说话",
    "聊聊",
    "谈谈",
    "沟通",
    "在吗",
];
/// What asks by itself.
const BARE: &[&str] = &["human", "agent", "representative", "人工", "客服", "活人"];

/// Whether a folded message asks for a person.
pub(super) fn is_asked_for(folded: &str) -> bool {
    if NOT.iter().any(|phrase| folded.contains(phrase)) {
        return false;
    }
    let text = folded.trim_matches(|c: char| !c.is_alphanumeric());
    PHRASES.iter().any(|phrase| contains_words(folded, phrase)) || in_english(text) || in_chinese(text)
}

fn in_english(text: &str) -> bool {
    let mut words =
        text.split(|c: char| c.is_whitespace() || ",.!?".contains(c)).filter(|word| !word.is_empty()).peekable();
    let mut asks = false;
    while let Some(word) = words.next_if(|word| OPENINGS.contains(word) && !PEOPLE.contains(word)) {
        asks |= ASKS.contains(&word);
    }
    let rest: Vec<_> = words.collect();
    let is_bare = rest.first().is_some_and(|word| BARE.contains(word));
    (asks || is_bare)
        && rest.iter().any(|word| PEOPLE.contains(word))
        && rest.iter().all(|word| PEOPLE.contains(word) || ABOUT.contains(word))
}

fn in_chinese(text: &str) -> bool {
    let (mut rest, mut asks) = (text, false);
    while let Some(opening) = ZH_OPENINGS.iter().find(|opening| rest.starts_with(**opening)) {
        asks |= ZH_ASKS.contains(opening);
        rest = &rest[opening.len()..];
    }
    let Some(person) = ZH_PEOPLE.iter().find(|person| rest.starts_with(**person)) else { return false };
    asks |= rest.len() == text.len() && BARE.contains(person);
    rest = &rest[person.len()..];
    asks |= ZH_ASKS.iter().any(|asking| rest.starts_with(asking));
    while let Some(after) = ZH_ENDINGS.iter().find_map(|ending| rest.strip_prefix(ending)) {
        rest = after;
    }
    asks && rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_asked_for_in_many_words() {
        for text in [
            "i want a person",
            "get me an agent please",
            "i'd like to speak with a representative",
            "can i talk to your manager?",
            "human please",
            "agent",
            "could you put me through to a real human now",
            "你们这什么破系统，转人工！",
            "我要找人",
            "找个人来帮我",
            "找个人",
            "能不能找个真人跟我说",
            "我想和客服说话",
            "有没有人啊",
            "人工",
            "客服在吗",
            "找你们经理",
            "我要跟负责人谈谈",
        ] {
            assert!(is_asked_for(text), "{text}");
        }
    }

    #[test]
    fn people_who_are_only_talked_about_are_not_asked_for() {
        for text in [
            "book a room for ten people",
            "i need a form for a new manager",
            "who is my manager",
            "the agent was rude",
            "transfer 500 to my colleague",
            "is there a manager on duty on sunday",
            "给客户经理发邮件",
            "帮我查找个人信息",
            "找个人所得税的说明",
            "请人力资源部开证明",
            "经理",
            "和同事",
            "给我同事",
            "manager",
            "the manager",
            "for a colleague",
            "with people",
            "我要请客服部吃饭",
            "人工费怎么算",
            "不要转人工",
            "帮张经理订会议室",
        ] {
            assert!(!is_asked_for(text), "{text}");
        }
    }
}
