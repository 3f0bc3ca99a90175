"""docs/how-we-count/: how each finding is computed, made from its definition.

--write makes the pages anew, --check exits 1 and names those that differ. Whoever changes a
definition or a limit of the rule pack runs --write.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from almoner.findings.definition import STAGES, Definition, catalogue
from almoner.findings.output import ASKED_ZH
from almoner.rules.packs import Limit, china

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "how-we-count"
ON = date(2026, 1, 1)  # the day whose limits the pages show
ANSWER = "findings.answer_working_days"


@dataclass(frozen=True)
class Words:
    """What a page says in one language."""

    suffix: str
    stages: tuple[str, ...]
    bodies: dict[str, str]
    units: dict[str, str]
    rule: str
    limit: str
    value: str
    asked: str
    answer: str
    needs: str
    choice: str
    basis: str
    unverified: str
    persons: str
    back: str
    columns: str


ENGLISH = Words(
    suffix=".md",
    stages=(
        *("Preparation", "Tendering", "Contracting", "Delivery", "Extra tasks", "Workforce"),
        *("Payment", "Evaluation", "Voice", "Impact", "Notices"),
    ),
    bodies={
        "purchaser": "the purchaser",
        "provider": "the provider",
        "supervisor": "the supervisor",
        "finance": "the finance office",
        "evaluator": "the evaluation agency",
    },
    units={
        "count": "",
        "day": "days",
        "working_day": "working days",
        "year": "years",
        "fen": "fen",
        "hour": "hours",
        "hour/day": "hours a day",
        "minute": "minutes",
        "share": "as a share of 1",
        "ratio": "as a ratio",
        "percent": "percent",
        "point": "points of 100",
        "index": "from 0 to 1",
        "standard_error": "standard errors",
    },
    rule="Rule",
    limit="Limit",
    value="Value",
    asked="Who is asked",
    answer="within {n} working days",
    needs="Needs",
    choice="What we chose",
    basis="Basis",
    unverified="source not verified",
    persons="It concerns persons: the public sees counts only, none below five.",
    back="All findings",
    columns="| Limit | Value | Source |",
)
CHINESE = Words(
    suffix=".zh.md",
    stages=(
        *("采购准备", "招标投标", "签约", "履约", "额外任务", "人员", "付款", "评估", "公众声音"),
        *("成效与市场", "公告"),
    ),
    bodies=dict(ASKED_ZH),
    units={
        "count": "",
        "day": "天",
        "working_day": "个工作日",
        "year": "年",
        "fen": "分",
        "hour": "小时",
        "hour/day": "小时/天",
        "minute": "分钟",
        "share": "（占1的比例）",
        "ratio": "（比值）",
        "percent": "%",
        "point": "分（百分制）",
        "index": "（0至1）",
        "standard_error": "个标准误",
    },
    rule="规则",
    limit="限值",
    value="数值",
    asked="由谁答复",
    answer="{n}个工作日内",
    needs="所需数据表",
    choice="我们的取舍",
    basis="依据",
    unverified="来源未核实",
    persons="涉及个人：仅公开数量，不足五人的不公开。",
    back="全部事项",
    columns="| 限值 | 数值 | 来源 |",
)
INTRODUCTION = """\
# How we count · 计算方法

A finding is a question to somebody, never a verdict. These pages are made from the definitions in
`src/almoner/findings/stages/` by `python tools/how_we_count.py --write`; `make lint` compares. A
value equal to its limit is no finding; what is empty is unknown, never zero; a rule whose tables
are not there is not computed, and the report says so. S0 to S4 are the five documents on the
purchase of public services that these definitions grew out of.

待核事项是向有关方提出的问题，不是结论。各页由上述定义生成。数值等于限值的不列为事项；空缺表示未知，
不作零计；缺少所需数据表的规则不计算，并在报告中说明。S0至S4指这些定义所由来的五份关于购买公共服务的文献。

| Code | Finding | 事项 | Asked · 由谁答复 |
|---|---|---|---|
"""


def pages() -> Iterator[tuple[str, str]]:
    """Each file's name and text."""
    rows = []
    for number, stage in enumerate(STAGES):
        entries = [entry for entry in catalogue().values() if entry.stage == stage]
        for words in (ENGLISH, CHINESE):
            body = "\n".join(line for entry in entries for line in _lines(entry, words))
            head = f"# {words.stages[number]}\n\n[{words.back}](README.md)\n\n"
            yield f"{stage}{words.suffix}", head + body.rstrip() + "\n"
        for entry in entries:
            asked = f"{ENGLISH.bodies[entry.asks]} · {CHINESE.bodies[entry.asks]}"
            links = (
                f"[{entry.title}]({stage}.md#{_anchor(entry.code, entry.title)})",
                f"[{entry.title_zh}]({stage}.zh.md#{_anchor(entry.code, entry.title_zh)})",
            )
            rows.append(f"| {entry.code} | {' | '.join(links)} | {asked} |\n")
    yield "README.md", INTRODUCTION + "".join(rows)


def _anchor(code: str, title: str) -> str:
    plain = "".join(c for c in title.lower() if c.isalnum() or c in " -")
    return f"{code.lower()}-{plain.replace(' ', '-')}"


def _lines(entry: Definition, words: Words) -> Iterator[str]:
    english = words is ENGLISH
    yield f"## {entry.code} {entry.title if english else entry.title_zh}\n"
    yield f"**{words.rule}.** {entry.rule if english else entry.rule_zh}\n"
    if entry.limits:
        yield f"{words.columns}\n|---|---|---|"
        for name in entry.limits:
            yield _limit(china().limit(f"{entry.code}.{name}", ON), words)
        yield ""
    days = int(china().limit(ANSWER, ON).value)
    separator = "; " if english else "，"
    asked = f"{words.bodies[entry.asks]}{separator}{words.answer.format(n=days)}"
    yield f"- {words.asked}: {asked}"
    if words.units.get(entry.unit) or entry.unit == "count":
        unit = words.units[entry.unit].strip("（）") or ("number" if english else "个数")
        yield f"- {words.value}: {unit}"
    yield f"- {words.needs}: {', '.join(table.upper() for table in entry.needs)}"
    basis = entry.basis if english else entry.basis_zh
    yield f"- {words.basis}: {basis} ({words.unverified})"
    choice = entry.choice if english else entry.choice_zh
    if choice:
        yield f"- {words.choice}: {choice}"
    if entry.about_persons:
        yield f"- {words.persons}"
    yield ""


def _limit(limit: Limit, words: Words) -> str:
    english = words is ENGLISH
    source = limit.source if english else limit.source_zh
    note = "" if limit.verified else f" ({words.unverified})"
    unit = words.units[limit.unit]
    value = f"{limit.written} {unit}".strip() if english else f"{limit.written}{unit}"
    return f"| {limit.title if english else limit.title_zh} | {value} | {source}{note} |"


def main(arguments: list[str]) -> int:
    """Write the pages or compare them; 0, 1 where they differ, 2 for wrong use."""
    made = dict(pages())
    if arguments == ["--write"]:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name, text in made.items():
            (FOLDER / name).write_text(text, "utf-8")
        return 0
    if arguments == ["--check"]:
        there = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.md")}
        differ = sorted(n for n in {*made, *there} if made.get(n) != there.get(n))
        for name in differ:
            print(f"docs/how-we-count/{name} differs: run python tools/how_we_count.py --write")
        return 1 if differ else 0
    print("usage: python tools/how_we_count.py --write|--check", file=sys.stderr)
    return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
