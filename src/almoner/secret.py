"""The signing key of an installation that was given none."""

import secrets
from pathlib import Path


def stored_secret_key(path: Path) -> str:
    """The key in `path`, made there on first use, readable by its owner only.

    Two processes that start together agree: whoever links its file first wins.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64), encoding="ascii")
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()
