"""The command line: `almoner COMMAND --help` tells each command's use, with an example."""

import argparse
import os
import sys
from collections.abc import Sequence

from almoner import __version__
from almoner.cli import (
    agreement,
    assign,
    check,
    demo,
    digest,
    draw,
    fair_scores,
    findings,
    flags,
    package,
    serve,
    verify,
    workload,
)

COMMANDS = (
    *(check, package, verify, serve, demo, workload, digest),
    *(findings, flags, fair_scores, agreement, draw, assign),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 = done, 1 = faults found, 2 = misuse."""
    # The fair-score model's matrices are small: threads would only wait for one another.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    parser = argparse.ArgumentParser(prog="almoner", description="Buy social services in the open.")
    parser.add_argument("--version", action="version", version=__version__)
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_parser(subparsers)
    parsed = parser.parse_args(arguments)
    try:
        return int(parsed.run(parsed))
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
