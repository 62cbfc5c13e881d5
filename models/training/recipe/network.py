"""A BERT encoder without padding: linear layers see real tokens only, which halves the work on a CPU.

While training, linear layers multiply in bfloat16 where the processor has matrix tiles for it (AMX): half as many steps an
hour again. Weights and attention (which torch does much more slowly in bfloat16) stay float32.
"""

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import nn

from . import restore

HIDDEN, HEADS, WIDE, EPS = 384, 12, 1536, 1e-12
TILES = torch.cpu.get_capabilities().get("amx_bf16", False)


class Linear(nn.Linear):
    def forward(self, x):
        if self.training and TILES:
            return F.linear(x.bfloat16(), self.weight.bfloat16(), self.bias.bfloat16())
        return super().forward(x)


class Batch:
    """Token ids of several texts laid end to end, the short texts first, and in which rectangles attention sees them."""

    def __init__(self, encodings, pieces=4):
        lengths = torch.tensor([len(e) for e in encodings])
        order = torch.argsort(lengths, stable=True)
        self.ids = torch.tensor([i for row in order.tolist() for i in encodings[row]])
        row = torch.repeat_interleave(order, lengths[order])
        self.back = torch.argsort(row, stable=True)  # the order that was given
        self.row, self.rows = row[self.back], len(encodings)
        self.pieces, place, start = [], [], 0
        for part in torch.tensor_split(lengths[order], min(pieces, len(encodings))):
            self.pieces.append(Piece(part, start))
            place.append(self.pieces[-1].place)
            start += len(place[-1])
        self.place = torch.cat(place)
        self.lengths = lengths.float().unsqueeze(1)


class Piece:
    """Texts of similar length: where their tokens are (`tokens`), and where each lies in a padded rectangle (`flat`)."""

    def __init__(self, lengths, start):
        self.rows, self.width = len(lengths), int(lengths.max())
        row = torch.repeat_interleave(torch.arange(self.rows), lengths)
        starts = torch.cumsum(lengths, 0) - lengths
        self.place = torch.arange(len(row)) - starts[row]
        self.tokens, self.flat = slice(start, start + len(row)), row * self.width + self.place
        mask = torch.arange(self.width) < lengths[:, None]
        self.mask = None if mask.all() else torch.zeros(self.rows, 1, 1, self.width).masked_fill(~mask[:, None, None], -1e4)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.self = nn.ModuleDict({part: Linear(HIDDEN, HIDDEN) for part in ("query", "key", "value")})
        self.output = nn.ModuleDict({"dense": Linear(HIDDEN, HIDDEN), "LayerNorm": nn.LayerNorm(HIDDEN, EPS)})
        self.dropout = nn.Dropout(0)

    def forward(self, x, b):
        projected = [self.self[part](x).float() for part in ("query", "key", "value")]
        mixes = []
        for p in b.pieces:

            def heads(flat, p=p):
                padded = flat.new_zeros(p.rows * p.width, HIDDEN).index_copy(0, p.flat, flat[p.tokens])
                return padded.view(p.rows, p.width, HEADS, -1).transpose(1, 2)

            mix = F.scaled_dot_product_attention(*map(heads, projected), attn_mask=p.mask)
            mixes.append(mix.transpose(1, 2).reshape(p.rows * p.width, HIDDEN).index_select(0, p.flat))
        return self.output["LayerNorm"](self.dropout(self.output["dense"](torch.cat(mixes))) + x)


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = Attention()
        self.intermediate = nn.ModuleDict({"dense": Linear(HIDDEN, WIDE)})
        self.output = nn.ModuleDict({"dense": Linear(WIDE, HIDDEN), "LayerNorm": nn.LayerNorm(HIDDEN, EPS)})
        self.dropout = nn.Dropout(0)

    def forward(self, x, b):
        x = self.attention(x, b)
        wide = F.gelu(self.intermediate["dense"](x))
        return self.output["LayerNorm"](self.dropout(self.output["dense"](wide)) + x)


class Encoder(nn.Module):
    """Parameters have Hugging Face's BERT names, so checkpoints of that kind load as they are."""

    def __init__(self, vocabulary, layers, positions=512):
        super().__init__()
        self.embeddings = nn.ModuleDict(
            {
                "word_embeddings": nn.Embedding(vocabulary, HIDDEN),
                "position_embeddings": nn.Embedding(positions, HIDDEN),
                "token_type_embeddings": nn.Embedding(2, HIDDEN),
                "LayerNorm": nn.LayerNorm(HIDDEN, EPS),
            }
        )
        self.encoder = nn.ModuleDict({"layer": nn.ModuleList(Layer() for _ in range(layers))})
        self.dropout = nn.Dropout(0)

    def keep_layers(self, numbers):
        """Go on with these layers only, counted from 0."""
        self.encoder["layer"] = nn.ModuleList(self.encoder["layer"][n] for n in numbers)

    def set_dropout(self, share):
        """What share of the values after each block training sets to nothing."""
        for part in self.modules():
            if isinstance(part, nn.Dropout):
                part.p = share

    def forward(self, encodings):
        """Token vectors [tokens, hidden] laid end to end in the order of the texts, and the batch that says whose they are."""
        b, e = Batch(encodings), self.embeddings
        x = e["word_embeddings"](b.ids) + e["position_embeddings"](b.place) + e["token_type_embeddings"].weight[0]
        x = self.dropout(e["LayerNorm"](x))
        for layer in self.encoder["layer"]:
            x = layer(x, b)
        return x[b.back], b

    def embed(self, encodings):
        """Mean over the tokens, length 1: [texts, hidden]."""
        return pool(*self(encodings))


def pool(tokens, b):
    mean = tokens.new_zeros(b.rows, HIDDEN).index_add(0, b.row, tokens) / b.lengths
    return F.normalize(mean, dim=-1)


def state(path):
    """{name: float tensor} of a safetensors file (fp16 or fp32), or of a model folder's int8 graph."""
    if path.is_dir():
        return {k: torch.from_numpy(v) for k, v in restore.restored(path).items()}
    return {k: v.float() for k, v in load_file(str(path)).items() if not k.startswith("pooler") and "position_ids" not in k}


def load(path, words=None):
    """An encoder from weights as `state` reads them. `words` replaces the word vectors."""
    own = state(path)
    if words is not None:
        own["embeddings.word_embeddings.weight"] = words
    layers = 1 + max(int(k.split(".")[2]) for k in own if k.startswith("encoder.layer."))
    vocabulary = own["embeddings.word_embeddings.weight"].shape[0]
    model = Encoder(vocabulary, layers, own["embeddings.position_embeddings.weight"].shape[0])
    model.load_state_dict(own)
    return model


def save(state, path):
    save_file({k: v.detach().contiguous() for k, v in state.items()}, str(path))


@torch.no_grad()
def embed_all(model, encodings, size=256):
    """Embeddings of many texts, the short ones together."""
    order = sorted(range(len(encodings)), key=lambda i: len(encodings[i]))
    out = torch.zeros(len(encodings), HIDDEN)
    training = model.training
    model.eval()
    for k in range(0, len(order), size):
        part = order[k : k + size]
        out[part] = model.embed([encodings[i] for i in part])
    model.train(training)
    return out


def groups(model, rates):
    """Optimiser over (word vectors, everything else), which learn at different rates."""
    words = model.embeddings["word_embeddings"].weight
    rest = [p for p in model.parameters() if p is not words]
    return torch.optim.AdamW(
        [{"params": [words], "lr": rates[0]}, {"params": rest, "lr": rates[1]}], weight_decay=0.0, betas=(0.9, 0.98), fused=True
    )
