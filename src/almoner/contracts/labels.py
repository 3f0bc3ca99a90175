"""Words for the codes of workload terms."""

from functools import lru_cache

from almoner.contracts.models import ContractTerm
from almoner.tenders.labels_formulas import WORK
from almoner.web import language
from almoner.web.format import in_chinese, in_one_language


def term_name(term: ContractTerm) -> str:
    """The type of a term, and its category where that says more."""
    return _term_name(language.active(), term.type, term.category or "")


@lru_cache(maxsize=4096)
def _term_name(_language: str | None, type: str, category: str) -> str:
    kind = str(WORK.get(type, type.replace("_", " ")))
    category = in_one_language(category)
    if category.casefold() in kind.casefold():
        return kind
    return f"{kind}：{category}" if in_chinese() else f"{kind}: {category}"
