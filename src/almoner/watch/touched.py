"""What events of the audit trail touch: which tables, contracts and workers."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from almoner.audit.models import Event
from almoner.delivery.models import Session

# The tables of the exchange format that change with a subject of the trail.
_CHANGED = {
    "appropriations": ("appropriations",),
    "service_items": ("service_items",),
    "tenders": ("tenders", "tender_criteria", "bids", "bid_staff", "notices"),
    "bids": ("bids", "bid_staff"),
    "contracts": (
        *("contracts", "contract_terms", "commitments", "instalments", "notices"),
        *("contract_changes", "bid_staff"),
    ),
    "contract_changes": ("contract_changes", "contract_terms", "contracts"),
    "instalments": ("instalments", "notices"),
    "task_requests": ("task_requests", "contract_changes", "contract_terms"),
    "evaluations": ("evaluations", "ratings", "consequences"),
    "complaints": ("complaints",),
    "sessions_log": ("service_records",),
    "import_batches": ("service_records",),
}


@dataclass
class Touched:
    """`all`: a package was loaded, so anything may have changed."""

    all: bool = False
    tables: set[str] = field(default_factory=set)
    contracts: set[str] = field(default_factory=set)
    workers: set[str] = field(default_factory=set)


def touched(events: Iterable[Event]) -> Touched:
    """What these events touch."""
    found = Touched()
    sessions: set[str] = set()
    batches: set[str] = set()
    for event in events:
        if event.kind == "package.load":
            found.all = True
        found.tables.update(_CHANGED.get(event.subject_table, ()))
        if event.subject_table == "sessions_log":
            sessions.add(event.subject_id)
        elif event.subject_table == "import_batches":
            batches.add(event.subject_id)
        elif event.subject_table == "contracts":
            found.contracts.add(event.subject_id)
        elif event.subject_table == "contract_changes":
            found.contracts.add(event.subject_id.rpartition("/")[0])
    lines = Session.objects.filter(id__in=sessions) | Session.objects.filter(batch__in=batches)
    for contract_id, worker_id in lines.values_list("term__contract_id", "worker_id"):
        found.contracts.add(contract_id)
        found.workers.add(worker_id)
    return found
