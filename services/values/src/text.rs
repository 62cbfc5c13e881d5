//! A message made ready to read: characters folded one to one (width, case, traditional forms) and cut into tokens.

use std::collections::HashMap;

/// What a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// ASCII digits.
    Digits,
    /// Letters of an alphabet.
    Word,
    /// One Han character.
    Han,
    /// Any other single character that is not white space.
    Mark,
}

/// A run of characters.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    /// First character, in characters of the message.
    pub start: usize,
    /// The character after the last.
    pub end: usize,
    byte: usize,
    byte_end: usize,
    pub kind: Kind,
    /// Whether white space comes before it.
    pub space: bool,
}

/// A folded, tokenised message.
#[derive(Debug)]
pub(crate) struct Text {
    /// The characters as written.
    pub raw: Vec<char>,
    /// The characters folded; as many as in `raw`.
    pub folded: Vec<char>,
    buffer: String,
    pub tokens: Vec<Token>,
}

impl Text {
    pub(crate) fn new(message: &str) -> Self {
        let raw: Vec<char> = message.chars().collect();
        let folded: Vec<char> = raw.iter().map(|&c| fold(c)).collect();
        let mut buffer = String::with_capacity(message.len());
        let mut tokens: Vec<Token> = Vec::with_capacity(raw.len());
        let mut space = false;
        for (position, &c) in folded.iter().enumerate() {
            let byte = buffer.len();
            buffer.push(c);
            if c.is_whitespace() {
                space = true;
                continue;
            }
            let kind = kind_of(c);
            let joins = matches!(kind, Kind::Digits | Kind::Word) && !space;
            match tokens.last_mut() {
                Some(last) if joins && last.kind == kind => {
                    last.end = position + 1;
                    last.byte_end = buffer.len();
                }
                _ => {
                    tokens.push(Token { start: position, end: position + 1, byte, byte_end: buffer.len(), kind, space })
                }
            }
            space = false;
        }
        Self { raw, folded, buffer, tokens }
    }

    /// The folded text of a token, empty past the end.
    pub(crate) fn s(&self, token: usize) -> &str {
        self.tokens.get(token).map_or("", |t| &self.buffer[t.byte..t.byte_end])
    }

    /// The single character of a token, NUL past the end; of a longer token its first.
    pub(crate) fn ch(&self, token: usize) -> char {
        self.tokens.get(token).map_or('\0', |t| self.folded[t.start])
    }

    pub(crate) fn kind(&self, token: usize) -> Option<Kind> {
        self.tokens.get(token).map(|t| t.kind)
    }

    pub(crate) fn is_digits(&self, token: usize) -> bool {
        self.kind(token) == Some(Kind::Digits)
    }

    pub(crate) fn is_word(&self, token: usize) -> bool {
        self.kind(token) == Some(Kind::Word)
    }

    pub(crate) fn is_han(&self, token: usize) -> bool {
        self.kind(token) == Some(Kind::Han)
    }

    /// Whether white space comes before the token; true at the ends of the message.
    pub(crate) fn spaced(&self, token: usize) -> bool {
        token == 0 || self.tokens.get(token).is_none_or(|t| t.space)
    }

    /// Whether white space comes before the token, `otherwise` past the end.
    pub(crate) fn spaced_or(&self, token: usize, otherwise: bool) -> bool {
        self.tokens.get(token).map_or(otherwise, |t| t.space)
    }

    /// How many characters of white space come before the token.
    pub(crate) fn gap(&self, token: usize) -> usize {
        match (token.checked_sub(1).and_then(|p| self.tokens.get(p)), self.tokens.get(token)) {
            (Some(before), Some(after)) => after.start - before.end,
            _ => 0,
        }
    }

    /// The number a digits token writes, if it fits.
    pub(crate) fn int(&self, token: usize) -> Option<u32> {
        if self.is_digits(token) && self.s(token).len() <= 9 { self.s(token).parse().ok() } else { None }
    }

    /// Length of a token in characters.
    pub(crate) fn len(&self, token: usize) -> usize {
        self.tokens.get(token).map_or(0, |t| t.end - t.start)
    }

    /// Matches the characters of `phrase` against Han and mark tokens from `token` on; the token after them.
    pub(crate) fn lit(&self, token: usize, phrase: &str) -> Option<usize> {
        let mut at = token;
        for c in phrase.chars() {
            if self.len(at) != 1 || self.ch(at) != c {
                return None;
            }
            at += 1;
        }
        Some(at)
    }

    /// The longest of `table` whose phrase is found at `token`, and the token after it.
    pub(crate) fn pick<T: Copy>(&self, token: usize, table: &[(&str, T)]) -> Option<(T, usize)> {
        let first = self.tokens.get(token).map(|t| self.folded[t.start])?;
        let mut buffer = [0; 4];
        let lead = first.encode_utf8(&mut buffer).as_bytes();
        // The last byte tells most characters apart, so it is looked at before the phrase is.
        let (&last, place) = (lead.last()?, lead.len() - 1);
        longest(table.iter().filter_map(|(phrase, value)| {
            let bytes = phrase.as_bytes();
            if bytes.get(place) != Some(&last) || bytes[0] != lead[0] || !bytes.starts_with(lead) {
                return None;
            }
            self.lit(token, phrase).map(|end| (*value, end))
        }))
    }

    /// Matches words separated by single blanks in `phrase` against whole tokens.
    pub(crate) fn words(&self, token: usize, phrase: &str) -> Option<usize> {
        let mut at = token;
        for word in phrase.split(' ') {
            if self.s(at) != word {
                return None;
            }
            at += 1;
        }
        Some(at)
    }

    /// The longest of `table` whose words are found at `token`, and the token after it.
    pub(crate) fn pick_words<T: Copy>(&self, token: usize, table: &[(&str, T)]) -> Option<(T, usize)> {
        let first = self.s(token).as_bytes();
        let (&initial, &last, place) = (first.first()?, first.last()?, first.len() - 1);
        longest(table.iter().filter_map(|(phrase, value)| {
            let bytes = phrase.as_bytes();
            let ends = bytes.get(place + 1).is_none_or(|b| *b == b' ');
            if bytes[0] != initial || bytes.get(place) != Some(&last) || !ends || !bytes.starts_with(first) {
                return None;
            }
            self.words(token, phrase).map(|end| (*value, end))
        }))
    }

    /// Whether white space separates the token from a digit before it.
    pub(crate) fn space_sep(&self, token: usize) -> bool {
        self.spaced_or(token, true)
    }
}

/// A long table of phrases, by their first words.
#[derive(Debug)]
pub(crate) struct Phrases<T: 'static>(HashMap<&'static str, Vec<(&'static str, T)>>);

impl<T: Copy> Phrases<T> {
    pub(crate) fn new(table: &'static [(&'static str, T)]) -> Self {
        let mut by_first: HashMap<&'static str, Vec<(&'static str, T)>> = HashMap::new();
        for (phrase, value) in table {
            let first = phrase.split(' ').next().unwrap_or(phrase);
            by_first.entry(first).or_default().push((phrase, *value));
        }
        Self(by_first)
    }

    /// The longest of the table whose words are found at `token`, and the token after it.
    pub(crate) fn pick(&self, text: &Text, token: usize) -> Option<(T, usize)> {
        let phrases = self.0.get(text.s(token))?;
        longest(phrases.iter().filter_map(|(phrase, value)| text.words(token, phrase).map(|end| (*value, end))))
    }
}

impl<T: Copy> Phrases<T> {
    /// The same where the last word of a phrase may also stand with a plural "s".
    pub(crate) fn pick_plural(&self, text: &Text, token: usize) -> Option<(T, usize)> {
        let word = text.s(token);
        let at = |(phrase, value): &(&'static str, T)| {
            let (mut head, mut stem) = (token, *phrase);
            if let Some((before, last)) = phrase.rsplit_once(' ') {
                (head, stem) = (text.words(token, before)?, last);
            }
            let last = text.s(head);
            (last == stem || last.strip_suffix('s') == Some(stem)).then_some((*value, head + 1))
        };
        let singular = word.strip_suffix('s').and_then(|w| self.0.get(w));
        longest(self.0.get(word).into_iter().chain(singular).flatten().filter_map(at))
    }
}

/// The match that ends last; of two that end together the first.
fn longest<T>(matches: impl Iterator<Item = (T, usize)>) -> Option<(T, usize)> {
    matches.reduce(|best, next| if next.1 > best.1 { next } else { best })
}

fn kind_of(c: char) -> Kind {
    if c.is_ascii_digit() {
        Kind::Digits
    } else if is_han(c) {
        Kind::Han
    } else if c.is_alphabetic() {
        Kind::Word
    } else {
        Kind::Mark
    }
}

/// Whether `c` is a Han character (or the ideographic zero).
pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2ffff}' | '〇')
}

/// Folds width, case and the traditional forms the grammar's words contain; always one character to one.
fn fold(c: char) -> char {
    let c = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        '−' | '–' | '—' | '‐' | '‑' => '-',
        '〜' | '∼' => '~',
        'µ' => 'μ',
        '’' | '‘' | '`' => '\'',
        '。' => '。',
        _ => c,
    };
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    if !is_han(c) {
        let mut lower = c.to_lowercase();
        return match (lower.next(), lower.next()) {
            (Some(one), None) => one,
            _ => c,
        };
    }
    TRADITIONAL.binary_search_by_key(&c, |pair| pair.0).map_or(c, |found| TRADITIONAL[found].1)
}

/// Traditional characters that occur in the grammar's words, sorted, with their simplified forms.
#[rustfmt::skip]
static TRADITIONAL: &[(char, char)] = &[
    ('並', '并'), ('來', '来'), ('係', '系'), ('個', '个'), ('們', '们'), ('價', '价'), ('億', '亿'), ('兒', '儿'), ('內', '内'),
    ('兩', '两'), ('剛', '刚'), ('動', '动'), ('勞', '劳'), ('勻', '匀'), ('區', '区'), ('參', '叁'), ('員', '员'), ('問', '问'),
    ('啟', '启'), ('單', '单'), ('噸', '吨'), ('國', '国'), ('圍', '围'), ('圓', '圆'), ('塊', '块'), ('壯', '壮'), ('夠', '够'),
    ('夾', '夹'), ('婦', '妇'), ('學', '学'), ('實', '实'), ('寧', '宁'), ('寶', '宝'), ('對', '对'), ('層', '层'), ('師', '师'),
    ('幣', '币'), ('幾', '几'), ('廳', '厅'), ('張', '张'), ('後', '后'), ('從', '从'), ('復', '复'), ('慶', '庆'), ('應', '应'),
    ('換', '换'), ('擇', '择'), ('攝', '摄'), ('數', '数'), ('於', '于'), ('時', '时'), ('晉', '晋'), ('曆', '历'), ('書', '书'),
    ('會', '会'), ('東', '东'), ('條', '条'), ('業', '业'), ('樓', '楼'), ('標', '标'), ('歐', '欧'), ('歲', '岁'), ('歷', '历'),
    ('歸', '归'), ('氣', '气'), ('沒', '没'), ('準', '准'), ('溫', '温'), ('滬', '沪'), ('滿', '满'), ('燈', '灯'), ('獨', '独'),
    ('現', '现'), ('畝', '亩'), ('當', '当'), ('發', '发'), ('盧', '卢'), ('確', '确'), ('禮', '礼'), ('種', '种'), ('箇', '个'),
    ('節', '节'), ('紀', '纪'), ('約', '约'), ('終', '终'), ('給', '给'), ('網', '网'), ('總', '总'), ('續', '续'), ('羅', '罗'),
    ('聖', '圣'), ('臘', '腊'), ('臺', '台'), ('與', '与'), ('華', '华'), ('萬', '万'), ('蘇', '苏'), ('處', '处'), ('號', '号'),
    ('裡', '里'), ('親', '亲'), ('許', '许'), ('認', '认'), ('誕', '诞'), ('說', '说'), ('謝', '谢'), ('讓', '让'), ('負', '负'),
    ('貨', '货'), ('貳', '贰'), ('贛', '赣'), ('車', '车'), ('輛', '辆'), ('農', '农'), ('這', '这'), ('連', '连'), ('週', '周'),
    ('進', '进'), ('過', '过'), ('達', '达'), ('遠', '远'), ('選', '选'), ('遼', '辽'), ('還', '还'), ('醫', '医'), ('釐', '厘'),
    ('銀', '银'), ('錢', '钱'), ('錯', '错'), ('鎊', '镑'), ('鐘', '钟'), ('鐵', '铁'), ('長', '长'), ('閉', '闭'), ('開', '开'),
    ('閏', '闰'), ('間', '间'), ('關', '关'), ('陝', '陕'), ('陰', '阴'), ('陸', '陆'), ('陽', '阳'), ('際', '际'), ('隻', '只'),
    ('雙', '双'), ('離', '离'), ('雲', '云'), ('韓', '韩'), ('頃', '顷'), ('項', '项'), ('頓', '顿'), ('頭', '头'), ('顆', '颗'),
    ('題', '题'), ('顯', '显'), ('馬', '马'), ('體', '体'), ('魯', '鲁'), ('點', '点'), ('龍', '龙'),
];
