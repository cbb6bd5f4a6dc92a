"""`python -m services.scheduling api | worker | migrate`."""

from libs.common.command import main
from services.scheduling.app import service

main(service)
