"""Scenario + seed → Workload: the demand side as arrays. All chance is in here."""

from simdesk.workload.draw import draw
from simdesk.workload.model import DELAY, WORK, Workload

__all__ = ["DELAY", "WORK", "Workload", "draw"]
