"""A complete model folder: model.toml with sums and [measured], README.md, results.json."""

import hashlib
import json

TOML = """# What `paigong` must know to run this encoder. Every key is explained in ../README.md; unknown keys are refused.
name = "{name}"
languages = ["zh", "en"]
licence = "Apache-2.0"

[model]
file = "model.onnx"
sha256 = "{model}"

[tokenizer]
file = "tokenizer.json"
sha256 = "{tokenizer}"
max_tokens = 128
prefix = ""

[graph]
dimensions = 384
pooling = "in_graph"
sentence_output = "sentence_embedding"
token_output = "token_embeddings"
token_types = false
batch_invariant = false

# Accuracy in %: logistic regression (C = 30) on frozen int8 embeddings, validation splits as test; more in results.json.
[measured]
{measured}
"""
SEEN = {
    "clinc150": {"shots_5": "clinc150 5", "shots_10": "clinc150 10", "full": "clinc150 full"},
    "banking77": {"shots_5": "banking77 5", "shots_10": "banking77 10", "full": "banking77 full"},
    "massive_zh": {"shots_5": "massive-zh 5", "shots_10": "massive-zh 10", "full": "massive-zh full"},
    "massive_en": {"shots_5": "massive-en 5", "shots_10": "massive-en 10", "full": "massive-en full"},
    "massive_en_to_zh": {"full": "massive en→zh full"},
}


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def measured(results):
    lines = []
    for table, keys in SEEN.items():
        fields = [f"{key} = {results[value]:.1f}" for key, value in keys.items() if value in results]
        if fields:
            lines.append(f"{table} = {{ {', '.join(fields)} }}")
    return "\n".join(lines)


def table(columns):
    """Markdown of {column: {row: number}}; a row that a column lacks stays empty."""
    rows = list(dict.fromkeys(row for results in columns.values() for row in results))
    lines = [f"| | {' | '.join(columns)} |", "| --- |" + " --- |" * len(columns)]
    for row in rows:
        cells = [f"{c[row]:.2f}" if abs(c[row]) < 10 else f"{c[row]:.1f}" for c in ({row: float("nan")} | x for x in columns.values())]
        lines.append(f"| {row} | {' | '.join('' if cell == 'nan' else cell for cell in cells)} |")
    return "\n".join(lines)


def write(folder, name, columns):
    """`columns` maps a column's title to its results; the first one is this model's int8."""
    own = next(iter(columns.values()))
    (folder / "results.json").write_text(json.dumps(columns, indent=1, ensure_ascii=False) + "\n", encoding="utf8")
    text = TOML.format(
        name=name, model=sha256(folder / "model.onnx"), tokenizer=sha256(folder / "tokenizer.json"), measured=measured(own)
    )
    (folder / "model.toml").write_text(text, encoding="utf8")
    (folder / "results.md").write_text(table(columns) + "\n", encoding="utf8")
