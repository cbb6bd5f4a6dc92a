"""`python -m services.casework api | worker | migrate`."""

from libs.common.command import main
from services.casework.app import service

main(service)
