//! A message put together: what is searched for, on which conditions, what is asked about what.

use std::ops::Range;

use rust_decimal::Decimal;
use values::{Reading, Span};

use super::marks::{self, Mark, What};
use super::schema::{Kind, Sense, Topics};
use super::{Memory, Place, Thing};

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// Index of the topic.
    pub topic: usize,
    /// The column.
    pub column: String,
    /// What it is to be.
    pub wanted: Wanted,
    /// Whether it comes on top of what was wanted of the column before.
    pub adds: bool,
}

/// What a column is to be.
#[derive(Debug, Clone, PartialEq)]
pub enum Wanted {
    /// Between two numbers, the ends included; one of them may be open.
    Between(Option<Decimal>, Option<Decimal>),
    /// Nothing: free of charge.
    Nothing,
    /// More than nothing.
    Something,
    /// This value.
    Is(String),
    /// A set with this member.
    Has(String),
    /// This thing.
    Thing(Thing),
}

impl Said {
    /// Whether both say the same of the same column.
    pub(super) fn same_value(&self, other: &Self) -> bool {
        self.topic == other.topic && self.column == other.column && self.wanted == other.wanted
    }
}

/// A column that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Index of the topic.
    pub topic: usize,
    /// The column.
    pub column: String,
    /// For a set: whether this is a member.
    pub member: Option<String>,
}

/// A search among the neighbours of a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    /// Index of the topic searched.
    pub topic: usize,
    /// Index of the topic of the thing whose neighbours they are.
    pub of: usize,
    /// The thing, if it is known.
    pub thing: Option<Thing>,
}

/// What a message asks.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Inquiry {
    /// The topic searched, if something is searched.
    pub search: Option<usize>,
    /// Conditions.
    pub said: Vec<Said>,
    /// Columns asked for.
    pub asked: Vec<Asked>,
    /// Things named.
    pub named: Vec<Thing>,
    /// The neighbourhood searched.
    pub near: Option<Near>,
    /// Whether the search is among what was just offered.
    pub picks: bool,
}

impl Inquiry {
    /// Whether nothing was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.search.is_none() && self.said.is_empty() && self.asked.is_empty() && self.named.is_empty()
    }

    /// The topic that the message is about.
    #[must_use]
    pub fn about(&self) -> Option<usize> {
        let asked = self.asked.first().map(|asked| asked.topic);
        self.search.or(asked).or_else(|| self.named.last().map(|thing| thing.topic))
    }

    /// Whether things are to be suggested, rather than one that is named be looked up.
    #[must_use]
    pub fn wants_suggestions(&self) -> bool {
        self.search.is_some_and(|topic| self.near.is_none() && self.named.iter().all(|thing| thing.topic != topic))
    }
}

#[rustfmt::skip]
const SEEK: &[&str] = &["推荐", "找", "介绍", "有没有", "哪家", "哪个", "哪一家", "哪里", "选", "挑", "订", "有什么", "有啥", "什么地方", "求", "recommend", "find", "look for", "looking for", "suggest", "any "];
#[rustfmt::skip]
const SEEK_ANEW: &[&str] = &["推荐", "找", "介绍", "选", "挑", "预订", "预定", "来个", "来家", "recommend", "find", "looking for", "suggest"];
#[rustfmt::skip]
const AFTER: &[&str] = &["结束", "之后", "以后", "过后", "后", "解决"];
#[rustfmt::skip]
const DONE: &[&str] = &["完", "安顿好", "安排好", "订好", "过了"];
/// What was wanted before it turned out otherwise.
const GIVEN_UP: &[&str] = &["本来", "原本", "原来想", "还打算", "wanted to", "was going to"];
/// Anywhere but there.
const ELSEWHERE: &[&str] = &["别处", "别的地方", "其他地方", "其它地方", "不在附近", "elsewhere"];
/// What is wished for.
const WISH: &[&str] = &["想", "要", "希望", "最好", "需要", "得有", "want", "need", "should", "prefer"];
/// What is asked.
#[rustfmt::skip]
const QUESTION: &[&str] = &["吗", "么", "多少", "什么", "哪", "怎么", "如何", "几点", "多久", "多长", "咋", "啥", "呢", "告诉", "查", "问", "请", "给我", "发我", "把", "是不是", "是否", "有没有", "不?", "没?", "what", "how", "where", "when", "which", "tell", "give", "?"];
/// What is thought of something.
#[rustfmt::skip]
const REMARK: &[&str] = &["不错", "挺", "太", "很", "好", "高", "低", "贵", "便宜", "可以", "不少", "合适", "满意", "合理", "great", "nice", "cheap", "expensive", "high", "low"];
#[rustfmt::skip]
const OTHERS: &[&str] = &["其他", "其它", "别的", "other"];
#[rustfmt::skip]
const THESE: &[&str] = &["这些", "这几", "这两", "这三", "这四", "这五", "那些", "那几", "它们", "these", "those"];
#[rustfmt::skip]
const WHICH: &[&str] = &["这些", "这几", "这两", "这三", "那些", "那几", "哪家", "哪个", "哪一", "里面", "其中", "which", "these", "those"];
const FROM: &[&str] = &["从", "由", "自", "from"];
const TO: &[&str] = &["到", "去", "至", "往", "回", "to"];

impl Topics {
    /// Reads a message. `prior` is how likely each topic is by other evidence, 0 to 1, such as a classifier's.
    #[must_use]
    pub fn read(&self, text: &str, values: &[Reading], memory: &Memory, prior: &dyn Fn(usize) -> f32) -> Inquiry {
        let marks = marks::find(self, memory, text, values);
        let folded: Vec<char> = skills::fold(text).chars().collect();
        let mut reader = Reader { topics: self, memory, prior, folded, marks, used: Vec::new(), read: Inquiry::default() };
        reader.used = vec![false; reader.marks.len()];
        reader.run();
        reader.read
    }
}

struct Reader<'a> {
    topics: &'a Topics,
    memory: &'a Memory,
    prior: &'a dyn Fn(usize) -> f32,
    folded: Vec<char>,
    marks: Vec<Mark>,
    /// Which marks are taken care of.
    used: Vec<bool>,
    read: Inquiry,
}

/// A place where nearness is spoken of.
struct Nearby {
    mark: usize,
    /// Whose neighbours: topic, and the thing if it is named.
    of: Option<(usize, Option<Thing>)>,
    /// What neighbours.
    targets: Vec<usize>,
}

impl Reader<'_> {
    fn run(&mut self) {
        if let Some(route) = self.route() {
            self.read_route(route);
            return;
        }
        let nearby = self.nearby();
        for at in 0..self.marks.len() {
            if let What::Things(things) = &self.marks[at].what {
                let thing = self.one_of(at, things);
                if !self.read.named.contains(&thing) {
                    self.read.named.push(thing);
                }
            }
        }
        let target = self.target(&nearby);
        self.conditions(target);
        let has_condition = self.read.said.iter().any(|said| Some(said.topic) == target);
        self.search(target, has_condition, &nearby);
        self.neighbours(&nearby, has_condition);
        self.questions();
    }

    // --- Text around marks ---

    fn text(&self, range: Range<usize>) -> String {
        let end = range.end.min(self.folded.len());
        self.folded[range.start.min(end)..end].iter().collect()
    }

    /// The part of the message between commas and full stops around a place.
    fn clause(&self, span: Span) -> Range<usize> {
        let ends = |c: &char| matches!(c, ',' | '，' | '。' | '?' | '!' | ';' | '\n');
        let start = self.folded[..span.start].iter().rposition(ends).map_or(0, |at| at + 1);
        let end = self.folded[span.end..].iter().position(ends).map_or(self.folded.len(), |at| span.end + at);
        start..end
    }

    /// Whether one of `words` is said outside of what is mentioned: 推荐, but not in 推荐菜.
    fn seeks(&self, range: Range<usize>, words: &[&str]) -> bool {
        let mut letters = self.folded.clone();
        for mark in self.marks.iter().filter(|mark| !matches!(mark.what, What::Amount(_))) {
            letters[mark.span.start..mark.span.end].fill(' ');
        }
        let end = range.end.min(letters.len());
        let text: String = letters[range.start.min(end)..end].iter().collect();
        words.iter().any(|word| text.contains(word))
    }

    fn says(&self, range: Range<usize>, words: &[&str]) -> bool {
        let text = self.text(range);
        words.iter().any(|word| text.contains(word))
    }

    fn ends_with(&self, end: usize, within: usize, words: &[&str]) -> bool {
        self.says(end.saturating_sub(within)..end, words)
    }

    fn is_question(&self, span: Span) -> bool {
        let clause = self.clause(span);
        self.says(clause.start..clause.end + 1, QUESTION)
    }

    /// Whether a mention only says what is thought of it: "the rating is quite good".
    fn is_remark(&self, span: Span) -> bool {
        !self.is_question(span) && self.says(self.clause(span), REMARK)
    }

    /// Whether a mention tells what was done before: 吃完饭, 逛完景点以后, "after dinner".
    fn is_past(&self, span: Span) -> bool {
        let clause = self.clause(span);
        let before = self.text(clause.start..span.start);
        let after = self.text(span.end..(span.end + 5).min(clause.end));
        let done_before = DONE.iter().any(|word| before.ends_with(word));
        let done_after = DONE.iter().any(|word| after.starts_with(word)) || self.text(span.start..span.end + 1).contains('完');
        let later = AFTER.iter().any(|word| after.contains(word));
        done_before || done_after || later || before.ends_with("after ")
    }

    fn senses(&self, at: usize) -> &[Sense] {
        match &self.marks[at].what {
            What::Senses(senses) => senses,
            _ => &[],
        }
    }

    fn topic_of(&self, at: usize) -> Option<(usize, bool)> {
        self.senses(at).iter().find_map(|sense| match sense {
            Sense::Topic(topic) => Some((*topic, true)),
            Sense::Hint(topic) => Some((*topic, false)),
            _ => None,
        })
    }

    fn is_near(&self, at: usize) -> bool {
        self.senses(at).contains(&Sense::Near)
    }

    fn gap(&self, from: usize, to: usize) -> usize {
        self.marks[to].span.start.saturating_sub(self.marks[from].span.end)
    }

    /// Of things with one name: of the topic that the words after it say, else the one mentioned last, else the likeliest.
    fn one_of(&self, at: usize, things: &[Thing]) -> Thing {
        let next = (at + 1 < self.marks.len() && self.gap(at, at + 1) <= 4).then(|| self.topic_of(at + 1)).flatten();
        let said = next.and_then(|(topic, _)| things.iter().find(|thing| thing.topic == topic));
        let known = || things.first().filter(|thing| self.memory.recency(thing) > 0);
        let likeliest = || things.iter().max_by(|a, b| (self.prior)(a.topic).total_cmp(&(self.prior)(b.topic)));
        said.or_else(known).or_else(likeliest).cloned().unwrap_or_else(|| things[0].clone())
    }

    // --- Routes ---

    /// The topic of routes that the message is about.
    fn route(&self) -> Option<usize> {
        let is_route = |topic: &usize| {
            self.topics.topics[*topic].columns.iter().any(|column| matches!(column.kind, Kind::Place(_)))
        };
        let mut counts: Vec<(usize, usize)> = Vec::new();
        for at in 0..self.marks.len() {
            for sense in self.senses(at) {
                let topic = match sense {
                    Sense::Topic(topic) | Sense::Column(topic, _) => *topic,
                    _ => continue,
                };
                if is_route(&topic) {
                    match counts.iter_mut().find(|(known, _)| *known == topic) {
                        Some((_, count)) => *count += 1,
                        None => counts.push((topic, 1)),
                    }
                }
            }
        }
        counts.into_iter().max_by_key(|(topic, count)| (*count, std::cmp::Reverse(*topic))).map(|(topic, _)| topic)
    }

    fn read_route(&mut self, route: usize) {
        let places: Vec<(usize, Thing)> = (0..self.marks.len())
            .filter_map(|at| match &self.marks[at].what {
                What::Things(things) => Some((at, self.one_of(at, things))),
                // "From the hotel to the restaurant": those talked about.
                What::Senses(_) => {
                    let (topic, _) = self.topic_of(at).filter(|(topic, exact)| *exact && *topic != route)?;
                    let label = self.memory.topics.get(topic)?.chosen.clone()?;
                    Some((at, Thing { topic, label }))
                }
                _ => None,
            })
            .collect();
        let role = |at: usize| {
            let start = self.marks[at].span.start;
            if self.ends_with(start, 2, FROM) {
                Some(Place::From)
            } else if self.ends_with(start, 2, TO) {
                Some(Place::To)
            } else {
                None
            }
        };
        let find = |wanted: Place| places.iter().find(|(at, _)| role(*at) == Some(wanted)).map(|(_, thing)| thing.clone());
        let mut from = find(Place::From);
        let mut to = find(Place::To);
        let left: Vec<Thing> =
            places.iter().map(|(_, thing)| thing).filter(|t| from.as_ref() != Some(t) && to.as_ref() != Some(t)).cloned().collect();
        let mut left = left.into_iter();
        if from.is_none() && places.len() > 1 {
            from = left.next();
        }
        if to.is_none() {
            to = left.next();
        }
        for column in &self.topics.topics[route].columns {
            let thing = match column.kind {
                Kind::Place(Place::From) => from.take(),
                Kind::Place(Place::To) => to.take(),
                _ => None,
            };
            if let Some(thing) = thing {
                let wanted = Wanted::Thing(thing);
                self.read.said.push(Said { topic: route, column: column.name.clone(), wanted, adds: false });
            }
        }
        if !self.read.said.is_empty() {
            self.read.search = Some(route);
        }
        for at in 0..self.marks.len() {
            for sense in self.senses(at).to_vec() {
                if let Sense::Column(topic, column) = sense
                    && topic == route
                {
                    self.ask(route, column, None);
                }
            }
        }
        if self.read.asked.is_empty() {
            let topic = &self.topics.topics[route];
            for (column, _) in topic.columns.iter().enumerate().filter(|(_, column)| topic.shown.contains(&column.name)) {
                self.ask(route, column, None);
            }
        }
    }

    // --- Nearness ---

    fn nearby(&self) -> Vec<Nearby> {
        let given_up = |at: &usize| {
            let clause = self.text(self.clause(self.marks[*at].span));
            let is_lack = clause.contains("没有") && !clause.contains("有没有") && !QUESTION.iter().any(|word| clause.contains(word));
            is_lack || GIVEN_UP.iter().any(|word| clause.contains(word))
        };
        if self.says(0..self.folded.len(), ELSEWHERE) {
            return Vec::new();
        }
        let mut nearby: Vec<Nearby> = Vec::new();
        for mark in (0..self.marks.len()).filter(|&at| self.is_near(at)).filter(|at| !given_up(at)) {
            let mut near = self.nearby_at(mark);
            if let (None, Some(before)) = (&near.of, nearby.last().filter(|before| self.marks[before.mark].sentence == self.marks[mark].sentence)) {
                near.of = before.of.clone();
            }
            nearby.push(near);
        }
        nearby
    }

    fn nearby_at(&self, mark: usize) -> Nearby {
        let sentence = self.marks[mark].sentence;
        let clause = self.clause(self.marks[mark].span);
        let before = mark.checked_sub(1).filter(|&before| self.marks[before].span.start >= clause.start);
        let joins = |before: usize| {
            let between = self.text(self.marks[before].span.end..self.marks[mark].span.start);
            ["和", "与", "、", "以及", "还有", "and"].iter().any(|word| between.contains(word))
        };
        let of = before.filter(|&before| self.gap(before, mark) <= 4 && !joins(before)).and_then(|before| match &self.marks[before].what {
            What::Things(things) => {
                let thing = self.one_of(before, things);
                Some((thing.topic, Some(thing)))
            }
            // "…Hotel (the hotel) nearby": the word says again what was named.
            What::Senses(_) => self.topic_of(before).filter(|(_, exact)| *exact).map(|(topic, _)| {
                let named = before.checked_sub(1).filter(|&named| self.gap(named, before) <= 4);
                let thing = named.and_then(|named| match &self.marks[named].what {
                    What::Things(things) => Some(self.one_of(named, things)).filter(|thing| thing.topic == topic),
                    _ => None,
                });
                (topic, thing)
            }),
            _ => None,
        });
        // A sentence that only names further topics goes on with the question.
        let goes_on = |at: usize| {
            let sentence = self.marks[at].sentence;
            self.marks.iter().enumerate().filter(|(_, mark)| mark.sentence == sentence).all(|(at, _)| self.topic_of(at).is_some())
        };
        let end = (mark + 1..self.marks.len())
            .find(|&at| self.is_near(at) || self.marks[at].sentence != sentence && !goes_on(at))
            .unwrap_or(self.marks.len());
        let mut targets = Vec::new();
        for exact in [true, false] {
            for at in mark + 1..end {
                if let Some((topic, is_word)) = self.topic_of(at).filter(|_| !self.is_past(self.marks[at].span))
                    && is_word == exact
                    // Beside words for topics a hint counts only in a clause of its own.
                    && (is_word || targets.is_empty() || self.is_question(self.marks[at].span) && !(mark..at).any(|other| self.clause(self.marks[other].span) == self.clause(self.marks[at].span)))
                    && !targets.contains(&topic)
                    && self.is_place(topic)
                {
                    targets.push(topic);
                }
            }
        }
        Nearby { mark, of, targets }
    }

    /// Whether things of a topic can be near something.
    fn is_place(&self, topic: usize) -> bool {
        self.topics.topics[topic].columns.iter().any(|column| matches!(column.kind, Kind::Near(_)))
    }

    /// The column of `of` that holds its neighbours of `topic`.
    fn near_column(&self, of: usize, topic: usize) -> Option<usize> {
        let name = &self.topics.topics[topic].name;
        self.topics.topics[of].columns.iter().position(|column| matches!(&column.kind, Kind::Near(other) if other == name))
    }

    // --- What is searched ---

    /// The topic that conditions belong to.
    fn target(&self, nearby: &[Nearby]) -> Option<usize> {
        let mut scores = vec![0.0_f32; self.topics.topics.len()];
        for (at, mark) in self.marks.iter().enumerate() {
            match &mark.what {
                What::Tag(topic, ..) => scores[*topic] += 3.0,
                What::Amount(amount) => {
                    let fits = self.columns_of(|kind| matches!(kind, Kind::Amount { dimension, .. } if amount.dimension == Some(*dimension)));
                    if let [(topic, _)] = fits.as_slice() {
                        scores[*topic] += 3.0;
                    }
                }
                What::Senses(senses) => {
                    let is_past = self.is_past(mark.span);
                    let is_source = nearby.iter().any(|near| near.mark == at + 1 && self.gap(at, at + 1) <= 2);
                    for sense in senses {
                        match sense {
                            Sense::Value(topic, ..) | Sense::Free(topic, ..) => scores[*topic] += 3.0 / senses.len() as f32,
                            Sense::Column(topic, _) if senses.len() == 1 && self.condition_after(at) => scores[*topic] += 3.0,
                            Sense::Topic(topic) if !is_past && !is_source => {
                                let seeks = self.seeks(self.clause(mark.span), SEEK);
                                scores[*topic] += if seeks { 2.0 } else { 1.5 };
                            }
                            Sense::Hint(topic) if !is_past => scores[*topic] += 0.8,
                            _ => {}
                        }
                    }
                }
                What::Things(_) => {}
            }
        }
        if let Some((listed, _)) = self.memory.listed.filter(|_| self.says(0..self.folded.len(), THESE)) {
            scores[listed] += 1.2;
        }
        for (topic, score) in scores.iter_mut().enumerate() {
            *score += (self.prior)(topic);
        }
        let (best, score) = scores.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
        (*score > 0.5).then_some(best).or(self.memory.current)
    }

    fn columns_of(&self, fits: impl Fn(&Kind) -> bool) -> Vec<(usize, usize)> {
        let topics = self.topics.topics.iter().enumerate();
        topics.flat_map(|(t, topic)| (0..topic.columns.len()).map(move |c| (t, c))).filter(|at| fits(self.topics.kind(*at))).collect()
    }

    /// Whether a condition on the column word at `at` follows it.
    fn condition_after(&self, at: usize) -> bool {
        self.condition_of(at).is_some()
    }

    /// The mark that says what the column word at `at` is to be: soon after it, in the same clause.
    fn condition_of(&self, at: usize) -> Option<usize> {
        let end = self.clause(self.marks[at].span).end;
        let next = (at + 1..self.marks.len()).take_while(|&next| self.marks[next].span.start < end).find(|&next| {
            !matches!(&self.marks[next].what, What::Senses(senses) if senses.iter().all(|sense| matches!(sense, Sense::Hint(_))))
        })?;
        let columns: Vec<(usize, usize)> = self
            .senses(at)
            .iter()
            .filter_map(|sense| match sense {
                Sense::Column(topic, column) => Some((*topic, *column)),
                _ => None,
            })
            .collect();
        let fits = match &self.marks[next].what {
            What::Amount(amount) => columns.iter().any(|at| {
                matches!(self.topics.kind(*at), Kind::Amount { dimension, .. } if amount.dimension.is_none_or(|d| d == *dimension))
            }),
            What::Tag(topic, column, _) => columns.contains(&(*topic, *column)),
            What::Senses(senses) => senses.iter().any(|sense| match sense {
                Sense::Value(topic, column, _) | Sense::Free(topic, column, _) => columns.contains(&(*topic, *column)),
                _ => false,
            }),
            What::Things(_) => false,
        };
        (fits && self.gap(at, next) <= 8).then_some(next)
    }

    // --- Conditions ---

    fn conditions(&mut self, target: Option<usize>) {
        // Column words go with the condition after them, or the one right before ("4.5分的评分").
        let mut columns: Vec<Option<usize>> = vec![None; self.marks.len()];
        for at in 0..self.marks.len() {
            let is_column = self.senses(at).iter().any(|sense| matches!(sense, Sense::Column(..)));
            if !is_column {
                continue;
            }
            if let Some(next) = self.condition_of(at).filter(|&next| columns[next].is_none()) {
                columns[next] = Some(at);
                self.used[at] = true;
            } else if let Some(before) = at.checked_sub(1)
                && let What::Amount(amount) = &self.marks[before].what
                && amount.dimension.is_none_or(|dimension| dimension == super::Dimension::Score)
                && columns[before].is_none()
                && self.gap(before, at) <= 3
            {
                columns[before] = Some(at);
                self.used[at] = true;
            }
        }
        for at in 0..self.marks.len() {
            let said = match self.marks[at].what.clone() {
                What::Tag(topic, column, label) => Some((topic, column, Wanted::Has(label))),
                What::Amount(amount) => {
                    let column = self.amount_column(columns[at], amount.dimension, target);
                    column.map(|(topic, column)| (topic, column, Wanted::Between(amount.low, amount.high)))
                }
                What::Senses(senses) => self.value_of(&senses, target),
                What::Things(_) => None,
            };
            if let Some((topic, column, wanted)) = said {
                self.used[at] = true;
                let adds = matches!(wanted, Wanted::Has(_));
                let column = self.topics.topics[topic].columns[column].name.clone();
                let said = Said { topic, column, wanted, adds };
                if !self.read.said.iter().any(|known| known.same_value(&said)) {
                    self.read.said.push(said);
                }
            }
        }
    }

    fn amount_column(
        &self,
        word: Option<usize>,
        dimension: Option<super::Dimension>,
        target: Option<usize>,
    ) -> Option<(usize, usize)> {
        let fits = |at: &(usize, usize)| {
            matches!(self.topics.kind(*at), Kind::Amount { dimension: own, .. } if dimension.is_none_or(|d| d == *own))
        };
        let said: Vec<(usize, usize)> = word
            .map(|word| self.senses(word))
            .unwrap_or_default()
            .iter()
            .filter_map(|sense| match sense {
                Sense::Column(topic, column) => Some((*topic, *column)),
                _ => None,
            })
            .filter(fits)
            .collect();
        let candidates = if said.is_empty() {
            if dimension.is_none() {
                return None;
            }
            self.columns_of(|_| true).into_iter().filter(fits).collect()
        } else {
            said
        };
        let of_target = candidates.iter().find(|(topic, _)| Some(*topic) == target);
        of_target.or_else(|| (candidates.len() == 1).then(|| &candidates[0])).copied()
    }

    fn value_of(&self, senses: &[Sense], target: Option<usize>) -> Option<(usize, usize, Wanted)> {
        let values: Vec<(usize, usize, Wanted)> = senses
            .iter()
            .filter_map(|sense| match sense {
                Sense::Value(topic, column, value) => {
                    let is_set = matches!(self.topics.kind((*topic, *column)), Kind::Flags(_));
                    let wanted = if is_set { Wanted::Has(value.clone()) } else { Wanted::Is(value.clone()) };
                    Some((*topic, *column, wanted))
                }
                Sense::Free(topic, column, none) => {
                    Some((*topic, *column, if *none { Wanted::Nothing } else { Wanted::Something }))
                }
                _ => None,
            })
            .collect();
        values.iter().find(|(topic, ..)| Some(*topic) == target).or(values.first()).cloned()
    }

    /// Whether the message asks which of the things just offered meets its conditions.
    fn picks(&self, topic: usize, seeks_anew: bool) -> bool {
        let several = self.memory.topics.get(topic).is_some_and(|known| known.offered.len() > 1);
        several && !seeks_anew && self.memory.listed.is_none() && self.says(0..self.folded.len(), WHICH)
    }

    /// Decides whether this is a search, and takes back conditions that are questions about what is known.
    fn search(&mut self, target: Option<usize>, has_condition: bool, nearby: &[Nearby]) {
        let Some(target) = target else { return };
        let all = 0..self.folded.len();
        let seeks_anew = self.seeks(all.clone(), SEEK_ANEW);
        let is_talked_about = self.memory.topics.get(target).is_some_and(|known| known.chosen.is_some());
        let near_other = nearby.iter().all(|near| !near.targets.contains(&target) && !near.targets.is_empty());
        if has_condition && is_talked_about && near_other && !self.seeks(all.clone(), SEEK) && !self.seeks(all.clone(), WISH) {
            self.check();
        }
        let has_condition = has_condition && !self.read.said.is_empty();
        if has_condition && is_talked_about && nearby.is_empty() && !self.seeks(all.clone(), SEEK) && !self.seeks(all, WISH)
            && self.read.said.iter().all(|said| matches!(said.wanted, Wanted::Between(..)))
        {
            // "Is it rated above 4?"
            return;
        }
        let names_target = self.read.named.iter().any(|thing| thing.topic == target);
        // "Does it have breakfast?", "Has the Acme Hotel a pool?"
        let only_members = self.read.said.iter().all(|said| matches!(said.wanted, Wanted::Has(_)));
        let is_known = names_target || self.memory.topics.get(target).is_some_and(|known| known.chosen.is_some());
        let flags: Vec<Said> = self
            .read
            .said
            .iter()
            .filter(|said| {
                let column = self.topics.topics[said.topic].columns.iter().find(|column| column.name == said.column);
                column.is_some_and(|column| matches!(column.kind, Kind::Flags(_)))
            })
            .cloned()
            .collect();
        if has_condition && only_members && flags.len() == self.read.said.len() && is_known && !seeks_anew && nearby.is_empty() && !self.says(0..self.folded.len(), THESE) {
            self.read.said.clear();
            for said in flags {
                if let Wanted::Has(member) = said.wanted {
                    self.read.asked.push(Asked { topic: said.topic, column: said.column, member: Some(member) });
                }
            }
            return;
        }
        self.read.picks = has_condition && nearby.is_empty() && self.picks(target, seeks_anew);
        if has_condition {
            self.read.search = (!names_target || seeks_anew || !nearby.is_empty()).then_some(target);
            return;
        }
        let names_topic = (0..self.marks.len()).any(|at| {
            let is_target = nearby.iter().any(|near| near.mark < at && near.targets.contains(&target));
            self.topic_of(at).is_some_and(|(topic, _)| topic == target) && !self.is_past(self.marks[at].span) && !is_target
                && self.seeks(self.clause(self.marks[at].span), SEEK_ANEW)
        });
        if names_topic && seeks_anew && self.read.named.is_empty() && self.is_place(target) {
            self.read.search = Some(target);
        }
    }

    /// Takes back what is said in passing about the thing talked about: "it is a luxury hotel after all".
    fn check(&mut self) {
        let passing: Vec<String> = self
            .marks
            .iter()
            .filter(|mark| !self.is_question(mark.span))
            .flat_map(|mark| match &mark.what {
                What::Tag(.., label) => vec![label.clone()],
                What::Senses(senses) => senses
                    .iter()
                    .filter_map(|sense| match sense {
                        Sense::Value(.., value) => Some(value.clone()),
                        _ => None,
                    })
                    .collect(),
                _ => Vec::new(),
            })
            .collect();
        let free = self.marks.iter().any(|mark| {
            !self.is_question(mark.span)
                && matches!(&mark.what, What::Senses(senses) if senses.iter().any(|sense| matches!(sense, Sense::Free(..))))
        });
        self.read.said.retain(|said| match &said.wanted {
            Wanted::Has(value) | Wanted::Is(value) => !passing.contains(value),
            Wanted::Nothing | Wanted::Something => !free,
            _ => true,
        });
    }

    /// Neighbours: of a search, or asked for.
    fn neighbours(&mut self, nearby: &[Nearby], has_condition: bool) {
        for near in nearby {
            let span = self.marks[near.mark].span;
            let sentence = self.marks[near.mark].sentence;
            let named = self.read.named.clone();
            let searched = self.read.search.filter(|_| has_condition);
            let context = self.memory.current.filter(|current| self.is_place(*current));
            let targets = if near.targets.is_empty() { searched.into_iter().collect() } else { near.targets.clone() };
            for target in targets {
                let condition_marks: Vec<usize> = (0..self.marks.len())
                    .filter(|&at| self.used[at] && !matches!(self.marks[at].what, What::Things(_)))
                    .collect();
                let same_sentence = condition_marks.iter().any(|&at| self.marks[at].sentence == sentence);
                let conditions_follow = condition_marks.iter().any(|&at| self.marks[at].span.start > span.start);
                let others = self.says(self.clause(span), OTHERS);
                let is_search = searched == Some(target)
                    && (conditions_follow || same_sentence && !others && !self.says(self.clause(span), &["什么", "哪些", "有啥"]));
                let of = near.of.clone().or_else(|| {
                    let before = named.iter().find(|thing| self.is_place(thing.topic)).cloned();
                    let asked_of = searched.filter(|_| !is_search).map(|topic| (topic, None));
                    before.map(|thing| (thing.topic, Some(thing))).or(asked_of).or(context.map(|topic| (topic, None)))
                });
                let Some((of, thing)) = of else { continue };
                if is_search {
                    let thing = thing.or_else(|| self.chosen(of));
                    self.read.near = Some(Near { topic: target, of, thing });
                } else if let Some(column) = self.near_column(of, target) {
                    self.ask(of, column, None);
                }
            }
        }
        self.out_of_list(has_condition);
        if let Some(near) = self.read.near.clone()
            && let (Some(column), Some(thing)) = (self.near_column(near.topic, near.of), near.thing)
        {
            let column = self.topics.topics[near.topic].columns[column].name.clone();
            self.read.said.push(Said { topic: near.topic, column, wanted: Wanted::Thing(thing), adds: false });
        }
    }

    /// "Which of these …": a search in the list that was told last.
    fn out_of_list(&mut self, has_condition: bool) {
        let Some(search) = self.read.search.filter(|_| has_condition && self.read.near.is_none()) else { return };
        if let Some((topic, of)) = self.memory.listed
            && topic == search
            && self.says(0..self.folded.len(), THESE)
        {
            self.read.near = Some(Near { topic, of, thing: self.chosen(of) });
        }
    }

    fn chosen(&self, topic: usize) -> Option<Thing> {
        let label = self.memory.topics.get(topic)?.chosen.clone()?;
        Some(Thing { topic, label })
    }

    // --- Questions ---

    fn questions(&mut self) {
        for at in 0..self.marks.len() {
            if self.used[at] || self.is_remark(self.marks[at].span) {
                continue;
            }
            let columns: Vec<(usize, usize)> = self
                .senses(at)
                .iter()
                .filter_map(|sense| match sense {
                    Sense::Column(topic, column) => Some((*topic, *column)),
                    _ => None,
                })
                .collect();
            if let Some((topic, column)) = self.asked_of(at, &columns) {
                let name = &self.topics.topics[topic].columns[column].name;
                let is_wanted = self.read.said.iter().any(|said| said.topic == topic && said.column == *name);
                let is_set = matches!(self.topics.kind((topic, column)), Kind::Flags(_));
                let asks_member = is_set && self.read.asked.iter().any(|asked| asked.topic == topic && asked.column == *name);
                if is_wanted || asks_member {
                    continue;
                }
                self.ask(topic, column, None);
            }
        }
        // A search asks for what it finds; a bare name does not.
    }

    /// Which topic's column is meant.
    fn asked_of(&self, at: usize, columns: &[(usize, usize)]) -> Option<(usize, usize)> {
        if columns.len() <= 1 {
            return columns.first().copied();
        }
        let of = |topic: usize| columns.iter().find(|(own, _)| *own == topic).copied();
        let sentence = self.marks[at].sentence;
        let before = (0..at).rev().take_while(|&before| self.marks[before].sentence == sentence).find_map(|before| {
            let topic = match &self.marks[before].what {
                What::Things(things) => self.one_of(before, things).topic,
                What::Senses(_) => {
                    let (topic, exact) = self.topic_of(before)?;
                    // The neighbours asked for before are not what is asked about.
                    let is_neighbour = (0..before).rev().take(2).any(|near| self.is_near(near));
                    (exact && !is_neighbour && !self.is_past(self.marks[before].span)).then_some(topic)?
                }
                _ => return None,
            };
            of(topic)
        });
        let named = || self.read.named.last().and_then(|thing| of(thing.topic));
        let searched = || self.read.search.and_then(of);
        let current = || self.memory.current.and_then(of);
        let likeliest = || {
            columns.iter().max_by(|a, b| (self.prior)(a.0).total_cmp(&(self.prior)(b.0))).copied()
        };
        before.or_else(searched).or_else(named).or_else(current).or_else(likeliest)
    }

    fn ask(&mut self, topic: usize, column: usize, member: Option<String>) {
        let column = self.topics.topics[topic].columns[column].name.clone();
        let asked = Asked { topic, column, member };
        if !self.read.asked.contains(&asked) {
            self.read.asked.push(asked);
        }
    }
}
