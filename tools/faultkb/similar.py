"""Known faults that resemble a text or a fault, with the words that they share, in well under a second for 10,000.

The files are scanned as text, on all cores; only those that may be shown are read in full. The score is the share of the
question that a fault has; words that stand only in its symptom, not among its names, count a little less.
"""

from __future__ import annotations

import heapq
import operator
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from faultkb import corpus, gist, masks, ticket, tokens, weighing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from faultkb.gist import Gist
    from faultkb.ticket import Ticket
    from faultkb.vocabulary import Vocabulary

THRESHOLD = 0.15
"""Score below which faults have only everyday words in common, unless they share a rare code."""
_COMPARABLE = 0.8
"""Share of the best score from which a solved fault comes before the best."""
_ONLY_IN_SYMPTOM = 0.7
_CANDIDATES = 30
"""Faults that are read in full, to choose among them."""
_LONGEST = 8_000
"""Characters of a question that are read; more would tell no more, and cost."""
_SHORT = 2
"""Telling words of a question up to which one in common is enough."""
_SOLVED = frozenset({"article", "redirect"})
"""What publishing makes of a fault (``x-publish`` of ``kb.entry``) whose solution is known."""


@dataclass(frozen=True, slots=True)
class Match:
    """A fault that resembles the question. ``score`` is 0 to 1; ``shared`` are the words in common, weightiest first.

    ``solution`` is empty while the fault is open, and where nobody wrote it down.
    """

    id: str
    path: str
    title: str
    status: str
    is_closed: bool
    score: float
    shared: tuple[str, ...]
    solution: str


class _Question(NamedTuple):
    """What a scan looks for: a title that is the text, and tokens; of these, which say something, and which are codes."""

    title: str
    wanted: tokens.Wanted
    telling: frozenset[str]
    codes: frozenset[str]


class _Seen(NamedTuple):
    """What a file has of the question: the text as its title, tokens among its names, tokens only in its symptom."""

    path: str
    titled: bool
    names: frozenset[str]
    symptom: frozenset[str]


class _Part(NamedTuple):
    """What a scan of some files found: how many have each token, and those that may be similar."""

    number: Counter[str]
    seen: list[_Seen]


def text_of(one: Ticket, words: Vocabulary) -> str:
    """Return the question that a ticket is: its names and its symptom."""
    return "\n".join(gist.of_ticket(one)).replace(words.placeholder, "")


def find(
    root: Path, words: Vocabulary, text: str, limit: int = 5, leave_out: str = "", beside: Sequence[Ticket] = ()
) -> list[Match]:
    """Return the faults most like a text, at most ``limit``; ``leave_out`` is the id or path of one that does not count.

    ``beside`` are faults that do not lie under the root yet.

    A fault with the text as its title comes first, then those with a published solution that are about as similar as
    the best, then the others, the most similar and the newest first. What they say of private data is masked.
    """
    text = text[:_LONGEST]
    factors = weighing.factors(text)
    telling, codes = (frozenset(filter(kind, factors)) for kind in (weighing.is_telling, tokens.is_code))
    question = _Question(text.strip(), tokens.wanted(factors), telling, codes)
    paths = [path for path in corpus.find(root) if path != leave_out and not path.endswith(f"/{leave_out}.md")]
    parts: list[_Part] = corpus.spread(paths, _scan, (root, question))
    parts.append(_part(((one.path, gist.of_ticket(one)) for one in beside), question))
    read = {one.path: one for one in beside}
    number: Counter[str] = sum((part.number for part in parts), Counter())
    share = weighing.shares(factors, number, len(paths) + len(beside))
    rare = weighing.rare(codes, number, len(paths) + len(beside))
    scored = ((one.titled, _score(one, share), one.path, one) for part in parts for one in part.seen)
    enough = (one for one in scored if one[1] >= THRESHOLD or not rare.isdisjoint(one[3].names | one[3].symptom))
    near = heapq.nlargest(max(limit, _CANDIDATES), enough)
    best = max((score for _, score, _, _ in near), default=0.0)
    told, found = masks.put_on(text, words.lists), []
    for _, score, path, one in near:
        known = read.get(path) or corpus.load(root, path, words).ticket
        if known is not None:
            match = _match(known, words, score, weighing.shared(told, one.names | one.symptom, share))
            first = score >= _COMPARABLE * best and match.is_closed and _is_published(known, words)
            found.append((known.title.strip() != question.title, not first, -score, match))
    return [match for *_, match in sorted(found, key=operator.itemgetter(0, 1, 2))][:limit]


def _scan(paths: Sequence[str], root: Path, question: _Question) -> list[_Part]:
    """Look for the question's tokens in ticket files."""
    texts = ((path, corpus.text(root, path)) for path in paths)
    return [_part(((path, gist.of_text(text)) for path, text in texts if text is not None), question)]


def _part(about: Iterable[tuple[str, Gist]], question: _Question) -> _Part:
    part = _Part(Counter(), [])
    for path, told in about:
        one = _look(path, told, question)
        part.number.update(one.names | one.symptom)
        if _is_enough(one, question):
            part.seen.append(one)
    return part


def _look(path: str, about: gist.Gist, question: _Question) -> _Seen:
    names = tokens.among(about.names, question.wanted)
    symptom = tokens.among(about.symptom, question.wanted) - names
    has_all = len(names) == len(question.wanted.cjk) + len(question.wanted.words)
    return _Seen(path, has_all and gist.title_in(about.names) == question.title, names, symptom)


def _is_enough(one: _Seen, question: _Question) -> bool:
    """Say whether the words in common may be more than a coincidence: two of them, a code, or one of a short question."""
    if len(question.telling) <= _SHORT:
        return bool(one.names or one.symptom)
    has = one.names | one.symptom
    return len(has & question.telling) > 1 or not has.isdisjoint(question.codes)


def _score(one: _Seen, share: Mapping[str, float]) -> float:
    """Return the share of the question that a fault has; rounded, since sums differ in their last digits."""
    has = sum(map(share.__getitem__, one.names)) + _ONLY_IN_SYMPTOM * sum(map(share.__getitem__, one.symptom))
    return min(1.0, round(has, 4))


def _is_published(known: Ticket, words: Vocabulary) -> bool:
    return words.page(known.header) in _SOLVED


def _match(known: Ticket, words: Vocabulary, score: float, shared: tuple[str, ...]) -> Match:
    status = ticket.replay(known, words.lifecycle).status
    is_closed = status not in words.lifecycle.open_states
    kb = known.header.get("kb", {}) if is_closed else {}
    solution = kb.get("solution") or (f"见 {kb['canonical']}" if "canonical" in kb else "")
    title, solution = masks.put_on((known.title, solution), words.lists)
    return Match(known.id, known.path, title, status, is_closed, score, shared, solution)
