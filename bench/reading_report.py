"""From what was read to the figures of the contract, and the conditions they hold under."""

from __future__ import annotations

import importlib.util
import os
import platform
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bench import reading_peers
from bench.reading_crops import FIELD_JITTER, JITTER, STRETCH, Judged, Outcome
from bench.reading_photos import LIES, Seen
from bench.reading_stats import by_group, calibration_error, rate, upper
from bench.reading_work import Found
from bench.second_renderer import capture, forms
from bench.second_renderer.forms import How
from sirekap.reading import digits
from sirekap.reading.result import BLANK, DASH, OTHER, STRUCK
from sirekap.reading.version import READER

if TYPE_CHECKING:
    from bench.reading import Sizes

SURE = 0.99


def figures(found: Found) -> dict[str, Any]:
    """Every figure with its number of trials ``_n`` and 95 % interval ``_ci``."""
    out: dict[str, Any] = {}
    for mark in ("", "_12mp"):
        out |= _digits(found, mark)
        out |= _fields(found.crops[f"typical{mark}"], mark)
        out |= _acceptance(found.crops[f"typical{mark}"], mark)
    out |= _hard(found.crops["hard"])
    out |= _photos(found)
    out["model_bytes"] = len(resources.files("sirekap.reading").joinpath(digits.MODEL).read_bytes())
    peers, notes = reading_peers.compare(found.numbers, wanted=os.environ.get("SIREKAP_BENCH_PEERS", "1") != "0")
    found.notes |= notes
    return out | peers


def _digits(found: Found, mark: str) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name in ("typical", "hard", "shift"):
        outcomes = found.crops[f"{name}{mark}"]
        right, _ = _top(outcomes)
        out |= rate(f"digit_{name}{mark}", int(right.sum()), len(right))
    out[f"digit_typical{mark}_ci_by_writer"] = _by_writer(found.crops[f"typical{mark}"])
    for name, key in (("typical", "ece"), ("hard", "ece_hard"), ("shift", "ece_shift")):
        right, confidence = _top(found.crops[f"{name}{mark}"])
        out[f"{key}{mark}"] = calibration_error(confidence, right)
    void = found.crops[f"typical{mark}"]
    for label, symbols, outcomes in (
        ("blank", (BLANK,), void),
        ("x", (STRUCK,), void),
        ("dash", (DASH,), void),
        ("void", (BLANK, STRUCK, DASH), void),
        ("other", (OTHER,), found.crops[f"other{mark}"]),
    ):
        out |= rate(f"nondigit_as_digit_{label}{mark}", *_taken_for_digit(outcomes, symbols))
    spoilt = found.crops[f"other{mark}"]
    for kind in list(How)[1:]:
        out |= rate(f"nondigit_as_digit_{kind.name.lower()}{mark}", *_taken_for_digit(spoilt, (OTHER,), kind.value))
    out |= rate(f"nondigit_as_wrong_digit_other{mark}", *_taken_for_wrong(spoilt))
    out[f"nondigit_as_digit{mark}"] = {
        "blank_x_dash": out[f"nondigit_as_digit_void{mark}"],
        "other": out[f"nondigit_as_digit_other{mark}"],
    }
    return out


def _top(outcomes: Sequence[Outcome]) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Of boxes that hold a plain digit: whether the likeliest class is right, and its probability."""
    right: list[NDArray[np.bool_]] = [np.zeros(0, bool)]
    confidence: list[NDArray[np.float64]] = [np.zeros(0)]
    for outcome in outcomes:
        digit = outcome.symbols < BLANK
        right.append(outcome.best[digit] == outcome.symbols[digit])
        confidence.append(outcome.confidence[digit].astype(np.float64))
    return np.concatenate(right), np.concatenate(confidence)


def _by_writer(outcomes: Sequence[Outcome]) -> list[float]:
    hits: Counter[str] = Counter()
    trials: Counter[str] = Counter()
    for outcome in outcomes:
        digit = outcome.symbols < BLANK
        hits[outcome.writer] += int((outcome.best[digit] == outcome.symbols[digit]).sum())
        trials[outcome.writer] += int(digit.sum())
    return by_group([hits[name] for name in trials], list(trials.values()))


def _taken_for_wrong(outcomes: Iterable[Outcome]) -> tuple[int, int]:
    """Spoilt boxes read with `SURE` confidence as a digit that they do not say in the end either, and all of them."""
    taken = total = 0
    for outcome in outcomes:
        kinds = np.array(outcome.kinds)
        says = np.where(np.isin(kinds, (How.OVERWRITTEN.value, How.CORRECTED.value)), outcome.digits, -1)
        mine = outcome.symbols == OTHER
        total += int(mine.sum())
        sure = (outcome.best < BLANK) & (outcome.confidence >= SURE)
        taken += int((mine & sure & (outcome.best != says)).sum())
    return taken, total


def _taken_for_digit(outcomes: Iterable[Outcome], symbols: tuple[int, ...], kind: str = "") -> tuple[int, int]:
    """Boxes of these classes (and ``kind``) read as a digit with `SURE` confidence, and all of them."""
    taken = total = 0
    for outcome in outcomes:
        mine = np.isin(outcome.symbols, symbols)
        if kind:
            mine &= np.array(outcome.kinds) == kind
        total += int(mine.sum())
        taken += int((mine & (outcome.best < BLANK) & (outcome.confidence >= SURE)).sum())
    return taken, total


def _fields(outcomes: Sequence[Outcome], mark: str) -> dict[str, Any]:
    """Forms whose digits are what was meant, and without corrections."""
    clean = [o for o in outcomes if o.slip != "digit" and not o.corrected and o.plain and o.bubbled]
    plain, bubbled = [o.plain for o in clean if o.plain], [o.bubbled for o in clean if o.bubbled and o.slip != "bubble"]
    total = sum(j.fields for j in plain)
    out = rate(f"field_raw{mark}", sum(j.raw_right for j in plain), total)
    out |= rate(f"field_constrained{mark}", sum(j.constrained_right for j in plain), total)
    out |= rate(
        f"field_constrained_bubbles{mark}", sum(j.constrained_right for j in bubbled), sum(j.fields for j in bubbled)
    )
    proposals = sum(j.proposals for j in plain)
    return out | rate(f"proposal_right{mark}", sum(j.proposals_right for j in plain), proposals)


def _acceptance(outcomes: Sequence[Outcome], mark: str) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for label, breaking in (("", ("digit",)), ("_bubbles", ("digit", "bubble"))):
        judged = [(o, j) for o in outcomes if (j := o.bubbled if label else o.plain)]
        accepted = [j for _, j in judged if j.accepted]
        clean = [j for o, j in judged if o.slip not in breaking and not o.corrected]
        out |= rate(f"accepted{label}{mark}", len(accepted), len(judged))
        out[f"accepted{label}{mark}_of"] = len(judged)
        out[f"accepted{label}{mark}_n"] = len(accepted)
        out |= rate(f"accepted_clean{label}{mark}", sum(j.accepted for j in clean), len(clean))
        wrong = int(sum(j.wrong > 0 for j in accepted))
        out |= rate(f"silent_wrong{label}{mark}", wrong, len(accepted))
        whole = [j for _, j in judged if j.accepted_form]
        out |= rate(f"accepted_form{label}{mark}", len(whole), len(judged))
        out[f"silent_wrong_form{label}{mark}_count"] = sum(j.wrong_form > 0 for j in whole)
        out[f"silent_wrong{label}{mark}_count"] = wrong
        out[f"silent_wrong{label}{mark}_upper"] = round(upper(wrong, len(accepted)), 6) if accepted else None
        slips = [j for o, j in judged if o.slip in breaking]
        out |= rate(f"slips_held_back{label}{mark}", sum(j.held_back for j in slips), len(slips))
        mended = [j for o, j in judged if o.corrected and o.slip not in breaking]
        out |= rate(f"corrections_held_back{label}{mark}", sum(j.held_back for j in mended), len(mended))
    return out


def _hard(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    wanted = ("field_raw", "field_constrained", "accepted", "silent_wrong")
    both = _fields(outcomes, "_hard") | _acceptance(outcomes, "_hard")
    return {key: value for key, value in both.items() if key.startswith(wanted) and "clean" not in key}


def _photos(found: Found) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for at, mark in ((1, ""), (0, "_12mp")):
        whole = [sizes[at] for sizes in found.whole]
        judged = [form.judged for form in whole]
        out |= rate(f"form_exact{mark}", sum(_exact(j) for j in judged), len(judged))
        out |= rate(f"accepted_photos{mark}", sum(j.accepted for j in judged), len(judged))
        out[f"silent_wrong_photos{mark}_count"] = sum(bool(j.accepted and j.wrong > 0) for j in judged)
        wide = [sizes[at] for sizes in found.wide]
        out |= rate(f"registered{mark}", sum(seen.sound for seen in wide), len(wide))
        pages = [page for form in whole for page in form.pages]
        out |= rate(f"registered_typical{mark}", sum(page.sound for page in pages), len(pages))
        off = [distance for page in pages for distance in page.off]
        out[f"box_error_p95_mm{mark}"] = round(float(np.percentile(off, 95)), 3) if off else None
    out |= _time(found)
    wrong = [lied for lied in found.lies if lied.accepted and (lied.claimed or lied.wrong)]
    honest = [seen for sizes in found.wide for seen in sizes]
    out["misregistered_accepted"] = len(wrong)
    out["misregistered_n"] = len(found.lies)
    out["misregistered_claimed"] = sum(bool(lied.claimed) for lied in found.lies)
    out["misregistered_claimed_wide"] = sum(
        bool(s.registered and (not s.named or max(s.off, default=0) > 2)) for s in honest
    )
    return out


def _exact(judged: Judged) -> bool:
    return judged.fields > 0 and judged.constrained_right == judged.fields


def _time(found: Found) -> dict[str, Any]:
    out: dict[str, Any] = {
        "cpu_ms_page_12mp": None,
        "cpu_ms_page_2560": None,
        "ratio_decode": None,
        "ratio_decode_2560": None,
    }
    for at, name, ratio in ((0, "12mp", "ratio_decode"), (1, "2560", "ratio_decode_2560")):
        forms_seen = [sizes[at] for sizes in found.whole]
        if not forms_seen:
            continue
        pages: list[Seen] = [page for form in forms_seen for page in form.pages]
        share = statistics.median(form.cpu_judge_ms / len(form.pages) for form in forms_seen)
        spent = statistics.median(page.cpu_ms for page in pages) + share
        decode = statistics.median(page.decode_ms for page in pages)
        out[f"cpu_ms_page_{name}"] = round(spent, 1)
        out[f"cpu_ms_page_{name}_n"] = len(pages)
        out[f"cpu_ms_page_{name}_p95"] = round(float(np.percentile([page.cpu_ms for page in pages], 95)) + share, 1)
        out[f"decode_ms_{name}"] = round(decode, 1)
        out[f"decode_colour_ms_{name}"] = round(statistics.median(page.decode_colour_ms for page in pages), 1)
        out[ratio] = round(spent / decode, 3)
    return out


def conditions(found: Found, sizes: Sizes, seed: int, workers: int) -> dict[str, Any]:
    """What the figures hold under."""
    import cv2
    import onnxruntime

    made = Counter(lied.kind for lied in found.lies)
    return {
        "reader": READER,
        "model_sha256": digits.model_hash(),
        "seed": seed,
        "sizes": asdict(sizes),
        "cpus": os.cpu_count(),
        "workers": workers,
        "machine": platform.machine(),
        "versions": {"opencv": cv2.__version__, "onnxruntime": onnxruntime.__version__, "numpy": np.__version__},
        "profiles": capture.PROFILES,
        "hands": found.notes.get("hands"),
        "shift": found.notes.get("shift"),
        "peers": {name: found.notes.get(name) for name in ("rapidocr", "tesseract")},
        "size_of_figures": "without a mark at 2,560 pixels long side, *_12mp at 4,000",
        "crop_level": "digit_*, ece*, nondigit_*, field_*, proposal_*, accepted*, silent_wrong*, slips_*, "
        "corrections_*: every figure photographed alone through the page's optics; registration error added, mm: "
        f"page {JITTER}, figure {FIELD_JITTER}, size {STRETCH}",
        "photographs": "form_exact, accepted_photos, registered*, misregistered_*, box_error_*, cpu_*, decode_*, "
        "ratio_*: whole JPEGs through observe and reader.judge, words not read",
        "forms": f"slips: digits {forms.SLIP_SHARE}, bubbles {forms.BUBBLE_SLIP_SHARE}, tally only "
        f"{forms.TALLY_SLIP_SHARE}; one box corrected {forms.CORRECTED_SHARE}; whole photographs: none of these",
        "accepted": "the result (votes, valid, invalid, total) of all forms, slips and corrections among them; "
        "accepted_clean: of forms without; accepted_form*: administration accepted too; digits only, "
        "*_bubbles with the printed bubbles; _n is how many were accepted, _of how many forms, _ci is over _of. "
        "_ci of silent_wrong is Wilson's, _upper the one-sided exact 95 % bound",
        "clusters": "one writer per form, writers return; digit_typical_ci_by_writer draws writers again",
        "lies": {
            "kinds": list(LIES),
            "made": dict(made),
            "claimed": dict(Counter(x.kind for x in found.lies if x.claimed)),
        },
        "ratio_decode": "CPU of observe plus a page's share of judge over cv2.imdecode of the JPEG to grey, medians",
        "seconds": found.seconds,
        "rapidocr_installed": importlib.util.find_spec("rapidocr") is not None,
    }
