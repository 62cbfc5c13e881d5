"""Sets to measure on that training never sees: the product's skills, SGD and SNIPS."""

import json
import random
import re
from collections import defaultdict

import yaml

SLOT = re.compile(r"\[([^\]]+)\]\([^)]+\)")
FIRST_TURN = r"turns:\n\s+- \{user: (.+?), action: \w+, skill: ([\w.-]+)"
HAN = re.compile("[\u4e00-\u9fff]")


def language(text):
    """A text with a third of Chinese characters or more is Chinese."""
    return "zh" if 3 * len(HAN.findall(text)) >= len(text) else "en"


def skills(folder):
    """[(example, skill, language)] of every pack, slot marks taken off."""
    rows = []
    for path in sorted(folder.glob("*/*.skill.yaml")):
        name = re.search(r"(?m)^skill: *(\S+)", text := path.read_text(encoding="utf8"))
        block = re.search(r"(?m)^examples:\n(?:^ .*\n|^\n)+", text)
        for example in yaml.safe_load(block.group())["examples"] if name and block else ():
            plain = SLOT.sub(r"\1", str(example))
            rows.append((plain, name.group(1), language(plain)))
    return rows


def first_turns(folder):
    """[(first user turn, skill, language)] of the packs' conversation tests that begin with a skill."""
    names = {spec for _, spec, _ in skills(folder)}
    rows = []
    for path in sorted(folder.glob("*/*.test.yaml")):
        for turn in re.finditer(FIRST_TURN, path.read_text(encoding="utf8")):
            text, skill = turn.group(1).strip("'\" "), turn.group(2)
            if skill in names:
                rows.append((text, skill, language(text)))
    return rows


def split(rows, shots, seed):
    """`shots` rows of each label to learn from, and the rest."""
    rng, by = random.Random(seed), defaultdict(list)
    for row in rows:
        by[row[1]].append(row)
    few, rest = [], []
    for label in sorted(by):
        own = rng.sample(by[label], len(by[label]))
        few += own[:shots]
        rest += own[shots:]
    return few, rest


def sgd(folder, least=15):
    """[(user turn, service and intent)] where a new intent begins."""
    by = defaultdict(dict)
    for path in sorted(folder.glob("dev.dialogues_*.json")):
        for dialogue in json.loads(path.read_text(encoding="utf8")):
            before = {}
            for turn in dialogue["turns"]:
                for frame in turn["frames"] if turn["speaker"] == "USER" else ():
                    intent = frame["state"]["active_intent"]
                    if intent != "NONE" and before.get(frame["service"]) != intent:
                        by[f"{frame['service']} {intent}"][turn["utterance"]] = None
                    before[frame["service"]] = intent
    return [(text, label) for label, texts in sorted(by.items()) if len(texts) >= least for text in texts]


def lines(path):
    return path.read_text(encoding="utf8").rstrip("\n").split("\n")


def snips_intents(folder, part):
    return list(zip((t.strip() for t in lines(folder / f"{part}.seq.in")), lines(folder / f"{part}.label"), strict=True))


def snips_slots(folder, part):
    """[(words, tags, intent)]"""
    words, tags = ([line.split() for line in lines(folder / f"{part}.seq.{x}")] for x in ("in", "out"))
    return list(zip(words, tags, lines(folder / f"{part}.label"), strict=True))


def spans(tags):
    """(start, end, kind) of IOB tags; a stray I- begins a span."""
    start, kind = 0, None
    for i, tag in enumerate([*tags, "O"]):
        if kind and tag != f"I-{kind}":
            yield start, i, kind
            kind = None
        if tag != "O" and kind is None:
            start, kind = i, tag[2:]


def traditional(text):
    """Simplified to Traditional."""
    global _converter
    if _converter is None:
        from opencc import OpenCC

        _converter = OpenCC("s2t")
    return _converter.convert(text)


_converter = None
