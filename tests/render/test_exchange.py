"""Findings for other programs: the shape that each format asks for, whatever stands in a message or a path."""

from __future__ import annotations

import io
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from faultkb.check import Outcome
from faultkb.finding import ERROR, NOTE, WARNING, Finding
from faultkb.render.findings import FORMATS

HOSTILE = 'a"b<c>&]]>\x00\x1b[31m\ud800\u2028\u202eé.md'
OUTCOME = Outcome(
    (
        Finding("tickets/甲 乙.md", 3, 7, "schema", ERROR, "写法不对", "改成 “高”", place=("severity",)),
        Finding("tickets/甲 乙.md", 3, 7, "overdue", WARNING, "过期", place=("due_at",)),
        Finding("tickets/甲 乙.md", 9, 1, "overdue", WARNING, "过期", place=("due_at",)),
        Finding(f"tickets/{HOSTILE}", 1, 1, "key-order", NOTE, HOSTILE, HOSTILE),
    ),
    5,
)


def written(form: str, outcome: Outcome = OUTCOME) -> str:
    """Return what a format writes, as a file holds it."""
    stream = io.StringIO()
    FORMATS[form](outcome, Path(), stream)
    return stream.getvalue().encode("utf-8", "replace").decode()


def test_sarif() -> None:
    """SARIF 2.1.0: a run with the rules that it names, results with place, level and a fingerprint; paths are URIs."""
    data = json.loads(written("sarif"))
    assert (data["version"], data["$schema"]) == ("2.1.0", "https://json.schemastore.org/sarif-2.1.0.json")
    (run,) = data["runs"]
    names = [one["id"] for one in run["tool"]["driver"]["rules"]]
    assert names == ["key-order", "overdue", "schema"]
    assert all(one["shortDescription"]["text"] and one["help"]["text"] for one in run["tool"]["driver"]["rules"])
    first = run["results"][0]
    assert first["level"] == "error"
    assert first["message"] == {"text": "写法不对。改成 “高”"}
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "tickets/%E7%94%B2%20%E4%B9%99.md"},
        "region": {"startLine": 3, "startColumn": 7},
    }
    assert [names[one["ruleIndex"]] == one["ruleId"] for one in run["results"]] == [True] * 4
    assert [one["level"] for one in run["results"]] == ["error", "warning", "warning", "note"]


def test_junit() -> None:
    """A file with an error is a failed case, one with warnings passes and says them; hostile text stays text."""
    tree = ET.fromstring(written("junit"))  # noqa: S314 - our own output
    suite = tree.find("testsuite")
    assert suite is not None
    assert suite.attrib == {"name": "fault check", "tests": "3", "failures": "1", "errors": "0"}
    clean, failed, passed = suite.findall("testcase")
    assert (clean.get("name"), len(clean)) == ("没有发现问题的故障", 0)
    assert [one.tag for one in failed] == ["failure", "system-out"]
    assert failed[0].get("message") == "1 个错误：写法不对"
    assert failed[0].text == "tickets/甲 乙.md:3:7: [schema] 写法不对。改成 “高”"
    assert [one.tag for one in passed] == ["system-out"]
    assert 'a"b<c>&]]>' in str(passed[0].text)


def test_gitlab() -> None:
    """Code Quality: a list with path and line, severities of GitLab's own, and no fingerprint twice."""
    data = json.loads(written("gitlab"))
    assert data[0].keys() == {"description", "check_name", "fingerprint", "severity", "location"}
    assert data[0]["location"] == {"path": "tickets/甲 乙.md", "lines": {"begin": 3}}
    assert [one["severity"] for one in data] == ["major", "minor", "minor", "info"]
    assert len({one["fingerprint"] for one in data}) == 4


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_found_is_a_whole_document(form: str) -> None:
    """A clean check writes a document that its reader accepts, not an empty file."""
    shown = written(form, Outcome((), 5))
    assert shown
    if form == "junit":
        assert ET.fromstring(shown).get("failures") == "0"  # noqa: S314 - our own output
    elif form in {"json", "sarif", "gitlab"}:
        json.loads(shown)


@pytest.mark.parametrize("form", ["sarif", "gitlab"])
def test_fingerprint_holds_no_value(form: str) -> None:
    """Nobody can try values against a fingerprint: another value under the same mask has the same one; equal findings are told apart."""
    twice = [
        [
            Finding("a.md", line, 1, "ip-address", WARNING, "遮盖后是 1.2.*.*", place=("title",), codes=(code,))
            for line in (1, 2)
        ]
        for code in ("0a1b", "2c3d")
    ]
    shown = [json.loads(written(form, Outcome(tuple(some), 1))) for some in twice]
    marks = [
        [one["fingerprint"] for one in data]
        if isinstance(data, list)
        else [one["partialFingerprints"]["fault/v1"] for one in data["runs"][0]["results"]]
        for data in shown
    ]
    assert marks[0] == marks[1]
    assert len(set(marks[0])) == 2
