"""Other ways to write the same request (views), and near ones that mean something else (opposites).

Everything takes the random generator as an argument; only `Homophones` needs a package (pypinyin).
"""

import re
from collections import Counter, defaultdict

KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
BEFORE = {
    "zh": ("请", "麻烦", "你好，", "那个，", "嗯", "请问", "帮我", "麻烦你", "我想问一下，", "那啥，", "哎，", "您好，", "拜托"),
    "en": ("please ", "hi, ", "um ", "hey, ", "can you please ", "i'd like you to ", "ok so ", "well, ", "hello ", "so "),
}
AFTER = {
    "zh": ("，谢谢", "吧", "啊", "呢", "，麻烦了", "一下", "，急", "好吗", "呗", "。", "！", "？"),
    "en": (" please", " thanks", ", thank you", " asap", " for me", " pls", " now", ".", "!", "?"),
}
MARKS = re.compile(r"[\s,.!?;:，。！？；：、~～]+$|[,，。、!！]")
WORD = re.compile(r"[A-Za-z]+")
HAN = re.compile("[\u4e00-\u9fff]")

OPPOSITES = {
    "zh": (
        ("打开", "关闭"), ("开启", "关掉"), ("增加", "减少"), ("买入", "卖出"), ("升高", "降低"), ("调高", "调低"), ("上传", "下载"), ("启用", "停用"),
        ("锁定", "解锁"), ("加入", "退出"), ("存入", "取出"), ("借出", "归还"), ("上班", "下班"), ("提前", "推迟"), ("添加", "删除"), ("收入", "支出"),
        ("最早", "最晚"), ("最便宜", "最贵"), ("登录", "退出登录"), ("冻结", "解冻"), ("绑定", "解绑"), ("订阅", "退订"),
    ),
    "en": (
        ("turn on", "turn off"), ("increase", "decrease"), ("buy", "sell"), ("raise", "lower"), ("upload", "download"), ("enable", "disable"),
        ("lock", "unlock"), ("join", "leave"), ("deposit", "withdraw"), ("add", "remove"), ("open", "close"), ("accept", "decline"),
        ("cheapest", "most expensive"), ("earliest", "latest"), ("send", "receive"), ("start", "stop"), ("activate", "deactivate"),
        ("subscribe", "unsubscribe"), ("freeze", "unfreeze"), ("include", "exclude"), ("louder", "quieter"), ("up", "down"),
    ),
}  # fmt: skip


def neighbours(key):
    """Keys beside `key` on a QWERTY keyboard."""
    for n, row in enumerate(KEYS):
        if (at := row.find(key)) >= 0:
            near = [row[i] for i in (at - 1, at + 1) if 0 <= i < len(row)]
            for other in KEYS[max(0, n - 1) : n + 2]:
                if other is not row and at < len(other):
                    near.append(other[at])
            return near
    return []


def typo(text, rng):
    """One slip in an English word of four letters or more: a dropped, doubled, swapped or neighbouring letter."""
    words = [m for m in WORD.finditer(text) if len(m.group()) >= 4]
    if not words:
        return text
    m = rng.choice(words)
    word, at = m.group(), rng.randrange(1, len(m.group()) - 1)
    slip = rng.randrange(4)
    if slip == 0:
        word = word[:at] + word[at + 1 :]
    elif slip == 1:
        word = word[:at] + word[at] + word[at:]
    elif slip == 2:
        word = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    else:
        word = word[:at] + rng.choice(neighbours(word[at].lower()) or [word[at]]) + word[at + 1 :]
    return text[: m.start()] + word + text[m.end() :]


def drop_character(text, rng):
    """A Chinese character left out."""
    places = [m.start() for m in HAN.finditer(text)]
    if len(places) < 5:
        return text
    at = rng.choice(places)
    return text[:at] + text[at + 1 :]


def wrap(text, language, rng):
    """Politeness and fillers before, after or around."""
    before = rng.choice(BEFORE[language]) if rng.random() < 0.6 else ""
    after = rng.choice(AFTER[language]) if not before or rng.random() < 0.4 else ""
    return before + text + after


def bare(text, rng):
    """Without punctuation."""
    return MARKS.sub("", text) or text


def cut(text, rng):
    """Hasty: a small word or two left out."""
    words = text.split(" ")
    if len(words) < 5:
        return text
    small = [i for i, w in enumerate(words) if w.lower() in SMALL]
    for i in sorted(rng.sample(small, min(len(small), 2)), reverse=True):
        del words[i]
    return " ".join(words)


SMALL = set("a an the to of is are i me my can could you would do does please for on in it that this have".split())


class Homophones:
    """Characters that sound alike (also z/zh, c/ch, s/sh, n/l, -n/-ng), and words in pinyin without tones."""

    def __init__(self, texts, often=100):
        from pypinyin import lazy_pinyin

        self.pinyin = lazy_pinyin
        count = Counter(ch for text in texts for ch in text if HAN.match(ch))
        self.same, self.sound = defaultdict(list), {}
        for ch, n in count.items():
            sound = self.blur(lazy_pinyin(ch)[0])
            self.sound[ch] = sound
            if n >= often:
                self.same[sound].append(ch)

    @staticmethod
    def blur(sound):
        sound = re.sub("^([zcs])h", r"\1", sound)
        return re.sub("^l", "n", re.sub("([aei]n)g$", r"\1", sound))

    def swap(self, text, rng):
        """One character replaced by one that sounds alike."""
        places = [(i, self.same.get(self.sound.get(ch, ""), [])) for i, ch in enumerate(text)]
        places = [(i, [c for c in alike if c != text[i]]) for i, alike in places]
        places = [(i, alike) for i, alike in places if alike]
        if not places:
            return text
        i, alike = rng.choice(places)
        return text[:i] + rng.choice(alike) + text[i + 1 :]

    def spell(self, text, rng):
        """Two neighbouring characters in pinyin."""
        places = [i for i in range(len(text) - 1) if HAN.match(text[i]) and HAN.match(text[i + 1])]
        if len(places) < 3:
            return text
        i = rng.choice(places)
        return text[:i] + "".join(self.pinyin(text[i : i + 2])) + text[i + 2 :]


class Lexicon:
    """Words and their translation, kept when the two are often met in the two halves of a pair."""

    def __init__(self, entries, sentences, least=5, share=0.25):
        candidates = defaultdict(set)
        for en, zh in entries:
            en = re.sub(r"^(to|a|an|the) ", "", en.lower().strip())
            if len(zh) >= 2 and HAN.match(zh) and re.fullmatch("[a-z]+( [a-z]+)?", en):
                candidates[zh].add(en)
        self.longest = max(map(len, candidates), default=0)
        self.zh_en = candidates
        met, together = Counter(), Counter()
        for en, zh in sentences:
            padded = f" {' '.join(WORD.findall(en.lower()))} "
            for start, end in self.words(zh):
                word = zh[start:end]
                met[word] += 1
                for gloss in candidates[word]:
                    if f" {gloss} " in padded:
                        together[word, gloss] += 1
        self.zh_en, self.en_zh = {}, {}
        for (word, gloss), n in sorted(together.items(), key=lambda x: -x[1]):
            if n >= least and n / met[word] >= share and gloss not in SMALL:
                self.zh_en.setdefault(word, gloss)
                self.en_zh.setdefault(gloss, word)

    def words(self, text):
        """Spans of known words, longest match from the left."""
        at = 0
        while at < len(text):
            for end in range(min(len(text), at + self.longest), at + 1, -1):
                if text[at:end] in self.zh_en:
                    yield at, end
                    at = end
                    break
            else:
                at += 1

    def switch(self, text, language, rng):
        """One or two words in the other language."""
        if language == "zh":
            spans = [(a, b, self.zh_en[text[a:b]]) for a, b in self.words(text)]
        else:
            spans = [(m.start(), m.end(), self.en_zh.get(m.group().lower())) for m in WORD.finditer(text)]
            spans = [s for s in spans if s[2]]
        for a, b, other in sorted(rng.sample(spans, min(len(spans), rng.choice((1, 1, 2)))), reverse=True):
            text = text[:a] + (f" {other} " if rng.random() < 0.3 else other) + text[b:]
        return " ".join(text.split())


class Views:
    """Draws another way to write a text."""

    def __init__(self, homophones, lexicon):
        self.homophones, self.lexicon = homophones, lexicon

    def __call__(self, text, language, rng):
        choice = rng.random()
        if choice < 0.25:
            return wrap(text, language, rng)
        if choice < 0.35:
            return bare(text, rng)
        if choice < 0.6:
            return self.lexicon.switch(text, language, rng)
        if language == "en":
            return cut(text, rng) if choice < 0.7 else typo(text, rng)
        if choice < 0.85:
            return self.homophones.swap(text, rng)
        return self.homophones.spell(text, rng) if choice < 0.95 else drop_character(text, rng)


def negate(text, language, rng):
    """The request withdrawn: "don't …", "不要…"; a negation already there is taken away. None if neither is safe."""
    if language == "zh":
        if re.search(r"(.)不\1", text):  # 要不要, 能不能: a question, not a negation
            return None
        for mark in ("不要", "别", "不想", "不用"):
            if mark in text:
                return text.replace(mark, "要" if mark != "别" else "", 1)
        if re.search("[吗呢？?什么哪几多少怎]", text):
            return None
        for verb in ("帮我", "给我", "我想要", "我想", "我要", "请", "把"):
            if verb in text:
                change = {"帮我": "别帮我", "给我": "别给我", "我想要": "我不想要", "我想": "我不想", "我要": "我不要", "请": "请不要", "把": "别把"}
                return text.replace(verb, change[verb], 1)
        return rng.choice(("不要", "别", "不用", "先不要")) + text
    low = text.lower()
    for mark in ("don't ", "do not ", "dont "):
        if mark in low:
            at = low.index(mark)
            return text[:at] + text[at + len(mark) :]
    if "?" in text or re.match("(what|who|when|where|why|how|is|are|do|does|did|was|which|will|am|has|have) ?", low):
        return None
    for verb, change in (("i want ", "i don't want "), ("i need ", "i don't need "), ("i would like ", "i would not like "),
                         ("i'd like ", "i wouldn't like "), ("please ", "please don't "), ("can you ", "don't ")):  # fmt: skip
        if verb in low:
            return low.replace(verb, change, 1)
    return rng.choice(("don't ", "do not ", "no need to ")) + text


def opposite(text, language, rng):
    """An antonym put in. None if the text has no word of the list."""
    found = []
    low = text.lower()
    for a, b in OPPOSITES[language]:
        for one, other in ((a, b), (b, a)):
            pattern = re.escape(one) if language == "zh" else rf"\b{re.escape(one)}\b"
            if re.search(pattern, low):
                found.append((pattern, other))
    if not found:
        return None
    pattern, other = rng.choice(found)
    return re.sub(pattern, other, low, count=1)


def reverse(text, language, rng):
    """A near text that asks for something else, or None."""
    changed = opposite(text, language, rng) if rng.random() < 0.6 else None
    return changed or negate(text, language, rng)
