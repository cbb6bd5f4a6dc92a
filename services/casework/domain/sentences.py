"""What can be wrong in a request to casework; no sentence names anything of a person."""

from typing import Final

from libs.common.errors import Sentence

GUARDIAN_NEEDED: Final = Sentence(
    "guardian-needed",
    "未满 {age} 周岁的，须由监护人同意，请由监护人办理。",
    "Below the age of {age} a guardian consents; have the guardian give it.",
)
GUARDIAN_MISSING: Final = Sentence(
    "guardian-missing",
    "未满 {age} 周岁的，须填写监护人，请补充。",
    "Below the age of {age} a guardian is needed; add one.",
)
BIRTH_DATE_DIFFERS: Final = Sentence(
    "birth-date-differs",
    "出生日期与公民身份号码不一致，请核对两者。",
    "The identity number says another birth date; compare both with the document.",
)
BIRTH_DATE_IN_FUTURE: Final = Sentence(
    "birth-date-in-future",
    "出生日期晚于今日 {today}，请核对。",
    "This birth date is after today, {today}; correct it.",
)
BIRTH_DATE_TOO_EARLY: Final = Sentence(
    "birth-date-too-early",
    "出生日期早于 {years} 年前，请核对。",
    "This birth date is more than {years} years ago; correct it.",
)
