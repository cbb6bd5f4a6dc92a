"""`python -m tests.faults.launch SERVICE api|worker`: a service whose code is changed at start-up.

Production code has no switch for faults: this module puts crash points, pauses and mistakes into
the library before the service is imported.
"""

import argparse
from datetime import timedelta
from importlib import import_module

from libs.common import clock, command, endings, leader
from tests.faults import crashes, variants


def main() -> None:
    """Change what is asked for, then run the service as its own entry point would."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.launch")
    parser.add_argument("service")
    parser.add_argument("role", choices=["api", "worker"])
    parser.add_argument("--crash", choices=crashes.POINTS, help="be killed at this point")
    parser.add_argument("--times", type=int, default=1, help="when it is reached so many times")
    parser.add_argument("--pause", choices=crashes.POINTS, help="lose time at this point")
    parser.add_argument("--seconds", type=float, default=0.0, help="so much of it")
    parser.add_argument("--shutdown", type=float, help="seconds for requests under way at the end")
    parser.add_argument("--variant", choices=variants.VARIANTS, help="with this mistake in it")
    parser.add_argument("--later", type=int, help="so many hours of wall time have passed")
    parser.add_argument("--leak", action="store_true", help="a cancellation leaks into the relay")
    chosen = parser.parse_args()
    if chosen.crash:
        crashes.kill_at(chosen.crash, chosen.times)
    if chosen.pause:
        crashes.pause_at(chosen.pause, chosen.seconds)
    if chosen.later:
        pass_hours(chosen.later)
    if chosen.leak:
        crashes.leak_a_cancellation()
    if chosen.shutdown is not None:
        endings.REQUEST_SECONDS = chosen.shutdown  # type: ignore[misc]
    if chosen.variant:
        variants.VARIANTS[chosen.variant]()
    service = import_module(f"services.{chosen.service}.app").service
    command.serve([service], frozenset({chosen.role}))


def pass_hours(hours: int) -> None:
    """An hour is told when it is over and compared after the grace, once a minute: here at once."""
    wall = clock.wall
    clock.wall = lambda: wall() + timedelta(hours=hours)
    leader.HOUSE_SECONDS = 1.0  # type: ignore[misc]


if __name__ == "__main__":
    main()
