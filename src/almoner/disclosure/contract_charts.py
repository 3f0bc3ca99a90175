"""The chart of a contract's hours."""

from django.utils.safestring import SafeString

from almoner.disclosure.contract_service import YearOfService
from almoner.web.charts import bars
from almoner.web.format import MONTHS, figure, in_chinese
from almoner.web.language import gettext as _


def monthly_hours(service: YearOfService) -> SafeString | str:
    """Direct hours by month against the hours promised a month; nothing before the first month."""
    if not service.lines:
        return ""
    target = service.monthly or None
    of = {"n": figure(target)}
    return bars(
        [(_short(line.month), line.total.hours) for line in service.lines],
        chart_id="hours",
        title=_("Direct hours by month"),
        desc=_("The dashed line is the contracted %(n)s hours a month.") % of if target else "",
        unit=_("hours"),
        target=target,
        target_label=_("contract: %(n)s") % of if target else "",
    )


def _short(month: str) -> str:
    number = int(month[5:])
    return f"{number}月" if in_chinese() else MONTHS[number - 1][:3]
