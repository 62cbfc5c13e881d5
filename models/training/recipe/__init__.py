"""The training recipe of Paigong's sentence encoder: distil, contrast, export, measure."""
