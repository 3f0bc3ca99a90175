"""How few users stand behind the work that a finding tells: D01 its hours, D05 its sessions.

A contract's public page hides the year of a term that is about few users, with it those of other
terms from which it would follow, and a month that is about few. What asks about these must not tell
them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from almoner.contracts.models import TermGroup
from almoner.delivery.models import MonthlyDelivery
from almoner.delivery.queries.delivered import PEOPLE_BEHIND
from almoner.findings.days import day_of_number
from almoner.findings.run import Finding
from almoner.supervision.concerned import BATCH, Subjects

Months = dict[str, list[tuple[int, str, int]]]


def with_people(found: Finding, whose: Subjects, months: Months) -> Finding:
    """The finding with the number of users as the figure `people`.

    D05: of its month; D01: of that term of its contract which had the fewest in the year. Where
    nobody wrote down any, they are told as one: somebody was there.
    """
    contract = whose[found.table, found.id].contract_id
    if not _tells_work(found) or contract is None:
        return found
    people: Counter[int] = Counter()
    for term, month, number in months.get(contract, ()):
        if found.code == "D05" and month == found.key:
            people[0] += number
        elif found.code == "D01" and month >= _first_month(found):
            people[term] += number
    fewest = max(min(people.values(), default=0), 1)
    return replace(found, words={**found.words, "people": fewest})


def _first_month(found: Finding) -> str:
    return f"{day_of_number(int(str(found.words['first']))):%Y-%m}"


def months_of(found: Iterable[Finding], whose: Subjects) -> Months:
    """By contract, the direct terms, months and numbers of users that stand behind the findings."""
    known = {whose[each.table, each.id].contract_id for each in found if _tells_work(each)}
    ids: Sequence[str] = sorted(id for id in known if id is not None)
    months: Months = defaultdict(list)
    rows = MonthlyDelivery.objects.filter(term__group=TermGroup.DIRECT).annotate(of=PEOPLE_BEHIND)
    for place in range(0, len(ids), BATCH):
        some = rows.filter(term__contract__in=ids[place : place + BATCH])
        for contract, *row in some.values_list("term__contract_id", "term_id", "month", "of"):
            months[contract].append((row[0], row[1], row[2]))
    return months


def _tells_work(found: Finding) -> bool:
    """Work for users, that is; none at all tells of nobody."""
    return found.code == "D05" or (found.code == "D01" and bool(found.words.get("done")))
