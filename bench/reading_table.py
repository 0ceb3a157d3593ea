"""The target table with the figures of one run, for people."""

from __future__ import annotations

from typing import Any

ROWS = (
    ("digit, typical / hard", ">= .985 / .945", ("digit_typical", "digit_hard")),
    ("digit, unseen data set", ">= .92", ("digit_shift",)),
    ("calibration error, in distribution / shift", "<= .010 / .020", ("ece", "ece_shift")),
    (
        "blank, X, dash / other read as a digit at .99",
        "<= .0005 / .003",
        ("nondigit_as_digit_void", "nondigit_as_digit_other"),
    ),
    ("field, raw / after constraints", ">= .965 / .998", ("field_raw", "field_constrained")),
    ("form exact, end to end", ">= .99", ("form_exact",)),
    ("result accepted, digits only / with bubbles", ">= .75 / .90", ("accepted", "accepted_bubbles")),
    ("... whole form with administration", "", ("accepted_form", "accepted_form_bubbles")),
    ("... of forms without slip or correction", "", ("accepted_clean", "accepted_clean_bubbles")),
    ("silently wrong, digits only / with bubbles", "<= .0005", ("silent_wrong", "silent_wrong_bubbles")),
    ("... 95 % upper bound", "<= .001", ("silent_wrong_upper", "silent_wrong_bubbles_upper")),
    ("slips held back, digits only / with bubbles", ">= .995", ("slips_held_back", "slips_held_back_bubbles")),
    ("registered, <= 30 degrees, <= 3.5 px", ">= .995", ("registered",)),
    ("misregistered and accepted", "0", ("misregistered_accepted",)),
    ("CPU ms a page, 12 MP / 2,560 px", "<= 120 / 60", ("cpu_ms_page_12mp", "cpu_ms_page_2560")),
    ("... over the bare JPEG decode", "", ("ratio_decode", "ratio_decode_2560")),
    ("model, bytes", "<= 1,000,000", ("model_bytes",)),
    ("number: ours / RapidOCR / Tesseract", "", ("ours_number", "peer_rapidocr_number", "peer_tesseract_number")),
)
"""What, the target, and the figures of the row."""


def table(figures: dict[str, Any]) -> str:
    """One line a row; where a row was also measured at 12 megapixels, those figures follow in brackets."""
    lines = []
    for what, target, keys in ROWS:
        ours = " / ".join(_said(figures, key) for key in keys)
        large = [_said(figures, f"{key}_12mp") for key in keys if f"{key}_12mp" in figures]
        lines.append(f"{what:48} {target:18} {ours}" + (f"   [{' / '.join(large)}]" if large else ""))
    return "\n".join(lines)


def _said(figures: dict[str, Any], key: str) -> str:
    value, trials = figures.get(key), figures.get(f"{key}_of", figures.get(f"{key}_n"))
    shown = "-" if value is None else f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value}"
    if f"{key}_ci" not in figures or value is None:
        return shown
    low, high = figures[f"{key}_ci"]
    return f"{shown} ({low:.4f}-{high:.4f}, n {trials:,})"
