"""`almoner digest`: everybody's own tasks by mail, once a week."""

import argparse
import sys
from typing import Any

from almoner.cli.platform import set_up


def add_parser(subparsers: Any) -> None:
    """Register the command."""
    parser = subparsers.add_parser(
        "digest",
        help="mail everybody the list of their tasks, once a week",
        description="Mail everybody who has tasks and an e-mail address the list of them, by "
        "deadline, in their language. Whoever got the list of this ISO week gets no second one, "
        "so it may be run as often as one likes. Exit code 1: some mail could not be sent and "
        "will be tried again by the next run.",
        epilog="examples:\n  almoner digest --dry-run\n"
        "  0 7 * * 1  almoner digest     (a line of a crontab: Mondays at seven)",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--dry-run", action="store_true", help="only say who would get how much")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Send what is to be sent; 0, or 1 where some mail failed."""
    set_up()
    from almoner.desk.digest import send_all
    from almoner.web import clock

    failed = 0
    for login, number, outcome in send_all(clock.now(), dry_run=arguments.dry_run):
        sys.stdout.write(f"{login}: {number} {'task' if number == 1 else 'tasks'}, {outcome}\n")
        failed += outcome == "failed"
    return 1 if failed else 0
