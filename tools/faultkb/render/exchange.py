"""Findings for other programs: SARIF for code scanning, JUnit for test reports, GitLab's Code Quality."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TextIO
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from faultkb.finding import ERROR, NOTE, WARNING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from faultkb.check import Outcome
    from faultkb.finding import Finding

_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML file may hold."""


def sarif(outcome: Outcome, _root: Path, stream: TextIO) -> None:
    """Write SARIF 2.1.0, with the manual of each rule that found something."""
    ids = sorted({one.rule for one in outcome.findings})
    driver = {"name": "fault check", "rules": [_sarif_rule(one) for one in ids]}
    marks = _fingerprints(outcome.findings)
    results = [_sarif_result(one, ids.index(one.rule), mark) for one, mark in zip(outcome.findings, marks, strict=True)]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    _dump({"$schema": schema, "version": "2.1.0", "runs": [run]}, stream)


def _sarif_rule(name: str) -> dict[str, Any]:
    from faultkb import rules  # here, not above: --help must not pay for it

    one = rules.catalogue()[name]
    return {
        "id": one.id,
        "shortDescription": {"text": one.summary},
        "help": {"text": one.manual},
        "defaultConfiguration": {"level": one.level},
    }


def _sarif_result(one: Finding, index: int, mark: str) -> dict[str, Any]:
    place = {
        "artifactLocation": {"uri": quote(one.path.encode("utf-8", "replace"))},
        "region": {"startLine": one.line, "startColumn": one.column},
    }
    return {
        "ruleId": one.rule,
        "ruleIndex": index,
        "level": one.level,
        "message": {"text": _sentence(one)},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"fault/v1": mark},
    }


def _sentence(one: Finding) -> str:
    return f"{one.message}。{one.help}" if one.help else one.message


def _fingerprints(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield what tells each finding from the others, the same when lines before it come or go.

    Only what the report shows anyway goes in: from a digest of a code or value, guesses would find the value.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    for one in findings:
        shown = (one.path, one.rule, "/".join(map(str, one.place)), one.message)
        seen[shown] += 1
        said = "\n".join((*shown, str(seen[shown])))
        yield hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=16).hexdigest()


def gitlab(outcome: Outcome, _root: Path, stream: TextIO) -> None:
    """Write GitLab's Code Quality report: a list, each finding with a fingerprint of its own."""
    severities = {ERROR: "major", WARNING: "minor", NOTE: "info"}
    listed = [
        {
            "description": _sentence(one),
            "check_name": one.rule,
            "fingerprint": mark,
            "severity": severities[one.level],
            "location": {"path": one.path, "lines": {"begin": one.line}},
        }
        for one, mark in zip(outcome.findings, _fingerprints(outcome.findings), strict=True)
    ]
    _dump(listed, stream)


def _dump(data: Any, stream: TextIO) -> None:
    json.dump(data, stream, ensure_ascii=False, indent=2)
    stream.write("\n")


def junit(outcome: Outcome, _root: Path, stream: TextIO) -> None:
    """Write JUnit XML: a case for each file with findings, failed where it has errors; what only reminds is its output."""
    cases = [(path, list(some)) for path, some in groupby(outcome.findings, attrgetter("path"))]
    failed = sum(any(one.level == ERROR for one in some) for _, some in cases)
    # Files without a finding have no name here: one case stands for them all.
    clean = '    <testcase classname="fault check" name="没有发现问题的故障"/>\n'
    counts = f'tests="{len(cases) + 1}" failures="{failed}" errors="0"'
    stream.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites {counts}>\n')
    stream.write(f'  <testsuite name="fault check" {counts}>\n{clean}')
    for path, some in cases:
        stream.write(f'    <testcase classname="fault check" name={_attribute(path)}>\n')
        stream.writelines(_junit(some))
        stream.write("    </testcase>\n")
    stream.write("  </testsuite>\n</testsuites>\n")


def _junit(some: list[Finding]) -> Iterator[str]:
    errors = [one for one in some if one.level == ERROR]
    others = [one for one in some if one.level != ERROR]
    if errors:
        yield f"      <failure message={_attribute(f'{len(errors)} 个错误：{errors[0].message}')}>{_lines(errors)}</failure>\n"
    if others:
        yield f"      <system-out>{_lines(others)}</system-out>\n"


def _lines(some: list[Finding]) -> str:
    return escape(_xml("\n".join(f"{one.path}:{one.line}:{one.column}: [{one.rule}] {_sentence(one)}" for one in some)))


def _attribute(text: str) -> str:
    return quoteattr(_xml(text))


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
