//! Questions about the fields of what is before the user ("what's their address?", "要多少钱？"): which fields are asked
//! about, by the words of their titles and by what people say instead.

mod lexicon;

use skills::fold;

use crate::act::contains_words;
use crate::meaning::{Sentence, Stance};
use lexicon::{EMPTY, INSIDE, OPENINGS, QUESTION_WORDS, SAID_FOR};

/// Something that can be asked about: a slot, or a column of a result.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its title and other words for it, in any language.
    pub titles: Vec<String>,
}

/// The names of the fields that the sentences ask about, in the order of `fields`. `topics` are words for the thing itself
/// ("restaurant"), which name none of its fields.
#[must_use]
pub fn asked<'a>(sentences: &[Sentence], fields: &'a [Field], topics: &[String]) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for sentence in sentences {
        let text = fold(&sentence.text);
        let is_asked = match sentence.stance {
            Some(Stance::Question) => true,
            Some(Stance::Others) => false,
            // "Can you find me a hotel?" asks for something to be done, "how many stars has it?" does not.
            Some(Stance::Inform) => has_question_word(&text),
            _ => is_question(&text),
        };
        if !is_asked {
            continue;
        }
        let hits: Vec<(Vec<String>, &Field)> = fields
            .iter()
            .map(|field| (matched(&text, field, topics), field))
            .filter(|(words, _)| !words.is_empty())
            .collect();
        for (at, (words, field)) in hits.iter().enumerate() {
            // "Price per night" says more than "price": a field all of whose words another matches too, with more
            // besides, was not meant; of two that match alike the first is.
            let is_outdone = hits.iter().enumerate().any(|(other_at, (other, _))| {
                let has_all = words.iter().all(|word| other.contains(word));
                has_all
                    && (other.len() > words.len()
                        || other.len() == words.len() && other_at < at && !is_plural(&text, words))
            });
            if !is_outdone && !names.contains(&field.name.as_str()) {
                names.push(&field.name);
            }
        }
    }
    names.sort_by_key(|name| fields.iter().position(|field| field.name == **name));
    names
}

/// The sentences of `text`, each with its closing mark.
#[must_use]
pub fn sentences(text: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let chars: Vec<char> = text.chars().collect();
    for (at, c) in chars.iter().enumerate() {
        let ends = match c {
            '?' | '!' | '？' | '！' | '。' | '；' | ';' | '\n' => true,
            '.' => chars.get(at + 1).is_none_or(|next| next.is_whitespace()),
            _ => false,
        };
        if let Some(last) = all.last_mut() {
            last.push(*c);
        }
        if ends {
            all.push(String::new());
        }
    }
    all.retain(|sentence| sentence.chars().any(char::is_alphanumeric));
    all
}

/// Whether the words are in the plural: "which stations", as against "which station".
fn is_plural(sentence: &str, words: &[String]) -> bool {
    sentence.split(|c: char| !c.is_alphanumeric()).any(|said| {
        said.strip_suffix('s').is_some_and(|single| words.iter().any(|word| word == stem(single)) && single.len() > 3)
    })
}

/// Whether the sentence asks about something, rather than for something to be done.
pub(crate) fn has_question_word(sentence: &str) -> bool {
    let trimmed = sentence.trim();
    let first = trimmed.split(|c: char| c.is_whitespace() || c == ',').next().unwrap_or_default();
    let is_about = contains_words(trimmed, "how about") || contains_words(trimmed, "what about");
    !is_about && (QUESTION_WORDS.contains(&first) || INSIDE.iter().any(|words| contains_words(trimmed, words)))
}

fn is_question(sentence: &str) -> bool {
    let trimmed = sentence.trim();
    let first = trimmed.split(|c: char| c.is_whitespace() || c == ',').next().unwrap_or_default();
    trimmed.ends_with(['?', '？'])
        || trimmed.ends_with("吗")
        || trimmed.trim_end_matches('。').ends_with(['吗', '呢'])
        || OPENINGS.contains(&first)
        || INSIDE.iter().any(|words| contains_words(trimmed, words))
}

/// The words of a field's titles that stand in the sentence.
fn matched(sentence: &str, field: &Field, topics: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for title in &field.titles {
        let title = fold(title);
        if title.chars().count() > 1 && !title.is_ascii() && sentence.contains(&title) {
            found.push(title.clone());
        }
        for word in title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            let said: &[&str] = SAID_FOR.iter().find(|(known, _)| *known == word).map_or(&[], |(_, said)| said);
            let is_said = said.iter().any(|said| contains_words(sentence, said))
                || (word.is_ascii()
                    && word.len() > 2
                    && !EMPTY.contains(&word)
                    && !topics.iter().any(|topic| stem(topic) == stem(word))
                    && contains_stem(sentence, word));
            let key = if word.is_ascii() { stem(word) } else { word };
            if is_said && !found.iter().any(|known| known == key) {
                found.push(key.to_owned());
            }
        }
    }
    // "Where does it arrive?" asks for no time of arrival.
    let heads = field.titles.first().and_then(|title| title.rsplit(' ').next()).unwrap_or_default();
    if ["time", "date"].contains(&heads) && !found.iter().any(|word| word == stem(heads)) {
        found.clear();
    }
    found
}

/// Where the first telling word of a title, or what people say instead, stands in a sentence: a byte position.
pub(crate) fn telling_word(sentence: &str, title: &str) -> Option<usize> {
    let title = fold(title);
    if !title.is_ascii() {
        return sentence.find(&title);
    }
    let word = title.split(|c: char| !c.is_alphanumeric()).find(|word| word.len() > 2 && !EMPTY.contains(word))?;
    let said: &[&str] = SAID_FOR.iter().find(|(known, _)| *known == word).map_or(&[], |(_, said)| said);
    said.iter().find_map(|said| crate::act::find_words(sentence, said)).or_else(|| {
        let mut words = sentence.split(|c: char| !c.is_alphanumeric());
        words.find(|said| stem(said) == stem(word)).map(|said| said.as_ptr() as usize - sentence.as_ptr() as usize)
    })
}

/// Whether a word of the sentence has the stem of `word`.
fn contains_stem(sentence: &str, word: &str) -> bool {
    let stem = stem(word);
    sentence.split(|c: char| !c.is_alphanumeric() && c != '-').any(|said| self::stem(said) == stem)
}

fn stem(word: &str) -> &str {
    for ending in ["ing", "ers", "ies", "ed", "es", "er", "al", "s", "y"] {
        if let Some(stem) = word.strip_suffix(ending).filter(|stem| stem.len() >= 3) {
            return stem;
        }
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> Vec<Field> {
        let field = |name: &str, titles: &[&str]| Field {
            name: name.into(),
            titles: titles.iter().map(|title| (*title).to_owned()).collect(),
        };
        vec![
            field("phone", &["phone number", "电话"]),
            field("address", &["address", "地址"]),
            field("price_per_night", &["price per night", "价格"]),
            field("pets_allowed", &["pets allowed", "能带宠物"]),
        ]
    }

    fn ask<'a>(text: &str, fields: &'a [Field]) -> Vec<&'a str> {
        let all: Vec<Sentence> = sentences(text).into_iter().map(|text| Sentence { text, stance: None }).collect();
        asked(&all, fields, &[])
    }

    #[test]
    fn questions_name_their_fields_in_both_languages() {
        let fields = fields();
        assert_eq!(ask("Yes, thanks. What's their phone number?", &fields), ["phone"]);
        assert_eq!(ask("where is it and how much is a night?", &fields), ["address", "price_per_night"]);
        assert_eq!(ask("电话是多少？地址在哪？", &fields), ["phone", "address"]);
        assert_eq!(ask("can I bring my dog?", &fields), ["pets_allowed"]);
    }

    #[test]
    fn what_is_not_asked_is_no_question() {
        let fields = fields();
        assert!(ask("Send it to my address.", &fields).is_empty());
        assert!(ask("That sounds good.", &fields).is_empty());
    }
}
