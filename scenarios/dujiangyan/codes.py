"""Social credit codes (GB 32100-2015) with true check digits, for invented organisations."""

from typing import Final

_USCC: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_BODY: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BODY_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
KINDS: Final = {"organ": "11", "association": "51", "social-service": "52", "company": "91"}


def uscc(legal_form: str, number: int) -> str:
    """The code of the numbered organisation of that form, registered in the city."""
    code = f"{KINDS[legal_form]}510181{_organisation(number)}"
    total = sum(_USCC.index(sign) * pow(3, place, 31) for place, sign in enumerate(code))
    return code + _USCC[-total % 31]


def _organisation(number: int) -> str:
    """The organisation code within (GB 11714): eight signs and their check."""
    body = f"MJQQ{number:04}"
    total = sum(
        _BODY.index(sign) * weight for sign, weight in zip(body, _BODY_WEIGHTS, strict=True)
    )
    check = -total % 11
    return body + ("X" if check == 10 else str(check))
