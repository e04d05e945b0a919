"""Work in a process of its own, on another processor; what it needed of memory is free when it ends."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from multiprocessing import connection
from typing import TYPE_CHECKING, Any

from faultkb import corpus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.connection import Connection


class Aside:
    """A call of ``function``, a module-level one, that runs from now on; arguments and result are picklable."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        # Not a pool: its threads would be there when the next process is forked.
        context = multiprocessing.get_context(corpus.start_method())
        self.answer, give = context.Pipe(duplex=False)
        self._process = context.Process(target=_work, args=(give, function, arguments), daemon=True)  # type: ignore[attr-defined] # each context has it
        self._process.start()
        give.close()

    def result(self) -> Any:
        """Wait for the end; return what the function returned, raise what it raised."""
        try:
            is_good, value = self.answer.recv()
        except EOFError:
            is_good, value = False, RuntimeError("a process ended before its work was done")
        self.stop()
        if not is_good:
            raise value
        return value

    def stop(self) -> None:
        """End the process, whether it is done or not."""
        self.answer.close()
        self._process.join(_GRACE)
        if self._process.is_alive():
            self._process.terminate()
            self._process.join()


_GRACE = 5
"""Seconds for a process to end by itself after its answer."""


def _work(give: Connection, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        give.send((True, function(*arguments)))
    except Exception as error:  # noqa: BLE001 - raised again where the result is asked for
        give.send((False, error))


def _end_with_parent() -> None:
    """End this process when the one that started it is killed: nobody takes the answer, and it holds what that one held."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def each(function: Callable[[Any], Any], some: Iterable[Any]) -> Iterator[Any]:
    """Call a function with each of some things, as many at once as there are processors; yield the results as they come."""
    waiting = deque(some)
    running: dict[Any, Aside] = {}
    try:
        while waiting or running:
            while waiting and len(running) < (os.cpu_count() or 1):
                started = Aside(function, waiting.popleft())
                running[started.answer] = started
            for one in connection.wait(list(running)):
                yield running.pop(one).result()
    finally:
        for rest in running.values():
            rest.stop()
