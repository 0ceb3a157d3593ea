"""The command line: results on stdout, words on stderr, clear errors."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from sirekap.cli import main


def invoke(*arguments: str, text: str = "") -> tuple[int, str, str]:
    result = CliRunner().invoke(main, list(arguments), input=text)
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize(
    ("figures", "findings"),
    [
        ({"votes_1": 10, "votes_2": 5, "valid": 15, "pairs": 2}, []),
        (
            {"votes_1": 10, "votes_2": 5, "valid": 16},
            [{"code": "E203", "severity": "error", "fields": ["votes_1", "votes_2", "valid"]}],
        ),
        (
            {"valid": 1, "invalid": 2, "total": 4},
            [{"code": "E204", "severity": "error", "fields": ["valid", "invalid", "total"]}],
        ),
        ({"valid": -1}, [{"code": "E103", "severity": "error", "fields": ["valid"]}]),
    ],
)
def test_rules_check_prints_the_findings(figures: dict[str, int], findings: list[object]) -> None:
    status, out, _ = invoke("rules", "check", "--json", text=json.dumps(figures))
    assert (status, json.loads(out)) == (0, {"findings": findings})


@pytest.mark.parametrize("text", ["", "[1]", "{", '{"pairs": 11}', '{"pairs": "two"}'])
def test_rules_check_bad_input_is_refused(text: str) -> None:
    status, out, errors = invoke("rules", "check", "--json", text=text)
    assert (status, out) == (2, "")
    assert errors.startswith("✗ ")


def test_unknown_benchmark_names_those_there_are() -> None:
    status, _, errors = invoke("bench", "nonsense")
    assert status == 2
    assert "tally" in errors


def test_every_verb_teaches_itself() -> None:
    def walk(group: object, path: tuple[str, ...]) -> None:
        for name, command in group.commands.items():  # type: ignore[attr-defined]
            status, out, _ = invoke(*path, name, "--help")
            assert (status, bool(command.help)) == (0, True), (*path, name)
            assert "Usage:" in out
            if hasattr(command, "commands"):
                walk(command, (*path, name))

    walk(main, ())
