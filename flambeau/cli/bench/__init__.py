"""`flambeau bench`: training steps and inference of common networks, beside other libraries."""
from __future__ import annotations

import argparse


def add_options(bench: argparse.ArgumentParser) -> None:
    bench.add_argument("what", nargs="?", choices=["matmul"], help="one matrix product in every array library instead")
    bench.add_argument("--ops", action="store_true", help="single ops, forward and with gradients, in place of networks")
    bench.add_argument("--only", action="append", metavar="WORD", help="workloads with this word in their name")
    bench.add_argument("--quick", action="store_true", help="three rounds, and less time for each")
    bench.add_argument("--rounds", type=int, help="fresh processes of each library, in turn (default: 7)")
    bench.add_argument("--threads", type=int, default=2, help="for each library (%(default)s)")
    bench.add_argument("--busy", action="store_true", help="keep one core busy with another process")
    bench.add_argument("--fused", action="store_true", help="give PyTorch's optimizers fused=True")
    bench.add_argument("--out", metavar="FILE", help="write figures to FILE, and a chart of them beside it")
    bench.add_argument("--size", type=int, default=1024, help="matmul: rows and columns (%(default)s)")
    bench.add_argument("--runs", type=int, default=10, help="matmul: timed runs (%(default)s)")


def run(options: argparse.Namespace) -> int:
    if options.what == "matmul":
        from flambeau.cli.bench.matmul import run as matmul

        return matmul(options)
    from flambeau.cli.bench.pairs import run as pairs

    return pairs(options)
