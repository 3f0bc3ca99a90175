"""Starting the command line as its user does, in a folder of its own."""

import os
import subprocess
import sys
from pathlib import Path
from typing import IO


def environment(folder: Path, database_url: str | None = None) -> dict[str, str]:
    """An environment whose data live in `folder`, or in the database named."""
    kept = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    kept |= {"ALMONER_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "almoner.settings"}
    if database_url:
        kept["DATABASE_URL"] = database_url
    return kept


def start(
    *arguments: str | Path, env: dict[str, str], stdout: int | IO[str] = subprocess.PIPE
) -> subprocess.Popen[str]:
    """An `almoner` command under way."""
    return subprocess.Popen(
        [sys.executable, "-c", "import sys; from almoner.cli import main; sys.exit(main())"]
        + [str(argument) for argument in arguments],
        env=env,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(*arguments: str | Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """An `almoner` command run to its end."""
    process = start(*arguments, env=env)
    out, err = process.communicate(timeout=600)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)
