"""How the hand-worked cases of the findings catalogue are written: one package a rule.

A line that begins with the name of a table gives its columns, the lines below it are its rows,
"-" is an empty cell. "=>" names the subjects that the rule must find, "@" before the key. What
else is in a package stands on the innocent side of a limit. Where no other date is given the
package is as of AS_OF, a Tuesday.
"""

AS_OF = "2026-06-30"


def many(count: int, line: str) -> str:
    """The line `count` times, with each "#" replaced by 0, 1, 2, ..."""
    return "\n".join(line.replace("#", str(n)) for n in range(count))
