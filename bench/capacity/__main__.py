"""`python -m bench.capacity [measure]`: the table of docs/capacity.md, or its constants anew."""

import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Final

from bench.capacity.table import CONSTANTS, table

PAGE: Final = Path(__file__).parents[2] / "docs" / "capacity.md"
BEGIN: Final = "<!-- generated: capacity -->\n"
END: Final = "<!-- end of generated -->\n"


def main() -> None:
    """Do what the command line says."""
    if sys.argv[1:] == ["measure"]:
        from bench.capacity.measure import measure
        from bench.capacity.pitch import Scale

        with tempfile.TemporaryDirectory(prefix="sanshe-capacity-") as folder:
            Path(folder).chmod(0o755)
            found = asyncio.run(measure(Path(folder), Scale()))
        CONSTANTS.write_text(json.dumps(found, indent=2) + "\n")
        PAGE.write_text(written(PAGE.read_text()))
    print(table())


def written(page: str) -> str:
    """The page with its tables as the constants are now."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    main()
