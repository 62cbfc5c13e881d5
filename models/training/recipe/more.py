"""Further sets for `--more`, out of checkouts of public repositories. Each becomes a folder with train.csv (text,intent).

    python -m recipe.more --out SETS [--sgd DIR] [--bitext DIR] [--home DIR] [--multiwoz DIR]

- SGD, google-research-datasets/dstc8-schema-guided-dialogue (CC BY-SA 4.0), its train part: where an intent begins, what is
  asked for, what is told, and answers of one act only.
- Bitext, bitext/customer-support-intent-detection-training-dataset (CDLA-Sharing 1.0): customer service.
- Home Assistant, home-assistant/intents (CC BY 4.0): the sentences of its English and Chinese tests.
- MultiWOZ, the copy with a Chinese translation in thu-coai/ConvLab-2 (Apache-2.0), val and test: what is asked for.
"""

import argparse
import csv
import json
import random
import zipfile
from collections import Counter, defaultdict
from pathlib import Path

import yaml

LONGEST = {"en": 110, "zh": 45}  # characters


def sgd_label(frame, begins):
    """What a user's turn with one frame is about; None: several things."""
    domain, acts = frame["service"].split("_")[0], frame["actions"]
    kinds = {act["act"] for act in acts}
    if begins and "INFORM_INTENT" in kinds:
        return f"{domain} {frame['state']['active_intent']}"
    if len(kinds) != 1:
        return None
    kind = kinds.pop()
    if kind in ("REQUEST", "INFORM"):
        return f"{domain} {kind.lower()} {acts[0]['slot']}" if len(acts) == 1 else None
    return kind


def sgd(folder):
    """(text, label)"""
    for path in sorted((folder / "train").glob("dialogues_*.json")):
        for dialogue in json.loads(path.read_text(encoding="utf8")):
            before = {}
            for turn in dialogue["turns"]:
                frames = turn["frames"] if turn["speaker"] == "USER" else ()
                for frame in frames:
                    intent = frame["state"]["active_intent"]
                    begins = intent != "NONE" and before.get(frame["service"]) != intent
                    before[frame["service"]] = intent
                    if len(frames) == 1 and (label := sgd_label(frame, begins)):
                        yield turn["utterance"], label


def bitext(folder):
    """(text, label)"""
    for path in sorted((folder / "data/train").glob("*.csv")):
        with open(path, encoding="utf8", newline="") as f:
            for row in csv.DictReader(f):
                yield row["utterance"], row["intent"]


def home(folder):
    """(text, label); the same intent of another kind of device is another label."""
    for language in ("en", "zh-cn"):
        for path in sorted((folder / "tests" / language).rglob("*.yaml")):
            read = yaml.safe_load(path.read_text(encoding="utf8")) or {}
            device = path.stem.split("_")[0]
            for test in read.get("tests", ()):
                if "intent" in test:
                    for text in test["sentences"]:
                        yield text, f"{test['intent']['name']} {device}"


def multiwoz(folder):
    """(text, label): what is asked for, or else which acts there are, where one domain is spoken of."""

    def turns(name, part):
        with zipfile.ZipFile(folder / f"data/{name}/{part}.json.zip") as z:
            dialogues = json.loads(z.read(next(n for n in z.namelist() if n.endswith(f"{part}.json") and "MACOSX" not in n)))
        return {(key, i): turn for key, d in dialogues.items() for i, turn in enumerate(d["log"]) if i % 2 == 0}

    for part in ("test", "val"):
        chinese = turns("multiwoz_zh", part)
        for at, turn in turns("multiwoz", part).items():
            acts = [(act, slot) for act, slots in turn["dialog_act"].items() for slot, _ in slots]
            asked = sorted({f"{act} {slot}" for act, slot in acts if "Request" in act})
            if len({act.split("-")[0] for act, _ in acts}) == 1 and len(asked) <= 2:
                label = "+".join(asked or sorted({act for act, _ in acts}))
                yield turn["text"].strip(), label
                if at in chinese:
                    yield chinese[at]["text"].strip(), label


# Reader, least and most lines of an intent.
SETS = {"sgd": (sgd, 12, 250), "bitext": (bitext, 1, 10**6), "home": (home, 4, 10**6), "multiwoz": (multiwoz, 10, 300)}


def kept(rows, least, most, seed=0):
    """Each text once, without long ones and without intents of few lines; at most `most` of each, drawn."""
    from . import tasks

    by, rng = defaultdict(dict), random.Random(seed)
    for text, label in rows:
        if len(text) <= LONGEST[tasks.language(text)]:
            by[label][text] = None
    for label, texts in sorted(by.items()):
        if len(texts) >= least:
            for text in rng.sample(list(texts), min(most, len(texts))):
                yield text, label


def main():
    a = argparse.ArgumentParser(prog="recipe.more", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--out", type=Path, required=True)
    for name in SETS:
        a.add_argument(f"--{name}", type=Path, metavar="DIR")
    a = a.parse_args()
    for name, (read, least, most) in SETS.items():
        if folder := getattr(a, name):
            rows = list(kept(read(folder), least, most))
            (a.out / name).mkdir(parents=True, exist_ok=True)
            with open(a.out / name / "train.csv", "w", encoding="utf8", newline="") as f:
                csv.writer(f).writerows([("text", "intent"), *rows])
            print(f"{name}: {len(rows)} lines, {len(Counter(label for _, label in rows))} intents")


if __name__ == "__main__":
    main()
