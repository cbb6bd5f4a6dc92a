"""What can be wrong in any request: sentences that every service may use, each under its code."""

from typing import Final

from libs.common.errors import Sentence

IN_THE_PAST: Final = Sentence(
    "in-the-past",
    "此时间已过，请改为 {earliest} 或以后。",
    "This time is over; choose {earliest} or later.",
)
IN_THE_FUTURE: Final = Sentence(
    "in-the-future",
    "此日期尚未到来，请改为 {latest} 或以前。",
    "This day has not come yet; choose {latest} or earlier.",
)
OUT_OF_RANGE: Final = Sentence(
    "out-of-range",
    "超出范围，须在 {least} 至 {most} 之间，请改正。",
    "This is out of range; enter something from {least} to {most}.",
)
CHECK_DIGIT: Final = Sentence(
    "check-digit",
    "校验码不符，请对照证件逐位核对后重新填写。",
    "Its check digit does not fit; compare it with the document character by character.",
)
MONTH_UNREADABLE: Final = Sentence(
    "month-unreadable",
    "请按“年-月”填写月份，例如 2025-03。",
    "Write the month as year and month, such as 2025-03.",
)
WEIGHTS_DO_NOT_SUM: Final = Sentence(
    "weights-do-not-sum",
    "各项权重合计须为 {whole}（即 100%），目前为 {total}，请调整。",
    "The weights sum to {total}; change them to sum to {whole}, which is 100 %.",
)
NOT_AN_IMAGE: Final = Sentence(
    "not-an-image",
    "文件不是完整的图片（已损坏、被截断或类型不符），请重新拍摄或导出后上传。",
    "This is not a whole image (damaged, cut off or of another type); make it anew and upload it.",
)
TOO_MANY_PIXELS: Final = Sentence(
    "too-many-pixels",
    "图片像素过多，请缩小到 {most} 像素以内再上传。",
    "The image has too many pixels; reduce it to at most {most} and upload it again.",
)
BLOB_DIFFERS: Final = Sentence(
    "blob-differs",
    "收到的内容与此 SHA-256 不符，请重新计算并完整上传。",
    "What arrived does not have this SHA-256; compute it anew and upload the whole content.",
)
NULL_CHARACTER: Final = Sentence(
    "null-character",
    "含有空字符（U+0000），请去掉后重试。",
    "It contains the null character (U+0000); send it without.",
)
LIMIT_OUT_OF_RANGE: Final = Sentence(
    "limit-out-of-range",
    "每页条数须为 1 至 {most} 的整数。",
    "Ask for a whole number of items from 1 to {most}.",
)
CURSOR_UNREADABLE: Final = Sentence(
    "cursor-unreadable",
    "无法识别此游标，请原样使用上一次应答给出的值，或不带此参数从头读取。",
    "This cursor cannot be read; send one just as an answer gave it, or none to begin anew.",
)
INSTANT_UNREADABLE: Final = Sentence(
    "instant-unreadable",
    "请填写带时区的时间（RFC 3339），例如 2025-03-01T09:00:00+08:00。",
    "Write an instant with its offset (RFC 3339), such as 2025-03-01T09:00:00+08:00.",
)
PARAMETER_UNKNOWN: Final = Sentence(
    "parameter-unknown",
    "此操作没有这个查询参数，请去掉或改正；可用的参数：{allowed}。",
    "There is no such query parameter here; leave it out, or use one of these: {allowed}.",
)
NO_PARAMETERS: Final = Sentence(
    "no-parameters",
    "此操作不接受任何查询参数，请去掉。",
    "No query parameter is taken here; ask without.",
)
ENDS_BEFORE_IT_BEGINS: Final = Sentence(
    "ends-before-it-begins",
    "结束时间须晚于开始时间 {since}。",
    "Choose an end later than the beginning, {since}.",
)
TOO_LONG_AGO: Final = Sentence(
    "too-long-ago",
    "时间过早：收件记录只保留 {days} 天，请从 {earliest} 之后开始。",
    "Inboxes reach back {days} days; begin after {earliest}.",
)
RECEIVER_UNKNOWN: Final = Sentence(
    "receiver-unknown",
    "没有服务“{receiver}”收听此处发布的事件；可填写 {known}，或 everybody。",
    "No service {receiver} hears what is sent from here; name one of {known}, or everybody.",
)
TYPE_NOT_TOLD_HERE: Final = Sentence(
    "type-not-told-here",
    "本服务不发布此类事件，请向发布它的服务提出。",
    "This type is not told here; ask the service that tells it.",
)
OLDER_THAN_THE_OUTBOX: Final = Sentence(
    "older-than-the-outbox",
    "发件箱只保留七天，更早的事件请向保存全部事件日志的服务提出。",
    "The outbox keeps seven days; ask the service that keeps the log of all events.",
)

NOT_AS_DOCUMENTED: Final = Sentence(
    "not-as-documented",
    "此项不符合接口说明，请按说明改正。",
    "This is not as the API's document says; correct it by the document.",
)
"""For a fault that the parser finds and that has no sentence of its own yet."""

_READING: Final = (
    ("missing", "缺少此项，请补充。", "This is missing; add it."),
    (
        "unexpected-keyword-argument",
        "没有这个字段，请去掉，或核对字段名。",
        "There is no such field; leave it out, or correct its name.",
    ),
    ("dataclass-type", "此处应为 JSON 对象。", "Send a JSON object here."),
    ("tuple-type", "此处应为列表（JSON 数组）。", "Send a list (a JSON array) here."),
    (
        "too-short",
        "至少需要 {min_length} 项，请补充。",
        "At least {min_length} of these are needed.",
    ),
    ("too-long", "最多 {max_length} 项，请减少。", "At most {max_length} of these are taken."),
    ("string-type", "此处应为文本。", "Send text here."),
    (
        "string-too-short",
        "内容过短，至少 {min_length} 个字符。",
        "This is too short; write at least {min_length} characters.",
    ),
    (
        "string-too-long",
        "内容过长，最多 {max_length} 个字符。",
        "This is too long; write at most {max_length} characters.",
    ),
    (
        "string-pattern-mismatch",
        "格式不符：不得只有空白，且须符合 {pattern}。",
        "The form is wrong: it must not be blank, and has to match {pattern}.",
    ),
    (
        "literal-error",
        "请从下列值中选择：{expected}。",
        "Choose one of these: {expected}.",
    ),
    ("bool-type bool-parsing", "此处应为 true 或 false。", "Send true or false here."),
    (
        "int-type int-parsing int-parsing-size",
        "此处应为整数。",
        "Send a whole number here.",
    ),
    (
        "greater-than-equal",
        "过小或过早，请填写 {ge} 或以上。",
        "This is too low or too early; the least is {ge}.",
    ),
    (
        "less-than-equal",
        "过大或过晚，请填写 {le} 或以下。",
        "This is too high or too late; the most is {le}.",
    ),
    (
        "date-type date-parsing date-from-datetime-parsing date-from-datetime-inexact",
        "请按“年-月-日”填写日期，例如 2025-03-01。",
        "Write a day that exists as year, month and day, such as 2025-03-01.",
    ),
    (
        "datetime-type datetime-parsing datetime-from-date-parsing timezone-aware",
        INSTANT_UNREADABLE.zh,
        INSTANT_UNREADABLE.en,
    ),
    (
        "uuid-type uuid-parsing",
        "此处应为编号（UUID），请原样使用系统给出的编号。",
        "Send an id (a UUID) just as the platform gave it.",
    ),
)

READING: Final = {
    code: Sentence(code, zh, en) for codes, zh, en in _READING for code in codes.split()
}
"""The faults that a parser of JSON and of parameters finds, by their codes."""
