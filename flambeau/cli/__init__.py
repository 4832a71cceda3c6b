"""The `flambeau` command: demo, bench, info."""
from __future__ import annotations

import argparse
from collections.abc import Sequence

from flambeau.cli.bench import add_options


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="flambeau", description="PyTorch's API on NumPy and CuPy.")
    commands = top.add_subparsers(dest="command", required=True, metavar="demo | bench | info")
    demo = commands.add_parser("demo", help="train a network on handwritten digits")
    demo.add_argument("--data", metavar="DIR", help="a folder with MNIST's IDX files (default: the packaged digits)")
    demo.add_argument("--epochs", type=int, help="passes over the training images (default: 60, MNIST 3)")
    demo.add_argument("--device", help="cpu or cuda:0 (default: a GPU where there is one)")
    demo.add_argument("--out", default="runs/digits", metavar="DIR", help="where pictures and checkpoint go (%(default)s)")
    demo.add_argument("--seed", type=int, default=0, help="of all random numbers (%(default)s)")
    add_options(commands.add_parser("bench", help="time networks beside PyTorch, or a product in all array libraries"))
    commands.add_parser("info", help="versions and devices")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit code."""
    options = parser().parse_args(arguments)
    if options.command == "demo":
        from flambeau.cli.demo import run as demo

        return demo(options)
    if options.command == "bench":
        from flambeau.cli.bench import run as bench

        return bench(options)
    from flambeau.cli.info import run as info

    return info()
