"""The invented people of the demonstration sign-in: everybody who has a part in a purchase."""

from dataclasses import dataclass

from almoner.demo.base import Scale
from almoner.demo.world import World, build

BIDDERS = 3

# login, invented name in both languages, role, and the body they belong to ("" for none)
_PEOPLE = (
    ("supervisor", "Lin Anmin", "林安民", "supervisor", "civil"),
    ("clerk", "Chen Xiaowen", "陈晓文", "purchaser_clerk", "office"),
    ("clerk2", "Tan Haoran", "谭浩然", "purchaser_clerk", "office"),
    ("signatory", "Huang Zhiqiang", "黄志强", "purchaser_signatory", "office"),
    ("finance", "He Minyi", "何敏仪", "finance_officer", "finance"),
    ("finance2", "Cai Weitong", "蔡伟通", "finance_officer", "finance"),
    ("director", "Liang Jiahui", "梁嘉慧", "provider_director", "provider 1"),
    ("director2", "Su Mingyuan", "苏明远", "provider_director", "provider 2"),
    ("director3", "Ye Zixuan", "叶梓萱", "provider_director", "provider 3"),
    ("teamleader", "Wu Jianming", "吴建明", "provider_supervisor", "provider 1"),
    ("socialworker", "Zhou Siting", "周思婷", "social_worker", "provider 1"),
    ("panel", "Xie Guodong", "谢国栋", "panel_member", ""),
    ("panel2", "Fang Qiaoyun", "方巧云", "panel_member", ""),
    ("panel3", "Mai Yongtai", "麦永泰", "panel_member", ""),
    ("panel4", "Pan Shuyi", "潘淑仪", "panel_member", ""),
    ("panel5", "Guan Kaiwen", "关凯文", "panel_member", ""),
    ("panel6", "Ou Yanfei", "区燕飞", "panel_member", ""),
    ("panel7", "Shi Chengzhi", "石承志", "panel_member", ""),
    ("lead", "Deng Yuheng", "邓宇恒", "evaluation_lead", "agency"),
    ("rater", "Luo Peishan", "罗佩珊", "rater", "agency"),
    ("rater2", "Kuang Jingwen", "邝静雯", "rater", "agency"),
    ("auditor", "Zheng Wenbo", "郑文博", "auditor", ""),
    ("administrator", "Sun Lihua", "孙丽华", "administrator", ""),
)


@dataclass(frozen=True)
class Person:
    """Somebody to sign in as. organisation = its uscc, None for those who serve no single body."""

    login: str
    name_en: str
    name_zh: str
    role: str
    organisation: str | None


def people(scale: Scale, seed: int = 1) -> tuple[Person, ...]:
    """Everybody's parts, tied to bodies of the first contract of the demonstration city."""
    return people_of(build(scale, seed))


def people_of(world: World) -> tuple[Person, ...]:
    """The same for a world that is already built."""
    bodies = _bodies(world)
    return tuple(
        Person(login, f"{name_en} (sample)", f"{name_zh}（示例）", role, bodies[body])
        for login, name_en, name_zh, role, body in _PEOPLE
    )


def _bodies(world: World) -> dict[str, str | None]:
    """The uscc of each body; the bidders are providers of one district, its contractor first."""
    first = world.contracts[0]
    district = first.centre.street.district
    neighbours = (c for c in world.contracts if c.centre.street.district == district)
    bidders = list(dict.fromkeys(world.provider(contract).uscc for contract in neighbours))
    return {
        "": None,
        "civil": world.parties.civil[district].uscc,
        "finance": world.parties.finance[district].uscc,
        "office": world.purchaser(first).uscc,
        "agency": world.parties.agencies[first.centre.agency].uscc,
        **{f"provider {number + 1}": bidders[number] for number in range(BIDDERS)},
    }
