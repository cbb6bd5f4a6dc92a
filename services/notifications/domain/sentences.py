"""What can be wrong in a request to notifications, as it is said to people."""

from typing import Final

from libs.common.errors import Sentence

TYPE_UNKNOWN: Final = Sentence(
    "type-unknown",
    "平台没有 {type} 类事件，请对照事件目录改正。",
    "No event of the platform is of the type {type}; correct it by the catalogue of events.",
)
DIVISION_UNREADABLE: Final = Sentence(
    "division-unreadable",
    "请填写区划代码或其开头若干位数字。",
    "Give a division's code, or the digits with which it begins.",
)
DIVISION_NOT_YOURS: Final = Sentence(
    "division-not-yours",
    "区划 {division} 不在您的管辖范围内，请改为您管辖的区划，或由上级主管部门提出。",
    "The division {division} is not yours; name one that is, or have a higher office propose it.",
)
BRACES_UNREADABLE: Final = Sentence(
    "braces-unreadable",
    "花括号不成对，请检查；需要花括号本身时请写两次。",
    "The braces are not balanced; correct them, and write a brace twice where you mean it as such.",
)
WORD_UNKNOWN: Final = Sentence(
    "word-unknown",
    "没有 {word} 这个词，或不能这样写；请从下列词中选择，原样写在花括号内：{words}。",
    "There is no word {word}, or not written so; put one of these into braces as it is: {words}.",
)
