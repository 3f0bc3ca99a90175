"""The invented people of the demonstration sign-in, one a role."""

from dataclasses import dataclass

from almoner.demo.base import Scale
from almoner.demo.world import World, build


@dataclass(frozen=True)
class Person:
    """Somebody to sign in as. organisation = its uscc, None for those who serve no single body."""

    login: str
    name_en: str
    name_zh: str
    role: str
    organisation: str | None


def people(scale: Scale, seed: int = 1) -> tuple[Person, ...]:
    """One person a role, tied to bodies of the first contract of the demonstration city."""
    return people_of(build(scale, seed))


def people_of(world: World) -> tuple[Person, ...]:
    """The same for a world that is already built."""
    first = world.contracts[0]
    district = first.centre.street.district
    civil = world.parties.civil[district].uscc
    finance = world.parties.finance[district].uscc
    office = world.purchaser(first).uscc
    provider = world.provider(first).uscc
    agency = world.parties.agencies[first.centre.agency].uscc
    return (
        Person("supervisor", "Lin Anmin (sample)", "林安民（示例）", "supervisor", civil),
        Person("clerk", "Chen Xiaowen (sample)", "陈晓文（示例）", "purchaser_clerk", office),
        Person(
            "signatory", "Huang Zhiqiang (sample)", "黄志强（示例）", "purchaser_signatory", office
        ),
        Person("finance", "He Minyi (sample)", "何敏仪（示例）", "finance_officer", finance),
        Person(
            "director", "Liang Jiahui (sample)", "梁嘉慧（示例）", "provider_director", provider
        ),
        Person(
            "teamleader", "Wu Jianming (sample)", "吴建明（示例）", "provider_supervisor", provider
        ),
        Person("socialworker", "Zhou Siting (sample)", "周思婷（示例）", "social_worker", provider),
        Person("panel", "Xie Guodong (sample)", "谢国栋（示例）", "panel_member", None),
        Person("lead", "Deng Yuheng (sample)", "邓宇恒（示例）", "evaluation_lead", agency),
        Person("rater", "Luo Peishan (sample)", "罗佩珊（示例）", "rater", agency),
        Person("auditor", "Zheng Wenbo (sample)", "郑文博（示例）", "auditor", None),
        Person("administrator", "Sun Lihua (sample)", "孙丽华（示例）", "administrator", None),
    )
