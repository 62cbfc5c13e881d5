//! The words that tell a wish from a question, a remark or a plan given up, in both languages. Data: extend it here.

#[rustfmt::skip]
pub(super) const SEEK: &[&str] = &["推荐", "找", "介绍", "有没有", "哪家", "哪个", "哪一家", "哪里", "选", "挑", "订", "有什么", "有啥", "什么地方", "求", "recommend", "find", "look for", "looking for", "suggest", "any "];
#[rustfmt::skip]
pub(super) const SEEK_ANEW: &[&str] = &["推荐", "找", "介绍", "选", "挑", "预订", "预定", "来个", "来家", "recommend", "find", "looking for", "suggest"];
#[rustfmt::skip]
pub(super) const AFTER: &[&str] = &["结束", "之后", "以后", "过后", "后", "解决"];
#[rustfmt::skip]
pub(super) const DONE: &[&str] = &["完", "安顿好", "安排好", "订好", "过了"];
/// What was wanted before it turned out otherwise.
pub(super) const GIVEN_UP: &[&str] = &["本来", "原本", "原来想", "还打算", "wanted to", "was going to"];
/// Anywhere but there.
pub(super) const ELSEWHERE: &[&str] = &["别处", "别的地方", "其他地方", "其它地方", "不在附近", "elsewhere"];
/// What is wished for.
pub(super) const WISH: &[&str] = &["想", "要", "希望", "最好", "需要", "得有", "want", "need", "should", "prefer"];
/// What is asked.
#[rustfmt::skip]
pub(super) const QUESTION: &[&str] = &["吗", "么", "多少", "什么", "哪", "怎么", "如何", "几点", "多久", "多长", "咋", "啥", "呢", "告诉", "查", "问", "请", "给我", "发我", "把", "是不是", "是否", "有没有", "不?", "没?", "what", "how", "where", "when", "which", "tell", "give", "?"];
/// What is asked without naming an answer.
pub(super) const OPEN_QUESTION: &[&str] = &["什么", "哪些", "多少", "几点", "what", "how much", "how many"];
/// What is thought of something.
#[rustfmt::skip]
pub(super) const REMARK: &[&str] = &["不错", "挺", "太", "很", "好", "高", "低", "贵", "便宜", "可以", "不少", "合适", "满意", "合理", "great", "nice", "cheap", "expensive", "high", "low"];
#[rustfmt::skip]
pub(super) const OTHERS: &[&str] = &["其他", "其它", "别的", "other"];
#[rustfmt::skip]
pub(super) const THESE: &[&str] = &["这些", "这几", "这两", "这三", "这四", "这五", "那些", "那几", "它们", "these", "those"];
#[rustfmt::skip]
pub(super) const WHICH: &[&str] = &["这些", "这几", "这两", "这三", "那些", "那几", "哪家", "哪个", "哪一", "里面", "其中", "which", "these", "those"];
/// What is to be found out.
pub(super) const WHETHER: &[&str] = &["是否", "whether"];
pub(super) const FROM: &[&str] = &["从", "由", "自", "from"];
pub(super) const TO: &[&str] = &["到", "去", "至", "往", "回", "to"];
