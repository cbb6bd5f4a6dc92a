"""`python -m services.notifications api | worker | migrate`."""

from libs.common.command import main
from services.notifications.app import service

main(service)
