"""Text from elsewhere, as it is shown."""

from hypothesis import given
from hypothesis import strategies as st

from almoner.rules.text import printable


def test_what_could_steer_a_terminal_is_replaced() -> None:
    assert printable("a\x1b[2Jb\tc\u202ed") == "a\ufffd[2Jb\ufffdc\ufffdd"


def test_only_what_is_too_long_is_cut() -> None:
    assert printable("社工服务", 4) == "社工服务"
    assert printable("社工服务站", 4) == "社工服…"


@given(st.text(), st.integers(1, 20))
def test_it_is_a_line_no_longer_than_asked(text: str, most: int) -> None:
    shown = printable(text, most)
    assert shown.isprintable() and len(shown) <= most
