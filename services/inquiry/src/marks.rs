//! All that a message mentions, each part of it used once: things, values, amounts, columns, topics, nearness.

use skills::fold;
use values::{Reading, Span};

use super::amount::{self, Amount};
use super::schema::{Kind, Sense, Topics};
use super::{Memory, Thing};
use dialogue::lookup::{self, Match};

/// One mention.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mark {
    /// Where, in characters.
    pub span: Span,
    /// The sentence it stands in.
    pub sentence: usize,
    pub what: What,
}

/// What is mentioned.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum What {
    /// A thing; several where topics have things of the same name, likeliest first.
    Things(Vec<Thing>),
    /// A member of a tags column: (topic, column, label).
    Tag(usize, usize, String),
    Amount(Amount),
    /// Words of topics and columns.
    Senses(Vec<Sense>),
}

/// Finds them, in the order of the message.
pub(super) fn find(topics: &Topics, memory: &Memory, text: &str, values: &[Reading]) -> Vec<Mark> {
    let folded: Vec<char> = fold(text).chars().collect();
    let mut used = vec![false; folded.len()];
    let mut marks: Vec<(Span, What)> = Vec::new();
    let mut take = |used: &mut Vec<bool>, span: Span, what: What| {
        let is_free = used.get(span.start..span.end).is_some_and(|part| part.iter().all(|used| !used));
        if is_free && span.start < span.end {
            used[span.start..span.end].fill(true);
            marks.push((span, what));
        }
    };
    for (span, things) in things(topics, memory, text) {
        // A word for a value ("酒吧" among the services) is no name, though something may be called so.
        let is_value = words_at(topics, &folded, span.start).is_some_and(|(length, senses)| {
            length >= span.len() && senses.iter().any(|sense| matches!(sense, Sense::Value(..)))
        });
        if !is_value {
            take(&mut used, span, What::Things(things));
        }
    }
    for (span, what) in tags(topics, text) {
        // A word of the topics' own is no tag: 早餐 is a service before it is a dish.
        let is_word = words_at(topics, &folded, span.start).is_some_and(|(length, _)| length >= span.len());
        if !is_word {
            take(&mut used, span, what);
        }
    }
    // Words with numbers in them ("24小时热水", 四周) are no amounts.
    for at in 0..folded.len() {
        if let Some((length, senses)) = words_at(topics, &folded, at)
            && folded[at..at + length].iter().any(|c| c.is_ascii_digit() || *c == '四')
        {
            take(&mut used, Span { start: at, end: at + length }, What::Senses(senses.to_vec()));
        }
    }
    for amount in amount::amounts(text, values) {
        take(&mut used, amount.span, What::Amount(amount));
    }
    let mut at = 0;
    while at < folded.len() {
        let found = words_at(topics, &folded, at);
        match found {
            Some((length, senses)) if used[at..at + length].iter().all(|used| !used) => {
                take(&mut used, Span { start: at, end: at + length }, What::Senses(senses.to_vec()));
                at += length;
            }
            _ => at += 1,
        }
    }
    marks.sort_by_key(|(span, _)| span.start);
    let sentences = sentences(&folded);
    marks.into_iter().map(|(span, what)| Mark { span, sentence: sentences[span.start], what }).collect()
}

/// The longest word of the lexicon at `at`.
fn words_at<'t>(topics: &'t Topics, folded: &[char], at: usize) -> Option<(usize, &'t [Sense])> {
    let words = topics.lexicon.get(folded.get(at)?)?;
    words.iter().find_map(|(word, senses)| {
        let fits = folded[at..].starts_with(word) && is_whole(folded, at, word.len());
        fits.then_some((word.len(), senses.as_slice()))
    })
}

/// Words of Latin letters count only as whole words.
fn is_whole(folded: &[char], at: usize, length: usize) -> bool {
    let latin = |c: Option<&char>| c.is_some_and(char::is_ascii_alphabetic);
    let begins_inside = at > 0 && latin(folded.get(at)) && latin(folded.get(at - 1));
    let ends_inside = latin(folded.get(at + length - 1)) && latin(folded.get(at + length));
    !begins_inside && !ends_inside
}

/// Mentioned things of all topics, longest first.
fn things(topics: &Topics, memory: &Memory, text: &str) -> Vec<(Span, Vec<Thing>)> {
    let mut found: Vec<(Span, f32, Vec<Thing>)> = Vec::new();
    for (t, topic) in topics.topics.iter().enumerate() {
        for mention in topic.index.find(text) {
            let Some((label, sure)) = meant(&mention, &topic.things, |label| memory.is_known(t, label)) else {
                continue;
            };
            let thing = Thing { topic: t, label };
            match found.iter_mut().find(|(span, ..)| *span == mention.span) {
                Some((_, best, things)) if *best == sure => things.push(thing),
                Some((_, best, things)) if *best < sure => (*best, *things) = (sure, vec![thing]),
                Some(_) => {}
                None => found.push((mention.span, sure, vec![thing])),
            }
        }
    }
    // The longer and surer of two that overlap is meant.
    found.sort_by(|a, b| {
        let strength = |(span, sure, _): &(Span, f32, Vec<Thing>)| span.len() as f32 * sure;
        strength(b).total_cmp(&strength(a)).then(a.0.start.cmp(&b.0.start))
    });
    for (.., things) in &mut found {
        things.sort_by_key(|thing| std::cmp::Reverse(memory.recency(thing)));
    }
    found.into_iter().map(|(span, _, things)| (span, things)).collect()
}

/// The thing that a mention means, and how sure that is. A thing that was talked about needs less to be meant.
fn meant(mention: &Match, labels: &[String], is_known: impl Fn(&str) -> bool) -> Option<(String, f32)> {
    let known = mention.choices.iter().find(|choice| is_known(&labels[choice.index]));
    if let Some(known) = known {
        return Some((labels[known.index].clone(), known.score.max(0.8)));
    }
    let first = mention.choices.first()?;
    let is_sure = match mention.kind {
        lookup::Kind::Exact => true,
        lookup::Kind::Core => mention.span.len() >= 3,
        lookup::Kind::Sound => mention.span.len() >= 4,
        lookup::Kind::Similar => mention.span.len() >= 5 && first.score >= 0.7,
        lookup::Kind::Part => false,
    };
    is_sure.then(|| (labels[first.index].clone(), first.score))
}

/// Mentioned members of tags columns.
fn tags(topics: &Topics, text: &str) -> Vec<(Span, What)> {
    let mut found = Vec::new();
    for (t, topic) in topics.topics.iter().enumerate() {
        for (c, column) in topic.columns.iter().enumerate() {
            let Kind::Tags { labels, index } = &column.kind else { continue };
            for mention in index.find(text) {
                let is_sure = match mention.kind {
                    lookup::Kind::Exact => mention.span.len() >= 2,
                    lookup::Kind::Sound | lookup::Kind::Similar => mention.span.len() >= 4,
                    lookup::Kind::Core | lookup::Kind::Part => false,
                };
                if let (true, Some(first)) = (is_sure, mention.choices.first()) {
                    found.push((mention.span, What::Tag(t, c, labels[first.index].clone())));
                }
            }
        }
    }
    found.sort_by_key(|(span, _)| (std::cmp::Reverse(span.len()), span.start));
    found
}

/// The number of the sentence that each character stands in.
fn sentences(folded: &[char]) -> Vec<usize> {
    let mut sentence = 0;
    let number = |(at, c): (usize, &char)| {
        let here = sentence;
        // A full stop between digits is a point.
        let ends = matches!(c, '。' | '?' | '!' | ';' | '\n' | '…')
            || *c == '.' && folded.get(at + 1).is_none_or(|next| next.is_whitespace());
        sentence += usize::from(ends);
        here
    };
    folded.iter().enumerate().map(number).collect()
}
