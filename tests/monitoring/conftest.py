"""A laboratory for alarms: real processes, which are scraped."""

from tests.faults.conftest import fault_ground, open_lab

__all__ = ["fault_ground", "open_lab"]
