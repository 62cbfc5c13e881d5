import gzip
import tempfile
import unittest
from pathlib import Path

from recipe import data, report, tasks


class Files(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def test_pairs_are_thinned_and_bounded(self):
        path = self.folder / "pairs.tsv.gz"
        with gzip.open(path, "wt", encoding="utf8") as f:
            f.writelines(f"hello {i}\t你好你好\tsource\tdialogue\n" for i in range(100))
            f.write("a gloss\t解释解释\tsource\tgloss\n")
        pairs = data.pairs(path)
        self.assertEqual(len(pairs), 101)
        general = data.general(pairs, 50)
        self.assertEqual(len(general), 50)
        self.assertNotIn(("a gloss", "解释解释"), data.general(pairs, 1000))

    def test_parallel_lines_are_twins(self):
        sets = data.parallel([("wake me", "alarm")], [("叫醒我", "alarm")])
        a, b = sets["alarm"]
        self.assertIs(a.twin, b)
        with self.assertRaises(ValueError):
            data.parallel([("wake me", "alarm")], [("叫醒我", "music")])

    def test_skills_lose_their_slot_marks(self):
        (pack := self.folder / "hr").mkdir()
        text = 'skill: leave\nexamples:\n  - 我想请[三天](days)假\n  - "[tomorrow](from) off"\nslots:\n  x: 1\n'
        (pack / "leave.skill.yaml").write_text(text, encoding="utf8")
        self.assertEqual(tasks.skills(self.folder), [("我想请三天假", "leave", "zh"), ("tomorrow off", "leave", "en")])

    def test_spans_of_tags(self):
        tags = ["O", "B-a", "I-a", "B-a", "I-b", "O"]
        self.assertEqual(list(tasks.spans(tags)), [(1, 3, "a"), (3, 4, "a"), (4, 5, "b")])

    def test_a_table_leaves_out_what_a_column_lacks(self):
        text = report.table({"new": {"x": 90.0, "y": 1.5}, "old": {"x": 80.0}})
        self.assertIn("| y | 1.50 |  |", text)
        self.assertIn("| x | 90.0 | 80.0 |", text)

    def test_measured_holds_only_what_was_measured(self):
        self.assertEqual(report.measured({"clinc150 5": 94.06, "other": 1.0}), "clinc150 = { shots_5 = 94.1 }")


if __name__ == "__main__":
    unittest.main()
