"""GitHub's own reader of workflow files and its own evaluator of expressions (tests/web/actions.mjs)."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

_PROGRAM = Path(__file__).parents[1] / "web" / "actions.mjs"


class Actions:
    """The program, asked line by line; it runs until it is closed."""

    def __init__(self) -> None:
        node = shutil.which("node")
        assert node, "node is missing"
        self._process = subprocess.Popen(
            [node, _PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", cwd=_PROGRAM.parent
        )
        self._lock = threading.Lock()

    def close(self) -> None:
        """Let the program end."""
        self._process.communicate("")

    def _ask(self, **request: Any) -> dict[str, Any]:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        with self._lock:
            stdin.write(json.dumps(request) + "\n")
            stdin.flush()
            answer: dict[str, Any] = json.loads(stdout.readline())
        assert "error" not in answer, f"{request.get('expression')}: {answer['error']}"
        return answer

    def read(self, name: str, content: str) -> dict[str, Any]:
        """Return a workflow file as GitHub reads it; an expression is ``{"$": "…"}``. Fail where GitHub finds an error."""
        answer = self._ask(file=name, content=content)
        assert answer["errors"] == [], answer["errors"]
        return answer["workflow"]  # type: ignore[no-any-return]

    def value(
        self, item: Any, contexts: dict[str, Any], status: str = "success", files: list[str] | None = None
    ) -> Any:
        """Return a value of a workflow with its expressions evaluated, at any depth."""
        if isinstance(item, dict) and set(item) == {"$"}:
            return self._ask(expression=item["$"], contexts=contexts, status=status, files=files)["value"]
        if isinstance(item, dict):
            return {key: self.value(one, contexts, status, files) for key, one in item.items()}
        return [self.value(one, contexts, status, files) for one in item] if isinstance(item, list) else item

    def text(self, item: Any, contexts: dict[str, Any], files: list[str] | None = None) -> str:
        """Return a value of a workflow as it stands in an environment variable or an input."""
        if isinstance(item, dict):
            return str(self._ask(expression=item["$"], contexts=contexts, status="success", files=files)["text"])
        return {True: "true", False: "false", None: ""}.get(item, str(item))

    def holds(self, item: Any, contexts: dict[str, Any], status: str, files: list[str] | None = None) -> bool:
        """Say whether a condition (``if:``) holds after what has happened so far: ``success`` or ``failure``."""
        return bool(self._ask(expression=item["$"], contexts=contexts, status=status, files=files)["truth"])
