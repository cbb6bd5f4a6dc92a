"""The pages tell what the events told, to whoever may see it, and load nothing from elsewhere."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import escape

import pytest
from aiohttp import ClientSession

from libs.common.http import Html
from libs.common.testing import Client, Stage
from services.notifications.app import service
from services.notifications.catalogue import CATALOGUE
from services.notifications.domain.words import CODES, of_type
from services.notifications.store.journeys import AT_MOST
from tests.levels import level
from tests.services.notifications.conftest import COMMUNITY, PROVIDER, tell_agreement
from tests.services.notifications.played import (
    HOSTILE,
    LATE,
    LINES,
    PAID,
    PARTS,
    TENDER,
    numbered,
    play,
    tell,
    tell_agreements,
    tell_claim,
)

ELSEWHERE = (
    r"(?:src|href|action)=\"(?!/[^/]|/\"|#|data:)|url\(|@import|https?://(?!www\.w3\.org/2000/svg)"
)
PAGES = [route.path for route in service.pages.routes]


@pytest.fixture
def auditor(notifications: Stage) -> Client:
    """Somebody with a token that opens the pages."""
    return notifications.as_("auditor", person="p-auditor")


async def look(client: Client, path: str = "/") -> str:
    """The page as its reader sees it: without tags, blanks made single."""
    answer = await client.get(f"/~{path}")
    assert answer.status == 200, answer.body
    return " ".join(re.sub(r"<[^>]+>", " ", answer.body.decode()).split())


async def visit(stage: Stage, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
    """The page as a browser without a token asks for it."""
    address = f"http://127.0.0.1:{stage.port}{path}"
    async with ClientSession() as session, session.get(address, headers=headers) as answer:
        return answer.status, dict(answer.headers), await answer.text()


async def test_the_overview_tells_the_year(notifications: Stage, auditor: Client) -> None:
    """Sums, what is late and by whom, the agreements, the communities."""
    await play(notifications)

    text = await look(auditor)

    assert "都江堰市社会工作服务" in text
    assert "已支付 paid 11.45 万元" in text
    assert "逾期10天 10 d late 2025-06-21 提交活动报告" in text
    assert "乐助社工中心 承接主体 provider" in text
    assert "逾期1天 1 d late 2025-06-30 完成监督检查" in text
    assert "幸福镇人民政府 购买主体 purchaser" in text
    assert "评估结果定案 seal the result 主管部门 official" in text
    assert "提交发票 hand in the invoice" in text
    assert "2025-01 82,600 0 0" in text
    assert "2025-03 0 1 14" in text
    assert "合计 sum 114,460 3 42" in text
    assert "高梁村 0/1 自2025-03-01起不足" in text
    assert "友爱社区 1/1 达标" in text
    assert "款项已支付 友爱社区居家养老服务" in text
    assert await level(notifications, "duties_late", kind="report") == 1
    assert await level(notifications, "duty_latest_days", kind="report") == 10
    assert await level(notifications, "duties_late", kind="invoice") == 0


@pytest.mark.parametrize("event_type", CATALOGUE)
def test_every_event_has_a_chinese_title(event_type: str) -> None:
    """No noun or verb of a type is left as the code that it is."""
    assert not re.search("[A-Za-z]", of_type(event_type))


async def test_a_returned_report_has_a_day_of_its_own(
    notifications: Stage, auditor: Client
) -> None:
    """It is not late as long as there is time to correct it."""
    await play(notifications)

    await tell(
        notifications,
        "scheduling.activity.returned.v1",
        numbered(5, 10),
        agreement_id=LATE,
        division=COMMUNITY,
        status="returned",
        report_due_day="2025-06-21",
        correction_due_day="2025-07-08",
    )

    assert "2025-07-08 提交活动报告" in await look(auditor)
    assert await level(notifications, "duties_late", kind="report") == 0


async def test_whoever_must_act_is_named(notifications: Stage, auditor: Client) -> None:
    """Challenges and complaints by their tender, money to come back by its sum, registrations by
    the employer, work that lags."""
    await play(notifications)

    text = await look(auditor)

    challenged = f"答复质疑 answer the challenge 幸福镇人民政府 购买主体 purchaser {TENDER}"
    assert f"逾期7天 7 d late 2025-06-24 {challenged}" in text
    assert f"2025-07-30 处理投诉 decide the complaint 财政 treasury {TENDER}" in text
    assert "退回款项 pay back what was claimed 1.5 万元 乐助社工中心 承接主体 provider" in text
    registrations = (
        "办理社工登记延续 renew registrations of workers ×2 乐助社工中心 用人单位 employer"
    )
    assert f"逾期3天 3 d late 2025-06-28 {registrations}" in text
    assert "赶上工作计划 catch up with the workplan 乐助社工中心" in text


async def test_a_review_waits_for_its_decision(notifications: Stage, auditor: Client) -> None:
    """An official decides it by its day; until then nobody is asked to seal."""
    await play(notifications)
    before = await look(auditor)
    of = {"agreement_id": LATE, "result_id": numbered(7, 10), "decide_due_day": "2025-06-24"}
    asked = numbered(14, 11)
    await tell(notifications, "evaluation.review.asked.v1", asked, **of, outcome=None)

    during = await look(auditor)

    await tell(notifications, "evaluation.review.decided.v1", asked, **of, outcome="kept")
    after = await look(auditor)
    assert "逾期7天 7 d late 2025-06-24 决定复核 decide the review 主管部门 official" in during
    assert ["评估结果定案" in text for text in (before, during, after)] == [True, False, True]
    assert ["决定复核" in text for text in (before, during, after)] == [False, True, False]


@pytest.mark.parametrize("path", ["/notifications", "/notifications/"])
async def test_a_services_own_address_leads_to_its_api_page(
    notifications: Stage, path: str
) -> None:
    """Whoever types it by hand finds what there is."""
    status, _, text = await visit(notifications, path)

    assert status == 200
    assert "/notifications/openapi.json" in text


async def test_money_that_came_back_is_told_apart(notifications: Stage, auditor: Client) -> None:
    """It was paid on its day; a part that came back is not the whole."""
    await play(notifications)
    await tell(
        notifications,
        "procurement.payment.recovered.v1",
        numbered(9, 21),
        agreement_id=LATE,
        division=COMMUNITY,
        kind="startup",
        planned_amount=8_260_000,
        amount=8_260_000,
        status="recovered",
        paid_day="2025-01-20",
        claimed_amount=2_500_000,
        recovered_amount=2_500_000,
    )

    assert "其中已追回2.5万元 of which recovered" in await look(auditor)
    text = await look(auditor, f"/notifications/pages/agreements/{LATE}")
    assert "部分追回 partly recovered 支付于2025-01-20 paid 追回25,000元 recovered" in text


async def test_what_is_done_is_asked_no_more(notifications: Stage, auditor: Client) -> None:
    """An answer, a decision, the last of the money, a renewal, a month that is in time again."""
    await play(notifications)
    await tell(
        notifications, "procurement.challenge.answered.v1", numbered(10, 1), status="answered"
    )
    await tell(notifications, "procurement.complaint.decided.v1", numbered(11, 1), status="decided")
    await tell_claim(notifications, recovered=2_500_000)
    await tell(
        notifications,
        "registry.registration.renewed.v1",
        numbered(12, 1),
        employer_id=PROVIDER,
        registration_status="valid",
    )
    await tell(notifications, "registry.worker.left.v1", numbered(12, 2), employer_id=None)
    await notifications.move_to(datetime(2025, 8, 1, tzinfo=UTC))

    text = await look(auditor)

    assert "提交发票" in text
    for words in ("答复质疑", "处理投诉", "退回款项", "办理社工登记延续", "赶上工作计划"):
        assert words not in text


async def test_duties_are_of_the_readers_divisions(notifications: Stage) -> None:
    """Neither a tender's nor an employer's are shown to another town."""
    await play(notifications)
    far = notifications.as_("community", divisions=("510181999",))

    assert "没有逾期或待办事项" in await look(far)


async def test_every_view_of_the_pages_is_rebuilt(notifications: Stage) -> None:
    """Emptied, and told everything again, each becomes what it was."""
    await play(notifications)
    before = await rows_of_views(notifications)
    for view in before:
        await notifications.fetch("SELECT empty_view($1)", view)

    await play(notifications)

    assert all(before.values())
    assert before == await rows_of_views(notifications)


async def rows_of_views(notifications: Stage) -> dict[str, list[str]]:
    """All that the views of the pages hold."""
    views = [r.name for r in service.reactions.views if r.name.startswith("page_")]
    query = "SELECT row::text FROM {} AS row ORDER BY id"
    return {
        view: [row[0] for row in await notifications.fetch(query.format(view))] for view in views
    }


async def test_agreements_are_listed_page_by_page(notifications: Stage, auditor: Client) -> None:
    """Each once, the youngest first, also where many begin on one day; another town has none."""
    await tell_agreements(notifications, AT_MOST + 3)
    seen: list[str] = []
    address: str | None = "/notifications/pages/agreements"
    while address:
        page = (await auditor.get(f"/~{address}")).body.decode()
        seen += re.findall(r"第(\d+)份协议", page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = found[1] if found else None
    far = notifications.as_("community", divisions=("510181999",))

    assert [str(number) for number in reversed(range(AT_MOST + 3))] == seen
    assert f"履行中的协议 agreements in force {AT_MOST + 3}" in await look(auditor)
    assert "还没有生效的协议" in await look(far, "/notifications/pages/agreements")


async def test_an_agreement_is_explained(notifications: Stage, auditor: Client) -> None:
    """From the need to the balance, and the score down to each indicator."""
    await play(notifications)

    text = await look(auditor, f"/notifications/pages/agreements/{PAID}")

    assert "✓ 完成 招标 tender ×2 2025-07-01" in text
    assert "✓ 完成 启动款 start-up 8.3 万元 2025-01-14" in text
    assert "✓ 完成 活动 work 3/3" in text
    assert "92.5 分 · 优秀 excellent · 据此支付余款的90%" in text
    assert "评估办法第3版，结果第2版（更正）" in text
    assert "服务产出 1项依据 what it is made of 生日会 · 12 · 100%" in text
    assert "产出计数 counted outputs 权重 60% 得分率 100% 贡献 60" in text, "no sum of shares"
    assert "经复核或更正：review-upheld" in text
    assert "回答不足十份的单元不公布" in text
    assert "合计 sum 权重 100% 得分 92.5" in text
    assert "余款 balance 35,400 31,860 已支付 paid 支付于2025-06-26 paid" in text


async def test_two_results_and_two_parts_of_a_balance_are_shown(
    notifications: Stage, auditor: Client
) -> None:
    """The re-evaluation stands before the first result; the balance shows both its parts."""
    await play(notifications)
    of = {"agreement_id": PAID, "division": COMMUNITY}
    explained = {"lines": LINES, "parts": PARTS, "policy_version": 3, "correction": False}
    for number, round_, score_bp, band in ((3, 2, 8_000, "good"), (2, 1, 4_900, "fail")):
        await tell(
            notifications,
            "evaluation.result.sealed.v1",
            numbered(7, number),
            **of,
            **explained,
            status="sealed",
            round=round_,
            version=1,
            score_bp=score_bp,
            band=band,
            balance_share_bp=8_000 if round_ == 2 else 0,
        )
    await tell(
        notifications,
        "procurement.payment.paid.v1",
        numbered(9, 3),
        **of,
        kind="undisputed",
        planned_amount=1_500_000,
        amount=1_500_000,
        status="paid",
        paid_day="2025-05-26",
        recovered_amount=0,
    )

    text = await look(auditor, f"/notifications/pages/agreements/{PAID}")

    again, first = text.index("整改后复评"), text.index("首次评估")
    assert again < text.index("80 分 · 良好 good") < first < text.index("49 分 · 不合格 fail")
    assert "✓ 完成 余款 balance 1.5+3.2 万元" in text
    assert "评估 score 80.0 分" in text
    assert "1.5+3.2" in await look(auditor)


async def test_an_indicator_without_any_basis_says_why(
    notifications: Stage, auditor: Client
) -> None:
    """The page says what was missing; that cells were too small it says of no such line."""
    await play(notifications)
    why = {"value_bp": None, "contribution_bp": 0, "reason_code": None}
    await tell(
        notifications,
        "evaluation.result.sealed.v1",
        numbered(7, 4),
        agreement_id=PAID,
        division=COMMUNITY,
        lines=[LINES[0], {**LINES[1], **why, "no_basis_code": "no-visit-answered"}],
        parts=PARTS,
        status="sealed",
        round=2,
        version=1,
    )

    text = await look(auditor, f"/notifications/pages/agreements/{PAID}")

    again, first = text.split("首次评估")
    assert "服务对象满意度 没有走访得到回答 no visit was answered 来源" in again
    assert "得分率 无依据 no basis" in again
    assert "回答不足十份" not in again
    assert "回答不足十份" in first


def test_every_reason_for_no_basis_has_its_words() -> None:
    """What evaluation may give as the reason reads in Chinese and English."""
    schema = str(CATALOGUE["evaluation.result.sealed.v1"].schema)
    [codes] = re.findall(r"'no_basis_code': .*?'enum': \[(.*?)\]", schema)

    assert {code.strip("' ") for code in codes.split(",")} <= set(CODES)


async def test_a_result_is_shown_once_it_is_sealed(notifications: Stage, auditor: Client) -> None:
    """Before that neither the pages nor their database hold what it says."""
    await play(notifications)

    text = await look(auditor, f"/notifications/pages/agreements/{LATE}")

    assert "结果尚未定案" in text
    assert "43.2" not in text
    [row] = await notifications.fetch(
        "SELECT score_bp, band, lines FROM page_results WHERE agreement_id = $1", LATE
    )
    assert (row["score_bp"], row["band"], row["lines"]) == (None, None, "[]")


async def test_an_empty_city_has_its_page(notifications: Stage, auditor: Client) -> None:
    """Before anything was heard, each part says so."""
    text = await look(auditor)

    assert "没有逾期或待办事项" in text
    assert "还没有生效的协议" in text
    assert "还没有社区的覆盖情况" in text


@pytest.mark.parametrize("path", ["/", f"/notifications/pages/agreements/{LATE}"])
async def test_a_hostile_name_stays_a_name(notifications: Stage, path: str) -> None:
    """Whatever an organisation calls its project is text on every page."""
    await play(notifications)

    _, _, page = await visit(notifications, path)

    assert escape(HOSTILE).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in page
    assert "<script>alert" not in page
    assert "<img" not in page


async def test_every_type_of_event_is_in_the_catalogue(
    notifications: Stage, auditor: Client
) -> None:
    """With its meaning, who hears it, its schema and an example."""
    catalogue = await look(auditor, "/notifications/pages/events")

    for entry in CATALOGUE.values():
        assert entry.type in catalogue
    one = await look(auditor, "/notifications/pages/events/evaluation.result.sealed.v1")
    assert "听取 heard by 采购 procurement keep_sealed_result, settle_result" in one
    assert '"balance_share_bp": ' in one


async def test_the_latest_events_go_on_after_a_position(
    notifications: Stage, auditor: Client
) -> None:
    """The script asks for what came after the newest event that it shows."""
    await tell_agreement(notifications)
    first = await look(auditor, "/notifications/pages/latest")

    newer = await look(auditor, "/notifications/pages/latest?after=3")

    assert first.count("机构已登记") == 2
    assert newer.count("机构已登记") == 0
    assert "协议已生效 友爱社区居家养老服务" in newer


async def test_who_looks_sees_their_divisions(notifications: Stage) -> None:
    """A community of another town sees neither the agreement nor that there is one."""
    await play(notifications)
    near = notifications.as_("community", divisions=(COMMUNITY,))
    far = notifications.as_("community", divisions=("510181999",))
    path = f"/~/notifications/pages/agreements/{PAID}"

    assert (await near.get(path)).status == 200
    assert (await far.get(path)).code == "agreement-not-found"
    assert "还没有生效的协议" in await look(far)


async def test_a_rehearsal_opens_to_everybody(notifications: Stage) -> None:
    """Without a token one looks as an auditor would; a token that is none is refused."""
    await play(notifications)

    status, _, page = await visit(notifications, "/")
    wrong, _, _ = await visit(notifications, "/", Authorization="Bearer nonsense")

    assert (status, wrong) == (200, 401)
    assert "演练" in page


async def test_a_live_city_asks_for_a_token(notifications: Stage, auditor: Client) -> None:
    """Without one the answer is 401 and says where to sign in; roles of agencies get 403."""
    database = notifications.database
    database.city = replace(database.city, rehearsal=False)
    agency = notifications.as_("agency-manager", org=PAID)

    for path in PAGES:
        address = path.format(agreement_id=PAID, event_type="registry.tie.ended.v1")
        status, headers, text = await visit(notifications, address)
        assert (status, headers["WWW-Authenticate"]) == (401, "Bearer")
        assert "统一登录" in text
        assert (await agency.get(f"/~{address}")).status == 403
    assert "演练" not in await look(auditor)


async def test_pages_are_closed_to_other_addresses(notifications: Stage) -> None:
    """The policy allows this address alone, and no page names another one."""
    await play(notifications)

    for route in service.pages.routes:
        path = route.path.format(agreement_id=PAID, event_type="registry.tie.ended.v1")
        _, headers, text = await visit(notifications, path)
        assert not re.search(ELSEWHERE, text), path
        if route.answers is Html:
            policy = headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self'; ")
            assert "unsafe" not in policy
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Cache-Control"] == "no-store"
            assert headers["Referrer-Policy"] == "no-referrer"


async def test_a_service_tells_whether_it_is_well(notifications: Stage) -> None:
    """Anybody may ask, and learns nothing else."""
    well, _, said = await visit(notifications, "/notifications/health")
    await notifications.database.close()

    ill, headers, _ = await visit(notifications, "/notifications/health")

    assert (well, said) == (200, '{"well": true}')
    assert (ill, headers["Content-Type"]) == (503, "application/problem+json")


async def test_the_pages_are_light(notifications: Stage) -> None:
    """Style and script together are smaller than one photograph's thumbnail."""
    sizes = [
        len((await visit(notifications, f"/notifications/pages/page.{kind}"))[2])
        for kind in ("css", "js")
    ]

    assert sum(sizes) < 16_000
