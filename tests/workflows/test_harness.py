"""The harness itself: what GitHub documents about steps, jobs, files and rights, on workflows made up for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

if TYPE_CHECKING:
    from tests.workflows.harness import World
    from tests.workflows.job import Run

HEAD = "name: x\non:\n  push:\n    branches: [main]\npermissions: {}\nconcurrency:\n  group: x-${{ github.ref }}\n"


def play(world: World, jobs: str, **options: object) -> Run:
    """Push a workflow to main and run it."""
    before = world.tip()
    indented = "".join(f"  {line}\n" if line else "\n" for line in jobs.strip("\n").split("\n"))
    world.commit("main", {".github/workflows/x.yml": f"{HEAD}jobs:\n{indented}"})
    return world.push("x.yml", before, **options)  # type: ignore[arg-type]


def test_steps_hand_on_what_they_write(world: World) -> None:
    """GITHUB_OUTPUT, GITHUB_ENV, GITHUB_PATH, the summary and the commands on stdout reach whom they should.

    What a step writes to GITHUB_ENV replaces what the job says, and gives way to what a later step says; GitHub's own stay.
    """
    run = play(
        world,
        """
a:
  runs-on: ubuntu-24.04
  timeout-minutes: 1
  permissions: {}
  outputs:
    word: ${{ steps.one.outputs.word }}
  env:
    LEVEL: job
  steps:
    - id: one
      env:
        LEVEL: step
      run: |
        echo "word=$LEVEL" >> "$GITHUB_OUTPUT"
        printf 'LONG<<END\\na\\nb\\nEND\\n' >> "$GITHUB_ENV"
        mkdir bin; printf '#!/bin/sh\\necho found\\n' > bin/tool; chmod +x bin/tool; echo "$PWD/bin" >> "$GITHUB_PATH"
        echo 'LEVEL=file' >> "$GITHUB_ENV"; echo 'GITHUB_REF=refs/heads/evil' >> "$GITHUB_ENV"
        echo '# 摘要' >> "$GITHUB_STEP_SUMMARY"
        echo '::error file=a%2Cb.md,line=3,title=rule::100 %25%0A坏'
    - run: echo "$LONG $LEVEL $CI $GITHUB_REF $(tool)"
    - run: echo "$LEVEL $SEEN $RUNNER_OS"
      if: env.LEVEL == 'step'
      env:
        LEVEL: step
        SEEN: ${{ env.LEVEL }}
        RUNNER_OS: evil
b:
  needs: a
  runs-on: ubuntu-24.04
  timeout-minutes: 1
  permissions: {}
  steps:
    - run: test "$WORD" = step
      env:
        WORD: ${{ needs.a.outputs.word }}
""",
    )
    job = run.job("a")
    assert job.steps[0].annotations == [
        {"kind": "error", "file": "a,b.md", "line": "3", "title": "rule", "message": "100 %\n坏"}
    ]
    assert (job.steps[1].output, job.summary) == ("a\nb file true refs/heads/main found\n", "# 摘要\n")
    assert job.steps[2].output == "step file Linux\n"
    assert (run.conclusion, run.concurrency) == ("success", "x-refs/heads/main")


def test_failures_stop_what_they_should(world: World) -> None:
    """A failed step skips the rest but what asks for it; a tolerated one does not; a job that needs it is skipped."""
    run = play(
        world,
        """
a:
  runs-on: ubuntu-24.04
  timeout-minutes: 1
  permissions: {}
  steps:
    - {run: "false", id: soft, continue-on-error: true}
    - {run: "false | true", name: bash -e without pipefail}
    - {run: "false\\ntrue", name: stops at the first}
    - {run: "true", name: not any more}
    - {run: "true", name: on failure, if: "failure() && steps.soft.outcome == 'failure' && steps.soft.conclusion == 'success'"}
    - {run: "true", name: always, if: always()}
b: {needs: a, runs-on: ubuntu-24.04, timeout-minutes: 1, permissions: {}, steps: [{run: "true"}]}
c: {needs: b, if: always(), runs-on: ubuntu-24.04, timeout-minutes: 1, permissions: {}, steps: [{run: "true"}]}
d: {needs: c, runs-on: ubuntu-24.04, timeout-minutes: 1, permissions: {}, steps: [{run: "true"}]}
""",
    )
    assert [step.outcome for step in run.job("a").steps] == [
        "failure",
        "success",
        "failure",
        "skipped",
        "success",
        "success",
    ]
    # d needs c, which succeeded, but a above it did not: success() looks at all of them.
    assert {job.key: job.result for job in run.jobs} == {"a": "failure", "b": "skipped", "c": "success", "d": "skipped"}


def test_a_job_has_the_rights_that_it_names(world: World) -> None:
    """The token of a job that may read issues opens none; git with a token that may read the contents pushes nothing."""
    run = play(
        world,
        """
a:
  runs-on: ubuntu-24.04
  timeout-minutes: 1
  permissions: {contents: read, issues: read}
  steps:
    - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
      with: {persist-credentials: true}
    - run: git push origin HEAD:refs/heads/stolen
    - run: git fetch origin main
      if: always()
b:
  runs-on: ubuntu-24.04
  timeout-minutes: 1
  permissions: {contents: read}
  steps:
    - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
      with: {persist-credentials: false}
    - run: git -c core.askPass=true fetch origin main
""",
    )
    assert [step.outcome for step in run.job("a").steps] == ["success", "failure", "success"]
    assert [step.outcome for step in run.job("b").steps] == ["success", "failure"], "private: nothing without a token"
    assert world.github.pushes == []
    headers = {"Authorization": f"Bearer {run.job('a').token}"}
    assert (
        requests.post(f"{world.github.home}/issues", json={"title": "x"}, headers=headers, timeout=9).status_code == 403
    )
    assert requests.get(f"{world.github.home}/issues", headers=headers, timeout=9).status_code == 200


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("{uses: evil/action@v1}", "nothing stands in for evil/action"),
        ("{uses: actions/checkout@v7, with: {submodules: true}}", "takes no"),
    ],
)
def test_what_nothing_stands_for_fails(step: str, said: str, world: World) -> None:
    """An action without a stand-in, or an input that its stand-in does not know, is not passed over."""
    job = "{runs-on: ubuntu-24.04, timeout-minutes: 1, permissions: {}, steps: [" + step + "]}"
    with pytest.raises(AssertionError, match=said):
        play(world, f"a: {job}")
