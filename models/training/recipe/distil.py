"""Stage 1: a Chinese sentence learns to lie where the English teacher puts its translation.

Reimers and Gurevych 2020 (multilingual by distillation) with an in-batch contrast; the English side is held to the teacher.
New characters start from the teacher's vectors of their English glosses.
"""

import math
import random
import time
from dataclasses import asdict, dataclass

import torch
from tokenizers import Tokenizer

from . import contrast, data, network, vocabulary


@dataclass
class Settings:
    minutes: float = 70
    seed: int = 0
    rates: tuple = (5e-4, 1e-4)  # word vectors, the rest
    warm_up: int = 100
    batch: int = 128
    english: int = 48  # of them also held in English
    window: int = 50  # batches sorted by length together
    pairs: int = 260000
    weight_chinese: float = 2.0
    weight_match: float = 0.5
    weight_english: float = 6.0


def start(teacher, vocabulary_tokens, glosses, encode):
    """Word vectors of the new vocabulary: the teacher's, then each character's from its gloss."""
    words = network.load(teacher).embeddings["word_embeddings"].weight.detach()
    new = len(vocabulary_tokens) - len(words)
    vectors = torch.cat([words, torch.randn(new, words.shape[1]) * 0.02 + words[1000:].mean(0)])
    at = {token: i for i, token in enumerate(vocabulary_tokens)}
    for line in glosses.read_text(encoding="utf8").splitlines():
        character, gloss = line.split("\t")[:2]
        ids = vocabulary.gloss_ids(encode, gloss)
        if character in at and at[character] >= len(words) and ids:
            vectors[at[character]] = words[ids].mean(0)
    return vectors


def batches(lengths, size, window, rng):
    """All indices once, each batch of similar length."""
    order = rng.sample(range(len(lengths)), len(lengths))
    out = []
    for k in range(0, len(order), size * window):
        part = sorted(order[k : k + size * window], key=lengths.__getitem__)
        out += [part[j : j + size] for j in range(0, len(part), size)]
    rng.shuffle(out)
    return out


def train(teacher, all_pairs, glosses, out, settings, log=print):
    """Write tokenizer.json and distilled.safetensors to `out`; return the weights' path."""
    s = settings
    log(f"settings {asdict(s)}")
    weights, file = teacher / "model.safetensors", teacher / "tokenizer.json"
    own = Tokenizer.from_file(str(file))
    tokens = vocabulary.extend(own, [zh for _, zh, _, _ in all_pairs])
    spec = vocabulary.with_vocabulary(file, tokens)
    vocabulary.write(spec, out / "tokenizer.json")
    tokenizer = vocabulary.load(out / "tokenizer.json")
    student = network.load(weights, start(weights, tokens, glosses, own.encode))

    pairs = data.general(all_pairs, s.pairs, s.seed, data.DISTIL_SHARE)
    own.no_padding()
    own.enable_truncation(vocabulary.MAX_TOKENS)
    english = vocabulary.ids(own, [en for en, _ in pairs])
    chinese = vocabulary.ids(tokenizer, [zh for _, zh in pairs])
    log(f"{len(tokens)} tokens, {len(pairs)} pairs")
    want = network.embed_all(network.load(weights), english)
    log("teacher done")
    return learn(student, english, chinese, want, out, s, log)


def go_on(start, all_pairs, out, settings, log=print):
    """The same from a model whose own English is the teacher. `out` has tokenizer.json; return the weights' path."""
    log(f"settings {asdict(settings)}")
    tokenizer, student = vocabulary.load(out / "tokenizer.json"), network.load(start)
    pairs = data.general(all_pairs, settings.pairs, settings.seed, data.DISTIL_SHARE)
    english, chinese = (vocabulary.ids(tokenizer, texts) for texts in zip(*pairs, strict=True))
    want = network.embed_all(student, english)
    log(f"{len(pairs)} pairs, English placed")
    return learn(student, english, chinese, want, out, settings, log)


def learn(student, english, chinese, want, out, settings, log):
    """Draw Chinese to the places that `want` gives its English; the student's English is held there."""
    s, rng = settings, random.Random(settings.seed)
    optimiser = network.groups(student, s.rates)
    lengths, began, number, recent = [len(e) for e in chinese], time.time(), 0, []
    while True:
        for part in batches(lengths, s.batch, s.window, rng):
            spent = (time.time() - began) / 60 / s.minutes
            if spent >= 1:
                network.save(student.state_dict(), out / "distilled.safetensors")
                return out / "distilled.safetensors"
            shape = min(1, (number + 1) / s.warm_up) * max(0.02, 0.5 * (1 + math.cos(math.pi * spent)))
            for group, rate in zip(optimiser.param_groups, s.rates, strict=True):
                group["lr"] = rate * shape
            target, few = want[part], part[: s.english]
            z = student.embed([chinese[i] for i in part] + [english[i] for i in few])
            distance = (1 - (z[: len(part)] * target).sum(1)).mean()
            held = (1 - (z[len(part) :] * target[: len(few)]).sum(1)).mean()
            loss = s.weight_chinese * distance + s.weight_match * contrast.match(z[: len(part)], target) + s.weight_english * held
            loss.backward()
            torch.nn.utils.clip_grad_norm_(student.parameters(), 1.0)
            optimiser.step()
            optimiser.zero_grad()
            number += 1
            recent = [*recent[-99:], distance.item()]
            if number % 100 == 0:
                log(f"step {number}  {spent * s.minutes:.1f} min  cosine distance of the Chinese {sum(recent) / len(recent):.4f}")
