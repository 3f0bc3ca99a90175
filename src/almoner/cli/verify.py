"""`almoner verify`: whether the record is whole."""

import argparse
import sys
from typing import Any

from almoner.cli.platform import set_up

SHOWN = 20


def add_parser(subparsers: Any) -> None:
    """Register the command."""
    parser = subparsers.add_parser(
        "verify",
        help="check that the record is whole",
        description="Check that the audit chain is unbroken and its triggers are in place, that "
        "the ledger says what the facts say, that the monthly rollups equal the records and the "
        "log of sessions agrees with them, that contracts are as both sides signed them, and that "
        "every attached file is there as it was sent.",
        epilog="example:\n  almoner verify",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check everything; 0, or 1 where anything is wrong."""
    set_up()
    from almoner.exchange.verify import verify

    wrong = 0
    for name, faults in verify():
        sys.stdout.write(f"{name}: {'whole' if not faults else f'{len(faults):,} faults'}\n")
        for sentence in faults[:SHOWN]:
            sys.stdout.write(f"  {sentence}\n")
        if len(faults) > SHOWN:
            sys.stdout.write(f"  ... and {len(faults) - SHOWN:,} more\n")
        wrong += len(faults)
    return 1 if wrong else 0
