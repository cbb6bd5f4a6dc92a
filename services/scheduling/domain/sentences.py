"""What can be wrong in a request to scheduling, as it is said to people."""

from collections.abc import Mapping
from typing import Final

from libs.common.errors import Sentence

BASIS: Final = Sentence(
    "basis",
    "依据为 agreement 时须填写协议，其他依据不填协议和产出；目前依据为 {basis}，请改正其一。",
    "Only work on the basis agreement names an agreement and its output; the basis here is {basis},"
    " so correct one of them.",
)
NOT_AFTER_START: Final = Sentence(
    "not-after-start",
    "结束时间须晚于开始时间 {starts_at}。",
    "Choose an end later than the start, {starts_at}.",
)
LASTS_TOO_LONG: Final = Sentence(
    "lasts-too-long",
    "一次活动最长 {hours} 小时，请缩短，或分成几次。",
    "One activity lasts at most {hours} hours; shorten it or divide it.",
)
NOT_RECORDABLE: Final = Sentence(
    "not-recordable",
    "补录的活动须已经结束，且结束后不超过 {hours} 小时，请核对结束时间。",
    "What is recorded afterwards has ended, at most {hours} hours ago; correct its end.",
)
BEFORE_TERM: Final = Sentence(
    "before-term",
    "协议期自 {from_day} 开始，请选择当日或以后的时间。",
    "The agreement begins on {from_day}; choose that day or later.",
)
AFTER_TERM: Final = Sentence(
    "after-term",
    "协议期至 {to_day} 结束，请选择当日或以前的时间。",
    "The agreement ends with {to_day}; choose that day or earlier.",
)
OUTSIDE_AREA: Final = Sentence(
    "outside-area",
    "活动地点须在协议所在镇（街道）内，协议区划为 {division}，请更换区划。",
    "Choose a division in the town of the agreement, whose division is {division}.",
)
NOT_THE_KIND_OF_THE_OUTPUT: Final = Sentence(
    "not-the-kind-of-the-output",
    "该产出的类别为 {kind}，请改用此类别，或选择其他产出。",
    "This output is of the kind {kind}; use that kind, or choose another output.",
)
WITHOUT_STATION: Final = Sentence(
    "without-station",
    "填写了房间就须同时填写其站点。",
    "Name the station that the room belongs to.",
)
RULE_NOT_OFFERED: Final = Sentence(
    "rule-not-offered",
    "请使用 FREQ=DAILY、FREQ=WEEKLY;BYDAY=MO,TH 或 FREQ=MONTHLY;BYMONTHDAY=1 的形式，可加"
    " ;INTERVAL=2。",
    "Use a rule such as FREQ=DAILY, FREQ=WEEKLY;BYDAY=MO,TH or FREQ=MONTHLY;BYMONTHDAY=1,"
    " each with ;INTERVAL=2 if you like.",
)
BEYOND_HORIZON: Final = Sentence(
    "beyond-horizon",
    "系列活动最晚安排到 {last}，请改为当日或以前。",
    "A series may be planned until {last}; choose that day or earlier.",
)
NO_OCCURRENCE: Final = Sentence(
    "no-occurrence",
    "按此规则到 {until} 为止没有一次活动，请推迟截止日期或修改规则。",
    "By this rule nothing is held until {until}; choose a later day or another rule.",
)
UNKNOWN_CODE: Final = Sentence(
    "unknown-code",
    "政策中没有此代码，请从下列代码中选择：{codes}。",
    "The policy has no such code; choose from these: {codes}.",
)
REASONS: Final = Sentence(
    "reasons",
    "退回须选择至少一个原因代码，通过则不填。",
    "Give at least one code for a return, and none for an acceptance.",
)
TOO_FEW: Final = Sentence(
    "too-few",
    "请提供至少 {least} 张不同的照片，目前为 {given} 张。",
    "Give at least {least} different photos; there are {given}.",
)
NO_VIEW: Final[Mapping[str, Sentence]] = {
    "scene": Sentence(
        "no-scene",
        "缺少全景照片（scene），请补充。",
        "No photo shows the scene; add one.",
    ),
    "process": Sentence(
        "no-process",
        "缺少过程照片（process），请补充。",
        "No photo shows the process; add one.",
    ),
    "close": Sentence(
        "no-close", "缺少近景照片（close），请补充。", "No photo is from close by; add one."
    ),
}
NOT_UPLOADED: Final = Sentence(
    "not-uploaded",
    "此文件尚未上传，请先上传再提交。",
    "This file has not been uploaded; upload it first.",
)
OF_ANOTHER_TYPE: Final = Sentence(
    "of-another-type",
    "文件实际类型为 {kind}，请以此类型重新上传。",
    "The file is really of the type {kind}; upload it again as that.",
)
