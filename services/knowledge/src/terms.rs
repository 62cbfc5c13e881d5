//! Text → terms: what the lexical half of the search matches.
//!
//! Chinese is cut into words by jieba, and beside that into pairs of neighbouring characters (marked `~`), so that a word that
//! jieba doesn't know, or cuts differently in question and passage, is still found: that does what a dictionary of the
//! documents' own words would do, and needs none to be kept in step with them. English is stemmed (Snowball). Words without
//! content of their own are left out.

use std::collections::HashSet;
use std::sync::LazyLock;

use jieba_rs::Jieba;
use rust_stemmers::{Algorithm, Stemmer};

use crate::concepts::{self, Concept};
use crate::language::is_cjk;

static JIEBA: LazyLock<Jieba> = LazyLock::new(Jieba::new);
static STOP: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| STOP_ZH.split_whitespace().chain(STOP_EN.split_whitespace()).collect());

const STOP_ZH: &str = "的 了 吗 呢 吧 啊 呀 嘛 么 哦 哈 怎么 怎样 怎么样 怎么办 如何 什么 多少 几 多久 多长 多大 哪 哪里 哪儿 哪个 哪些 \
    谁 为什么 为啥 咋 啥 可以 能 能不能 可不可以 可不可 是 是否 是不是 有 没有 有没有 要 需要 要不要 想 会 会不会 得 应该 该 我 我们 你 你们 他 她 他们 它 咱 咱们 \
    自己 在 到 从 对 给 把 被 让 跟 和 与 或 或者 还是 还 也 都 就 才 再 又 很 太 最 这 那 这个 那个 这样 那样 这种 一个 一下 一些 个 \
    请问 请 麻烦 谢谢 您 您好 你好 知道 问 问一下 告诉 如果 要是 的话 因为 所以 但是 但 而 且 并 及 以及 等 其 之 以 为 于 由 \
    上 下 里 中 后 前 时 时候 之后 之前 以后 以前 然后 那么 只 只能 吃 做 用 去 来 过 着 地 点 大 小 多 少 说 看 算 行 好 \
    公司 一般 通常 大概 具体 目前 现在 到底 究竟 关于 情况 问题 规定 东西 事 事情 必须 可 不 别 没 无 非 未";
const STOP_EN: &str = "a an the and or but if then of in on at to for from by with about as is are was were be been being am do does did \
    done have has had having i me my mine we us our you your he she it its they them their this that these those there here \
    what which who whom whose when where why how can could may might must shall should will would not no nor so too very just \
    any some much many more most other another such only own same than into out up down over under again once all both each \
    few get gets got getting go goes going let lets make makes need needs want wants please tell know say company someone \
    anyone something anything thing things one per also long often soon s t d m re ve ll don doesn didn isn aren won cannot im";

/// The terms of a question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Question {
    /// Words with content, each once.
    pub words: Vec<String>,
    /// Pairs of Chinese characters, each once, marked `~`.
    pub pairs: Vec<String>,
    /// Concepts, each once, marked `=`.
    pub concepts: Vec<Concept>,
}

/// The words of `text`, in order, normalised, with those that have no content.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    scan(text, |run, is_chinese| {
        if is_chinese {
            words.extend(JIEBA.cut(run, false).iter().map(|token| token.word.to_owned()));
        } else {
            words.push(run.to_owned());
        }
    });
    words
}

/// `text` for finding wordings in it: Chinese as it is, other words stemmed, between spaces.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::from(" ");
    scan(text, |run, is_chinese| {
        if is_chinese {
            plain.push_str(run);
        } else {
            plain.push_str(&stem(run));
        }
        plain.push(' ');
    });
    if plain.chars().any(is_cjk) && !plain.trim().contains(' ') { plain.trim().to_owned() } else { plain }
}

/// The terms of a text that is searched, with repetitions.
pub(crate) fn of_text(text: &str) -> Vec<String> {
    let mut terms: Vec<String> = concepts::of(text).into_iter().map(|concept| concept.term).collect();
    scan(text, |run, is_chinese| {
        if is_chinese {
            let words = JIEBA.cut_for_search(run, false);
            terms.extend(words.iter().map(|token| token.word).filter(|word| !is_stop(word)).map(str::to_owned));
            terms.extend(pairs(run));
        } else if !is_stop(run) {
            terms.push(stem(run));
        }
    });
    terms
}

/// The terms of a question.
pub(crate) fn of_question(text: &str) -> Question {
    let mut question = Question::default();
    scan(text, |run, is_chinese| {
        if !is_chinese {
            if !is_stop(run) {
                question.words.push(stem(run));
            }
            return;
        }
        // Pairs lie within what is left when words without content are taken out.
        let mut rest = String::new();
        for token in JIEBA.cut(run, false) {
            if is_stop(token.word) {
                question.pairs.extend(pairs(&std::mem::take(&mut rest)));
            } else {
                question.words.push(token.word.to_owned());
                rest.push_str(token.word);
            }
        }
        question.pairs.extend(pairs(&rest));
    });
    let mut seen = HashSet::new();
    question.words.retain(|word| seen.insert(word.clone()));
    question.pairs.retain(|pair| seen.insert(pair.clone()));
    question.concepts = concepts::of(text);
    question.concepts.retain(|concept| seen.insert(concept.term.clone()));
    question
}

/// The pairs of neighbouring characters of a run of Chinese.
pub(crate) fn pairs(run: &str) -> Vec<String> {
    run.chars().zip(run.chars().skip(1)).map(|(a, b)| format!("~{a}{b}")).collect()
}

pub(crate) fn is_stop(word: &str) -> bool {
    STOP.contains(word)
}

fn stem(word: &str) -> String {
    Stemmer::create(Algorithm::English).stem(word).into_owned()
}

/// Calls `found` with every run of Chinese characters, and every word or number of other scripts; in lower case, full-width
/// letters and digits as usual ones.
fn scan(text: &str, mut found: impl FnMut(&str, bool)) {
    let text: String = text.chars().map(narrow).flat_map(char::to_lowercase).collect();
    let (mut run, mut is_chinese) = (String::new(), false);
    let mut characters = text.chars().peekable();
    let mut flush = |run: &mut String, is_chinese: bool| {
        if !run.is_empty() {
            found(run, is_chinese);
            run.clear();
        }
    };
    while let Some(c) = characters.next() {
        let in_number = matches!(c, '.' | ',')
            && run.ends_with(|last: char| last.is_ascii_digit())
            && characters.peek().is_some_and(char::is_ascii_digit);
        if is_cjk(c) != is_chinese {
            flush(&mut run, is_chinese);
            is_chinese = is_cjk(c);
        }
        if is_cjk(c) || c.is_alphanumeric() || (in_number && c == '.') {
            run.push(c);
        } else if !in_number {
            flush(&mut run, is_chinese);
        }
    }
    flush(&mut run, is_chinese);
}

/// Full-width forms of ASCII as ASCII.
pub(crate) fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_its_words_with_content() {
        let question = of_question("请问ＶＰＮ的密码怎么重置？ 1,500元");
        assert_eq!(question.words, ["vpn", "密码", "重置", "1500", "元"]);
        assert_eq!(question.pairs, ["~密码", "~重置"]);
        assert_eq!(of_question("How are refunds refunded?").words, ["refund"]);
    }

    #[test]
    fn words_that_are_cut_differently_share_their_pairs() {
        let passage = of_text("差旅住宿标准");
        assert!(of_question("住宿费的标准").pairs.iter().any(|pair| passage.contains(pair)));
    }
}
