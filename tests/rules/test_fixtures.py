"""Every rule on files that a clerk could have written: tests/fixtures/rules/<rule>/good-* and bad-*.

A fixture is one ticket file, or a folder that is laid over an empty repository. The places of all findings stand in
the rule's expect.yaml.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from faultkb import rules
from faultkb.check import Outcome
from faultkb.finding import ERROR, LEVELS
from faultkb.rules import Rule

FIXTURES = Path(__file__).parents[1] / "fixtures" / "rules"
RULES = tuple(rules.catalogue().values())


def _fixtures(kind: str) -> list[Path]:
    return sorted(path for path in FIXTURES.glob(f"*/{kind}-*"))


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _expected(fixture: Path) -> list[str]:
    return list(yaml.safe_load((fixture.parent / "expect.yaml").read_text(encoding="utf-8")).get(fixture.name, ()))


def _found(outcome: Outcome, fixture: Path) -> list[str]:
    """Write findings as expect.yaml does: with the path where the fixture is a folder."""
    return [
        f"{one.path}:{one.line}:{one.column} {one.rule}" if fixture.is_dir() else f"{one.line}:{one.column} {one.rule}"
        for one in outcome.findings
    ]


@pytest.mark.parametrize("fixture", _fixtures("bad"), ids=_name)
def test_bad_file_gets_exactly_the_expected_findings(fixture: Path, findings_of: Callable[[Path], Outcome]) -> None:
    """A bad fixture gives the findings that expect.yaml lists, at their places, and no other."""
    outcome = findings_of(fixture)

    assert sorted(_found(outcome, fixture)) == sorted(_expected(fixture))
    assert fixture.parent.name in {one.rule for one in outcome.findings}
    assert all(one.message and one.help for one in outcome.findings)


@pytest.mark.parametrize("fixture", _fixtures("good"), ids=_name)
def test_good_file_is_left_alone(fixture: Path, findings_of: Callable[[Path], Outcome]) -> None:
    """A good fixture gives no error, and nothing of the rule that it stands beside."""
    outcome = findings_of(fixture)

    assert [one for one in outcome.findings if one.level == ERROR or one.rule == fixture.parent.name] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_has_fixtures_and_a_manual(rule: Rule) -> None:
    """Every rule has a good and a bad fixture, and a manual: what is wrong, why it matters, how to mend it (改法)."""
    names = [path.name for path in (FIXTURES / rule.id).glob("*")]
    summary, *rest = rule.manual.splitlines()

    assert any(name.startswith("good-") for name in names)
    assert any(name.startswith("bad-") for name in names)
    assert summary.endswith("。")
    assert [line for line in rest if line.startswith("改法：")], "the manual does not say how to mend it"
    assert [line for line in rest if line and not line.startswith("改法：")], "the manual does not say why it matters"
    assert not re.search(r"YAML 1\.1|Python|dict|None|Traceback|JSON Schema", rule.manual)


def test_rule_ids_are_unique_and_well_formed() -> None:
    """Each rule id is given once, in lower case with hyphens, and its level and scope are known."""
    sources = "\n".join(path.read_text(encoding="utf-8") for path in Path(rules.__path__[0]).glob("*.py"))
    declared = re.findall(r'^@rule\("([^"]+)"', sources, re.MULTILINE)

    assert sorted(declared) == sorted(rule.id for rule in RULES)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.id) for rule in RULES)
    assert {rule.level for rule in RULES} <= set(LEVELS)
    assert {rule.scope for rule in RULES} == {"text", "file", "ticket", "waive", "change", "past", "schema", "corpus"}


def test_every_fixture_belongs_to_a_rule() -> None:
    """No folder of fixtures is left behind by a rule that is gone, and no fixture lies outside the good-/bad- scheme."""
    assert {path.name for path in FIXTURES.iterdir() if path.is_dir()} <= {rule.id for rule in RULES}
    strays = [
        path
        for path in FIXTURES.glob("*/*")
        if not re.fullmatch(r"(good|bad)-[a-z0-9-]+(\.md)?|expect\.yaml", path.name)
    ]
    assert strays == []
