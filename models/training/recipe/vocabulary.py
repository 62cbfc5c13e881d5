"""The WordPiece vocabulary: the English teacher's, every frequent Chinese character, and Traditional forms that share
the id of their Simplified character (so that they cost nothing and need no training)."""

import json
import re
from collections import Counter
from pathlib import Path

from tokenizers import Tokenizer

MAX_TOKENS = 48
ALSO_SIMPLIFIED = "乾藉覆著瞭"  # 乾坤, 藉口, 覆盖, 著名, 瞭望: characters of Simplified text, too
PUNCTUATION = "，。？！：；“”、（）《》【】～￥％＋－"


def is_han(ch):
    return "\u4e00" <= ch <= "\u9fff"


def gb2312():
    """The 6,763 characters of GB 2312."""
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                yield bytes([high, low]).decode("gb2312")
            except UnicodeDecodeError:
                pass


def extend(teacher, chinese, least=3):
    """The teacher's tokens in order, then the characters of GB 2312 and those seen `least` times."""
    old = [t for t, _ in sorted(teacher.get_vocab().items(), key=lambda x: x[1])]
    seen = Counter(ch for text in chinese for ch in text if is_han(ch))
    wanted = set(gb2312()) | {ch for ch, n in seen.items() if n >= least}
    known = set(old)
    return old + sorted(wanted - known) + [p for p in PUNCTUATION if p not in known]


def with_vocabulary(teacher_file, tokens):
    """The teacher's tokenizer.json with another vocabulary, Chinese characters apart, no padding, no truncation."""
    spec = json.loads(Path(teacher_file).read_text(encoding="utf8"))
    spec["model"]["vocab"] = {token: i for i, token in enumerate(tokens)}
    spec["padding"] = spec["truncation"] = None
    return spec


def traditional_forms():
    """{Traditional character: Simplified character} of OpenCC."""
    import opencc

    table = Path(opencc.__file__).parent / "dictionary/TSCharacters.txt"
    forms = {}
    for line in table.read_text(encoding="utf8").splitlines():
        key, _, values = line.partition("\t")
        if len(key) == 1 and values:
            forms[key] = values.split(" ")[0]
    return forms


def alias(vocabulary, forms):
    """Give each form the id of its plain character. Returns how many got one."""
    count = 0
    for form, plain in forms.items():
        if plain in vocabulary and form not in ALSO_SIMPLIFIED and vocabulary.get(form) != vocabulary[plain]:
            vocabulary[form] = vocabulary[plain]
            count += 1
    return count


def gloss_ids(encode, gloss, first=103, most=8):
    """Ids of the words of an English gloss, special tokens left out."""
    return [i for i in encode(re.sub("[^a-z ]", " ", gloss.lower())).ids if i >= first][:most]


def write(spec, path):
    Path(path).write_text(json.dumps(spec, ensure_ascii=False, separators=(",", ":")), encoding="utf8")


def load(path, max_tokens=MAX_TOKENS):
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    return tokenizer


def ids(tokenizer, texts):
    return [e.ids for e in tokenizer.encode_batch(list(texts))]
