"""The two desks of the comparison, once as numbers for every model and once as YAML for simdesk. Times are minutes.

Everybody stops when the last day is over, whatever is still open.
"""

from __future__ import annotations

import math

W1_RATE, W1_AGENTS, W1_WORK, W1_PATIENCE = 1.9, 20, 10.0, 30.0
"""Erlang A: arrivals a minute, agents, mean work, mean patience."""

HOURLY = (22, 22, 21, 21, 22, 23, 24, 26, 29, 31, 33, 33, 32, 32, 32, 32, 32, 31, 29, 28, 26, 24, 23, 22)
"""Three tiers: the shape of a day."""
W2_WEEKLY = 4550.0
RATES = tuple(W2_WEEKLY / 7 / sum(HOURLY) * volume / 60 for volume in HOURLY)
"""Arrivals a minute in each hour of the day."""
PRIORITIES = (0.05, 0.15, 0.50, 0.30)
AGENTS = (8, 7, 4)
WORK = (15.0, 45.0, 120.0)
ESCALATED = (0.30, 0.20)
REOPENED, REOPENED_AFTER = 0.08, 240.0
W2_PATIENCE = 60.0
IMPATIENT = 3
"""Index of the priority whose users give up, at the first tier and until the ticket was resolved once."""

SIGMA = math.sqrt(math.log(2.0))
"""Of the logarithm of a lognormal with a coefficient of variation of 1."""
MU = tuple(math.log(mean) - SIGMA**2 / 2 for mean in WORK)

DAY = 1440.0

W1 = """
title: Erlang A
run: {{start: 2026-01-05, length: {days} days, cool_down: 0 days, seed: 1}}
demand:
  contacts: 19152 per week
  profile:
    hours: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
  types:
    call: {{share: 100 %, work: {{exponential: {{mean: 10 min}}}}}}
teams:
  desk: {{agents: 20}}
patience:
  everybody: {{gives_up_after: {{exponential: {{mean: 30 min}}}}}}
"""

W2 = """
title: Three tiers around the clock
run: {{start: 2026-01-05, length: {days} days, cool_down: 0 days, seed: 2}}
demand:
  contacts: 4550 per week
  profile:
    hours: [22, 22, 21, 21, 22, 23, 24, 26, 29, 31, 33, 33, 32, 32, 32, 32, 32, 31, 29, 28, 26, 24, 23, 22]
  priority: {{P1: 5 %, P2: 15 %, P3: 50 %, P4: 30 %}}
  types:
    incident:
      share: 100 %
      work:
        tier_1: {{lognormal: {{mean: 15 min, cv: 1}}}}
        tier_2: {{lognormal: {{mean: 45 min, cv: 1}}}}
        tier_3: {{lognormal: {{mean: 120 min, cv: 1}}}}
      resolves: {{tier_1: 70 %, tier_2: 80 %}}
teams:
  first: {{tier: 1, agents: 8, discipline: priority, escalates_to: second}}
  second: {{tier: 2, agents: 7, discipline: priority, escalates_to: third}}
  third: {{tier: 3, agents: 4, discipline: priority}}
flow:
  reopen: {{share: 8 %, after: {{exponential: {{mean: 240 min}}}}, work: 1, at_most: 1}}
patience:
  low-priority: {{when: {{priority: P4}}, gives_up_after: {{exponential: {{mean: 60 min}}}}}}
"""


def rate_at(minute: float) -> float:
    """Arrivals a minute on the second desk."""
    return RATES[int(minute / 60) % 24]


def w1_days(tickets: int) -> int:
    """Days in which about so many tickets reach the first desk."""
    return max(1, round(tickets / W1_RATE / DAY))
