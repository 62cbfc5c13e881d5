//! E-mail, web and IP addresses.

use super::{reading, written};
use crate::reader::Reader;
use crate::value::{Reading, Value};

fn local_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-')
}

fn host_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '.')
}

/// Every e-mail address.
pub(crate) fn emails(reader: &Reader<'_>, out: &mut Vec<Reading>) {
    let chars = &reader.text.folded;
    let mut floor = 0;
    for at in 0..chars.len() {
        if chars[at] != '@' || at < floor {
            continue;
        }
        let mut start = at;
        while start > floor && at - start < 64 && local_part(chars[start - 1]) {
            start -= 1;
        }
        let Some(end) = host_end(chars, at + 1) else { continue };
        let local = written(chars, start, at);
        let valid = !local.is_empty() && !local.starts_with('.') && !local.ends_with('.') && !local.contains("..");
        if valid && tld(chars, at + 1, end).is_some_and(|t| t.len() >= 2 && t.chars().all(|c| c.is_ascii_alphabetic()))
        {
            let address = format!("{}@{}", written(&reader.text.raw, start, at), written(chars, at + 1, end));
            out.push(reading(reader, start, end, Value::Email { address }, "email"));
            floor = end;
        }
    }
}

/// The end of the host at `start`, full stops at its end left out; `None` when labels are empty.
fn host_end(chars: &[char], start: usize) -> Option<usize> {
    let mut end = start;
    while end < chars.len() && end - start < 253 && host_char(chars[end]) {
        end += 1;
    }
    while end > start && matches!(chars[end - 1], '.' | '-') {
        end -= 1;
    }
    let host = &chars[start..end];
    let empty = host.windows(2).any(|w| w == ['.', '.']) || host.first().is_none_or(|c| *c == '.');
    (!empty).then_some(end)
}

fn tld(chars: &[char], start: usize, end: usize) -> Option<String> {
    let dot = chars[start..end].iter().rposition(|c| *c == '.')?;
    Some(written(chars, start + dot + 1, end))
}

#[rustfmt::skip]
const GENERIC: &[&str] = &[
    "com", "net", "org", "edu", "gov", "mil", "int", "info", "biz", "name", "pro", "aero", "coop", "museum", "jobs", "mobi", "travel", "asia", "cat", "tel", "post", "xyz", "online", "site", "top", "club", "shop", "store", "app", "dev", "tech", "cloud", "academy", "aws", "blog", "wiki", "news", "live",
    "work", "world", "today", "email", "company", "group", "space", "website", "link", "click", "design", "agency", "digital", "media", "network", "solutions", "services", "systems", "studio", "tools", "training", "university", "vip", "wang", "ren", "ltd", "fun", "art", "page", "one", "life", "zone",
    "coffee", "cafe", "photography", "photo", "pics", "gallery", "software", "codes", "ninja", "rocks", "land", "house", "estate", "fyi", "ink", "press", "science", "party", "trade", "review", "reviews", "win", "bid", "loan", "stream", "download", "webcam", "lol", "icu", "buzz", "cyou", "monster", "quest", "host", "uno", "best", "moe", "xin", "tokyo", "london", "berlin", "paris", "nyc", "amsterdam", "eco", "bio", "farm",
    "beer", "wine", "pizza", "restaurant", "bar", "pub", "hotel", "holiday", "tours", "flights", "taxi", "fit", "fitness", "yoga", "dance", "band", "film", "theater", "football", "golf", "tennis", "bike", "cars", "auto", "repair", "parts", "supply", "supplies", "equipment", "engineering", "energy", "solar", "institute", "college", "degree", "education", "courses", "community", "forum", "love", "dating", "singles", "wedding", "family", "baby", "kids", "toys", "gifts", "gift", "fashion", "clothing", "shoes", "jewelry", "beauty", "salon", "hair", "skin", "care", "clinic", "dental", "doctor", "hospital", "surgery", "vet", "pet", "dog", "fish", "garden", "flowers", "florist",
    "money", "cash", "credit", "fund", "capital", "holdings", "partners", "ventures", "investments", "insurance", "tax", "legal", "lawyer", "attorney", "consulting", "marketing", "management", "expert", "report", "directory", "guide", "how", "tips", "wtf", "cool", "boutique", "exchange", "market", "markets", "deals", "discount", "sale", "auction", "cheap", "rent", "rentals", "apartments", "properties", "property", "construction", "builders", "contractors", "plumbing", "cleaning", "security", "camera", "computer", "foundation", "charity", "church", "vote", "army", "navy", "airforce", "democrat", "republican",
    "guru", "photos", "center", "support", "technology", "microsoft", "google", "apple", "bing", "azure", "office", "health", "law", "finance", "bank", "games", "video", "music", "movie", "school", "chat", "team", "social", "city", "global", "plus", "run", "red", "blue", "green",
];

/// Two letters that are an English word more often than a country at the end of a name.
#[rustfmt::skip]
const WORDS: &[&str] = &["is", "in", "it", "at", "be", "so", "to", "my", "no", "do", "as", "us", "me", "if", "he", "or", "an", "by"];

/// Every web address.
pub(crate) fn urls(reader: &Reader<'_>, out: &mut Vec<Reading>) {
    let chars = &reader.text.folded;
    let mut at = 0;
    while at < chars.len() {
        let before = at.checked_sub(1).map_or(' ', |b| chars[b]);
        let begins =
            chars[at].is_ascii_alphanumeric() && !(before.is_ascii_alphanumeric() || matches!(before, '@' | '-' | '_'));
        if !begins {
            at += 1;
            continue;
        }
        match url_at(chars, at) {
            Some(end) => {
                out.push(reading(reader, at, end, Value::Url { url: written(&reader.text.raw, at, end) }, "url"));
                at = end;
            }
            None => {
                while at < chars.len() && (host_char(chars[at]) || chars[at] == '@') {
                    at += 1;
                }
                at = at.max(1);
            }
        }
    }
}

fn url_at(chars: &[char], start: usize) -> Option<usize> {
    let scheme = ["https://", "http://", "ftp://", "ftps://", "wss://", "ws://"]
        .iter()
        .find(|s| s.chars().zip(&chars[start..]).filter(|(a, b)| a == *b).count() == s.len());
    let host = start + scheme.map_or(0, |s| s.len());
    let next = |at: usize| chars.get(at).copied().unwrap_or(' ');
    let mut end = host_end(chars, host)?;
    // Underscores occur in the names of machines, not in domains.
    while next(end) == '_' && next(end + 1).is_ascii_alphanumeric() {
        end = host_end(chars, end + 1)?;
    }
    if next(end) == '@' {
        return None;
    }
    let name = written(chars, host, end);
    let local = scheme.is_some() && (name == "localhost" || name.parse::<std::net::Ipv4Addr>().is_ok());
    if !local {
        let last = tld(chars, host, end)?;
        let country = last.len() == 2 && last.chars().all(|c| c.is_ascii_alphabetic());
        let path = next(end) == '/' && next(end + 1).is_ascii_alphanumeric();
        let sure = scheme.is_some() || name.starts_with("www.") || path;
        let known = GENERIC.contains(&last.as_str()) || country && (sure || !WORDS.contains(&last.as_str()));
        let labels = name.split('.').all(|l| !l.is_empty() && l.len() < 64 && !l.starts_with('-') && !l.ends_with('-'));
        let abbreviation = !sure
            && name.split('.').all(|l| l.len() <= 1 || l == last)
            && name.len() <= 4
            && !name.chars().any(|c| c.is_ascii_digit());
        if !known || !labels || abbreviation {
            return None;
        }
    }
    if next(end) == ':' && next(end + 1).is_ascii_digit() {
        end += 1 + chars[end + 1..].iter().take(5).take_while(|c| c.is_ascii_digit()).count();
    }
    if matches!(next(end), '/' | '?' | '#') {
        let mut stop = end;
        while stop < chars.len()
            && chars[stop].is_ascii()
            && !chars[stop].is_whitespace()
            && !matches!(chars[stop], '"' | '<' | '>' | '{' | '}' | '\\' | '^')
        {
            stop += 1;
        }
        let count = |upto: usize, c: char| chars[end..upto].iter().filter(|x| **x == c).count();
        let mut open = count(stop, ')').saturating_sub(count(stop, '('));
        while stop > end
            && matches!(chars[stop - 1], '.' | ',' | ';' | ':' | '!' | '\'' | ')')
            && (chars[stop - 1] != ')' || open > 0)
        {
            open = open.saturating_sub(usize::from(chars[stop - 1] == ')'));
            stop -= 1;
        }
        end = stop;
    }
    Some(end)
}

/// Every IP address of either version.
pub(crate) fn ips(reader: &Reader<'_>, out: &mut Vec<Reading>) {
    let chars = &reader.text.folded;
    let part = |c: char| c.is_ascii_hexdigit() || matches!(c, ':' | '.');
    let mut at = 0;
    while at < chars.len() {
        if !part(chars[at]) || at > 0 && (chars[at - 1].is_ascii_alphanumeric() || part(chars[at - 1])) {
            at += 1;
            continue;
        }
        let mut end = at;
        while end < chars.len() && part(chars[end]) {
            end += 1;
        }
        let next = end;
        let glued = chars.get(end).is_some_and(char::is_ascii_alphanumeric);
        let mut address = written(chars, at, end.min(at + 64));
        if address.ends_with('.') {
            address.pop();
            end -= 1;
        }
        if end - at <= 45
            && !glued
            && let Ok(ip) = address.parse::<std::net::IpAddr>()
        {
            out.push(reading(reader, at, end, Value::Ip { address: ip.to_string() }, "ip"));
        } else if let Some((host, port)) = address.split_once(':')
            && !glued
            && !port.is_empty()
            && port.chars().all(|c| c.is_ascii_digit())
            && let Ok(ip) = host.parse::<std::net::Ipv4Addr>()
        {
            out.push(reading(reader, at, at + host.len(), Value::Ip { address: ip.to_string() }, "ip"));
        }
        at = next;
    }
}
