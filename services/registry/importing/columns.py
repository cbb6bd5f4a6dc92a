"""The four lists that a city begins with: their files, their columns, and the words in them."""

from collections.abc import Mapping
from typing import Final

from services.registry.importing import cells
from services.registry.importing.tables import Column

LEVELS: Final[Mapping[str, str]] = {
    "市": "city",
    "区县": "city",
    "镇街": "town",
    "乡镇": "town",
    "街道": "town",
    "村社区": "community",
    "社区": "community",
    "村": "community",
    "院落小区": "group",
}
LEGAL_FORMS: Final[Mapping[str, str]] = {
    "社会服务机构": "social-service",
    "民办非企业单位": "social-service",
    "社会团体": "association",
    "基金会": "foundation",
    "企业": "company",
    "居委会": "committee",
    "村委会": "committee",
    "机关": "organ",
    "备案组织": "filed-group",
}
ROLES: Final[Mapping[str, str]] = {
    "承接主体": "provider",
    "购买主体": "purchaser",
    "评估机构": "evaluator",
    "行业协会": "association",
    "捐赠方": "donor",
    "社区社会组织": "community-organisation",
}
KINDS: Final[Mapping[str, str]] = {
    "社会工作者": "social-worker",
    "社区工作者": "community-worker",
    "社工助理": "assistant",
    "护理员": "carer",
}
CERTIFICATES: Final[Mapping[str, str]] = {
    "助理社会工作师": "assistant",
    "社会工作师": "social-worker",
    "高级社会工作师": "senior",
}

COLUMNS: Final[Mapping[str, tuple[Column, ...]]] = {
    "divisions": (
        Column("code", "区划代码", cells.division, needed=True),
        Column("name", "名称", cells.text, needed=True),
        Column("level", "级别", cells.choice(LEVELS), needed=True),
        Column("parent", "上级代码", cells.division),
        Column("urban", "城乡", cells.yes_or_no("城镇", "乡村"), needed=True),
        Column("valid_from", "启用日期", cells.day, needed=True),
    ),
    "organisations": (
        Column("name", "名称", cells.text, needed=True),
        Column("legal_form", "类型", cells.choice(LEGAL_FORMS), needed=True),
        Column("roles", "角色", cells.choices(ROLES), needed=True),
        Column("division", "所在区划", cells.division, needed=True),
        Column("uscc", "统一社会信用代码", cells.token),
        Column("filing_number", "备案号", cells.token),
    ),
    "stations": (
        Column("name", "名称", cells.text, needed=True),
        Column("tier", "层级", cells.text, needed=True),
        Column("division", "所在区划", cells.division, needed=True),
        Column("operator", "运营单位代码", cells.token),
        Column("rooms", "房间", cells.rooms),
    ),
    "workers": (
        Column("file_number", "档案编号", cells.token, needed=True),
        Column("name", "姓名", cells.text, needed=True),
        Column("kind", "类别", cells.choice(KINDS), needed=True),
        Column("division", "所在区划", cells.division),
        Column("certificate_level", "证书级别", cells.choice(CERTIFICATES)),
        Column("certificate_number", "证书编号", cells.token),
        Column("issued_day", "发证日期", cells.day),
        Column("employer", "用人单位代码", cells.token),
        Column("full_time", "全职", cells.yes_or_no("是", "否")),
        Column("employed_from", "入职日期", cells.day),
        Column("community", "派驻社区", cells.division),
        Column("posted_from", "派驻日期", cells.day),
    ),
}
"""In the order in which they are entered; an employer or operator is named by its social credit
code, or by its filing number."""
