"""What can be wrong in a request to the registry, as it is said to people."""

from typing import Final

from libs.common.errors import Sentence

LISTED_TWICE: Final = Sentence(
    "listed-twice",
    "此代码在列表中出现两次，请只保留一条。",
    "This code stands in the list twice; leave one of them out.",
)
CODE_TAKEN: Final = Sentence(
    "code-taken",
    "此代码已用于内容不同的区划，请核对代码。",
    "A division with other content has this code; correct the code.",
)
NOT_A_SUCCESSOR: Final = Sentence(
    "not-a-successor",
    "后继区划须是另一个同级且未撤销的区划，请更换。",
    "Name another division of the same level that has not ended.",
)
NOT_OF_THE_LEVEL: Final = Sentence(
    "not-of-the-level",
    "此代码不是 {level} 级的区划代码，请核对代码或级别。",
    "This is no code of the level {level}; correct the code or the level.",
)
CITY_HAS_NO_PARENT: Final = Sentence(
    "city-has-no-parent",
    "城市（city）没有上级区划，请去掉此项。",
    "A city has no division above it; leave this out.",
)
PARENT_MISSING: Final = Sentence(
    "parent-missing",
    "请填写上级区划（{level}）的代码。",
    "Name the division above, of the level {level}, by its code.",
)
PARENT_UNKNOWN: Final = Sentence(
    "parent-unknown",
    "上级区划尚未录入，请先录入。",
    "The division above is not entered yet; enter it first.",
)
PARENT_NOT_ONE_ABOVE: Final = Sentence(
    "parent-not-one-above",
    "上级区划须为上一级（{level}），请更换。",
    "Name a division just one level above, of the level {level}.",
)
NOT_BELOW_PARENT: Final = Sentence(
    "not-below-parent",
    "代码须以上级区划的 {beginning} 开头，且与上级不同，请核对。",
    "Correct the code: it begins with {beginning}, as its parent's does, and differs from that.",
)
TIER_UNKNOWN: Final = Sentence(
    "tier-unknown",
    "本市没有此站点等级，请从下列等级中选择：{tiers}。",
    "The city has no such tier; choose one of these: {tiers}.",
)
NOT_A_COMMUNITY: Final = Sentence(
    "not-a-community",
    "派驻地须是社区（居/村委会）；所选区划为 {level} 级，请更换。",
    "This division is of the level {level}; name a community.",
)
DAY_NOT_POSSIBLE: Final = Sentence(
    "day-not-possible",
    "请选择 {earliest} 至 {latest} 之间的日期。",
    "Choose a day from {earliest} to {latest}.",
)
VALID_UNTIL_NEEDED: Final = Sentence(
    "valid-until-needed",
    "核查通过的，须填写有效期，且晚于核查日期 {day}。",
    "For a passed check, say until when it is good: a day later than {day}.",
)
NOT_FOR_FILED_GROUPS: Final = Sentence(
    "not-for-filed-groups",
    "备案团体没有统一社会信用代码，请以备案号办理备案。",
    "A filed group has no unified social credit code; file it under its filing number.",
)
BEFORE_THE_FIRST_DAY: Final = Sentence(
    "before-the-first-day",
    "最后一日不得早于首日 {from_day}。",
    "Choose a last day that is not before the first, {from_day}.",
)
