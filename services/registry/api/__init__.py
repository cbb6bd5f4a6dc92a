"""What the registry answers, one noun a file."""

from typing import Final

from services.registry.api import organisations

ROUTES: Final = (organisations.routes,)
