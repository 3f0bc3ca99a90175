"""`almoner draw`: lots that anybody can check afterwards."""

import argparse
import sys
from pathlib import Path

from almoner.methods.draw import Draw, DrawError, Frame, draw, plan, render, verify

DIFFERS = 1
MISUSE = 2
EPILOG = """\
1. Freeze the frame and publish the plan, which holds its SHA-256 and how many will be drawn:
     almoner draw users.csv --id client_id --strata area_id --n 60 -o plan.json
2. When a seed is there that nobody could choose, such as a lottery's numbers of a later day:
     almoner draw users.csv --id client_id --strata area_id --n 60 --seed "2026318 4 1 7" -o lots.json
3. Anybody who holds the frame can check the result, byte for byte:
     almoner draw --verify lots.json users.csv

People stand in a frame by pseudonym: the result lists every id.

exit codes: 0 drawn, or the result is right; 1 the result differs; 2 the command was misused
"""  # noqa: E501 (a command to copy stays on one line)


class MisuseError(Exception):
    """The command cannot be carried out as it was given."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command with the parser of `almoner`."""
    parser = subparsers.add_parser(
        "draw",
        help="draw lots that anybody can check",
        description="Draw lots from a frozen list by a public seed, or check such a draw.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("frame", type=Path, metavar="FRAME.csv", help="the list to draw from")
    parser.add_argument("--n", type=int, help="how many to draw")
    parser.add_argument("--seed", help="public numbers that came out after the frame was published")
    parser.add_argument("--id", help="the column of the ids (default: id)")
    parser.add_argument("--strata", metavar="COLUMN", help="draw in proportion to this column")
    parser.add_argument("--verify", type=Path, metavar="RESULT.json", help="check this result")
    parser.add_argument("-o", "--output", type=Path, metavar="OUT.json", help="write it there")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Carry out the command; 0, 1 where a result differs, 2 where it was misused."""
    try:
        if args.verify is not None:
            return _verify(args)
        return _draw(args)
    except (MisuseError, DrawError) as error:
        sys.stderr.write(f"almoner draw: {error}\n")
        return MISUSE


def _draw(args: argparse.Namespace) -> int:
    if args.n is None:
        raise MisuseError("say how many to draw with --n, or check a result with --verify")
    frame = Frame.from_csv(_content(args.frame), args.id or "id", args.strata)
    made = plan(frame, args.n) if args.seed is None else draw(frame, args.n, args.seed)
    if args.output is None:
        sys.stdout.write(render(made).decode())
        return 0
    try:
        args.output.write_bytes(render(made))
    except OSError as error:
        raise MisuseError(f"{args.output} cannot be written: {error.strerror}") from None
    sys.stdout.write(_summary(made))
    return 0


def _verify(args: argparse.Namespace) -> int:
    if any(given is not None for given in (args.n, args.seed, args.id, args.strata, args.output)):
        raise MisuseError("--verify takes everything from the result; give it no other option")
    result, content = _content(args.verify), _content(args.frame)
    try:
        made = verify(result, content)
    except DrawError as error:
        sys.stderr.write(f"{args.verify} does not hold: {error}\n")
        return DIFFERS
    sys.stdout.write(
        f"{args.verify} holds: every lot recomputed from the frame and the seed.\n"
        f"{_summary(made)}"
        "Compare the SHA-256 with the one that was published before the seed was known.\n"
    )
    return 0


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise MisuseError(f"{path} cannot be opened: {error.strerror}") from None


def _summary(made: Draw) -> str:
    frame = made.frame
    lines = [f"frame {frame.digest}", f"{made.n} of {len(frame.members)}"]
    if frame.strata_column is not None:
        lines += [
            f"  {frame.strata_column} {name}: {made.drawn_by_stratum[name]} of {size}"
            for name, size in frame.sizes.items()
        ]
    if made.seed is None:
        lines.append("Publish the plan now; draw with --seed when the seed is there.")
    else:
        lines.append(f"seed {made.seed}")
    return "\n".join(lines) + "\n"
