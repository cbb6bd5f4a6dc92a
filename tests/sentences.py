"""What people read in a refusal: whole sentences of the language that they ask for."""

import re
from typing import Any

from libs.common.ids import new_id
from libs.common.testing import Client


def spoken(text: str, language: str) -> bool:
    """Whether that is a whole sentence of `zh` or `en`."""
    chinese = re.search("[\u4e00-\u9fff]", text) is not None
    return chinese == (language == "zh") and text.endswith("。" if chinese else ".")


async def told_in(client: Client, language: str, method: str, path: str, body: Any) -> list[str]:
    """What is said of each fault of a bad request, in the order of the answer."""
    headers = {"Accept-Language": language, "Idempotency-Key": str(new_id())}
    answer = await client.send(method, path, body, headers)
    assert (answer.status, answer.headers["Content-Language"]) == (422, language)
    return [fault["detail"] for fault in answer.body["errors"]]
