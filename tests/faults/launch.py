"""`python -m tests.faults.launch SERVICE api|worker`: a service whose code is changed at start-up.

Production code has no switch for faults: this module puts crash points, pauses and mistakes into
the library before the service is imported.
"""

import argparse
from importlib import import_module

from libs.common import command
from tests.faults import crashes


def main() -> None:
    """Change what is asked for, then run the service as its own entry point would."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.launch")
    parser.add_argument("service")
    parser.add_argument("role", choices=["api", "worker"])
    parser.add_argument("--crash", choices=crashes.POINTS, help="be killed at this point")
    parser.add_argument("--times", type=int, default=1, help="when it is reached so many times")
    chosen = parser.parse_args()
    if chosen.crash:
        crashes.arm(chosen.crash, chosen.times)
    service = import_module(f"services.{chosen.service}.app").service
    command.serve([service], frozenset({chosen.role}))


if __name__ == "__main__":
    main()
