"""From raw data to a complete model folder. See README.md."""

import argparse
import os
import time
from pathlib import Path


def arguments():
    a = argparse.ArgumentParser(prog="train", description=__doc__)
    need = a.add_argument_group("always")
    need.add_argument("--data", type=Path, required=True, help="folder with pairs.tsv.gz, glosses.tsv and SOURCES.md")
    need.add_argument("--intents", type=Path, required=True, help="folder with clinc150, banking77, massive-zh, massive-en")
    need.add_argument("--out", type=Path, required=True, help="where everything is written")
    begin = a.add_argument_group("one of these")
    begin.add_argument("--teacher", type=Path, help="folder with model.safetensors and tokenizer.json of all-MiniLM-L6-v2: stage 1 runs")
    begin.add_argument("--start", type=Path, help="a model folder, or weights (safetensors) with tokenizer.json beside them: stage 1 is skipped")
    begin.add_argument("--measure", type=Path, help="a finished folder: nothing is trained, it is only measured")
    more = a.add_argument_group("optional")
    more.add_argument("--name", default="paigong-bilingual-2", help="written to model.toml")
    more.add_argument("--minutes", type=float, default=60, help="of stage 2")
    more.add_argument("--distil-minutes", type=float, default=70, help="of stage 1")
    more.add_argument("--distil", action="store_true", help="with --start: go on with stage 1 from there first")
    more.add_argument("--go-on", type=Path, help="a checkpoint of stage 2 or a model folder to go on from; general sentences are held at --start")
    more.add_argument("--layers", type=int, nargs="+", metavar="N", help="keep these layers only, counted from 0; not with a --mix below 1")
    more.add_argument("--mix", type=float, default=1.0, help="share of the trained weights against those stage 2 started from")
    more.add_argument("--leave-out", action="append", default=[], metavar="SET", help="massive, clinc150, banking77, crosswoz, paraphrases or requests")
    more.add_argument("--dialogues", type=Path, help="val.json of CrossWOZ: its user turns become a fourth set")
    more.add_argument("--more", type=Path, nargs="+", default=[], metavar="SET", help="further sets to train on: folders with train.csv (text,intent)")
    more.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of contrast.Settings")
    more.add_argument("--threads", type=int, default=os.cpu_count(), help="of stage 1; those of stage 2 are its setting `workers`")
    more.add_argument("--seed", type=int, default=0)
    more.add_argument("--compare", type=Path, help="a model folder measured beside the new one")
    for name, what in (("skills", "skill packs"), ("sgd", "SGD's dev files"), ("snips", "SNIPS in the seq.in/seq.out/label form")):
        more.add_argument(f"--{name}", type=Path, help=f"measure on this set, too: {what}")
    a = a.parse_args()
    if sum(x is not None for x in (a.teacher, a.start, a.measure)) != 1:
        raise SystemExit("train: exactly one of --teacher, --start and --measure is needed")
    if a.distil and not a.start:
        raise SystemExit("train: --distil goes with --start")
    if a.layers and a.mix < 1:
        raise SystemExit("train: with --layers there is nothing to mix with")
    return a


def changed(settings, changes):
    """Settings with KEY=VALUE texts put in."""
    for change in changes:
        key, _, value = change.partition("=")
        if not hasattr(settings, key):
            raise SystemExit(f"train: contrast.Settings has no {key}")
        old = getattr(settings, key)
        new = tuple(float(v) for v in value.split(",")) if isinstance(old, tuple) else type(old)(value)
        setattr(settings, key, new)
    return settings


def begin(a, pairs, log):
    """Stage 1, where it runs; returns the weights that stage 2 starts from, and their tokenizer.json."""
    from . import distil

    folder, settings = a.out / "stage-1", distil.Settings(minutes=a.distil_minutes, seed=a.seed)
    if a.teacher or a.distil:
        folder.mkdir(exist_ok=True)
    if a.teacher:
        return distil.train(a.teacher, pairs, a.data / "glosses.tsv", folder, settings, log), folder / "tokenizer.json"
    tokenizer = (a.start if a.start.is_dir() else a.start.parent) / "tokenizer.json"
    if not a.distil:
        return a.start, tokenizer
    (folder / "tokenizer.json").write_bytes(tokenizer.read_bytes())
    return distil.go_on(a.start, pairs, folder, settings, log), tokenizer


def train(a, log):
    """Stages 1 to 3; returns the folder of the finished model."""
    import torch

    from . import contrast, data, export, prepare

    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)
    pairs = data.pairs(a.data / "pairs.tsv.gz")
    start, tokenizer = begin(a, pairs, log)
    settings = changed(contrast.Settings(minutes=a.minutes, seed=a.seed), a.set)
    (second := a.out / "stage-2").mkdir(exist_ok=True)
    prepare.trainer(start, tokenizer, pairs, a, second, settings, log).train(second)
    trained = second / "mean.safetensors"
    prepare.mix((a.go_on or start) if a.mix < 1 else trained, trained, a.mix, a.out / "weights.safetensors")
    (folder := a.out / a.name).mkdir(exist_ok=True)
    (folder / "tokenizer.json").write_bytes((second / "tokenizer.json").read_bytes())
    export.export(a.out / "weights.safetensors", folder, prepare.calibration(folder / "tokenizer.json", a.intents, a.seed))
    (folder / "model.fp32.onnx").rename(a.out / "model.fp32.onnx")
    return folder


def measure(a, folder, log):
    """Stage 4: every table, for the new model, its fp32 form, and the one to compare with."""
    from . import data, measure, prepare, report, runner

    runners = {folder.name: runner.Runner.of(folder)}
    if (a.out / "model.fp32.onnx").exists():
        runners["fp32"] = runner.Runner(a.out / "model.fp32.onnx", folder / "tokenizer.json")
    if a.compare:
        runners[a.compare.name] = runner.Runner.of(a.compare)
    views = prepare.views(data.pairs(a.data / "pairs.tsv.gz"))
    columns = {}
    for name, r in runners.items():
        columns[name] = measure.seen(r, a.intents) | measure.unseen(r, a.skills, a.sgd, a.snips)
        if a.snips:
            columns[name]["tagging F1"] = measure.tagging(r, a.snips)
        if name != "fp32":
            columns[name] |= measure.robust(r, a.intents, views) | measure.reversal(r, a.intents)
        log(f"measured {name}")
    for name, (one, many) in runner.speed(runners).items():
        columns[name] |= {"ms, 14 tokens": one, "texts/s, batch 32": many}
    report.write(folder, a.name, columns)
    print(report.table(columns))


def main():
    a = arguments()
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    a.out.mkdir(parents=True, exist_ok=True)
    began = time.time()

    def log(text):
        print(f"[{(time.time() - began) / 60:.1f} min] {text}", flush=True)

    measure(a, a.measure or train(a, log), log)


if __name__ == "__main__":
    main()
