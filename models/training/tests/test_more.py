import json
import tempfile
import unittest
from pathlib import Path

from recipe import data, more


def turn(text, intent, *acts):
    frame = {"service": "Banks_1", "state": {"active_intent": intent}, "actions": [{"act": a, "slot": s} for a, s in acts]}
    return {"speaker": "USER", "utterance": text, "frames": [frame]}


class More(unittest.TestCase):
    def test_turns_of_a_dialogue_are_labelled_by_what_they_are_about(self):
        turns = [
            turn("what's my balance?", "CheckBalance", ("INFORM_INTENT", ""), ("INFORM", "account_type")),
            {"speaker": "SYSTEM", "utterance": "Which account?", "frames": []},
            turn("checking", "CheckBalance", ("INFORM", "account_type")),
            turn("to whom, and how much?", "CheckBalance", ("REQUEST", "recipient"), ("REQUEST", "amount")),
            turn("no, thanks", "CheckBalance", ("NEGATE", "")),
        ]
        with tempfile.TemporaryDirectory() as folder:
            (train := Path(folder) / "train").mkdir()
            (train / "dialogues_001.json").write_text(json.dumps([{"turns": turns}]), encoding="utf8")
            rows = list(more.sgd(Path(folder)))
        labels = ["Banks CheckBalance", "Banks inform account_type", "NEGATE"]
        self.assertEqual(rows, list(zip(["what's my balance?", "checking", "no, thanks"], labels, strict=True)))

    def test_long_texts_and_rare_intents_are_left_out(self):
        rows = [("开灯", "on"), ("开灯", "on"), ("打开客厅的灯", "on"), ("x" * 200, "on"), ("hello", "rare")]
        self.assertEqual(sorted(more.kept(rows, 2, 9)), [("开灯", "on"), ("打开客厅的灯", "on")])
        self.assertEqual(len(list(more.kept(rows, 2, 1))), 1)

    def test_a_further_set_brings_its_lines_in_either_language(self):
        with tempfile.TemporaryDirectory() as folder:
            (own := Path(folder) / "home").mkdir()
            (own / "train.csv").write_text("text,intent\nlights on,on\n开灯,on\n", encoding="utf8")
            read = data.by_class(data.intents(own / "train.csv"))
        self.assertEqual([(line.text, line.language) for line in read["on"]], [("lights on", "en"), ("开灯", "zh")])


if __name__ == "__main__":
    unittest.main()
