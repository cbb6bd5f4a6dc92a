"""What the tests of every operation need."""

from collections.abc import Awaitable, Callable

from libs.common.service import Service
from libs.common.testing import Stage

OpenStage = Callable[[Service], Awaitable[Stage]]
