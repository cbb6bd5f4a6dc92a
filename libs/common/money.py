"""Money in whole fen (CNY) and shares in basis points, with no float anywhere."""

from collections.abc import Sequence

WHOLE = 10_000
"""All of something, in basis points."""


def share(amount: int, basis_points: int) -> int:
    """That share of an amount of fen, rounded down: the remainder stays with the payer."""
    return amount * basis_points // WHOLE


def split(amount: int, shares: Sequence[int]) -> tuple[int, ...]:
    """Divide an amount of fen by shares that sum to 10 000; the last part takes the remainder."""
    if sum(shares) != WHOLE:
        raise ValueError("shares must sum to 10 000 basis points")
    parts = [share(amount, basis_points) for basis_points in shares[:-1]]
    return (*parts, amount - sum(parts))


def yuan(amount: int) -> str:
    """Fen as people read it: 8000000 → `80,000.00`."""
    sign = "-" if amount < 0 else ""
    return f"{sign}{abs(amount) // 100:,}.{abs(amount) % 100:02d}"
