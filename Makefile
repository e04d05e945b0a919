# make        准备环境，检查故障，打印状态报告，生成网站
# make serve  预览网站，故障一改就刷新
# make test   CI 运行的全部检查
# 只用 GNU make 3.81（macOS 自带）有的写法。

PYTHON ?= python3
PIP := .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --no-deps --only-binary :all:

.PHONY: all anew install automation dev serve test bench lock clean
.DELETE_ON_ERROR:

all: install
	@printf '\n== 检查故障文件（tools/check）\n'
	@tools/check
	@printf '\n== 状态报告（tools/report）\n'
	@tools/report
	@printf '\n== 生成网站（.venv/bin/fault site build）\n'
	@.venv/bin/fault site build
	@printf '\n完成。网站在 site/ 里，运行 make serve 即可在浏览器里打开；日常命令在 tools/ 里：check、report、new、fault。\n'

install: .venv/.runtime

# What the workflows need besides: GitHub and messages.
automation: .venv/.automation

dev: .venv/.dev

# A virtual environment whose interpreter is gone (Python was upgraded) is made anew.
WORKING := $(shell .venv/bin/python -c '' 2>/dev/null || echo anew)

anew:

.venv/.runtime: requirements.lock Makefile $(WORKING)
	@command -v $(PYTHON) >/dev/null || { echo '没有找到 $(PYTHON)：请安装 Python 3.11 或更新的版本。' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新的版本，$(PYTHON) 是 `$(PYTHON) -V 2>&1`；装好之后运行 make PYTHON=python3.12 这样指定。" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo '$(PYTHON) 缺少 venv：Debian、Ubuntu 请运行 sudo apt-get install python3-venv，再运行 make。' >&2; exit 1; }
	@echo '准备 .venv（第一次约半分钟）…'
	@.venv/bin/python -c '' 2>/dev/null || rm -rf .venv
	@$(PYTHON) -m venv .venv
	@$(PIP) -r requirements.lock || { echo '依赖没有装好：请检查网络和 pip 的设置，再运行 make。' >&2; exit 1; }
	@# What an editable install would do, without a build: the package on the path and the command in bin.
	@.venv/bin/python -c 'import pathlib, sysconfig; pathlib.Path(sysconfig.get_path("purelib"), "faultkb.pth").write_text("../../../../tools\n", encoding="utf-8")'
	@ln -sf ../../tools/fault .venv/bin/fault
	@touch $@

.venv/.automation: requirements-automation.lock .venv/.runtime
	@$(PIP) -r requirements-automation.lock || { echo '工作流要用的依赖没有装好：请检查网络和 pip 的设置，再运行 make automation。' >&2; exit 1; }
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.runtime
	@echo '安装测试工具…'
	@$(PIP) -r requirements-dev.lock || { echo '测试工具没有装好：请检查网络和 pip 的设置，再运行 make test。' >&2; exit 1; }
	@touch $@

# What judges the built site (validator, axe, Lighthouse) comes from npm.
tests/web/node_modules/.done: tests/web/package-lock.json
	@command -v npm >/dev/null || { echo '没有找到 npm：检查网页和工作流的测试要用它，请安装 Node.js 20 或更新的版本。' >&2; exit 1; }
	@echo '安装检查网页的工具…'
	@npm ci --prefix tests/web --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

serve: install
	@.venv/bin/fault site serve

# Warnings are errors, also in the programs that the tests start; a missing encoding= (a bug on a Chinese Windows) warns.
# Bytecode is kept: the tests start Python a thousand times.
test: dev tests/web/node_modules/.done
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy tools
	.venv/bin/lint-imports --no-logo
	.venv/bin/deptry tools
	.venv/bin/zizmor --offline --pedantic --strict-collection --no-progress --quiet .github
	.venv/bin/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	.venv/bin/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	.venv/bin/check-jsonschema --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/fault.yml
	.venv/bin/check-jsonschema --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	.venv/bin/check-jsonschema --builtin-schema vendor.gitlab-ci .gitlab-ci.yml
	tools/check
	tools/fault forms --check
	tools/fault doc --check
	PYTHONDONTWRITEBYTECODE= PYTHONWARNDEFAULTENCODING=1 PYTHONWARNINGS=error .venv/bin/python -m pytest --numprocesses auto --dist loadgroup --cov --cov-report term

bench: dev
	@.venv/bin/python tests/benchmarks/bench.py
	@.venv/bin/python tests/benchmarks/bench_site.py

lock: dev
	.venv/bin/uv pip compile --quiet pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --output-file requirements.lock
	.venv/bin/uv pip compile --quiet pyproject.toml --extra automation --constraints requirements.lock --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --output-file requirements-automation.lock
	.venv/bin/uv pip compile --quiet pyproject.toml --extra automation --extra dev --constraints requirements-automation.lock --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --output-file requirements-dev.lock

clean:
	rm -rf .venv tests/web/node_modules site build dist htmlcov .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	rm -rf kb/faults kb/reference kb/api kb/index.md kb/feed.xml kb/sitemap.xml kb/robots.txt
	find tools tests -name __pycache__ -type d -prune -exec rm -rf {} +
