"""A quantised model as the service runs it: one text at a time, one thread a session."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime

from . import vocabulary

LONGEST = 128


class Runner:
    def __init__(self, model, tokenizer, workers=2):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self.tokenizer = vocabulary.load(tokenizer, LONGEST)
        self.pool = ThreadPoolExecutor(workers)
        self.known = {}

    @classmethod
    def of(cls, folder, file="model.onnx"):
        return cls(Path(folder) / file, Path(folder) / "tokenizer.json")

    def run(self, rows, outputs):
        rows = np.array(rows, np.int64)
        return self.session.run(outputs, {"input_ids": rows, "attention_mask": np.ones_like(rows)})

    def embed(self, texts):
        """[texts, hidden]; remembered, for the same lines are measured in several ways."""
        new = [t for t in dict.fromkeys(texts) if t not in self.known]
        ids = vocabulary.ids(self.tokenizer, new)
        vectors = self.pool.map(lambda row: self.run([row], ["sentence_embedding"])[0][0], ids)
        self.known.update(zip(new, vectors, strict=True))
        return np.array([self.known[t] for t in texts])

    def words(self, words):
        """One vector for each word of a split sentence: its first token's."""
        encoding = self.tokenizer.encode(list(words), is_pretokenized=True)
        tokens = self.run([encoding.ids], ["token_embeddings"])[0][0]
        first = {}
        for at, word in enumerate(encoding.word_ids):
            if word is not None:
                first.setdefault(word, at)
        return np.array([tokens[first[i]] if i in first else np.zeros(tokens.shape[1], np.float32) for i in range(len(words))])


def speed(runners, rounds=200, tokens=14, batch=32):
    """{name: (median ms of one sentence, sentences a second in a batch)} on one core, the runners taking turns."""
    row = [101, *range(2000, 1998 + tokens), 102]
    one, many = {n: [] for n in runners}, {n: [] for n in runners}
    for n in range(rounds):
        for name, runner in runners.items():
            for times, rows in ((one, [row]), (many, [row] * batch)):
                if times is one or n % 5 == 0:
                    began = time.perf_counter()
                    runner.run(rows, None)
                    times[name].append(time.perf_counter() - began)
    return {n: (float(np.median(one[n]) * 1e3), float(batch / np.median(many[n]))) for n in runners}
