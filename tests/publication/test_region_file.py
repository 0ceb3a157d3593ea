"""The layout of ``data.json``: what is packed comes back, and nothing stands twice."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sirekap.election.standing import Standing
from sirekap.publication import region_file
from sirekap.publication.region_file import expand, pack

FIELDS = ("roll_dpt_l", "roll_dpt_p", "roll_dpt_j", "voted_dpph_l", "votes_1", "votes_2", "valid", "invalid", "total")
texts = st.text(min_size=1, max_size=8)
figures = st.dictionaries(st.sampled_from(FIELDS), st.none() | st.integers(0, 999))
some_fields = st.lists(st.sampled_from(FIELDS), max_size=3, unique=True)
boxes = st.tuples(*[st.integers(0, 4000)] * 4).map(list)
seen = st.fixed_dictionaries(
    {
        "reader": texts,
        "page": st.none() | st.integers(1, 3),
        "verdict": texts,
        "flags": st.lists(st.fixed_dictionaries({"code": texts, "text": texts}), max_size=2),
        "boxes": st.dictionaries(st.sampled_from(FIELDS), boxes, max_size=3),
        "doubtful": some_fields,
        "size": st.just([1200, 1600]),
    }
)
events = st.fixed_dictionaries(
    {
        "at": texts,
        "role": texts,
        "what": texts,
        "why": st.just("") | texts,
        "changes": st.lists(
            st.fixed_dictionaries(
                {"field": st.sampled_from(FIELDS), "old": st.none() | st.integers(0, 9), "new": st.integers(0, 9)}
            ),
            max_size=2,
        ),
        "ledger_index": st.none() | st.integers(0, 99),
        "evidence": st.none() | texts,
        "kind": texts,
        "generation": st.none() | st.integers(1, 3),
    }
)
HEAD = {"contest": "pkwkk", "official": False, "label": "Bukan hasil resmi", "simulated": True}


@st.composite
def stations(draw: Any, number: int) -> dict[str, Any]:
    """One station in its expanded form."""
    photos = draw(st.lists(st.tuples(st.sampled_from(("ab" * 32, "cd" * 32)), st.none() | seen), max_size=2))
    return {
        **HEAD,
        "code": f"3216011007{number:03}",
        "name": f"TPS {number:03}",
        "cut": draw(st.integers(1, 9)),
        "standing": draw(st.sampled_from([standing.key for standing in Standing])),
        "generation": draw(st.integers(1, 3)),
        "generation_kind": "Reguler",
        "figures": {stage: draw(st.none() | figures) for stage in region_file.STAGES},
        "findings": draw(
            st.lists(
                st.fixed_dictionaries(
                    {"code": texts, "severity": st.just("error"), "text": texts, "fields": some_fields}
                ),
                max_size=2,
            )
        ),
        "photos": [
            {
                "pages": [1, 2],
                "sha256": sha256,
                "path": f"foto/{sha256[:2]}/{sha256}.png",
                "received_at": "2024-11-27T06:00:00Z",
                "generation": 1,
                "seen": looked,
            }
            for sha256, looked in photos
        ],
        "agreement": draw(
            st.none() | st.fixed_dictionaries(dict.fromkeys(("same", "differs", "doubtful"), some_fields))
        ),
        "history": draw(st.lists(events, max_size=3)),
        "replaced": draw(
            st.lists(
                st.fixed_dictionaries(
                    {"generation": st.integers(1, 2), "generation_kind": st.just("PSU"), "figures": figures}
                ),
                max_size=1,
            )
        ),
    }


@st.composite
def villages(draw: Any) -> dict[str, Any]:
    """A village in its expanded form, without what follows from its stations."""
    found = [draw(stations(number)) for number in range(1, draw(st.integers(1, 4)))]
    counts = {s.key: sum(station["standing"] == s.key for station in found) for s in Standing}
    own = {
        "code": "3216011007",
        "name": "Kelurahan Setia Asih",
        "standing": counts,
        "figures": draw(st.none() | figures),
    }
    return {**HEAD, **own, "stations": found}


@given(villages())
def test_a_village_comes_back_as_it_was(village: dict[str, Any]) -> None:
    packed = json.loads(json.dumps(pack(village)))
    back = expand(packed)
    assert {key: back[key] for key in village} == village
    assert [child["figures"] for child in back["children"]] == [s["figures"]["counted"] for s in village["stations"]]
    assert pack(back) == packed
    for pool in ("fields", "texts"):
        assert len(set(packed[pool])) == len(packed[pool])
    assert len(set(map(tuple, packed["forms"]))) == len(packed["forms"])


def test_a_region_is_one_row_per_child() -> None:
    counts = dict.fromkeys((s.key for s in Standing), 0)
    children = [
        {
            "code": f"32160110{n}",
            "name": f"Desa {n}",
            "station_count": 2,
            "counted": n,
            "standing": counts | {"awaited": 2 - n, "verified": n},
            "findings": 0,
            "figures": {"votes_1": 7, "valid": None} if n else None,
        }
        for n in (0, 1)
    ]
    region = {**HEAD, "code": "321601", "name": "Kecamatan Contoh", "figures": {"votes_1": 7, "roll_dpt_j": 9}}
    packed = pack({**region, "standing": counts | {"awaited": 3, "verified": 1}, "children": children})
    assert packed == {
        **region,
        "format": "sirekap-region-2",
        "fields": ["roll_dpt_j", "votes_1", "valid"],
        "standing": {"awaited": 3, "verified": 1},
        "figures": [9, 7, -1],
        "children": {
            "columns": ["code", "name", "standing", "findings", "figures"],
            "rows": [
                ["321601100", "Desa 0", [2, 0, 0, 0, 0, 0, 0, 0, 0], 0, None],
                ["321601101", "Desa 1", [1, 0, 0, 0, 1, 0, 0, 0, 0], 0, [-1, 7, None]],
            ],
        },
    }
    assert expand(packed)["children"] == children
