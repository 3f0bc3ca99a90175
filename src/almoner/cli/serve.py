"""`almoner serve` and `almoner migrate`."""

import argparse
import sys
from typing import Any

from almoner.cli.platform import connect, set_up

HOST, PORT = "127.0.0.1", 8000
THREADS = 4  # of a process: a phone that sends a file slowly keeps one of them busy


def add_parser(subparsers: Any) -> None:
    """Register the commands."""
    serving = subparsers.add_parser(
        "serve",
        help="serve the site",
        description="Serve the site; an embedded database is made and migrated first.",
        epilog="example:\n  almoner serve --port 8080",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_address(serving)
    serving.set_defaults(run=run)
    migrating = subparsers.add_parser(
        "migrate",
        help="bring the database up to date",
        description="Make or change the tables of the database that DATABASE_URL names.",
        epilog="example:\n  DATABASE_URL=postgres://almoner@localhost/almoner almoner migrate",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    migrating.set_defaults(run=migrate)


def add_address(parser: argparse.ArgumentParser) -> None:
    """The options of whatever serves."""
    parser.add_argument("--host", default=HOST, help=f"address to listen on (default {HOST})")
    parser.add_argument("--port", type=_port, default=PORT, help=f"port (default {PORT})")
    parser.add_argument(
        "--workers", type=int, default=2, help="processes (default 2; one a core in production)"
    )


def _port(text: str) -> int:
    number = int(text)
    if not 0 < number < 2**16:
        raise argparse.ArgumentTypeError(f"{number} is no port: choose one from 1 to 65535")
    return number


def run(arguments: argparse.Namespace) -> int:
    """Serve until stopped."""
    set_up()
    return serve(arguments)


def serve(arguments: argparse.Namespace) -> int:
    """Serve the site that is set up, until Ctrl-C; 2 where the port is taken."""
    if not _is_free(arguments.host, arguments.port):
        sys.stderr.write(f"Port {arguments.port} is in use: choose another with --port.\n")
        return 2
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "almoner.wsgi:application",
        address=arguments.host,
        port=arguments.port,
        interface=Interfaces.WSGI,
        workers=arguments.workers,
        blocking_threads=THREADS,
        log_enabled=False,
    ).serve()
    return 0


def migrate(arguments: argparse.Namespace) -> int:
    """Bring any database up to date."""
    connect()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    sys.stdout.write("The database is up to date.\n")
    return 0


def _is_free(host: str, port: int) -> bool:
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), port))
        except OSError:
            return False
    return True
