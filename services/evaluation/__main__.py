"""`python -m services.evaluation api | worker | migrate`."""

from libs.common.command import main
from services.evaluation.app import service

main(service)
