"""Requests made up from a small grammar (`requests.toml`): actions × objects, in both languages."""

import tomllib
from pathlib import Path

from .lines import Line

GRAMMAR = Path(__file__).with_name("requests.toml")
# Said beside a request without changing what is wanted. The first form comes before it, the second after.
BESIDE = {
    "zh": (
        ("", "", "", "明天的", "张伟的", "下周的", "上个月的", "我的", "3号的", "王经理那个"),
        ("", "", "", "，周五之前", "，编号20415", "，两个", "，上海那边的", "，12月8日", "，急用", "，今天"),
    ),
    "en": (
        ("", "", "", "hi, ", "for tomorrow: ", "about number 20415, ", "quick one: ", "as discussed with Emily, ", "for the Berlin office, ", ""),
        ("", "", "", " by friday", " for Daniel", " on december 8", " number 3307", " next week", " today", " from last month"),
    ),
}


def intents(path=GRAMMAR):
    """{"action object": [Line]}; {o} of a line is filled with one of the object's names."""
    grammar = tomllib.loads(path.read_text(encoding="utf8"))
    out = {}
    for action, spec in grammar["actions"].items():
        for kind in spec["kinds"]:
            for names in grammar["objects"][kind]:
                lines = []
                for language, forms in zip(("zh", "en"), names, strict=True):
                    forms = forms.split("|")
                    for n, pattern in enumerate(spec[language].split("|")):
                        lines.append(Line(pattern.replace("{o}", forms[n % len(forms)]), language))
                out[f"{action} {names[1].split('|')[0]}"] = lines
    return out


def beside(text, language, rng):
    """With a date, a name or a number that does not matter."""
    before, after = BESIDE[language]
    return rng.choice(before) + text + rng.choice(after)
