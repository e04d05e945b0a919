"""The static API says what the site says, in the order that it states, and keeps to its own description."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from openapi_spec_validator import validate

from faultkb import corpus
from faultkb.publish import api, article
from faultkb.publish.article import ARTICLE, REDIRECT, TOMBSTONE, Article

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from faultkb.vocabulary import Vocabulary

GATEWAY, LOCK = "SW-20261103-001", "HW-20260306-001"


@pytest.fixture(scope="module")
def samples(root: Path, words: Vocabulary) -> dict[str, Article]:
    """Return every page of the samples, by id."""
    return {one.id: one for one in filter(None, (article.of(one, words) for one in corpus.tickets(root, words)))}


@pytest.fixture(scope="module")
def static(words: Vocabulary) -> dict[str, Any]:
    """Return the documents that describe the API, by address."""
    return {path: json.loads(text) for path, text in api.static(words)}


@pytest.fixture(scope="module")
def documents(built: tuple[Path, subprocess.CompletedProcess[str]]) -> dict[str, Any]:
    """Return every document of the built site, by address below api/v1/."""
    folder, done = built
    assert done.returncode == 0, done.stderr
    home = folder / "site" / "api" / "v1"
    return {
        path.relative_to(home).as_posix(): json.loads(path.read_text(encoding="utf-8")) for path in home.rglob("*.json")
    }


def definition(address: str) -> str:
    """Return which definition a document is to keep to."""
    folder, _, name = address.rpartition("/")
    return {"": name.removesuffix(".json"), "faults": "fault", "products": "product"}[folder]


def validator(schema: dict[str, Any], name: str) -> jsonschema.Draft202012Validator:
    """Return the standard validator for one definition."""
    return jsonschema.Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": schema["$defs"]})


def test_every_document_keeps_to_the_schema(documents: dict[str, Any]) -> None:
    """Each document of the built samples is valid against its definition in schema.json, and so against the whole."""
    schema = documents["schema.json"]
    jsonschema.Draft202012Validator.check_schema(schema)
    checked = [address for address in documents if address not in {"schema.json", "openapi.json"}]
    assert {"faults.json", "changes.json", "products.json", f"faults/{GATEWAY}.json"} <= set(checked)
    whole = jsonschema.Draft202012Validator(schema)
    for address in checked:
        assert list(validator(schema, definition(address)).iter_errors(documents[address])) == [], address
        assert whole.is_valid(documents[address])


def test_every_key_is_described(documents: dict[str, Any]) -> None:
    """No document has a key that schema.json does not explain: all are valid, too, if it allowed no other."""
    definitions = documents["schema.json"]["$defs"]
    closed = {
        name: {**one, "additionalProperties": False} if "properties" in one else one
        for name, one in definitions.items()
    }
    for address in documents.keys() - {"schema.json", "openapi.json"}:
        strict = validator({"$defs": closed}, definition(address))
        assert list(strict.iter_errors(documents[address])) == [], address


def test_openapi_is_valid_and_names_every_document(static: dict[str, Any], documents: dict[str, Any]) -> None:
    """openapi.json passes the standard validator; each address that the site has is one of its paths."""
    validate(static["api/v1/openapi.json"])
    paths = static["api/v1/openapi.json"]["paths"]
    patterns = {"faults": "/faults/{id}.json", "products": "/products/{slug}.json"}
    for address in documents.keys() - {"schema.json", "openapi.json"}:
        folder = address.rpartition("/")[0]
        assert patterns.get(folder, f"/{address}") in paths


def test_labels_come_from_the_schema_of_the_ticket(static: dict[str, Any], words: Vocabulary) -> None:
    """What a key is called stands in schema/ticket.schema.json alone."""
    keys = static["api/v1/schema.json"]["$defs"]["light"]["properties"]
    assert keys["fixed_versions"]["title"] == words.title("kb", "fixed_versions") == "已修复版本"
    assert keys["severity"]["enum"] == ["紧急", "高", "中", "低"]
    assert keys["occurred_on"]["title"] == "故障发生时间"


def test_an_article_is_all_there(samples: dict[str, Article]) -> None:
    """The fields, sections, states and days of the gateway fault, read from its ticket by hand."""
    found = json.loads(api.fault(samples[GATEWAY], ["SW-20260912-002"]))
    sections = found.pop("sections")
    assert found == {
        "schema_version": 1,
        "status": "published",
        "id": GATEWAY,
        "url": "faults/SW-20261103-001/",
        "title": "网关升级 V2.3.1 后每日凌晨自动重启",
        "type": "软件Bug",
        "severity": "高",
        "products": ["智能网关 GW2"],
        "versions": ["V2.3.1"],
        "fixed_versions": ["V2.3.2"],
        "modules": ["电源管理", "子设备接入"],
        "regions": ["华东", "华南"],
        "error_codes": ["E-1042"],
        "keywords": ["看门狗", "自动重启", "凌晨 03:10", "子设备离线", "夜间维护", "分批上报"],
        "cause": "看门狗超时",
        "summary": "升级后子设备多于 40 个时每晚重启",
        "solution": "升级到 V2.3.2；此前可分批上报，由客服在后台开启，用户无需操作",
        "occurred_on": "2026-11-02",
        "reported_on": "2026-11-03",
        "completed_on": "2026-11-06",
        "closed_on": "2026-11-09",
        "timeline": [
            {"state": "待受理", "on": "2026-11-03"},
            {"state": "处理中", "on": "2026-11-03"},
            {"state": "待验证", "on": "2026-11-05"},
            {"state": "已关闭", "on": "2026-11-09"},
        ],
        "related": ["SW-20260912-002"],
        "folded": [],
    }
    assert [(one["section"], one["part"]) for one in sections] == [
        ("故障描述", "现象"),
        ("故障描述", "使用场景"),
        ("故障描述", "发生频率"),
        ("故障描述", "复现步骤"),
        ("故障描述", "环境信息"),
        ("原因分析", None),
        ("短期方案", None),
        ("长期方案", None),
        ("验证记录", "功能验证"),
        ("验证记录", "兼容性验证"),
        ("验证记录", "用户体验验证"),
    ]
    assert sections[3]["text"].splitlines()[3] == "4. 约 45 秒后网关复位，启动日志 reset_reason=WDT。"
    assert sections[4]["text"].splitlines()[1] == "硬件 GW2 A、B 两版"
    assert "`reset_reason=WDT`" in sections[3]["markdown"]


def test_what_is_not_known_is_null_or_empty(samples: dict[str, Article]) -> None:
    """The lock fault has no fixed version; the faults folded into it are named in order."""
    found = json.loads(api.fault(samples[LOCK], folded=["HW-20260708-001", "HW-20260701-001"]))
    assert (found["fixed_versions"], found["related"]) == ([], [])
    assert (found["reported_on"], found["closed_on"], found["cause"]) == ("2026-03-06", "2026-03-13", "触点氧化")
    assert found["folded"] == ["HW-20260701-001", "HW-20260708-001"]
    unknown = replace(samples[LOCK], fields={**samples[LOCK].fields, "occurred_at": "未知", "kb": {}})
    bare = json.loads(api.fault(unknown))
    assert (bare["occurred_on"], bare["cause"], bare["keywords"]) == (None, None, [])


def test_the_list_is_newest_first_and_without_text(samples: dict[str, Article]) -> None:
    """32 of the 36 pages of the samples are articles; the gateway fault, closed on 9 November, comes first."""
    found = json.loads(api.faults(samples.values()))
    assert (found["count"], len(found["faults"])) == (32, 32)
    days = [(one["closed_on"], one["id"]) for one in found["faults"]]
    assert days == sorted(days, reverse=True)
    assert days[0] == ("2026-11-09", GATEWAY)
    assert all("sections" not in one for one in found["faults"])


def test_changes_tell_what_became_of_every_page(samples: dict[str, Article]) -> None:
    """Reopened on 12 November, withdrawn (voided 11 August), merged (closed 14 July): each with its day, no content."""
    text = api.fault(samples[GATEWAY])
    found = json.loads(api.changes([*samples.values()], {GATEWAY: api.digest(text)}))
    entries = {one["id"]: one for one in found["changes"]}
    assert found["count"] == len(entries) == 36
    assert found["changes"][0] == {
        "id": "SW-20261013-001",
        "url": "faults/SW-20261013-001/",
        "status": "reopened",
        "changed_on": "2026-11-12",
    }
    assert entries["HW-20260803-001"].items() >= {"status": "withdrawn", "changed_on": "2026-08-11"}.items()
    assert entries["HW-20260708-001"].items() >= {"status": "merged", "canonical": LOCK}.items()
    assert entries["HW-20260708-001"]["changed_on"] == "2026-07-14"
    assert [one["id"] for one in found["changes"] if "digest" in one] == [GATEWAY]
    corrected = replace(samples[GATEWAY], sections={("短期方案", ""): "改过。"})
    assert entries[GATEWAY]["digest"] != api.digest(api.fault(corrected))


def test_digests_of_the_built_site_are_those_of_its_documents(
    built: tuple[Path, subprocess.CompletedProcess[str]], documents: dict[str, Any]
) -> None:
    """A consumer that hashes what it downloaded finds the digest of changes.json."""
    home = built[0] / "site" / "api" / "v1"
    for one in documents["changes.json"]["changes"]:
        text = (home / "faults" / f"{one['id']}.json").read_text(encoding="utf-8")
        assert one["digest"] == api.digest(text)
        assert json.loads(text)["status"] == one["status"]


def test_tombstones_and_redirects_have_no_content() -> None:
    """They say what became of the page; a canonical fault that is not published is not named."""
    day = datetime.fromisoformat("2026-11-12 09:30")
    gone = Article("SW-20260101-001", TOMBSTONE, "withdrawn", changed_at=day)
    merged = Article("SW-20260101-002", REDIRECT, "SW-20260101-003", changed_at=day)
    head = {"schema_version": 1, "changed_on": "2026-11-12"}
    assert json.loads(api.fault(gone)) == {
        **head,
        "status": "withdrawn",
        "id": "SW-20260101-001",
        "url": "faults/SW-20260101-001/",
    }
    for known, canonical in ((["SW-20260101-003"], "SW-20260101-003"), ([], None)):
        found = json.loads(api.fault(merged, known))
        assert found.items() >= {**head, "status": "merged", "canonical": canonical}.items()
    assert json.loads(api.changes([gone, merged]))["changes"][0]["canonical"] is None


def test_order_does_not_depend_on_the_order_of_the_input(samples: dict[str, Article]) -> None:
    """The same faults give the same bytes."""
    pages = list(samples.values())
    assert api.faults(pages) == api.faults(pages[::-1])
    assert api.changes(pages) == api.changes(pages[::-1])


def test_ten_thousand_faults_are_listed_in_a_moment(samples: dict[str, Article]) -> None:
    """faults.json of 10,000 articles takes less than 1.5 s of computing."""
    one = samples[GATEWAY]
    many = [replace(one, id=f"SW-{20260101 + n // 900}-{n % 900:03}", kind=ARTICLE, sections={}) for n in range(10_000)]
    start = time.process_time()
    text = api.faults(many)
    assert time.process_time() - start < 1.5
    assert json.loads(text)["count"] == 10_000
