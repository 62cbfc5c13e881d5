"""Reading of the raw data: intents (CSV with text,intent), parallel pairs, glosses, dialogues."""

import csv
import gzip
import json
import random
from collections import Counter, defaultdict

from . import requests, tasks
from .lines import Line

# How many of the pairs of each kind are used: captions, interface strings and glosses are thinned out.
SHARE = {"sentence": 0.8, "dialogue": 0.8, "ui": 0.3, "ui_word": 0.4, "gloss": 0.0}
DISTIL_SHARE = {"sentence": 1.0, "dialogue": 1.0, "ui": 0.7, "ui_word": 0.5, "gloss": 0.5}
CAPTIONS = "3AM"


def intents(path):
    """[(text, intent)] of one CSV file."""
    with open(path, encoding="utf-8-sig", newline="") as f:
        return [(row["text"], row["intent"]) for row in csv.DictReader(f)]


def pairs(path):
    """[(english, chinese, source, kind)], gzipped or not."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf8", newline="\n") as f:
        return [tuple(line.rstrip("\n").split("\t")) for line in f]


def general(all_pairs, limit, seed=0, shares=SHARE):
    """(english, chinese) pairs of everyday sentences, thinned by kind, at most `limit`."""
    rng = random.Random(seed)
    kept = []
    for en, zh, source, kind in all_pairs:
        share = shares[kind] * (0.3 if CAPTIONS in source else 1)
        if rng.random() < share and 1 <= len(zh) <= 36 and len(en) <= 100:
            kept.append((en, zh))
    rng.shuffle(kept)
    return kept[:limit]


def crosswoz(path, least=8):
    """[(user turn, label)] from a CrossWOZ file; the label is the set of what is asked for and told."""
    with open(path, encoding="utf8") as f:
        dialogues = json.load(f)
    rows = []
    for dialogue in dialogues.values():
        for turn in dialogue["messages"]:
            acts = sorted({"-".join(act[:3]) for act in turn["dialog_act"] if act[0] in ("Request", "Inform", "General")})
            if turn["role"] == "usr" and acts:
                rows.append((turn["content"], "+".join(acts)))
    often = Counter(label for _, label in rows)
    return [(text, label) for text, label in rows if often[label] >= least]


def by_class(rows, language=None):
    """Without a language each text's own is found."""
    out = defaultdict(list)
    for text, label in rows:
        out[label].append(Line(text, language or tasks.language(text)))
    return out


def parallel(english, chinese):
    """MASSIVE: the same line number is the same utterance. Both languages share the classes."""
    out = defaultdict(list)
    if len(english) != len(chinese):
        raise ValueError("the English and the Chinese file are not parallel")
    for (en, label), (zh, other) in zip(english, chinese, strict=True):
        if label != other:
            raise ValueError(f"parallel lines disagree: {label}, {other}")
        a, b = Line(en, "en"), Line(zh, "zh")
        a.twin, b.twin = b, a
        out[label] += [a, b]
    return out


def paraphrases(all_pairs, least=3, most=10, limit=5000, seed=0):
    """{number: [Line]}: texts that share a translation, at whatever remove, mean the same."""
    parent = {}

    def root(x):
        while parent.setdefault(x, x) != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    for en, zh, _, kind in all_pairs:
        if kind != "gloss" and 3 <= len(zh) <= 36 and 8 <= len(en) <= 100:
            parent[root(("en", en.lower().rstrip(".!? ")))] = root(("zh", zh.rstrip("。！？.!? ")))
    groups = defaultdict(list)
    for language, text in list(parent):
        groups[root((language, text))].append(Line(text, language))
    kept = [lines for lines in groups.values() if least <= len(lines) <= most]
    random.Random(seed).shuffle(kept)
    kept.sort(key=len, reverse=True)
    return dict(enumerate(kept[:limit]))


def training_sets(folder, all_pairs, left_out=(), dialogues=None, more=()):
    """{set: {intent: [Line]}} of the train splits, the pairs' paraphrases, made-up requests and further sets, without those left out."""
    sets = {
        "massive": lambda: parallel(intents(folder / "massive-en/train.csv"), intents(folder / "massive-zh/train.csv")),
        "clinc150": lambda: by_class(intents(folder / "clinc150/train.csv"), "en"),
        "banking77": lambda: by_class(intents(folder / "banking77/train.csv"), "en"),
    }
    sets["paraphrases"] = lambda: paraphrases(all_pairs)
    sets["requests"] = requests.intents
    if dialogues:
        sets["crosswoz"] = lambda: by_class(crosswoz(dialogues), "zh")
    for path in more:
        sets[path.name] = lambda path=path: by_class(intents(path / "train.csv"))
    return {name: read() for name, read in sets.items() if name not in left_out}
