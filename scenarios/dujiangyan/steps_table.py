"""The twelve steps of the source (docs: cities.md §1), each with its counts at the end."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from scenarios.dujiangyan import checks, data
from scenarios.dujiangyan.checks import payment, under_agreements
from scenarios.dujiangyan.client import Json
from scenarios.dujiangyan.facts import Facts

Counts = dict[str, int | str]


@dataclass(frozen=True, slots=True)
class StepRow:
    """One of the twelve steps: its number, its names, and what was counted."""

    number: int
    zh: str
    en: str
    counts: Counts


def twelve(facts: Facts) -> list[StepRow]:
    """A row for each step."""
    named = (
        ("社区调研", "survey", _survey(facts)),
        ("年底征集", "call", _call(facts)),
        ("公开招标", "tender", _tender(facts)),
        ("联合评审", "review", _review(facts)),
        ("三方协议", "agreement", _agreement(facts)),
        ("启动款", "start-up payment", _startup(facts)),
        ("一年服务", "service of a year", _service(facts)),
        ("现场监督", "observer at every activity", _observation(facts)),
        ("简报审查", "reports and photos", _reports(facts)),
        ("监督检查", "inspections", _inspections(facts)),
        ("第三方评估", "third party", _evaluation(facts)),
        ("余款与下一年度", "balance and next tender", _balance(facts)),
    )
    return [StepRow(number, zh, en, counts) for number, (zh, en, counts) in enumerate(named, 1)]


def _survey(facts: Facts) -> Counts:
    return {
        "需求 needs": len(facts.needs),
        "受访 respondents": sum(int(one["respondents"]) for one in facts.needs),
        "社区组织 groups": sum(
            "community-organisation" in one["roles"] for one in facts.organisations
        ),
    }


def _call(facts: Facts) -> Counts:
    by_status = _count(facts.proposals, "status")
    return {
        "申报 proposals": len(facts.proposals),
        "部门 departments": len({one["department"] for one in facts.proposals}),
        "入选 selected": by_status["selected"],
        "未入选 declined": by_status["declined"],
    }


def _tender(facts: Facts) -> Counts:
    return {
        "招标 tenders": len(facts.tenders),
        "废标 failed": _count(facts.tenders, "status")["failed"],
        "投标 bids": sum(len(one) for one in facts.bids.values()),
        "有效 valid": sum(_count(one, "status")["valid"] for one in facts.bids.values()),
    }


def _review(facts: Facts) -> Counts:
    return {
        "定标 awarded": _count(facts.tenders, "status")["awarded"],
        "随机专家/组 experts a panel": int(facts.tenders[0]["experts"]),
    }


def _agreement(facts: Facts) -> Counts:
    signed = [one for file in facts.agreements.values() for one in file["signatures"]]
    return {
        "协议 agreements": len(facts.agreements),
        "签署 signatures": len(signed),
        "电子 e-seals": _count(signed, "form")["e-seal"],
        "纸质 on paper": _count(signed, "form")["paper"],
    }


def _startup(facts: Facts) -> Counts:
    paid = [payment(one, "startup") for one in facts.agreements.values()]
    return {
        "笔数 payments": _count(paid, "status")["paid"],
        "金额（元） yuan": sum(int(one["amount"]) for one in paid) // data.FEN,
        "比例（bp） share": checks.values(facts)["startup_share"],
    }


def _service(facts: Facts) -> Counts:
    held = under_agreements(facts)
    return {
        "活动 activities": len(held),
        "人次 person-times": sum(int(one["person_times"]) for one in held),
        "具名人次 named": sum(int(one["persons"]) for one in held),
        "志愿者人次 volunteers": sum(int(one["volunteers"]) for one in held),
        "生日会 parties": len(checks.parties(facts)),
    }


def _observation(facts: Facts) -> Counts:
    by_state = _count(under_agreements(facts), "observation")
    return {
        "已监督 made": by_state["made"],
        "缺席 missed": by_state["missed"],
        "免除 waived": by_state["waived"],
    }


def _reports(facts: Facts) -> Counts:
    held = under_agreements(facts)
    late = [one for one in held if _is_late(one)]
    return {
        "通过 accepted": _count(held, "status")["accepted"],
        "退回更正 returned": checks.values(facts)["returned"],
        "逾期 late": len(late),
    }


def _inspections(facts: Facts) -> Counts:
    by_kind = _count(facts.inspections, "kind")
    by_itself = sum(one["completed_by"] is None for one in facts.inspections)
    return {
        "每月 monthly": by_kind["monthly"],
        "半年 half-year": by_kind["half-year"],
        "年终 year-end": by_kind["year-end"],
        "系统办结 by itself": by_itself,
        "存在问题 faults": _count(facts.inspections, "conclusion")["faults"],
        "整改 rectified": _count(facts.rectifications, "status")["resolved"],
    }


def _evaluation(facts: Facts) -> Counts:
    samples = facts.samples.values()
    return {
        "样本框 frame": sum(int(one["frame_size"]) for one in samples),
        "抽取 drawn": sum(len(one["drawn"]) for one in samples),
        "走访 visits": _count(facts.visits, "outcome")["visited"],
        "查阅 reveals": len({one["asked_as"] for one in facts.read_log if one["kind"] == "reveal"}),
        "定案 sealed": _count(facts.results.values(), "status")["sealed"],
    }


def _balance(facts: Facts) -> Counts:
    balances = [payment(one, "balance") for one in facts.agreements.values()]
    planned = sum(int(one["planned_amount"]) for one in balances)
    paid = sum(int(one["amount"]) for one in balances if one["status"] == "paid")
    return {
        "余款（元） yuan": paid // data.FEN,
        "扣减（元） reduced": (planned - paid) // data.FEN,
        "履约评价 standings": len(facts.standings),
        "名次变化 ranks moved": checks.values(facts)["rank_moves"],
    }


def _is_late(activity: Json) -> bool:
    return bool(
        activity["reported_day"]
        and activity["report_due_day"]
        and activity["reported_day"] > activity["report_due_day"]
    )


def _count(things: Iterable[Json], name: str) -> Counter[str]:
    return Counter(str(one[name]) for one in things)
