"""Which intents meet in a batch: near ones together, so that telling them apart is what is learnt."""

import numpy as np


class Centroids:
    """Running mean direction of each intent of a set, fed by the batches themselves."""

    def __init__(self, names, dimensions, memory=0.8):
        self.at = {name: i for i, name in enumerate(names)}
        self.names, self.memory = list(names), memory
        self.mean = np.zeros((len(self.names), dimensions), np.float32)

    def update(self, labels, vectors):
        """Labels and unit vectors, row by row."""
        labels = np.array([self.at[label] for label in labels])
        for i in np.unique(labels):
            new = vectors[labels == i].mean(0)
            old = self.mean[i]
            self.mean[i] = new if not old.any() else self.memory * old + (1 - self.memory) * new

    def nearest(self, name, count, below=2.0):
        """The `count` intents nearest to `name`, itself first; those at a cosine of `below` or more may be the same."""
        score = self.mean @ self.mean[self.at[name]]
        score[score >= below] = -1
        score[self.at[name]] = np.inf
        return [self.names[i] for i in np.argsort(-score)[:count]]


def choose(centroids, count, near, rng, below=2.0):
    """`count` intents: a random one, `near` of its neighbours, and random others."""
    names = centroids.names
    if count >= len(names):
        return list(names)
    chosen = dict.fromkeys(centroids.nearest(rng.choice(names), min(near, count), below))
    rest = [n for n in names if n not in chosen]
    return list(chosen) + rng.sample(rest, count - len(chosen))


def utterances(lines, count, rng, twins=0.5):
    """`count` of an intent's lines. Of a parallel set half of them come with their translation; both languages occur."""
    picked = []
    pool = rng.sample(lines, min(count, len(lines)))
    for line in pool:
        if len(picked) >= count:
            break
        if line not in picked:
            picked.append(line)
        if line.twin is not None and line.twin not in picked and len(picked) < count and rng.random() < twins:
            picked.append(line.twin)
    while len(picked) < count:  # an intent with few lines: the same again, which becomes another view
        picked.append(rng.choice(lines))
    return picked


class Deck:
    """Deals lines with their intents in random order, each once before any comes again."""

    def __init__(self, intents, rng):
        self.cards = [(line, intent) for intent, lines in intents.items() for line in lines]
        self.rng, self.at = rng, len(self.cards)

    def deal(self):
        if self.at >= len(self.cards):
            self.rng.shuffle(self.cards)
            self.at = 0
        self.at += 1
        return self.cards[self.at - 1]
