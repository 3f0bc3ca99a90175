"""The main part of the contract page, written in Python: a template takes several times as long.

Texts of the catalogue are HTML as they stand; every fact passes `escaped` on its way into one.
"""

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import ngettext

from almoner.disclosure import contract_tables as tables
from almoner.disclosure.contract_charts import monthly_hours
from almoner.disclosure.contract_figures import slowest
from almoner.disclosure.contract_head import ChangeRow
from almoner.disclosure.contract_links import Links, anchor, more, pages_of
from almoner.disclosure.contract_pages import ContractPage
from almoner.disclosure.contract_results import Judgement, Judgements
from almoner.parties.models import Organisation
from almoner.web.format import percent
from almoner.web.html import escaped
from almoner.web.language import gettext as _
from almoner.web.templatetags.almoner import day, figure, known, named, score, yuan, yuan_short


def main_part(page: ContractPage) -> SafeString:
    """Money, contract, delivery and result, then facts, changes and the way to the other pages."""
    links = pages_of(page.head.contract)
    parts = (
        _opening(page),
        _chain(page, links),
        '<div class="cols"><div class="stack">\n',
        _service(page),
        _result(page.judgements),
        _payments(page),
        '</div><div class="stack">\n',
        _facts(page),
        _changes(page),
        more(links),
        "</div></div>\n",
    )
    return mark_safe("".join(parts))  # noqa: S308 - every fact in the parts passed escaped


def _with(text: str, **facts: object) -> str:
    """A text of the catalogue with facts in it."""
    return text % {name: escaped(fact) for name, fact in facts.items()}


def _opening(page: ContractPage) -> str:
    head, paid, result = page.head, page.paid, page.judgements.latest
    tags = [f'<span class="tag {head.state_tag}">{escaped(head.state)}</span>\n']
    if result:
        told = _dotted(result.stage, result.grade, score(result.total))
        tags.append(f'<span class="tag {result.tag}">{told}</span>\n')
    if paid.overdue:
        text = ngettext("%(n)s payment overdue", "%(n)s payments overdue", paid.overdue)
        tags.append(f'<span class="tag bad">{_with(text, n=paid.overdue)}</span>\n')
    if paid.late:
        text = ngettext("%(n)s payment was late", "%(n)s payments were late", paid.late)
        tags.append(f'<span class="tag warn">{_with(text, n=paid.late)}</span>')
    if head.not_started:
        progress = _with(_("Service starts on %(day)s."), day=day(head.contract.starts_on))
    else:
        progress = escaped(page.progress)
    return (
        f'<div class="stack">\n<h1>{escaped(head.title)}</h1>\n<p class="row">{"".join(tags)}</p>\n'
        f'<p class="lede">{_bought(page)}\n{progress}</p>\n</div>\n'
    )


def _bought(page: ContractPage) -> str:
    contract, years = page.head.contract, page.head.year.of
    text = (
        _(
            "%(purchaser)s buys %(hours)s a year from %(provider)s, for %(years)s years:"
            " %(whole)s in all, %(yearly)s a year on average."
        )
        if years > 1
        else _("%(purchaser)s buys %(hours)s from %(provider)s for %(whole)s.")
    )
    return _with(
        text,
        purchaser=named(contract.purchaser),
        provider=named(contract.provider),
        whole=yuan(contract.amount_fen),
        yearly=yuan(page.yearly_fen),
        hours=page.hours_text,
        years=years,
    )


def _chain(page: ContractPage, links: Links) -> str:
    year, done, result = page.head.year, page.service.total, page.judgements.latest
    of = {"n": year.number, "of": year.of}
    links_on = [
        _link(_("1 Money"), yuan_short(page.paid.paid_fen))
        + _with(_("paid of %(sum)s, whole contract"), sum=yuan_short(page.agreed_fen))
        + _onward(links["payments"], _("Payments")),
        _link(_("2 Contract"), figure(page.promised))
        + _("direct hours promised a year")
        + _onward("#facts", _("Key facts")),
        _link(_("3 Delivered"), tables.hours(done, tables.mark()))
        + (
            _with(_("direct hours, year %(n)s of %(of)s"), **of)
            if year.of > 1
            else _("direct hours so far")
        )
        + _onward(links["service"], _("Service")),
        _link(_("4 Result"), score(result.total) if result else "–")
        + (_with(_("of 100, “%(grade)s”"), grade=result.grade) if result else _("not judged yet"))
        + _onward(links["evaluation"], _("Evaluation")),
    ]
    label = _("From money to result")
    return f'<ol class="chain" role="list" aria-label="{label}">\n{"".join(links_on)}</ol>\n'


def _link(name: str, value: str) -> str:
    """A link of the chain, up to the words below its figure."""
    return (
        f'<li><div class="k">{name}</div><div class="v">{escaped(value)}</div>'
        f'<div class="small muted">'
    )


def _onward(url: str, name: str) -> str:
    return f'</div><a class="small" href="{url}">{name}</a></li>\n'


def _section(name: str, title: str, content: str) -> str:
    return (
        f'<section class="card stack" id="{name}" aria-labelledby="h-{name}">'
        f'<h2 id="h-{name}">{title}</h2>\n{content}</section>\n'
    )


def _service(page: ContractPage) -> str:
    service, year = page.service, page.head.year
    caption = _with(
        _("Hours by kind of work, contract year %(n)s of %(of)s, to %(day)s"),
        n=year.number,
        of=year.of,
        day=day(service.until),
    )
    rows: str = tables.term_rows(service.direct)
    if service.indirect:
        rows += (
            '<tr><th scope="rowgroup" colspan="4" class="small muted">'
            + _("Indirect work, in no total")
            + f"</th></tr>\n{tables.term_rows(service.indirect)}"
        )
    terms = tables.table(
        'aria-labelledby="c-terms"',
        [
            _("Work"),
            *map(tables.Number, (_("Hours promised"), _("Hours delivered"))),
            _("Progress"),
        ],
        rows,
        caption=f'<caption id="c-terms">{caption}</caption>',
    )
    content = f'{_months(page)}\n{terms}\n<p class="small muted">{_notes(page)}</p>\n'
    return _section("service", _("Was the service delivered?"), content)


def _months(page: ContractPage) -> str:
    """The chart of the months, and the table behind it."""
    year, chart = page.head.year, monthly_hours(page.service)
    if not chart:
        return "<p>" + _("Nothing has been delivered yet.") + "</p>"
    caption = _with(
        _(
            "Contract year %(n)s of %(of)s, %(from)s to %(to)s."
            " Hours are those that workers recorded in direct service."
        ),
        **{"n": year.number, "of": year.of, "from": day(year.first), "to": day(year.last)},
    )
    months = tables.table(
        'aria-label="' + _("Direct hours by month") + '"',
        [_("Month"), tables.Number(_("Hours delivered")), tables.Number(_("Contract"))],
        tables.month_rows(page.service),
    )
    return (
        f'<figure>{chart}<figcaption class="small muted">{caption}</figcaption></figure>\n'
        + "<details><summary>"
        + _("Show the chart as a table")
        + f"</summary>{months}</details>"
    )


def _notes(page: ContractPage) -> str:
    passed = _(
        "%(share)s of the days of this contract year have passed. “Behind” means less than"
        " %(least)s of what an even pace would have given by now."
    )
    least = percent(slowest(page.service.until))
    notes = [_with(passed, share=percent(page.service.passed), least=least)]
    if page.service.unknown_terms:
        notes.append(
            _(
                "Promised hours that depend on something not yet known are shown as unknown and"
                " are in no total."
            )
        )
    if page.service.has_hidden:
        notes.append(
            _(
                "※ hidden: it is about fewer people than may be told, or would let such a figure"
                " be computed."
            )
        )
    return " ".join(notes)


def _result(found: Judgements) -> str:
    content = (
        _judged(found.latest) if found.latest else _p(_("No evaluation has been reported yet."))
    )
    if found.earlier:
        others = "".join(f"<li>{_other(one)}</li>" for one in found.earlier)
        content += "<h3>" + _("Other evaluations") + f"</h3><ul>{others}</ul>\n"
    if found.agencies > 1:
        content += (
            '<p class="small muted"><strong>'
            + _("Not comparable.")
            + "</strong> "
            + _("Different agencies judged this contract; their totals are raw.")
            + "</p>\n"
        )
    return _section("result", _("How was it judged?"), content)


def _judged(result: Judgement) -> str:
    """The evaluation that counts now, and what it led to."""
    told = _with(
        ngettext(
            "%(stage)s evaluation by %(agency)s, reported on %(day)s. One rater scored.",
            "%(stage)s evaluation by %(agency)s, reported on %(day)s. %(n)s raters scored;"
            " a score is their mean.",
            result.raters,
        ),
        n=result.raters,
        stage=result.stage,
        agency=named(result.evaluation.agency),
        day=day(result.evaluation.reported_on),
    )
    figures = (figure(result.weight), score(result.total), str(result.evidence))
    total = tables.row(_("Total") + f" · {result.grade}", *map(tables.number, figures))
    groups = tables.table(
        'aria-labelledby="h-result"',
        [
            _("Indicator group"),
            tables.Number(_("Weight")),
            tables.Number(_("Score of 100")),
            tables.Number(_("Pieces of evidence")),
        ],
        tables.group_rows(result.groups),
        foot=f"<tfoot>{total}</tfoot>",
    )
    steps = (
        [day(step.decided_on), step.get_kind_display()]
        + ([] if step.amount_fen is None else [yuan(step.amount_fen)])
        for step in result.consequences
    )
    return f"{_p(told)}{groups}\n{''.join(_p(_dotted(*step)) for step in steps)}"


def _other(one: Judgement) -> str:
    which = one.stage, named(one.evaluation.agency)
    if one.total is None:
        return _dotted(*which, _("not reported"))
    return _dotted(*which, day(one.evaluation.reported_on), one.grade, score(one.total))


def _p(text: str) -> str:
    return f"<p>{text}</p>\n"


def _dotted(*facts: str) -> str:
    return " · ".join(map(escaped, facts))


def _payments(page: ContractPage) -> str:
    if not page.paid.payments:
        content = _p(_("No instalments are recorded."))
    else:
        columns = [_("Condition"), tables.Number(_("Amount")), _("Due"), _("Paid"), _("Status")]
        content = tables.table(
            'aria-label="' + _("Instalments") + '"',
            [_("Instalment"), *columns],
            tables.payment_rows(page.paid.payments, columns),
            kind=' class="cards"',
        )
    return _section("payments", _("What was paid, and was it on time?"), f"{content}\n")


def _facts(page: ContractPage) -> str:
    contract, tender = page.head.contract, page.head.contract.tender
    facts: list[tuple[str, str]] = [
        (_("Purchaser"), _party("purchaser", contract.purchaser)),
        (_("Provider"), _provider(page)),
    ]
    if contract.supervisor:
        facts.append((_("Supervisor"), escaped(named(contract.supervisor))))
    facts.append((_("Procedure"), _procedure(page)))
    if tender:
        facts.append((_("Ceiling"), yuan(tender.ceiling_fen)))
    facts += [
        (_("Term"), _term(page)),
        (_("Signed"), day(contract.signed_on)),
        (_("Published"), day(contract.published_on)),
        (_("Filed"), day(contract.filed_on)),
        (_("Price per direct hour"), _price(page)),
        (_("Staff"), figure(contract.staff)),
        (_("Target group"), escaped(known(page.target_group))),
        (_("Evaluation framework"), escaped(known(page.head.framework))),
    ]
    rows = "".join(f"<dt>{name}</dt><dd>{told}</dd>\n" for name, told in facts)
    return _section("facts", _("Key facts"), f'<dl class="kv">\n{rows}</dl>')


def _party(page: str, body: Organisation) -> str:
    return anchor(page, body.pk, escaped(named(body)))


def _provider(page: ContractPage) -> str:
    body = page.head.contract.provider
    return f"{_party('provider', body)}<br>{_small(body.pk, 'code')}"


def _small(text: str, kind: str = "") -> str:
    return f'<span class="small muted{f" {kind}" if kind else ""}">{escaped(text)}</span>'


def _procedure(page: ContractPage) -> str:
    if not page.head.contract.tender:
        return known(None)
    bids = page.head.bids
    told = ""
    if bids is not None:
        told = "<br>" + _with(ngettext("%(n)s bid", "%(n)s bids", bids), n=bids)
    return f"{escaped(page.method)}{told}"


def _term(page: ContractPage) -> str:
    contract = page.head.contract
    told = f"{day(contract.starts_on)} – {day(contract.ends_on)}"
    if contract.ended_on and contract.ended_on != contract.ends_on:
        ended = _with(_("ended %(day)s"), day=day(contract.ended_on))
        told += f"<br>{ended}"
    return told


def _price(page: ContractPage) -> str:
    told = escaped(yuan(page.hour_fen))
    if page.similar:
        text = _("%(n)s other contracts for this service in the district: %(low)s to %(high)s")
        low, high = yuan(page.similar.lowest), yuan(page.similar.highest)
        others = _with(text, n=page.similar.count, low=low, high=high)
        return f'{told}<br><span class="small muted">{others}</span>'
    return told


def _changes(page: ContractPage) -> str:
    rows = "".join(map(_change, page.changes.rows)) or (
        '<p class="small muted">' + _("The contract has not been changed.") + "</p>\n"
    )
    return _section("changes", _("Changes"), rows)


def _change(row: ChangeRow) -> str:
    delta = row.change.amount_delta_fen
    money = "" if delta is None else f", {escaped(yuan(delta))}"
    tag, word = (
        ("ok", _("Agreed"))
        if row.change.agreed_by_provider
        else ("warn", _("Not agreed by the provider"))
    )
    detail = f"<br>{_small(row.detail)}" if row.detail else ""
    return _p(
        f"{_dotted(day(row.change.made_on), row.kind)}{money}"
        f' <span class="tag {tag}">{word}</span>{detail}'
    )
