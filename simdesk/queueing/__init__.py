"""Closed forms of queueing theory: what a desk that is simple enough must do.

Used to verify the engines, to size a team before anything is simulated, and to teach. All rates are per one
common unit of time, and times come out in that unit. Nothing here knows a scenario, a log or an engine.
"""

from simdesk.queueing.erlang import (
    ErlangA,
    ErlangC,
    erlang_a,
    erlang_a_served_within,
    erlang_b,
    erlang_c,
)
from simdesk.queueing.networks import (
    JacksonNetwork,
    jackson_network,
    solved_without_passing_on,
    visit_rates,
)
from simdesk.queueing.priority import mg1_priority, mm1_accumulating_priority, mmc_priority
from simdesk.queueing.single_server import (
    MG1,
    Moments,
    mdc_mean_wait,
    mdc_p_wait,
    mg1,
    mg1_vacations_mean_wait,
    mm1_first_waits,
    mm1_shortest_job_first,
)
from simdesk.queueing.staffing import (
    CheapestTeam,
    agents_for_p_wait,
    agents_for_service_level,
    allen_cunneen,
    cheapest_team,
    halfin_whitt_beta,
    halfin_whitt_p_wait,
    sakasegawa,
    smallest_stable_team,
    square_root_staffing,
)
from simdesk.queueing.time_varying import (
    SinusoidalRate,
    StaffedCycle,
    TimeVaryingQueue,
    poisson_agents_for_p_delay,
    poisson_mean_queue,
    poisson_p_delay,
    served_within,
    square_root_staffed_cycle,
    time_varying_queue,
)

__all__ = [
    "MG1",
    "CheapestTeam",
    "ErlangA",
    "ErlangC",
    "JacksonNetwork",
    "Moments",
    "SinusoidalRate",
    "StaffedCycle",
    "TimeVaryingQueue",
    "agents_for_p_wait",
    "agents_for_service_level",
    "allen_cunneen",
    "cheapest_team",
    "erlang_a",
    "erlang_a_served_within",
    "erlang_b",
    "erlang_c",
    "halfin_whitt_beta",
    "halfin_whitt_p_wait",
    "jackson_network",
    "mdc_mean_wait",
    "mdc_p_wait",
    "mg1",
    "mg1_priority",
    "mg1_vacations_mean_wait",
    "mm1_accumulating_priority",
    "mm1_first_waits",
    "mm1_shortest_job_first",
    "mmc_priority",
    "poisson_agents_for_p_delay",
    "poisson_mean_queue",
    "poisson_p_delay",
    "sakasegawa",
    "served_within",
    "smallest_stable_team",
    "solved_without_passing_on",
    "square_root_staffed_cycle",
    "square_root_staffing",
    "time_varying_queue",
    "visit_rates",
]
