"""The command line: `almoner COMMAND --help` tells each command's use, with an example."""

import argparse
import os
import sys
from collections.abc import Sequence
from errno import ENOSPC
from importlib import import_module
from types import ModuleType

from almoner import __version__

COMMANDS = {
    "check": "check",
    "load": "package",
    "export": "package",
    "verify": "verify",
    "serve": "serve",
    "migrate": "serve",
    "demo": "demo",
    "workload": "workload",
    "digest": "digest",
    "findings": "findings",
    "flags": "flags",
    "fair-scores": "fair_scores",
    "agreement": "agreement",
    "draw": "draw",
    "assign": "assign",
}
"""Which module has which command, in the order of the help."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 = done, 1 = faults found, 2 = misuse."""
    # The fair-score model's matrices are small: threads would only wait for one another.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    parser = argparse.ArgumentParser(prog="almoner", description="Buy social services in the open.")
    parser.add_argument("--version", action="version", version=__version__)
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    given = sys.argv[1:] if arguments is None else arguments
    for module in _modules(given):
        module.add_parser(subparsers)
    parsed = parser.parse_args(given)
    try:
        code = int(parsed.run(parsed))
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as error:
        if error.errno != ENOSPC or error.filename is not None:
            raise
        sys.stderr.write(f"almoner {parsed.command}: no room to write: {error.strerror}\n")
        # What is left in the buffer would end Python in another complaint.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2


def _modules(given: Sequence[str]) -> list[ModuleType]:
    """That of the command that is asked for, as others take time to import; else all of them."""
    asked = COMMANDS.get(given[0]) if given else None
    names = [asked] if asked else dict.fromkeys(COMMANDS.values())
    return [import_module(f"{__name__}.{name}") for name in names]
