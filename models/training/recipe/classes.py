"""Learnt vectors of the intents of labelled sets: a softmax over them is what a regression on the frozen embeddings comes to."""

import torch
import torch.nn.functional as F
from torch import nn


class Classes(nn.Module):
    """One vector for each intent of each set; the nearer a text's embedding (cosine), the likelier its intent."""

    def __init__(self, means, temperature, smoothing=0.0):
        """`means` maps a set to its intents' mean embeddings [intents, hidden], in the order that labels count them."""
        super().__init__()
        self.vectors = nn.ParameterDict({name: F.normalize(mean, dim=-1) for name, mean in means.items()})
        self.temperature, self.smoothing = temperature, smoothing

    def loss(self, name, z, labels):
        """Cross-entropy of unit vectors `z` [texts, hidden] and their intents' numbers."""
        return F.cross_entropy(z @ F.normalize(self.vectors[name], dim=-1).T / self.temperature, labels, label_smoothing=self.smoothing)
