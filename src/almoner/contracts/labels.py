"""Words for the codes of workload terms."""

from almoner.contracts.models import ContractTerm
from almoner.tenders.labels_formulas import WORK
from almoner.web.format import in_chinese, in_one_language


def term_name(term: ContractTerm) -> str:
    """The type of a term, and its category where that says more."""
    kind = str(WORK.get(term.type, term.type.replace("_", " ")))
    category = in_one_language(term.category or "")
    if category.casefold() in kind.casefold():
        return kind
    return f"{kind}：{category}" if in_chinese() else f"{kind}: {category}"
