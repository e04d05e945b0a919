"""The program's entry: `fault`, `python -m faultkb`, and the launchers in tools/."""

import sys


def main() -> None:
    """Run the command line; say in one line what to do if the dependencies are not installed."""
    try:
        from faultkb import cli
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("faultkb"):
            raise
        sys.exit(f"缺少依赖 {error.name}：请先在仓库的根目录运行 make（或 README 里“不用 make”的几行命令）")
    cli.main()


if __name__ == "__main__":
    main()
