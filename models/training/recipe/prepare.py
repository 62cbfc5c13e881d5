"""From raw files to what stage 2 reads: the tokenizer with Traditional forms, the sets, the views, the anchors."""

import json
import random
from pathlib import Path

from . import augment, data, vocabulary


def tokenizer(source, out):
    """Write `source` with Traditional forms to `out` and load it for training."""
    spec = json.loads(Path(source).read_text(encoding="utf8"))
    spec["padding"] = spec["truncation"] = None
    count = vocabulary.alias(spec["model"]["vocab"], vocabulary.traditional_forms())
    vocabulary.write(spec, out)
    return vocabulary.load(out), count


def views(all_pairs):
    sentences = [(en, zh) for en, zh, _, kind in all_pairs if kind not in ("gloss", "ui_word")]
    entries = [(en, zh) for en, zh, _, kind in all_pairs if kind in ("gloss", "ui_word")]
    homophones = augment.Homophones([zh for _, zh in sentences])
    return augment.Views(homophones, augment.Lexicon(entries, sentences))


def trainer(start, tokenizer_file, all_pairs, args, out, settings, log):
    """Everything of stage 2, ready to train."""
    from . import contrast, network

    tokens, aliased = tokenizer(tokenizer_file, out / "tokenizer.json")
    general = data.general(all_pairs, settings.anchors, settings.seed)
    draw_views = views(all_pairs)
    log(f"{aliased} Traditional forms, {len(general)} general pairs, lexicon {len(draw_views.lexicon.zh_en)} words")
    sets = data.training_sets(args.intents, all_pairs, args.leave_out, args.dialogues, args.more)
    log("  ".join(f"{name}: {len(s)} intents, {sum(map(len, s.values()))} lines" for name, s in sets.items()))
    model = network.load(start)
    anchors = contrast.Anchors(model, tokens, general, settings.tokens)
    log("anchors done")
    if args.go_on:
        model.load_state_dict(network.state(args.go_on))
    if args.layers:
        model.keep_layers(args.layers)
    return contrast.Trainer(model, tokens, sets, anchors, draw_views, settings, log)


def calibration(tokenizer_file, intents, seed, count=50):
    """Token ids of some training lines of each set, to see the activations' sizes on."""
    names, rng = ("massive-zh", "massive-en", "clinc150", "banking77"), random.Random(seed)
    texts = [text for name in names for text, _ in rng.sample(data.intents(intents / f"{name}/train.csv"), count)]
    return vocabulary.ids(vocabulary.load(tokenizer_file), texts)


def mix(start, end, share, out):
    """Weights between the start of stage 2 and its end: unseen sets like the middle."""
    from . import network

    a, b = (network.load(path).state_dict() for path in (start, end))
    network.save({k: a[k].lerp(b[k], share) for k in b}, out)
