"""What a model is worth: logistic regression on frozen embeddings, few-shot and full, on sets seen and unseen."""

import random
from collections import defaultdict

import numpy as np
from sklearn.linear_model import LogisticRegression

from . import augment, data, tasks


def fit(x, y, c=30.0):
    return LogisticRegression(C=c, max_iter=300).fit(x, y)


def score(runner, train, test):
    """Accuracy in % of a regression learnt on `train` rows (text, label)."""
    model = fit(runner.embed([t for t, _ in train]), [y for _, y in train])
    return accuracy(model, runner, test)


def accuracy(model, runner, test):
    return 100 * float(np.mean(model.predict(runner.embed([t for t, _ in test])) == np.array([y for _, y in test])))


def draw(rows, shots, seed):
    """`shots` rows of each label."""
    rng, by = random.Random(seed), defaultdict(list)
    for row in rows:
        by[row[1]].append(row)
    return [row for label in sorted(by) for row in rng.sample(by[label], min(shots, len(by[label])))]


def shots(runner, train, test, count, seeds=(1, 2, 3)):
    return float(np.mean([score(runner, draw(train, count, seed), test) for seed in seeds]))


def folds(runner, rows, test=None, parts=5):
    """Cross-validated accuracy on `rows`; with `test`, of its rows by a regression on all of `rows`."""
    if test is not None:
        return score(runner, rows, test)
    order = random.Random(0).sample(range(len(rows)), len(rows))
    right = 0
    for k in range(parts):
        held = set(order[k::parts])
        train, held_rows = [r for i, r in enumerate(rows) if i not in held], [rows[i] for i in held]
        right += score(runner, train, held_rows) * len(held_rows)
    return right / len(rows)


def seen(runner, folder, quick=False):
    """Validation splits of the sets whose train splits stage 2 uses."""

    def read(name):
        return data.intents(folder / name)

    out = {}
    for name in ("clinc150", "banking77"):
        valid = read(f"{name}/valid.csv")
        for n in (5, 10):
            out[f"{name} {n}"] = score(runner, read(f"{name}/train_{n}.csv"), valid)
        if not quick:
            out[f"{name} full"] = score(runner, read(f"{name}/train.csv"), valid)
    train = {x: read(f"massive-{x}/train.csv") for x in ("zh", "en")}
    valid = {x: read(f"massive-{x}/validation.csv") for x in ("zh", "en")}
    for language in ("zh", "en"):
        for n in (5, 10):
            out[f"massive-{language} {n}"] = shots(runner, train[language], valid[language], n)
    if quick:
        out["massive en→zh 50"] = score(runner, draw(train["en"], 50, 1), valid["zh"])
        return out
    for language in ("zh", "en"):
        out[f"massive-{language} full"] = score(runner, train[language], valid[language])
    english = fit(runner.embed([t for t, _ in train["en"]]), [y for _, y in train["en"]])
    out["massive en→zh full"] = accuracy(english, runner, valid["zh"])
    return out


def unseen(runner, skills=None, sgd=None, snips=None):
    """Sets that no stage has met."""
    out = {}
    if skills:
        rows = tasks.skills(skills)
        for language in ("zh", "en"):
            own = [(t, s) for t, s, x in rows if x == language]
            out[f"skills {language} folds"] = folds(runner, own)
            few, rest = tasks.split(own, 3, 1)
            out[f"skills {language} 3"] = score(runner, few, rest)
        zh, en = ([(t, s) for t, s, x in rows if x == language] for language in ("zh", "en"))
        out["skills en→zh"], out["skills zh→en"] = folds(runner, en, zh), folds(runner, zh, en)
        turns = tasks.first_turns(skills)
        for language in ("zh", "en"):
            out[f"skills turns {language}"] = score(runner, zh + en, [(t, s) for t, s, x in turns if x == language])
    if sgd:
        rows = tasks.sgd(sgd)
        for n in (5, 10):
            scores = []
            for seed in (1, 2, 3):
                few, rest = tasks.split(rows, n, seed)
                scores.append(score(runner, few, rest))
            out[f"sgd {n}"] = float(np.mean(scores))
    if snips:
        train, valid = (tasks.snips_intents(snips, part) for part in ("train", "valid"))
        for n in (5, 10):
            out[f"snips {n}"] = shots(runner, train, valid, n, seeds=(1, 2, 3, 4, 5))
    return out


def tagging(runner, snips, per_intent=10, seeds=(1, 2, 3), tested=350):
    """Span F1 in % of a softmax tagger on token embeddings, learnt from a few sentences of each intent."""
    train, valid = (tasks.snips_slots(snips, part) for part in ("train", "valid"))
    valid = random.Random(0).sample(valid, tested)
    vectors = [runner.words(words) for words, _, _ in valid]
    results = []
    for seed in seeds:
        few = draw([(s, s[2]) for s in train], per_intent, seed)
        x = np.concatenate([runner.words(s[0]) for s, _ in few])
        size = np.linalg.norm(x, axis=1).mean()
        model = fit(x / size, [tag for s, _ in few for tag in s[1]], 10.0)
        found = [set(tasks.spans(model.predict(v / size))) for v in vectors]
        true = [set(tasks.spans(tags)) for _, tags, _ in valid]
        both = sum(len(a & b) for a, b in zip(found, true, strict=True))
        results.append(200 * both / max(1, sum(map(len, found)) + sum(map(len, true))))
    return float(np.mean(results))


def robust(runner, folder, views):
    """Validation rows rewritten, judged by a regression on the clean train split."""
    out, rng = {}, random.Random(5)
    lexicon, homophones = views.lexicon, views.homophones
    changes = {
        "zh": {
            "clean": lambda t: t,
            "Traditional": tasks.traditional,
            "homophone": lambda t: homophones.swap(t, rng),
            "two homophones": lambda t: homophones.swap(homophones.swap(t, rng), rng),
            "pinyin": lambda t: homophones.spell(t, rng),
            "code-switched": lambda t: lexicon.switch(t, "zh", rng),
            "wrapped": lambda t: augment.wrap(t, "zh", rng),
        },
        "en": {
            "clean": lambda t: t,
            "typo": lambda t: augment.typo(t, rng),
            "two typos": lambda t: augment.typo(augment.typo(t, rng), rng),
            "code-switched": lambda t: lexicon.switch(t, "en", rng),
            "wrapped": lambda t: augment.wrap(t, "en", rng),
        },
    }
    for language, kinds in changes.items():
        train, valid = (data.intents(folder / f"massive-{language}/{part}.csv") for part in ("train", "validation"))
        model = fit(runner.embed([t for t, _ in train]), [y for _, y in train])
        for kind, change in kinds.items():
            out[f"massive-{language} {kind}"] = accuracy(model, runner, [(change(t), y) for t, y in valid])
    return out


def reversal(runner, folder, count=800):
    """How often a request is nearer to its translation than to its reversal, in %, and both mean cosines."""
    zh, en = (data.intents(folder / f"massive-{x}/validation.csv") for x in ("zh", "en"))
    rng, out = random.Random(3), {}
    for language, own, other in (("zh", zh, en), ("en", en, zh)):
        triples = []
        for (text, _), (twin, _) in zip(own[:count], other[:count], strict=True):
            if turned := augment.reverse(text, language, rng):
                triples.append((text, twin, turned))
        a, b, c = (runner.embed([t[i] for t in triples]) for i in range(3))
        twin, turned = (a * b).sum(1), (a * c).sum(1)
        out[f"reversal {language}"] = 100 * float((twin > turned).mean())
        out[f"cosine translation {language}"], out[f"cosine reversal {language}"] = float(twin.mean()), float(turned.mean())
    return out
