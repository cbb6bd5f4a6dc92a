"""The summary of the year: tables for people, and the same as JSON for comparing runs."""

import json
from typing import Any, Final

from scenarios.dujiangyan import checks, data, obstacle_report
from scenarios.dujiangyan.accounts import Sum
from scenarios.dujiangyan.checks import payment
from scenarios.dujiangyan.client import Json
from scenarios.dujiangyan.facts import Facts
from scenarios.dujiangyan.steps_table import twelve
from scenarios.dujiangyan.tables import table

YES: Final = "✓"
NO: Final = "✗"
CLOCK_NOTE: Final = (
    "都江堰 · 2024-11-01 至 2026-02-28（今日法律与编码，2013 年的数字）\n"
    "Dujiangyan, the figures of 2013 played under today's law and codes; 源=source, 生=generated\n"
)


def holds(facts: Facts) -> bool:
    """Whether every figure is within its bounds."""
    values = checks.values(facts)
    return all(figure.holds(values[figure.key]) for figure in data.figures())


def written(facts: Facts, created: int) -> str:
    """The summary as text; `created` is how many commands this run carried out itself."""
    parts = [
        CLOCK_NOTE,
        _steps(facts),
        _figures(facts),
        _agreements(facts),
        _coverage(facts),
        _ranking(facts),
        obstacle_report.written(facts),
        _events(facts),
        *(f"{NO} {line}" for line in checks.events_apart(facts)),
        f"重复投递 duplicates heard by the scenario: {facts.duplicates}",
        f"本次新建 created now: {created}",
        f"结论 verdict: {YES if holds(facts) else NO}",
    ]
    return "\n".join(parts)


def comparable(facts: Facts) -> str:
    """The same without wall times and random ids: two runs give the same bytes."""
    values = checks.values(facts)
    return (
        json.dumps(
            {
                "steps": {row.number: row.counts for row in twelve(facts)},
                "figures": {one.key: values[one.key] for one in data.figures()},
                "agreements": [_agreement_row(facts, key) for key in facts.agreements],
                "short": [_short_row(one) for one in checks.short(facts)],
                "ranking": [_ranking_row(facts, line) for line in facts.ranking],
                "troubles": obstacle_report.comparable(facts),
                "events": {kind: one.count for kind, one in sorted(facts.books.emitted.items())},
                "holds": holds(facts),
            },
            ensure_ascii=False,
            indent=1,
        )
        + "\n"
    )


def _steps(facts: Facts) -> str:
    rows = [
        (row.number, row.zh, row.en, "  ".join(f"{name} {n}" for name, n in row.counts.items()))
        for row in twelve(facts)
    ]
    return table("一、十二个步骤 The twelve steps", (">#", "步骤", "step", "计数 counts"), rows)


def _figures(facts: Facts) -> str:
    values = checks.values(facts)
    rows = [
        (
            YES if one.holds(values[one.key]) else NO,
            one.zh,
            one.en,
            values[one.key],
            one.unit,
            _bounds(one),
            "源" if one.origin == "source" else "生",
        )
        for one in data.figures()
    ]
    heads = ("", "数字", "figure", ">值 value", "单位", "界 bounds", "来源")
    return table("二、必须成立的数字 The figures", heads, rows)


def _bounds(figure: data.Figure) -> str:
    if figure.at_most is None:
        return f"≥ {figure.at_least}"
    if figure.at_most == figure.at_least:
        return f"= {figure.at_least}"
    return f"{figure.at_least}–{figure.at_most}"


def _agreements(facts: Facts) -> str:
    heads = (
        "项目 agreement",
        "承接 provider",
        ">签署",
        ">金额（元）",
        ">启动70%",
        "支付日",
        ">得分",
        "等级",
        ">政策版本",
        ">余款应付",
        ">余款实付",
        "验收 released by",
        "",
    )
    rows = [tuple(_agreement_row(facts, key).values()) for key in facts.agreements]
    return table("三、协议 The agreements", heads, rows)


def _agreement_row(facts: Facts, key: str) -> dict[str, Any]:
    agreement, result = facts.agreements[key], facts.results[key]
    startup, balance = payment(agreement, "startup"), payment(agreement, "balance")
    acceptance = agreement["acceptance"]
    whole = checks.is_signed(agreement) and checks.is_released(agreement, result)
    return {
        "title": agreement["title"],
        "provider": _name(facts, agreement["provider_id"]),
        "signatures": f"{sum(one['valid'] for one in agreement['signatures'])}/3",
        "amount": _yuan(agreement["amount"]),
        "startup": _yuan(startup["amount"]),
        "startup_paid": startup["paid_day"],
        "score": _points(result["score_bp"]),
        "band": result["band"],
        "policy_version": balance["policy_version"],
        "balance_planned": _yuan(balance["planned_amount"]),
        "balance_paid": _yuan(balance["amount"]) if balance["status"] == "paid" else "-",
        "acceptance": f"{acceptance['day']} {acceptance['outcome']}" if acceptance else "-",
        "holds": YES if whole else NO,
    }


def _coverage(facts: Facts) -> str:
    covered = len(facts.coverage) - len(checks.short(facts))
    whole = len(facts.coverage)
    title = f"四、社区覆盖（{covered}/{whole} 达标，以下不足） Coverage: these are short"
    heads = ("镇 town", "社区 community", "城乡", ">社工", ">持证", ">标准", "自 since")
    rows = [tuple(_short_row(one).values()) for one in checks.short(facts)]
    return table(title, heads, rows)


def _short_row(coverage: Json) -> dict[str, Any]:
    place = next(one for one in data.communities() if one.code == coverage["id"])
    return {
        "town": place.town,
        "community": place.name,
        "kind": "城 urban" if place.urban else "乡 rural",
        "workers": coverage["workers"],
        "certified": coverage["certified"],
        "minimum": coverage["minimum"],
        "since": coverage["short_since"],
    }


def _ranking(facts: Facts) -> str:
    heads = (
        "投标人 bidder",
        ">名次 rank",
        ">不计履约 without",
        ">总分",
        ">不计履约",
        ">履约分 past",
        ">定案数 results",
    )
    rows = [tuple(_ranking_row(facts, line).values()) for line in facts.ranking]
    return table("五、下一年度招标 The next year's ranking", heads, rows)


def _ranking_row(facts: Facts, line: Json) -> dict[str, Any]:
    return {
        "bidder": _name(facts, line["organisation_id"]),
        "rank": line["rank"],
        "rank_without_past": line["rank_without_past"],
        "total": _points(line["total_bp"]),
        "total_without_past": _points(line["total_without_past_bp"]),
        "past": _points(checks.past_points(line)),
        "results": line["past_results"] or "新 newcomer",
    }


def _events(facts: Facts) -> str:
    rows: list[tuple[object, ...]] = []
    for kind in sorted(facts.books.emitted):
        said = facts.books.emitted[kind]
        inboxes = [sums[kind] for sums in facts.books.heard.values() if kind in sums]
        mine = facts.heard.get(kind, Sum())
        same = all(one == said for one in (mine, *inboxes))
        rows.append(
            (kind, said.count, mine.count, len(inboxes), f"{said.xor:032x}", YES if same else NO)
        )
    total = sum(sum_.count for sum_ in facts.books.emitted.values())
    rows.append(("合计 total", total, sum(one.count for one in facts.heard.values()), "", "", ""))
    heads = ("类型 type", ">发件箱 outbox", ">场景 scenario", ">收件箱 inboxes", "异或 xor", "")
    return table("七、事件 Events as sets of ids", heads, rows)


def _name(facts: Facts, identifier: str) -> str:
    return next(str(one["name"]) for one in facts.organisations if one["id"] == identifier)


def _yuan(fen: int) -> str:
    return f"{fen // data.FEN:,}.{fen % data.FEN:02}"


def _points(score_bp: int) -> str:
    return f"{score_bp // 100}.{score_bp % 100:02}"
