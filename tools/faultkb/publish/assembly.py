"""From kb/ to the site: HTML for the pages that changed, everything else beside it, and then all at once into place."""

from __future__ import annotations

import os
import shutil
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

from faultkb.publish import generator, refusal, state
from faultkb.publish.files import is_generated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from faultkb.publish.permit import Permit
    from faultkb.publish.state import Stamp, State

_SETTINGS = ("SITE_URL",)
"""Variables of the environment that mkdocs.yml reads."""
_INDEX = "api/search/manifest.json"
_UNWANTED = ("sitemap.xml.gz",)
"""What MkDocs writes from the pages of one batch; ours is kb/sitemap.xml."""


class Updated(NamedTuple):
    """What an update of a site changed: pages built, and files that people put into kb/ beside them or took away."""

    pages: int
    files: int


def build(root: Path, output: Path, remembered: State, permit: Permit, ready: Callable[[], None]) -> Updated:
    """Bring the site up to date with kb/ and return how much was; ``ready`` waits for what others still write.

    Raise FaultError if a file is not as it should be; then the site stays as it was.
    """
    key = state.theme(root, {name: os.environ.get(name, "") for name in _SETTINGS})
    before = remembered.sites.get(str(output), {})
    # Whatever else somebody did to the site: only what was built is built upon, if all that it lets out may get out today.
    is_known = bool(before) and before["theme"] == key and before["made"] == _made(output)
    is_known = is_known and permit.covers(before["waived"])
    old: Mapping[str, Any] = before["files"] if is_known else {}
    output.parent.mkdir(parents=True, exist_ok=True)
    now = state.stamps(root / "kb")
    pages = sorted(name for name in now if name.endswith(".md") and tuple(old.get(name, ())) != now[name])
    state.save(root, remembered)
    if pages or not is_known:
        with generator.built(root, pages, output.parent) as (fresh, found):
            ready()
            now = state.stamps(root / "kb")
            for name in _UNWANTED:
                (fresh / name).unlink(missing_ok=True)
            around = {} if is_known else generator.around(fresh)
            refusal.refuse(root, {**around, **found, **_changed(root, old, now)}, permit)
            _update(root, output, found, old, now) if is_known else _replace(root, output, fresh, found, now)
    else:
        ready()
        now = state.stamps(root / "kb")
        refusal.refuse(root, _changed(root, old, now), permit)
        _update(root, output, {}, old, now)
    # A site that was built and looked through is what the next one is built upon; until then, the one before.
    remembered.sites[str(output)] = {"theme": key, "made": _made(output), "files": now, "waived": permit.kept()}
    return Updated(len(pages), _by_hand(old, now) if is_known else 0)


def _by_hand(old: Mapping[str, Any], now: Mapping[str, Stamp]) -> int:
    """Return how many files that people put beside the pages are new, other ones, or gone."""
    other = {name for name in now if not name.endswith(".md") and tuple(old.get(name, ())) != now[name]}
    return sum(not is_generated(name) for name in other | (old.keys() - now.keys()))


def _changed(root: Path, old: Mapping[str, Any], now: Mapping[str, Stamp]) -> dict[str, Path]:
    """Return the files beside the pages that the site does not have as they are."""
    return {
        name: root / "kb" / name
        for name, stamp in now.items()
        if not name.endswith(".md") and tuple(old.get(name, ())) != stamp
    }


def _made(output: Path) -> str:
    """Return what tells that the site is as it was built."""
    found = sorted(state.stamps(output, exact=True).items())
    return blake2b(repr(found).encode(), digest_size=16).hexdigest()


def _replace(root: Path, output: Path, fresh: Path, found: Mapping[str, Path], now: Iterable[str]) -> None:
    """Complete a new site and put it in the place of the old one."""
    for address, path in found.items():
        _move(path, fresh / address)
    for name in now:
        if not name.endswith(".md"):
            _copy(root / "kb" / name, fresh / name)
    if output.exists():
        output.replace(fresh.with_name("old"))
    fresh.replace(output)


def _update(
    root: Path, output: Path, found: Mapping[str, Path], old: Mapping[str, Any], now: Mapping[str, Stamp]
) -> None:
    """Replace what changed, file by file, and remove what is gone."""
    # Whoever searches meanwhile learns of the new index when all of it is there.
    for name, path in sorted(_changed(root, old, now).items(), key=lambda one: one[0] == _INDEX):
        _copy(path, output / name)
    for address, path in found.items():
        _move(path, output / address)
    for name in old.keys() - now.keys():
        _remove(output, generator.address(name) if name.endswith(".md") else name)


def _move(source: Path, target: Path) -> None:
    if source != target:
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.new")
    draft.unlink(missing_ok=True)
    shutil.copyfile(source, draft)
    draft.replace(target)


def _remove(output: Path, name: str) -> None:
    """Remove a file, and the folders that are empty then."""
    (output / name).unlink(missing_ok=True)
    folder = (output / name).parent
    while folder != output and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
