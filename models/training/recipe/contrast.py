"""Stage 2: utterances of one intent move together, Chinese moves onto its translation, all else stays.

Several processes of one thread each take steps on the same weights, each with its own optimiser (Hogwild, Niu et al. 2011): on a
shared machine none waits for another whose core is taken. One step draws
- intents of one set (half of them near each other), several utterances each, some rewritten (`augment.Views`): supervised
  contrast (Khosla et al. 2020). Of a labelled set half of the steps draw from all utterances evenly instead, and a softmax
  over learnt vectors of the set's intents is trained beside the contrast;
- for some of them a reversed text ("don't …", an antonym), which must stay further away than the rest of its intent, yet
  not as far as something else altogether;
- general pairs: the Chinese is drawn to where its English lay at the start (distance and in-batch contrast, some
  of the Chinese rewritten), the English is held there, and token vectors are held near those of the start.
"""

import math
import multiprocessing
import random
import time
from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F

from . import augment, classes, network, requests, sampling, vocabulary


@dataclass
class Settings:
    minutes: float = 60
    seed: int = 0
    workers: int = 2  # processes of one thread each that change the same weights
    rates: tuple = (2e-4, 1e-4, 1e-3)  # word vectors, the rest, the intents' vectors
    warm_up: int = 50
    intents: int = 32
    near: int = 16
    utterances: int = 3
    even: float = 0.5  # share of a labelled set's steps that draw from all its utterances
    batch: int = 96  # utterances of such a step
    temperature: float = 0.1  # of the contrast
    temperature_classes: float = 0.05
    dropout: float = 0.1
    rewritten: float = 0.35  # share of utterances that are rewritten
    reversed: int = 5
    margin: float = 0.2
    floor: float = 0.4  # cosine below which a reversed text is drawn back
    general: int = 64  # pairs a step, in Chinese; a quarter of them in English, too
    anchors: int = 120000  # general pairs kept
    tokens: int = 1200  # of them with token vectors
    held: int = 3  # token-held texts a step
    smoothing: float = 0.1  # of the labels
    share_more: float = 0.01  # of a further set's steps, times the root of how many intents it has
    weight_classes: float = 1.0
    weight_reversed: float = 0.4
    weight_chinese: float = 4.0
    weight_match: float = 0.5
    weight_english: float = 8.0
    weight_tokens: float = 3.0
    mean_decay: float = 0.995  # of the running mean of the weights
    every: float = 10  # minutes between checkpoints


# How often a step takes each set, relative to the others; of further sets see `Settings.share_more`.
SHARE = {"massive": 0.42, "banking77": 0.17, "clinc150": 0.15, "crosswoz": 0.04, "paraphrases": 0.1, "requests": 0.12}
# Sets whose intents get no vectors of their own: many intents, few utterances.
UNLABELLED = ("crosswoz", "paraphrases", "requests")
# Paraphrases nearer than this (cosine) may be the same after all and are not set against each other.
BELOW = {"paraphrases": 0.85}


def supervised_contrast(z, labels, temperature):
    itself = torch.eye(len(labels), dtype=torch.bool)
    similarity = (z @ z.T / temperature).masked_fill(itself, -1e4)
    log_share = similarity - torch.logsumexp(similarity, 1, keepdim=True)
    friends = (labels[:, None] == labels[None]) & ~itself
    return -((log_share * friends).sum(1) / friends.sum(1).clamp(min=1)).mean()


def match(got, want, temperature=0.05, same=0.95):
    """In-batch contrast of each row of `got` with its row of `want`; rows that want nearly the same are no rivals."""
    alike = (want @ want.T > same) & ~torch.eye(len(want), dtype=torch.bool)
    return F.cross_entropy((got @ want.T / temperature).masked_fill(alike, -1e4), torch.arange(len(want)))


def margin_loss(z, base, turned, labels, margin, floor):
    """A reversed text must be further from its base (by `margin`) than the base's own intent is, but not below `floor`."""
    friends = (labels[base][:, None] == labels[None]).float()
    friends[torch.arange(len(base)), base] = 0
    count = friends.sum(1)
    paraphrase = ((z[base] @ z.T) * friends).sum(1) / count.clamp(min=1)
    cosine = (z[base] * turned).sum(1)
    too_near = F.relu(cosine - paraphrase.detach() + margin) * (count > 0)
    return (too_near + F.relu(floor - cosine)).mean()


class Anchors:
    """Where general sentences lie before training."""

    def __init__(self, model, tokenizer, pairs, tokens):
        self.pairs = pairs
        self.english = vocabulary.ids(tokenizer, [en for en, _ in pairs])
        self.chinese = vocabulary.ids(tokenizer, [zh for _, zh in pairs])
        self.place = network.embed_all(model, self.english)
        self.token_texts = [self.english[i] if i % 2 else self.chinese[i] for i in range(min(tokens, len(pairs)))]
        self.token_vectors = []
        model.eval()
        with torch.no_grad():
            for k in range(0, len(self.token_texts), 64):
                x, b = model(self.token_texts[k : k + 64])
                self.token_vectors += [v.half() for v in F.normalize(x, dim=-1).split(b.lengths.squeeze(1).int().tolist())]
        model.train()


class Trainer:
    def __init__(self, model, tokenizer, sets, anchors, views, settings, log=print):
        self.model, self.tokenizer, self.sets, self.anchors, self.views = model, tokenizer, sets, anchors, views
        self.s, self.log, self.rng = settings, log, random.Random(settings.seed)
        self.centroids = {name: sampling.Centroids(sorted(intents), network.HIDDEN) for name, intents in sets.items()}
        self.decks = {name: sampling.Deck(own, self.rng) for name, own in sets.items() if name not in UNLABELLED}
        self.share = [SHARE.get(name, settings.share_more * math.sqrt(len(own))) for name, own in sets.items()]
        self.classes = classes.Classes(self.find_centroids(), settings.temperature_classes, settings.smoothing)
        model.set_dropout(settings.dropout)
        self.optimiser = network.groups(model, settings.rates[:2])
        self.optimiser.add_param_group({"params": list(self.classes.parameters())})
        self.mean = {k: v.clone() for k, v in model.state_dict().items()}

    def find_centroids(self, few=16):
        """Where the model puts each intent, by `few` of its lines (one of an unlabelled set); returned of labelled sets."""
        means = {}
        for name, centroids in self.centroids.items():
            lines = [self.sets[name][intent] for intent in centroids.names]
            lines = [self.rng.sample(own, min(few, len(own))) if name in self.decks else own[:1] for own in lines]
            z = network.embed_all(self.model, vocabulary.ids(self.tokenizer, [line.text for own in lines for line in own]))
            centroids.mean = F.normalize(torch.stack([part.mean(0) for part in z.split([*map(len, lines)])]), dim=-1).numpy()
            if name in self.decks:
                means[name] = torch.from_numpy(centroids.mean.copy())
        return means

    def lines(self, name):
        """(line, intent) of one step: near intents with some utterances each, or some of all utterances."""
        s, rng = self.s, self.rng
        if name not in self.decks or rng.random() >= s.even:
            for intent in sampling.choose(self.centroids[name], s.intents, s.near, rng, BELOW.get(name, 2.0)):
                for line in sampling.utterances(self.sets[name][intent], s.utterances, rng):
                    yield line, intent
            return
        for _ in range(s.batch):
            yield self.decks[name].deal()

    def draw(self, name):
        """Texts, labels, and (row, reversed text) of one step."""
        s, rng = self.s, self.rng
        texts, labels, turned = [], [], []
        for line, intent in self.lines(name):
            text = requests.beside(line.text, line.language, rng) if name == "requests" and rng.random() < 0.5 else line.text
            if len(turned) < s.reversed and rng.random() < 0.3 and (other := augment.reverse(text, line.language, rng)):
                turned.append((len(texts), other))
            elif rng.random() < s.rewritten:
                text = self.views(text, line.language, rng)
            texts.append(text)
            labels.append(intent)
        return texts, labels, turned

    def intent_losses(self, name, drawn, z):
        """Of the texts that `draw` gave, embedded to `z`."""
        texts, labels, turned = drawn
        z, other = z[: len(texts)], z[len(texts) :]
        self.centroids[name].update(labels, z.detach().numpy())
        label = torch.tensor([self.centroids[name].at[x] for x in labels])
        losses = {f"contrast {name}": supervised_contrast(z, label, self.s.temperature)}
        if name in self.decks:
            losses[f"classes {name}"] = self.s.weight_classes * self.classes.loss(name, z, label)
        if turned:
            base = torch.tensor([i for i, _ in turned])
            losses["reversed"] = self.s.weight_reversed * margin_loss(z, base, other, label, self.s.margin, self.s.floor)
        return losses

    def draw_general(self):
        """Numbers of some general pairs and of some token-held texts, and the token ids of all: English, Chinese, held."""
        s, rng, a = self.s, self.rng, self.anchors
        few = rng.sample(range(len(a.pairs)), s.general)
        chinese = [a.chinese[i] for i in few]
        for j in range(0, s.general, 4):
            chinese[j] = self.tokenizer.encode(self.views(a.pairs[few[j]][1], "zh", rng)).ids
        held = rng.sample(range(len(a.token_texts)), s.held)
        return few, held, [a.english[i] for i in few[: s.general // 4]] + chinese + [a.token_texts[i] for i in held]

    def general_losses(self, few, held, z, tokens):
        """Of the texts that `draw_general` gave, embedded to `z`; `tokens` are the vectors of those held."""
        s, a, part = self.s, self.anchors, self.s.general // 4
        want, chinese = a.place[few], z[part : part + s.general]
        keep = torch.cat([a.token_vectors[i] for i in held]).float()
        return {
            "english": s.weight_english * (1 - (z[:part] * want[:part]).sum(1)).mean(),
            "chinese": s.weight_chinese * (1 - (chinese * want).sum(1)).mean(),
            "match": s.weight_match * match(chinese, want),
            "tokens": s.weight_tokens * (1 - (F.normalize(tokens, dim=-1) * keep).sum(1)).mean(),
        }

    def losses(self):
        """All losses of one step, which embeds its texts together."""
        name = self.rng.choices(list(self.sets), self.share)[0]
        drawn = self.draw(name)
        own = vocabulary.ids(self.tokenizer, drawn[0] + [text for _, text in drawn[2]])
        few, held, general = self.draw_general()
        x, b = self.model(own + general)
        z, tokens = network.pool(x, b), x[b.row >= b.rows - len(held)]
        return self.intent_losses(name, drawn, z[: len(own)]) | self.general_losses(few, held, z[len(own) :], tokens)

    def step(self, spent, number):
        shape = min(1, (number + 1) / self.s.warm_up) * max(0.03, 0.5 * (1 + math.cos(math.pi * spent)))
        for group, rate in zip(self.optimiser.param_groups, self.s.rates, strict=True):
            group["lr"] = rate * shape
        losses = self.losses()
        sum(losses.values()).backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad()
        if number % 10 == 0:
            decay = min(self.s.mean_decay, (number + 1) / (number + 20)) ** 10
            for k, v in self.model.state_dict().items():
                self.mean[k].lerp_(v, 1 - decay)
        return {k: v.item() for k, v in losses.items()}

    def train(self, out):
        """Train for the minutes given; checkpoints and the end in `out`."""
        self.log(f"settings {asdict(self.s)}")
        for module in (self.model, self.classes):
            module.share_memory()
        fork = multiprocessing.get_context("fork")
        began = time.time()
        others = [fork.Process(target=self.help, args=(began, n), daemon=True) for n in range(1, self.s.workers)]
        for other in others:
            other.start()
        self.work(began, out)
        for other in others:
            other.join()
        network.save(self.model.state_dict(), out / "end.safetensors")
        network.save(self.mean, out / "mean.safetensors")

    def help(self, began, number):
        """What a further process does: steps on the same weights without a lock (Hogwild, Niu et al. 2011), drawn by other dice."""
        self.rng.seed(self.s.seed + 1000 * number)
        self.work(began)

    def work(self, began, out=None):
        """Steps until the time is over; the process that is given `out` reports and writes checkpoints."""
        if self.s.workers > 1:
            torch.set_num_threads(1)
        number, sums, saved = 0, {}, 0
        while (minutes := (time.time() - began) / 60) < self.s.minutes:
            for k, v in self.step(minutes / self.s.minutes, number).items():
                total, n = sums.get(k, (0, 0))
                sums[k] = (total + v, n + 1)
            number += 1
            if out and number % 25 == 0:
                self.log(f"step {number}  {minutes:.1f} min  " + "  ".join(f"{k} {t / n:.3f}" for k, (t, n) in sorted(sums.items())))
                sums = {}
            if out and minutes >= (saved + 1) * self.s.every:
                saved = int(minutes / self.s.every)
                for kind, state in (("minute", self.model.state_dict()), ("mean-minute", self.mean)):
                    network.save(state, out / f"{kind}-{saved * self.s.every:g}.safetensors")
