"""What can be wrong in a request to evaluation, as it is said to people."""

from typing import Final

from libs.common.errors import Sentence

NOBODY_ANSWERED: Final = Sentence(
    "nobody-answered",
    "走访结果为 {outcome} 时无人作答，请去掉答案，或改正结果。",
    "With the outcome {outcome} nobody answered; leave the answers out, or correct the outcome.",
)
QUESTION_NOT_ASKED: Final = Sentence(
    "question-not-asked",
    "此次走访不问此题，可答的有：{questions}。",
    "This is not asked in this visit; those that are: {questions}.",
)
QUESTION_REPEATED: Final = Sentence(
    "question-repeated",
    "每题只答一次，请去掉重复的答案。",
    "Answer each question once; leave out what is there twice.",
)
ANSWERS_MISSING: Final = Sentence(
    "answers-missing",
    "走访结果为 {outcome} 时须填写答案，请至少回答一题。",
    "With the outcome {outcome} there are answers; give at least one.",
)
DUE_DAY_PASSED: Final = Sentence(
    "due-day-passed",
    "整改期限须晚于今日 {today}，请改为以后的日期。",
    "Choose a day later than today, {today}.",
)
CODES_DO_NOT_FIT: Final = Sentence(
    "codes-do-not-fit",
    "结论为 faults 时至少选择一个问题代码，为 in-order 时不选；目前结论为 {conclusion}。",
    "Give codes for the conclusion faults and none for in-order; the conclusion is {conclusion}.",
)
POINTS_DO_NOT_FIT: Final = Sentence(
    "points-do-not-fit",
    "复核结果为 changed 时须填写新的分值，否则不填；目前结果为 {outcome}。",
    "Give new points for the outcome changed, and none for another; the outcome is {outcome}.",
)
CODE_REPEATED: Final = Sentence(
    "code-repeated",
    "每个代码只能出现一次，请去掉重复的。",
    "Each code stands once; leave out or rename what is there twice.",
)
BAND_REPEATED: Final = Sentence(
    "band-repeated",
    "每个等次只能出现一次，请去掉重复的。",
    "Each band stands once; leave out what is there twice.",
)
QUESTIONS_MISSING: Final = Sentence(
    "questions-missing",
    "有满意度指标时至少需要一个问题，请补充问题或去掉该指标。",
    "An indicator of satisfaction needs a question; add one, or leave the indicator out.",
)
BANDS_LEAVE_A_GAP: Final = Sentence(
    "bands-leave-a-gap",
    "最低等次须从 0 分起，目前从 {lowest} 起。",
    "Let the lowest band begin at 0; it begins at {lowest}.",
)
BANDS_NOT_ORDERED: Final = Sentence(
    "bands-not-ordered",
    "等次越高，起始分须越高，请调整。",
    "A better band begins at a higher score; put them in that order.",
)
NUMBER_OUT_OF_RANGE: Final = Sentence(
    "number-out-of-range",
    "请填写 {least} 至 {most} 之间的数值。",
    "Choose a number from {least} to {most}.",
)
INDICATOR_UNKNOWN: Final = Sentence(
    "indicator-unknown",
    "该结果没有指标 {indicator}，请从下列指标中选择：{indicators}。",
    "The result has no indicator {indicator}; choose one of these: {indicators}.",
)
MARKS_DO_NOT_FIT: Final = Sentence(
    "marks-do-not-fit",
    "下列人工评分指标须各评一次，不多不少：{indicators}。",
    "Mark each of these once, and nothing else: {indicators}.",
)
PERSON_REPEATED: Final = Sentence(
    "person-repeated",
    "每人只列一次，请去掉重复的人员。",
    "Name each person once; leave out who is there twice.",
)
