"""docs/states/: what may happen to each thing, drawn and tabled from almoner.rules.workflow.

--write makes the pages anew, --check exits 1 and names those that differ from the tables. Whoever
changes a table, a role's permissions or the sentence of a reason runs --write.
"""

import os
import re
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "almoner.settings")

import django
from django.utils.translation import override

from almoner.rules.roles import ROLE_PERMISSIONS
from almoner.rules.workflow import NEW, WORKFLOWS, Step, Workflow

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "states"
THINGS = {
    "appropriation": ("Appropriation", "预算安排"),
    "tender": ("Tender", "采购项目"),
    "bid": ("Bid", "投标"),
    "contract": ("Contract", "合同"),
    "change": ("Change of a contract", "合同变更"),
    "task_request": ("Task outside the contract", "合同外任务"),
    "instalment": ("Instalment", "分期款"),
    "evaluation": ("Evaluation", "评估"),
    "complaint": ("Complaint", "投诉"),
}
# What a thing becomes because something else happens: (from, to, because of).
ELSEWHERE = {
    "bid": (
        (NEW, "draft", "the first `bid.save`"),
        ("sealed", "valid", "`tender.open`"),
    ),
    "instalment": (
        (NEW, "scheduled", "`contract.countersign`"),
        ("scheduled", "lapsed", "`contract.terminate` before the due day"),
    ),
}
INTRODUCTION = """\
# What may happen to what

Each page is made from the tables in `src/almoner/rules/workflow.py` by
`python tools/states.py --write`; `make lint` compares. A step is a button or a form of the desk;
its name is also the name of its address and of its line in the audit trail. Whoever decides may
not check himself: the column *Not who did* names the earlier steps of the same thing that bar
somebody from a step, deputies included. States are derived from dated facts and stored nowhere
twice.

每一页都由 `src/almoner/rules/workflow.py` 中的表生成。决定者不得自己复核：“不得由…的人办理”一栏列出
同一事项的哪些在先步骤使人不能办理此步骤，代理人也计算在内。

| Thing | 事项 | States | Steps |
|---|---|---|---|
"""


def main(arguments: list[str]) -> int:
    """Write or compare; 0, 1 where a page differs, 2 for misuse."""
    if arguments not in (["--write"], ["--check"]):
        sys.stderr.write("Usage: python tools/states.py --write | --check\n")
        return 2
    wanted = pages()
    there = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    if arguments == ["--check"]:
        differing = sorted(
            name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name)
        )
        for name in differing:
            sys.stdout.write(f"docs/states/{name} is not what the tables say: run --write\n")
        return 1 if differing else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in there.keys() - wanted.keys():
        (FOLDER / name).unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


def pages() -> dict[str, str]:
    """The name and text of every page."""
    django.setup()
    found = {f"{workflow.thing}.md": page(workflow) for workflow in WORKFLOWS}
    lines = []
    for workflow in WORKFLOWS:
        english, chinese = THINGS[workflow.thing]
        counts = f"{len(workflow.states)} | {len(workflow.steps)}"
        lines.append(f"| [{english}]({workflow.thing}.md) | {chinese} | {counts} |\n")
    return {"README.md": INTRODUCTION + "".join(lines), **found}


def page(workflow: Workflow) -> str:
    """One thing: its diagram, its steps, and what may refuse them."""
    english, chinese = THINGS[workflow.thing]
    return "\n".join(
        [
            f"# {english} · {chinese}",
            "",
            "Made by `tools/states.py` from `almoner.rules.workflow`; do not edit it by hand.",
            "",
            *_diagram(workflow),
            "",
            *_steps(workflow),
            "",
            *_reasons(workflow),
            "[All things · 全部事项](README.md)",
            "",
        ]
    )


def _diagram(workflow: Workflow) -> list[str]:
    lines = ["```mermaid", "stateDiagram-v2"]
    for state in workflow.states:
        lines.append(f'  state "{_state(workflow, state)}" as {state}')
    for step in workflow.steps.values():
        for source in step.sources:
            target = step.target or source
            if target != NEW:
                lines.append(f"  {source or '[*]'} --> {target}: {step.name}")
    for source, target, cause in ELSEWHERE.get(workflow.thing, ()):
        lines.append(f"  {source or '[*]'} --> {target}: {cause.replace('`', '')}")
    left = {source for step in _moving(workflow) for source in step.sources}
    left |= {source for source, _target, _cause in ELSEWHERE.get(workflow.thing, ())}
    lines += [f"  {state} --> [*]" for state in workflow.states if state not in left]
    return [*lines, "```"]


def _moving(workflow: Workflow) -> list[Step]:
    return [step for step in workflow.steps.values() if step.target not in ("", *step.sources)]


def _steps(workflow: Workflow) -> list[str]:
    lines = [
        "| Step · 步骤 | From · 起 | To · 止 | Permission · 权限 | Who may · 谁可办理 | "
        "Not who did · 不得由…的人办理 | May be refused for · 可能因…被拒 |",
        "|---|---|---|---|---|---|---|",
    ]
    for step in workflow.steps.values():
        target = _state(workflow, step.target) if step.target else "as it was · 不变"
        cells = (
            f"`{step.name}`<br>{_both('STEPS', step.kind)}",
            "<br>".join(_state(workflow, source) for source in step.sources),
            target,
            f"`{step.permission}`",
            "<br>".join(_holders(step)),
            "<br>".join(f"`{name}`" for name in step.apart_from) or "–",
            "<br>".join(f"`{guard}`" for guard in step.guards) or "–",
        )
        lines.append(f"| {' | '.join(cells)} |")
    for source, target, cause in ELSEWHERE.get(workflow.thing, ()):
        named = (_state(workflow, source), _state(workflow, target))
        lines += ["", f"{named[0]} → {named[1]}: {cause}."]
    return lines


def _reasons(workflow: Workflow) -> list[str]:
    """Each reason code with its sentence; what stands in for a value is an ellipsis."""
    from almoner.web.reasons import texts

    guards = sorted({guard for step in workflow.steps.values() for guard in step.guards})
    lines = []
    for guard in guards:
        said = []
        for language in ("en", "zh-hans"):
            with override(language):
                said.append(re.sub(r"%\(\w+\)\S", "…", str(texts().get(guard, ""))))
        lines.append(f"- `{guard}`: {' '.join(said)}".rstrip())
    return ["## Reasons · 理由", "", *lines, ""] if lines else []


def _holders(step: Step) -> list[str]:
    from almoner.web.labels import ROLES

    held = [role for role, allowed in ROLE_PERMISSIONS.items() if step.permission in allowed]
    if not held:
        return ["Everybody · 任何人"]
    found = []
    for role in held:
        with override("en"):
            english = str(ROLES[role])
        with override("zh-hans"):
            found.append(f"{english} · {ROLES[role]}")
    return found


def _state(workflow: Workflow, state: str) -> str:
    return _both("STATES", f"{workflow.thing}.{state}") if state else "not there yet · 尚无"


def _both(table: str, key: str) -> str:
    from almoner.web import workflow_labels

    label = getattr(workflow_labels, table)[key]
    with override("en"):
        english = str(label)
    with override("zh-hans"):
        return f"{english} · {label}"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
