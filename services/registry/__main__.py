"""`python -m services.registry api | worker | migrate`."""

from libs.common.command import main
from services.registry.app import service

main(service)
