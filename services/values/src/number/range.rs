//! Numbers between bounds: 大于二十, 一到五, 五百以上, "more than 30", "at most 100 and at least 20", 20~100.

use rust_decimal::Decimal;

use super::{Form, Numeral, ordinal, percent};
use crate::reader::{Found, Reader};
use crate::text::Text;
use crate::value::Value;

/// One bound of a range, or both for an equality.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    Above,
    AtLeast,
    Below,
    AtMost,
    Equal,
}

use Bound::{Above, AtLeast, AtMost, Below, Equal};

/// Chinese words before the number; longer ones first where one begins another.
#[rustfmt::skip]
const HAN_BEFORE: &[(&str, Bound)] = &[
    ("大于或者等于", AtLeast), ("大于或等于", AtLeast), ("大于等于", AtLeast), ("高于等于", AtLeast), ("高于或等于", AtLeast), ("不小于", AtLeast),
    ("不少于", AtLeast), ("不低于", AtLeast), ("至少为", AtLeast), ("至少是", AtLeast), ("至少有", AtLeast), ("至少", AtLeast), ("最少为", AtLeast),
    ("最少是", AtLeast), ("最少", AtLeast), ("起码", AtLeast), ("等于或大于", AtLeast), ("多于或等于", AtLeast), ("超过或等于", AtLeast),
    ("小于或者等于", AtMost), ("小于或等于", AtMost), ("小于等于", AtMost), ("低于等于", AtMost), ("低于或等于", AtMost), ("少于或等于", AtMost),
    ("少于等于", AtMost), ("等于或小于", AtMost), ("不大于", AtMost), ("不多于", AtMost), ("不高于", AtMost), ("不超过", AtMost),
    ("最多为", AtMost), ("最多是", AtMost), ("最多有", AtMost), ("最多", AtMost), ("至多为", AtMost), ("至多", AtMost), ("顶多", AtMost),
    ("大于", Above), ("高于", Above), ("多于", Above), ("超过了", Above), ("超过", Above), ("超出", Above), ("高过", Above), ("大过", Above), ("胜过", Above),
    ("小于", Below), ("少于", Below), ("低于", Below), ("不足", Below), ("不到", Below), ("等于", Equal), ("等同于", Equal),
    ("至少要", AtLeast), ("至少得", AtLeast), ("至少需要", AtLeast), ("起码要", AtLeast), ("起码有", AtLeast), ("起码是", AtLeast), ("最少有", AtLeast), ("最少要", AtLeast),
    ("不少過", AtLeast), ("不小過", AtLeast), ("等于或者大于", AtLeast), ("等于或高于", AtLeast), ("等于或多于", AtLeast), ("多于等于", AtLeast), ("高于或者等于", AtLeast),
    ("多于或者等于", AtLeast), ("大过或等于", AtLeast), ("等于或者小于", AtMost), ("等于或低于", AtMost), ("等于或少于", AtMost), ("低于或者等于", AtMost), ("少于或者等于", AtMost),
    ("不超", AtMost), ("不超出", AtMost), ("不得超过", AtMost), ("不能超过", AtMost), ("最多不超过", AtMost), ("最高不超过", AtMost), ("至多是", AtMost), ("至多有", AtMost),
    ("顶多是", AtMost), ("顶多有", AtMost), ("多达", AtMost), ("不得低于", AtLeast), ("不得少于", AtLeast), ("不能少于", AtLeast), ("多过", Above), ("大于了", Above),
    ("高出", Above), ("超过有", Above), ("小过", Below), ("少过", Below), ("低过", Below), ("不够", Below), ("未满", Below), ("不满", Below), ("相等于", Equal),
];

#[rustfmt::skip]
const HAN_AFTER: &[(&str, Bound)] = &[
    ("或以上", AtLeast), ("及以上", AtLeast), ("以上", Above), ("之上", Above), ("或以下", AtMost), ("及以下", AtMost), ("以下", Below), ("之下", Below),
    ("以内", AtMost), ("之内", AtMost),
    ("或更多", AtLeast), ("或者更多", AtLeast), ("及更多", AtLeast), ("或更高", AtLeast), ("或更大", AtLeast), ("或者以上", AtLeast), ("往上", AtLeast), ("开外", Above),
    ("或更少", AtMost), ("或者更少", AtMost), ("或更低", AtMost), ("或更小", AtMost), ("或者以下", AtMost), ("往下", AtMost),
];

/// English words before the number.
#[rustfmt::skip]
const BEFORE: &[(&str, Bound)] = &[
    ("greater than or equal to", AtLeast), ("more than or equal to", AtLeast), ("larger than or equal to", AtLeast), ("higher than or equal to", AtLeast),
    ("greater or equal to", AtLeast), ("greater or equal than", AtLeast), ("more or equal to", AtLeast), ("more or equal than", AtLeast),
    ("larger or equal than", AtLeast), ("bigger or equal than", AtLeast),
    ("equal to or more than", AtLeast), ("equal to or greater than", AtLeast), ("equal to or larger than", AtLeast), ("equal or more than", AtLeast),
    ("equal or greater than", AtLeast), ("at least or equal to", AtLeast), ("not less than", AtLeast), ("no less than", AtLeast), ("no fewer than", AtLeast),
    ("no lower than", AtLeast), ("no smaller than", AtLeast), ("not smaller than", AtLeast), ("not fewer than", AtLeast), ("at least", AtLeast),
    ("less than or equal to", AtMost), ("smaller than or equal to", AtMost), ("fewer than or equal to", AtMost), ("lower than or equal to", AtMost),
    ("less or equal to", AtMost), ("less or equal than", AtMost), ("smaller or equal than", AtMost), ("fewer or equal than", AtMost), ("at most or equal to", AtMost),
    ("equal to or less than", AtMost), ("equal to or smaller than", AtMost), ("equal to or fewer than", AtMost), ("equal or less than", AtMost),
    ("not more than", AtMost), ("no more than", AtMost), ("not greater than", AtMost), ("no greater than", AtMost), ("no larger than", AtMost), ("no higher than", AtMost),
    ("not larger than", AtMost), ("at most", AtMost), ("up to", AtMost), ("as many as", AtMost), ("not over", AtMost), ("not exceeding", AtMost),
    ("more than", Above), ("greater than", Above), ("larger than", Above), ("bigger than", Above), ("higher than", Above), ("above", Above), ("over", Above),
    ("exceeding", Above), ("exceeds", Above), ("exceed", Above), ("exceeded", Above), ("surpass", Above), ("surpasses", Above), ("surpassed", Above), ("surpassing", Above),
    ("less than", Below), ("smaller than", Below), ("fewer than", Below), ("lower than", Below), ("below", Below), ("under", Below),
    ("equal to", Equal), ("equals to", Equal), ("equaling to", Equal), ("equals", Equal), ("equaling", Equal), ("equal", Equal),
    ("greater than or equals to", AtLeast), ("equals to or greater than", AtLeast), ("more than or equals to", AtLeast),
    ("equals to or more than", AtLeast), ("larger than or equals to", AtLeast), ("larger or equal to", AtLeast), ("equal or larger than", AtLeast),
    ("equals to or larger than", AtLeast), ("bigger than or equal to", AtLeast), ("bigger than or equals to", AtLeast),
    ("bigger or equal to", AtLeast), ("equal to or bigger than", AtLeast), ("equal or bigger than", AtLeast), ("equals to or bigger than", AtLeast),
    ("no bigger than", AtMost), ("not bigger than", AtMost), ("higher than or equals to", AtLeast), ("higher or equal to", AtLeast),
    ("higher or equal than", AtLeast), ("equal to or higher than", AtLeast), ("equal or higher than", AtLeast),
    ("equals to or higher than", AtLeast), ("not higher than", AtMost), ("less than or equals to", AtMost), ("equals to or less than", AtMost),
    ("smaller than or equals to", AtMost), ("smaller or equal to", AtMost), ("equal or smaller than", AtMost), ("equals to or smaller than", AtMost),
    ("fewer than or equals to", AtMost), ("fewer or equal to", AtMost), ("equal or fewer than", AtMost), ("equals to or fewer than", AtMost),
    ("lower than or equals to", AtMost), ("lower or equal to", AtMost), ("lower or equal than", AtMost), ("equal to or lower than", AtMost),
    ("equal or lower than", AtMost), ("equals to or lower than", AtMost), ("not lower than", AtLeast), ("in excess of", Above),
    ("upwards of", Above), ("beyond", Above), ("lesser than", Below), ("not under", AtLeast), ("not below", AtLeast), ("not above", AtMost),
    ("not surpassing", AtMost), ("a minimum of", AtLeast), ("minimum of", AtLeast), ("a maximum of", AtMost), ("maximum of", AtMost),
    ("as few as", AtLeast), ("as much as", AtMost), ("at the least", AtLeast), ("at the most", AtMost), ("no over", AtMost),
];

#[rustfmt::skip]
const AFTER: &[(&str, Bound)] = &[
    ("or greater than", AtLeast), ("or more than", AtLeast), ("or larger than", AtLeast), ("or higher than", AtLeast), ("or above", AtLeast), ("or over", AtLeast),
    ("or more", AtLeast), ("or greater", AtLeast), ("or larger", AtLeast), ("or higher", AtLeast), ("and above", AtLeast), ("and more", AtLeast),
    ("or less than", AtMost), ("or smaller than", AtMost), ("or fewer than", AtMost), ("or below", AtMost), ("or less", AtMost), ("or fewer", AtMost),
    ("or under", AtMost), ("or smaller", AtMost), ("or lower", AtMost), ("and below", AtMost),
    ("and up", AtLeast), ("and over", AtLeast), ("and higher", AtLeast), ("and greater", AtLeast), ("and larger", AtLeast), ("and bigger", AtLeast),
    ("or bigger", AtLeast), ("or bigger than", AtLeast), ("and under", AtMost), ("and less", AtMost), ("and lower", AtMost), ("and fewer", AtMost),
    ("and smaller", AtMost), ("and down", AtMost), ("or lower than", AtMost),
];

#[rustfmt::skip]
const SIGNS: &[(&str, Bound)] = &[(">=", AtLeast), ("<=", AtMost), ("≥", AtLeast), ("≤", AtMost), ("≧", AtLeast), ("≦", AtMost), (">", Above), ("<", Below), ("=", Equal)];

const HAN_AND: &[&str] = &["的同时", "同时", "并且", "而且", "但是", "但", "并", "且", "和", "又", "却"];

/// A range found so far.
#[derive(Debug, Clone, Copy)]
struct Range {
    from: Option<(Decimal, bool)>,
    to: Option<(Decimal, bool)>,
    start: usize,
    end: usize,
}

impl Range {
    fn of(bound: Bound, value: Decimal, start: usize, end: usize) -> Self {
        let (from, to) = match bound {
            Above => (Some((value, false)), None),
            AtLeast => (Some((value, true)), None),
            Below => (None, Some((value, false))),
            AtMost => (None, Some((value, true))),
            Equal => (Some((value, true)), Some((value, true))),
        };
        Self { from, to, start, end }
    }

    /// Both bounds at once, when they leave anything between them.
    fn meet(self, other: Range) -> Option<Range> {
        let (from, to) = match (self.from, self.to, other.from, other.to) {
            (Some(from), None, None, Some(to)) | (None, Some(to), Some(from), None) => (from, to),
            _ => return None,
        };
        (from.0 <= to.0).then_some(Range { from: Some(from), to: Some(to), start: self.start, end: other.end })
    }

    fn value(&self) -> Value {
        Value::NumberRange {
            from: self.from.map(|b| b.0.normalize()),
            to: self.to.map(|b| b.0.normalize()),
            from_inclusive: self.from.is_some_and(|b| b.1),
            to_inclusive: self.to.is_some_and(|b| b.1),
        }
    }
}

/// A number, a percentage or an English ordinal as the end of a range.
fn operand(reader: &Reader<'_>, token: usize) -> Option<Numeral> {
    let text = &reader.text;
    if let Some((value, end)) = percent::part_of(text, token).filter(|_| text.is_han(token)) {
        return Some(Numeral { value, start: token, end, form: Form::Words });
    }
    let article = usize::from(text.s(token) == "the");
    let position = if text.is_han(token) { None } else { ordinal::numbered(text, token + article) };
    if let Some((position, end)) = position {
        return Some(Numeral { value: Decimal::from(position), start: token, end, form: Form::Words });
    }
    let number = super::at(reader, token).filter(|n| !matches!(n.form, Form::Vague { .. }))?;
    if number.form == Form::Words
        && text.is_word(token)
        && text.s(number.end) == "and"
        && let Some(more) = super::english::whole(text, number.end + 1)
        && number.value >= Decimal::ONE_THOUSAND
        && more.value < number.value
        && more.value >= Decimal::ONE_HUNDRED
    {
        return Some(Numeral { value: number.value + more.value, end: more.end, ..number });
    }
    Some(number)
}

/// A bound whose words come before or after its number.
fn bounded(reader: &Reader<'_>, token: usize) -> Option<Range> {
    let text = &reader.text;
    let sign = |t: usize| {
        text.pick(t, SIGNS).filter(|(_, end)| {
            let doubled =
                t > 0 && matches!(text.ch(t - 1), '=' | '<' | '>' | '-') || matches!(text.ch(*end), '<' | '>' | '=');
            !doubled
        })
    };
    if text.lit(token, "不等于").is_some() {
        return None;
    }
    if let Some((bound, at)) =
        text.pick(token, HAN_BEFORE).or_else(|| text.pick_words(token, BEFORE)).or_else(|| sign(token))
    {
        let at = at + usize::from(text.ch(at) == '了');
        let number = operand(reader, at)?;
        let end = number.end;
        if matches!(bound, Above | Below)
            && let Some(end) = text.words(end, "or equal to").filter(|e| operand(reader, *e).is_none())
        {
            return Some(Range::of(if bound == Above { AtLeast } else { AtMost }, number.value, token, end));
        }
        let after = text.pick_words(end, AFTER).filter(|(_, e)| bound == Equal && operand(reader, *e).is_none());
        if let Some((bound, end)) = after {
            return Some(Range::of(bound, number.value, token, end));
        }
        if bound == Equal && text.ch(token) == '=' {
            return None;
        }
        return Some(Range::of(bound, number.value, token, end));
    }
    if text.ch(token) == '比' {
        let number = operand(reader, token + 1)?;
        let bound = match text.ch(number.end) {
            '大' | '高' | '多' | '重' | '长' => Above,
            '小' | '低' | '少' | '轻' | '短' => Below,
            _ => return None,
        };
        return Some(Range::of(bound, number.value, token, number.end + 1));
    }
    let number = operand(reader, token)?;
    // 5个以上, 十人以下
    let counted = number.end + usize::from(matches!(text.ch(number.end), '个' | '人' | '名' | '位' | '次' | '件'));
    if counted > number.end
        && let Some((bound, end)) = text.pick(counted, HAN_AFTER)
    {
        return Some(Range::of(bound, number.value, token, end));
    }
    let (bound, end) = text.pick(number.end, HAN_AFTER).or_else(|| text.pick_words(number.end, AFTER))?;
    (operand(reader, end).is_none() || text.is_han(end)).then(|| Range::of(bound, number.value, token, end))
}

/// Two ends: between A and B, from A to B, A到B, A~B.
fn spanned(reader: &Reader<'_>, token: usize) -> Option<Range> {
    let text = &reader.text;
    let mut at = token;
    let between = text.lit(token, "位于").or_else(|| text.lit(token, "介于"));
    let english = match text.s(token) {
        "between" => Some(true),
        "from" => Some(false),
        _ => None,
    };
    let mut start = token;
    if let Some(after) = between {
        at = after;
    } else if english.is_some() || text.ch(token) == '从' {
        at += 1;
    }
    let first = operand(reader, at)?;
    let link = first.end;
    let glued_link = matches!(text.ch(link), '~' | '-') && text.gap(link) <= 1 && text.gap(link + 1) <= 1;
    let strong = text
        .lit(link, "到")
        .or_else(|| text.lit(link, "至"))
        .or_else(|| text.words(link, "up to"))
        .or((matches!(text.s(link), "to" | "through" | "till")).then_some(link + 1));
    let weak = match text.s(link) {
        "与" | "和" | "跟" => Some(link + 1),
        "and" => english.is_some_and(|b| b).then_some(link + 1),
        _ => None,
    };
    let second_at = strong.or(weak).or_else(|| glued_link.then_some(link + 1))?;
    let second = operand(reader, second_at)?;
    let mut end = second.end;
    let tail = text.lit(end, "之间").or_else(|| text.lit(end, "间").filter(|e| text.ch(*e) != '隔'));
    if let Some(after) = tail {
        end = after;
    }
    let closed = english == Some(true) || between.is_some() || tail.is_some();
    if weak.is_some() && strong.is_none() && !closed || !is_plausible(reader, &first, &second, glued_link) {
        return None;
    }
    if between.is_none() && english.is_none() && text.ch(token) == '从' && tail.is_none() {
        start = at;
    }
    Some(Range { from: Some((first.value, true)), to: Some((second.value, false)), start, end })
}

/// Years, clock times, dates and phone numbers are not ranges of numbers.
fn is_plausible(reader: &Reader<'_>, first: &Numeral, second: &Numeral, glued: bool) -> bool {
    let text = &reader.text;
    let third =
        matches!(text.ch(second.end), '-' | '/' | ':') && text.is_digits(second.end + 1) && !text.spaced(second.end);
    let before =
        first.start > 1 && matches!(text.ch(first.start - 1), '-' | '/' | ':') && text.is_digits(first.start - 2);
    let zero = |n: &Numeral| text.s(n.start).starts_with('0') && text.len(n.start) > 1;
    let year_in_words = |n: &Numeral| {
        matches!(text.s(second.end), "in")
            && n.form == Form::Literal
            && text.int(second.end + 1).is_some_and(|y| (1900..2100).contains(&y))
            && n.value <= Decimal::from(999)
            && second.value <= Decimal::from(999)
    };
    first.value < second.value
        && !third
        && !before
        && !(glued && (zero(first) || zero(second)))
        && !year_in_words(first)
}

/// Chinese pairs and vague counts: 两三个, 十几个; 十几万 has no upper end in the number model.
fn vague(reader: &Reader<'_>, token: usize) -> Option<Range> {
    let number = super::at(reader, token)?;
    let Form::Vague { to } = number.form else { return None };
    let (from, upper) = if to == number.value {
        ((number.value, false), None)
    } else if reader.text.ch(number.end - 1) == '几' {
        ((number.value, false), Some((to, false)))
    } else {
        ((number.value, true), Some((to, true)))
    };
    Some(Range { from: Some(from), to: upper, start: token, end: number.end })
}

/// Every range of numbers in the message.
pub(crate) fn read(reader: &Reader<'_>, out: &mut Vec<Found>) {
    let text = &reader.text;
    let mut token = 0;
    while token < text.tokens.len() {
        if text.is_han(token)
            && !super::han::may_begin(text.ch(token))
            && !matches!(
                text.ch(token),
                '大' | '高'
                    | '不'
                    | '至'
                    | '最'
                    | '起'
                    | '未'
                    | '相'
                    | '等'
                    | '多'
                    | '超'
                    | '小'
                    | '低'
                    | '少'
                    | '顶'
                    | '胜'
                    | '位'
                    | '介'
                    | '从'
                    | '比'
            )
        {
            token += 1;
            continue;
        }
        let found = bounded(reader, token).or_else(|| spanned(reader, token)).or_else(|| vague(reader, token));
        let Some(mut range) = found else {
            if let Some(end) = text.lit(token, "不等于") {
                token = end;
                continue;
            }
            let skip = if text.is_word(token) { None } else { super::at(reader, token) };
            token = skip.map_or(token + 1, |n| n.end.max(token + 1));
            continue;
        };
        if let Some(both) =
            second_bound(text, range.end).and_then(|at| bounded(reader, at)).and_then(|other| range.meet(other))
        {
            range = both;
        }
        token = range.end.max(token + 1);
        out.push(Found::new(range.start, range.end, range.value(), "number.range"));
    }
}

/// Where a second bound may begin after a first: after "and", "but", 且, a comma.
fn second_bound(text: &Text, token: usize) -> Option<usize> {
    if matches!(text.s(token), "and" | "but") {
        return Some(token + 1);
    }
    if text.ch(token) == ',' {
        let and = matches!(text.s(token + 1), "and" | "but");
        return Some(token + 1 + usize::from(and));
    }
    // 大于5小于10
    if text.is_han(token) && text.pick(token, HAN_BEFORE).is_some() {
        return Some(token);
    }
    let and = HAN_AND.iter().find_map(|w| text.lit(token, w))?;
    Some(HAN_AND.iter().find_map(|w| text.lit(and, w)).unwrap_or(and))
}
