"""Lists of CSV files become the register: checked whole, entered once, repeatable."""

from pathlib import Path
from typing import get_args

import pytest

from libs.common.testing import Stage, token
from services.__main__ import parser
from services.registry import importing
from services.registry.domain.divisions import Level
from services.registry.domain.organisations import LegalForm, OrganisationRole
from services.registry.domain.workers import CertificateLevel, WorkerKind
from services.registry.importing import columns
from tests.services.registry.city import USCC

DIVISIONS = """区划代码,名称,级别,上级代码,城乡,启用日期
510181000000,都江堰市,市,,城镇,2020-01-01
510181108000,天马镇,镇街,510181000000,乡村,2020年1月1日
510181108001,金陵社区,社区,510181108000,乡村,2020/1/1
"""
ORGANISATIONS = f"""名称,类型,角色,所在区划,统一社会信用代码,备案号
甲社会工作服务中心,社会服务机构,承接主体,510181000000,{USCC},
友爱老年协会,备案组织,社区社会组织、捐赠方,510181108001,,BA-7
"""
STATIONS = f"""名称,层级,所在区划,运营单位代码,房间
天马社工服务站,社工服务站,510181108000,{USCC},活动室:30；档案室：8
"""
WORKERS = f"""file_number,name,kind,certificate_level,certificate_number,issued_day,\
employer,full_time,employed_from,community,posted_from
DA-1,王小明,social-worker,社会工作师,ZS-1,2021-06-01,{USCC},是,2024-01-01,510181108001,2024-02-01
DA-2,王小明,护理员,,,,{USCC},否,2024-01-01,,
"""


def lists(folder: Path, **files: str | bytes) -> Path:
    """A folder of lists, as saved with a byte order mark, with some of them replaced."""
    texts = {
        "divisions": DIVISIONS,
        "organisations": ORGANISATIONS,
        "stations": STATIONS,
        "workers": WORKERS,
    }
    folder.mkdir(exist_ok=True)
    for name, content in {**texts, **files}.items():
        raw = content if isinstance(content, bytes) else content.encode("utf-8-sig")
        (folder / f"{name}.csv").write_bytes(raw)
    return folder


class Command:
    """`python -m services import`, by an official of the city."""

    def __init__(
        self, registry: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("API_URL", f"http://127.0.0.1:{registry.port}")
        monkeypatch.setenv("OPERATOR_TOKEN", token("official"))
        monkeypatch.setenv("LANG", "en")
        self.capsys = capsys

    async def run(self, folder: Path, *options: str) -> tuple[int, list[str]]:
        """Its exit status and what it shows."""
        status = 0
        try:
            await importing.run(parser().parse_args(["import", str(folder), *options]))
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 2
        shown = self.capsys.readouterr().out.splitlines()
        # The service is in this process: what it logs is not what the command shows.
        return status, [line for line in shown if ".csv" in line or line == importing.NOTHING_DONE]


@pytest.fixture
def command(
    registry: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """The command line before this registry."""
    return Command(registry, monkeypatch, capsys)


async def counts(registry: Stage) -> list[int]:
    """How many of each there are."""
    tables = ("divisions", "organisations", "stations", "workers", "certificates")
    more = ("employments", "postings", "outbox")
    return [
        (await registry.fetch(f"SELECT count(*) FROM {table}"))[0][0]  # noqa: S608 - names above
        for table in (*tables, *more)
    ]


async def test_what_is_checked_first_is_entered_once(
    registry: Stage, command: Command, tmp_path: Path
) -> None:
    """Nothing is written until it is asked for; a second time, by whomever, nothing is new."""
    folder = lists(tmp_path / "city")
    status, shown = await command.run(folder)
    assert (status, shown[-1]) == (0, importing.NOTHING_DONE)
    assert sum(await counts(registry)) == 0

    status, shown = await command.run(folder, "--apply", "--ids", str(tmp_path / "ids.csv"))
    assert status == 0, shown
    once = await counts(registry)
    assert once[:7] == [3, 2, 1, 2, 1, 2, 1]
    assert "workers.csv: 2 行，新增 2，已有 0，写入 2" in shown[-1]
    ids = (tmp_path / "ids.csv").read_text("utf-8-sig")
    assert [line.split(",")[1] for line in ids.split()[1:]] == [USCC, "BA-7", "DA-1", "DA-2"]
    assert not any("王小明" in line for line in shown) and "王小明" not in ids

    with pytest.MonkeyPatch.context() as somebody_else:
        somebody_else.setenv("OPERATOR_TOKEN", token("official", person="p-2"))
        status, shown = await command.run(folder, "--apply")
    assert status == 0 and "新增 0，已有 2" in shown[-1]
    assert once == await counts(registry)


async def test_the_same_saved_as_gbk(registry: Stage, command: Command, tmp_path: Path) -> None:
    """A spreadsheet that knows no UTF-8 is read all the same."""
    folder = lists(tmp_path / "city", organisations=ORGANISATIONS.encode("gbk"))

    assert (await command.run(folder, "--apply"))[0] == 0
    found = await registry.as_("official").get("/organisations")
    assert {"甲社会工作服务中心", "友爱老年协会"} == {one["name"] for one in found.body["items"]}


async def test_every_fault_is_shown_where_it_stands(
    registry: Stage, command: Command, tmp_path: Path
) -> None:
    """All faults of all files at once, by line and column, and nothing of what people are called;
    with faults nothing is written."""
    folder = lists(
        tmp_path / "city",
        divisions=DIVISIONS
        + "510181108001,又一社区,社区,510181108000,乡村,2020-01-01\n"
        + "5.10181E+11,丙社区,村庄,510181108000,乡村,2020-13-01\n"
        + "510181109001,丁社区,社区,510181999000,乡村,2020-01-01\n",
        organisations=ORGANISATIONS.replace(USCC, USCC[:-1] + "0"),
        stations="名称,层级,所在区划,备注\n站,总部,510181108000,无\n",
        workers=WORKERS + "\nDA-1,李小红,社工助理,社会工作师,,,91NOBODY,是,,510181108000,\n",
    )
    status, shown = await command.run(folder, "--apply")

    assert status == 1 and shown[-1] == importing.NOTHING_DONE
    places = {line.split(":")[0] for line in shown[:-5]}
    assert {
        "divisions.csv 5 A (区划代码 code)",
        "divisions.csv 6 A (区划代码 code)",
        "divisions.csv 6 C (级别 level)",
        "divisions.csv 6 F (启用日期 valid_from)",
        "divisions.csv 7 D (上级代码 parent)",
        "organisations.csv 2 E (统一社会信用代码 uscc)",
        "stations.csv 1 D",
        "workers.csv 2 G (用人单位代码 employer)",
        "workers.csv 3 G (用人单位代码 employer)",
        "workers.csv 5 A (档案编号 file_number)",
        "workers.csv 5 E (证书编号 certificate_number)",
        "workers.csv 5 F (发证日期 issued_day)",
        "workers.csv 5 G (用人单位代码 employer)",
        "workers.csv 5 I (入职日期 employed_from)",
        "workers.csv 5 J (派驻社区 community)",
        "workers.csv 5 K (派驻日期 posted_from)",
    } == places
    assert not any("李小红" in line or "王小明" in line for line in shown)
    assert sum(await counts(registry)) == 0


async def test_what_is_refused_does_not_hold_up_the_rest(
    registry: Stage, command: Command, tmp_path: Path
) -> None:
    """What the register alone can know is told by line too; mended, the rest is added and what
    was half entered is completed."""
    official = registry.as_("official")
    body = {"kind": "carer", "name": "李小红"}
    worker = (await official.post("/workers", body)).body["id"]
    certificate = {"level": "social-worker", "number": "ZS-1", "issued_day": "2021-06-01"}
    assert (await official.post(f"/workers/{worker}/certificates", certificate)).status == 201

    folder = lists(tmp_path / "city")
    status, shown = await command.run(folder, "--apply")
    assert status == 1
    assert [line for line in shown if line.startswith("workers.csv 2")] != []
    assert (await counts(registry))[:7] == [3, 2, 1, 3, 1, 1, 0]

    lists(folder, workers=WORKERS.replace("ZS-1", "ZS-2"))
    assert (await command.run(folder, "--apply"))[0] == 0
    assert (await counts(registry))[:7] == [3, 2, 1, 3, 2, 2, 1]


async def test_what_has_changed_since_is_left_as_it_is(
    registry: Stage, command: Command, tmp_path: Path
) -> None:
    """A difference is shown and nothing is overwritten."""
    folder = lists(tmp_path / "city")
    await command.run(folder, "--apply")
    once = await counts(registry)
    lists(folder, organisations=ORGANISATIONS.replace("甲社会", "乙社会"))
    status, shown = await command.run(folder, "--apply")

    assert status == 0
    assert [line.split(":")[0] for line in shown[:1]] == ["organisations.csv 2 A (名称 name)"]
    assert once == await counts(registry)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\xff\xfe\x00", "UTF-8 or GBK"),
        ('区划代码\n"5101', "not closed"),
        ("名称,名称\n", "there twice"),
        (DIVISIONS + "510181108002,戊社区,社区,510181108000,乡村,2020-01-01,又\n", "no heading"),
        (DIVISIONS + ",戊社区,社区,510181108000,乡村,2020-01-01\n", "must be filled in"),
    ],
)
async def test_a_file_that_cannot_be_read_says_why(
    content: str | bytes, told: str, registry: Stage, command: Command, tmp_path: Path
) -> None:
    """Each is told in one line, with what to do."""
    status, shown = await command.run(lists(tmp_path / "city", divisions=content))

    assert status == 1
    assert any(told in line for line in shown), shown


async def test_a_misspelt_file_is_not_passed_over(command: Command, tmp_path: Path) -> None:
    """A list under another name would silently be missing."""
    folder = lists(tmp_path / "city")
    (folder / "worker.csv").touch()

    assert (await command.run(folder))[0] == 2


async def test_who_may_not_enter_it_is_told(
    registry: Stage, command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The command line has no power of its own."""
    monkeypatch.setenv("OPERATOR_TOKEN", token("auditor"))
    status, shown = await command.run(lists(tmp_path / "city"), "--apply")

    assert status == 1
    assert any("Your role does not allow this" in line for line in shown)
    assert sum(await counts(registry)) == 0


def test_every_word_of_the_register_has_a_word_of_the_city() -> None:
    """Whatever a column can mean, a list in Chinese can say."""
    for words, meant in (
        (columns.LEVELS, Level),
        (columns.LEGAL_FORMS, LegalForm),
        (columns.ROLES, OrganisationRole),
        (columns.KINDS, WorkerKind),
        (columns.CERTIFICATES, CertificateLevel),
    ):
        assert set(get_args(meant)) == set(words.values())


def test_a_column_is_named_as_a_spreadsheet_names_it() -> None:
    """A to Z, then AA."""
    assert [importing.tables.letter(place) for place in (0, 25, 26, 51, 52)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
    ]
