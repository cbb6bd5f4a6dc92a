"""What a review of a score (复核) came to, and what can still be done, in words."""

from datetime import date

from libs.common.money import WHOLE
from services.notifications.domain.messages import on_day
from services.notifications.domain.templates import Word

CLOSED = (
    "复核期限已过，结果将由主管部门定案；定案后发现错误的，请向主管部门提出更正",
    "The review period is over, and an official seals the result; if you find it wrong after that, "
    "tell the officials, who can correct it",
)


def outcome(former_score_bp: int, score_bp: int, former_share_bp: int, share_bp: int) -> Word:
    """From which score and share of the balance to which."""
    zh_score, en_score = _moved(_points(former_score_bp), _points(score_bp), "分")
    zh_share, en_share = _moved(_percent(former_share_bp), _percent(share_bp), "")
    return Word(
        name="outcome",
        zh=f"评估得分{zh_score}，余款支付比例{zh_share}",
        en=f"the score {en_score} and the share of the balance {en_share}",
    )


def what_next(review_until: date | None) -> Word:
    """Another review while its period runs; then only a correction by those in office."""
    if review_until is None:
        return Word(name="next", zh=CLOSED[0], en=CLOSED[1])
    until = on_day("until", review_until)
    return Word(
        name="next",
        zh=f"如仍有异议，可于{until.zh}前再次申请复核",
        en=f"Ask for another review by {until.en} if you still disagree",
    )


def _moved(former: str, now: str, unit: str) -> tuple[str, str]:
    if former == now:
        return f"仍为{now}{unit}", f"stays {now}"
    return f"由{former}{unit}变更为{now}{unit}", f"goes from {former} to {now}"


def _points(score_bp: int) -> str:
    return f"{score_bp // 100}.{score_bp % 100:02d}"


def _percent(share_bp: int) -> str:
    return f"{share_bp * 100 / WHOLE:g}%"
