"""The refusals of the platform and the faults they name: stable codes, sentences in zh and en."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from libs.common.clock import PLACE

_WORD_START = re.compile(r"(?<!^)(?=[A-Z])")


def kebab(name: str) -> str:
    """`AlreadyEmployed` → `already-employed`."""
    return _WORD_START.sub("-", name).lower()


Value = str | int | date | Iterable[str]
"""What a sentence may name: as it is, a day or an instant as people read it, or each of several."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is wrong and what to do about it, under a stable code; `{name}` is a fault's value."""

    code: str
    zh: str
    en: str


class Fault:
    """One thing wrong in a request: the JSON Pointer (RFC 6901) to where it stands, the sentence
    about it, and the values that the sentence names."""

    def __init__(self, pointer: str, sentence: Sentence, **values: Value) -> None:
        self.pointer = pointer
        self.sentence = sentence
        self.values = values

    @property
    def code(self) -> str:
        """The same for every fault of this sentence."""
        return self.sentence.code

    def text(self, language: str) -> str:
        """The sentence for a person, in `zh` or `en`."""
        text, comma = (self.sentence.zh, "、") if language == "zh" else (self.sentence.en, ", ")
        return text.format(**{n: _written(value, comma) for n, value in self.values.items()})


def _written(value: Value, comma: str) -> str:
    if isinstance(value, datetime):
        return value.astimezone(PLACE).isoformat(" ", "minutes")
    if isinstance(value, str | int | date):
        return str(value)
    return comma.join(value)


class Refusal(Exception):
    """The request was refused."""

    zh: ClassVar[str] = "请求被拒绝。"
    code: str

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "code" not in cls.__dict__:
            cls.code = kebab(cls.__name__)

    def __init__(
        self, *faults: Fault, retry_after: int | None = None, **extensions: str | int
    ) -> None:
        """`extensions` are public facts that help the caller, such as the least allowed value."""
        super().__init__(self.code)
        self.faults = faults
        self.retry_after = retry_after
        self.extensions = extensions

    def text(self, language: str) -> str:
        """The sentence for a person, in `zh` or `en`."""
        if language == "zh":
            return self.zh
        return " ".join((type(self).__doc__ or "").split())


class Malformed(Refusal):
    """The request cannot be read; correct its syntax and send it again."""

    zh = "请求无法解析，请检查格式后重新发送。"


class Unauthenticated(Refusal):
    """A valid bearer token is needed; sign in and send it again."""

    zh = "需要有效的访问令牌，请重新登录后再试。"


class Forbidden(Refusal):
    """Your role does not allow this; ask someone whose role does."""

    zh = "您的角色无权进行此操作，请联系有权限的人员。"


class Unknown(Refusal):
    """There is nothing here, or nothing that you may see."""

    zh = "内容不存在，或您无权查看。"


class NotFound(Unknown):
    """There is no such thing, or it lies outside your organisation or divisions."""

    zh = "对象不存在，或不在您的机构或区划范围内。"

    def __init__(self, noun: str) -> None:
        super().__init__()
        self.code = f"{noun}-not-found"


class Conflict(Refusal):
    """The present state does not allow this; read it again and decide anew."""

    zh = "当前状态不允许此操作，请刷新后再试。"


class NotYet(Conflict):
    """A fact this depends on has not arrived yet, or is not yours to use; try again shortly."""

    zh = "所依赖的信息尚未到达，或不可由您使用，请稍后重试。"

    def __init__(self, noun: str) -> None:
        super().__init__(retry_after=1)
        self.code = f"{noun}-not-yet-known"


class SecondPersonRequired(Conflict):
    """A second person has to do this; the same person cannot act twice."""

    zh = "此步骤须由另一人办理，同一人不得办理两次。"


class Stale(Refusal):
    """It has been changed since you read it; read it again and repeat your change."""

    zh = "内容已被他人修改，请重新读取后再提交。"


class MatchRequired(Refusal):
    """Send If-Match with the ETag that you read, so that nobody's change is overwritten."""

    zh = "请在 If-Match 中带上读取到的 ETag，以免覆盖他人的修改。"


class TooLarge(Refusal):
    """The body is larger than allowed here."""

    zh = "请求内容超过允许的大小。"


class WrongMedia(Refusal):
    """This content type is not accepted here."""

    zh = "不接受此内容类型。"


class Invalid(Refusal):
    """The content does not keep the rules; each fault is listed with where it stands."""

    zh = "内容不符合规则，请按所列各项逐一改正。"


class Busy(Refusal):
    """Too much is going on at the moment; try again after the time given."""

    zh = "系统繁忙，请在所示时间后重试。"

    def __init__(self, retry_after: int = 1) -> None:
        super().__init__(retry_after=retry_after)


class Unreachable(Busy):
    """A part of the platform is not reachable at the moment; nothing was changed, try again."""

    zh = "系统部分组件暂时不可用，未作任何更改，请稍后重试。"


class OutcomeUnknown(Unreachable):
    """It is not known whether this was done; send exactly the same again, it is done only once."""

    zh = "无法确认此操作是否已完成，请原样重新提交，系统只会执行一次。"
