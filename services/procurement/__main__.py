"""`python -m services.procurement api | worker | migrate`."""

from libs.common.command import main
from services.procurement.app import service

main(service)
