//! Whether two questions are the same, so that the kept answer to one may be given to the other. Embeddings alone can't tell
//! "年假能结转吗" from "年假不能结转吗", or E1001 from E1002: whatever such a difference may hide in must be equal.

use std::collections::BTreeSet;

use crate::language::is_cjk;
use crate::terms;

/// Below this cosine two questions are never the same.
const LEAST: f32 = 0.9;

const NEGATIONS: [&str; 26] = [
    "not", "no", "never", "without", "none", "nobody", "nothing", "cannot", "neither", "nor", "except", "unless",
    "isn", "aren", "wasn", "weren", "don", "doesn", "didn", "won", "wouldn", "can't", "couldn", "shouldn", "hasn",
    "haven",
];
/// Questions that name both sides deny nothing; words with such a character that deny nothing either.
const NEUTRAL: [&str; 18] = [
    "是不是",
    "能不能",
    "有没有",
    "要不要",
    "可不可以",
    "会不会",
    "行不行",
    "对不对",
    "需不需要",
    "好不好",
    "不好意思",
    "非常",
    "无线",
    "差不多",
    "不错",
    "没问题",
    "是否",
    "用不用",
];
const DENYING: [char; 8] = ['不', '没', '无', '非', '未', '别', '勿', '莫'];
/// Words that a question turns on, and that embeddings hardly tell apart: with one of a row in one question, the other has
/// one of the same row or none of any row of the group.
const OPPOSED: [&[&[&str]]; 12] = [
    &[
        &["最多", "最高", "上限", "maximum", "max", "most", "highest"],
        &["最少", "最低", "下限", "minimum", "min", "least", "lowest"],
    ],
    &[&["之前", "以前", "before", "earlier"], &["之后", "以后", "after", "later"]],
    &[&["增加", "提高", "increase", "raise"], &["减少", "降低", "decrease", "reduce"]],
    &[&["开始", "start", "starts", "begin", "begins"], &["结束", "end", "ends", "finish"]],
    &[&["上午", "早上", "morning", "am"], &["下午", "afternoon", "pm"], &["晚上", "evening", "night"]],
    &[&["今天", "today"], &["明天", "tomorrow"], &["昨天", "yesterday"], &["后天"]],
    &[&["本月", "这个月"], &["上个月", "上月"], &["下个月", "下月"]],
    &[&["本周", "这周"], &["上周"], &["下周"]],
    &[&["今年"], &["去年"], &["明年"]],
    &[&["this"], &["last", "previous"], &["next"]],
    &[&["国内", "domestic"], &["国外", "海外", "境外", "international", "abroad", "overseas"]],
    &[&["加入", "入职", "join", "joining"], &["离职", "辞职", "resign", "resigning", "leaving"]],
];

/// Whether an answer to `a` is an answer to `b`, whose embeddings have this cosine: it is high, and both have the same
/// numbers and dates, the same names and ids, the same words, but for a few that say little, and both deny or neither does.
///
/// Better false than wrong: a question that is not recognised is answered anew.
#[must_use]
pub fn same_question(a: &str, b: &str, cosine: f32) -> bool {
    if a.trim() == b.trim() {
        return true;
    }
    if cosine.is_nan() || cosine < LEAST {
        return false;
    }
    let (a, b) = (Turning::of(a), Turning::of(b));
    a.numbers == b.numbers && a.names == b.names && a.denials == b.denials && a.sides == b.sides && a.nouns_fit(&b)
}

/// What a question turns on.
#[derive(Debug, PartialEq, Eq)]
struct Turning {
    numbers: BTreeSet<String>,
    names: BTreeSet<String>,
    denials: usize,
    sides: BTreeSet<(usize, usize)>,
    words: BTreeSet<String>,
}

impl Turning {
    fn of(text: &str) -> Self {
        let plain: String = text.chars().map(terms::narrow).collect();
        let words = terms::words(&plain);
        let mut numbers: BTreeSet<String> = words.iter().filter_map(|word| number(word)).collect();
        numbers.extend(chinese_numbers(&plain));
        let is_chinese = plain.chars().any(is_cjk);
        // Within Chinese every Latin word is a name; in English those with a capital that is not the sentence's first.
        let tokens = plain
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '\'' || c == '-'))
            .filter(|word| !word.is_empty());
        let names = tokens.clone().enumerate().filter(|(index, word)| {
            let letters = word.chars().any(|c| c.is_ascii_alphabetic());
            let digits = word.chars().any(|c| c.is_ascii_digit());
            let capital = word.starts_with(|c: char| c.is_ascii_uppercase())
                && *index > 0
                && !word.starts_with("I'")
                && *word != "I";
            letters && (digits || is_chinese || capital || word.chars().filter(char::is_ascii_uppercase).count() > 1)
        });
        let names = names.map(|(_, word)| word.to_ascii_lowercase()).collect();
        let english = tokens.map(str::to_ascii_lowercase).filter(|word| {
            NEGATIONS.contains(&word.as_str())
                || word.ends_with("n't")
                || word.ends_with("nt") && NEGATIONS.contains(&&word[..word.len() - 1])
        });
        let stripped = NEUTRAL.iter().fold(plain.clone(), |text, neutral| text.replace(neutral, ""));
        let denials = english.count() + stripped.chars().filter(|c| DENYING.contains(c)).count();
        let has =
            |word: &str| if word.is_ascii() { words.iter().any(|found| found == word) } else { plain.contains(word) };
        let mut sides = BTreeSet::new();
        for (group, rows) in OPPOSED.iter().enumerate() {
            sides.extend((0..rows.len()).filter(|row| rows[*row].iter().any(|word| has(word))).map(|row| (group, row)));
        }
        let question = terms::of_question(&plain);
        Self {
            numbers,
            names,
            denials,
            sides,
            words: question.words.into_iter().filter(|word| !counts(word)).collect(),
        }
    }

    /// At most one word with content is in one question only, for each that both have.
    fn nouns_fit(&self, other: &Self) -> bool {
        let shared = self.words.intersection(&other.words).count();
        let only = |a: &Self, b: &Self| a.words.difference(&b.words).count();
        // Each side with a word of its own is the mark of another subject: 病假几天, 年假几天.
        let (left, right) = (only(self, other), only(other, self));
        shared > 0 && left.min(right) == 0 && left.max(right) <= shared
    }
}

/// Whether the word is a number, or what is counted or a single character: that is looked at as `numbers`.
fn counts(word: &str) -> bool {
    word.contains(|c: char| c.is_ascii_digit() || is_numeral(c)) || (!word.is_ascii() && word.chars().count() == 1)
}

fn is_numeral(c: char) -> bool {
    "零〇一二两三四五六七八九十百千万亿半几".contains(c)
}

/// Digits as one number, whatever separates their groups.
fn number(word: &str) -> Option<String> {
    word.starts_with(|c: char| c.is_ascii_digit()).then(|| word.trim_end_matches(".0").to_owned())
}

/// Chinese numerals (三十, 两, 半) as they are written.
fn chinese_numbers(text: &str) -> Vec<String> {
    let fold = |run: &str| match run {
        "一" | "几" => None,
        "两" => Some("2".to_owned()),
        run if run.chars().count() == 1 => "〇一二三四五六七八九十"
            .chars()
            .position(|c| run.starts_with(c))
            .map(|n| n.to_string())
            .or_else(|| Some(run.to_owned())),
        run => Some(run.to_owned()),
    };
    text.split(|c: char| !is_numeral(c)).filter(|run| !run.is_empty()).filter_map(fold).collect()
}

#[cfg(test)]
mod tests {
    use super::same_question;

    #[test]
    fn the_same_question_in_slightly_other_words_is_the_same() {
        for (a, b) in [
            ("年假可以结转吗", "请问年假能结转吗？"),
            ("怎么重置密码", "密码如何重置"),
            ("是不是要提前申请加班", "要不要提前申请加班"),
            ("How do I reset my password?", "how can I reset the password"),
            ("Can I carry over annual leave", "Can we carry over annual leave?"),
            ("两天病假要证明吗", "2天病假要证明吗？"),
        ] {
            assert!(same_question(a, b, 0.95), "{a} = {b}");
        }
    }

    #[test]
    fn numbers_names_negations_opposites_and_subjects_make_questions_differ() {
        for (a, b) in [
            ("请3天病假要证明吗", "请5天病假要证明吗"),
            ("三天病假要证明吗", "五天病假要证明吗"),
            ("年假能结转吗", "年假不能结转吗"),
            ("12月2日能报销吗", "12月3日能报销吗"),
            ("E1001的经理是谁", "E1002的经理是谁"),
            ("能装Zoom吗", "能装Slack吗"),
            ("年假有几天", "病假有几天"),
            ("住宿最多报多少", "住宿最少报多少"),
            ("入职之前要体检吗", "入职之后要体检吗"),
            ("Can I work from home", "Can't I work from home"),
            ("Is a receipt required below 50", "Is a receipt required below 100"),
            ("travel with approval", "travel without approval"),
            ("Who is the manager of Alice", "Who is the manager of Bob"),
            ("annual leave days", "sick leave days"),
            ("is it paid last month", "is it paid next month"),
        ] {
            assert!(!same_question(a, b, 0.99), "{a} ≠ {b}");
            assert!(!same_question(b, a, 0.99), "{b} ≠ {a}");
        }
    }

    #[test]
    fn a_low_cosine_is_never_the_same() {
        assert!(!same_question("怎么重置密码", "密码如何重置", 0.6));
        assert!(!same_question("怎么重置密码", "密码如何重置", f32::NAN));
    }
}
