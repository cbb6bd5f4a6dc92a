"""`python -m tests.proof NAME`: a promise, kept at length."""

import sys
from collections.abc import Callable
from typing import Final

from tests.proof import (
    faults,
    feed,
    house,
    images,
    input,
    k8s,
    money,
    operator,
    restore,
    rules,
    upgrade,
    year,
)

PROOFS: Final[dict[str, Callable[[], bool]]] = {
    "year": year.prove,
    "rules": rules.prove,
    "money": money.prove,
    "input": input.prove,
    "house": house.prove,
    "faults": faults.prove,
    "feed": feed.prove,
    "k8s": k8s.prove,
    "upgrade": upgrade.prove,
    "restore": restore.prove,
    "operator": operator.prove,
    "images": images.prove,
}


def main() -> int:
    """Run one proof; 0 if everything in it held."""
    asked = " ".join(sys.argv[1:])
    chosen = PROOFS.get(asked)
    if chosen is None:
        print(f"There is no proof {asked!r}: make proof OF={'|'.join(PROOFS)}", file=sys.stderr)
        return 2
    return 0 if chosen() else 1


if __name__ == "__main__":
    sys.exit(main())
