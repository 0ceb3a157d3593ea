"""Filled and photographed forms, made from a seed and always labelled as simulated.

- `hand`: one writer per form, from glyphs of people no model was trained or tested on, with habits
- `ink`, `letters`, `marks`: what a pen leaves on paper: digits, X, dash, tallies, bubbles, words, signatures
- `fill`: figures in, the printed page with handwriting on it out, and the truth of what was written
- `camera`, `scene`: that sheet on a table, photographed by a phone

Every sheet carries the word SIMULASI, so that no picture can pass for a real form. Nothing here makes release
figures: those come from a second, separate renderer under ``bench/``.
"""
