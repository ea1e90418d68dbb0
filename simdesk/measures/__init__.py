"""Plain functions TicketLog → number or table. They know no engine, no scenario, no chart.

Importing this package registers every measure: `MEASURES` for tickets, `TEAM_MEASURES` for teams.
"""

from simdesk.measures import backlog, ceiling, flow, service
from simdesk.measures.cohort import Cohort
from simdesk.measures.laws import check_laws
from simdesk.measures.money import COST_LABELS, Prices, WholeWeeks, costs
from simdesk.measures.readings import Quantile, Ratio, Reading, Total
from simdesk.measures.registry import MEASURES, Measure
from simdesk.measures.taxonomy import time_by_state
from simdesk.measures.teams import TEAM_MEASURES, TeamMeasure, TeamView

__all__ = [
    "COST_LABELS", "MEASURES", "TEAM_MEASURES", "Cohort", "Measure", "Prices", "Quantile", "Ratio", "Reading",
    "TeamMeasure", "TeamView", "Total", "WholeWeeks", "backlog", "ceiling", "check_laws", "costs", "flow", "service",
    "time_by_state",
]  # fmt: skip
