"""What `validate` accepts is not refused when it is asked: whatever a question says wrong is told at its line before.

The lab of these tests refuses to simulate, so that an answer that comes as far as that has accepted its question.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_question import DESK, HEAD

from simdesk.errors import ScenarioError
from simdesk.experiment.lab import Lab
from simdesk.question.ask import ask
from simdesk.question.loading import load_question
from simdesk.scenario.writing import dump

SHIFTS = """title: Shifts of their own
demand: {contacts: 60 per day, types: {incident: {share: 100 %, work: {exponential: {mean: 15 min}}}}}
teams: {desk: {shifts: {day: {agents: 2, hours: "08:00-16:00"}}}}
run: {length: 4 days, replications: 1}
targets: {at-once: {measure: first_wait, at_most: 10 min}}
"""
HEAD_OF_SHIFTS = HEAD.replace("desk.yaml", "shifts.yaml")


class StartedError(Exception):
    """Something was going to be simulated."""


class Idle(Lab):
    """A lab that simulates nothing."""

    def sheets(self, scenarios: Sequence[Any], numbers: range, wanted: Any = None) -> NoReturn:
        raise StartedError


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two desks in it."""
    place = tmp_path_factory.mktemp("desks")
    (place / "desk.yaml").write_text(DESK, encoding="utf-8")
    (place / "shifts.yaml").write_text(SHIFTS, encoding="utf-8")
    return place


def told(folder: Path, text: str) -> str:
    """What is said about a file with a mistake."""
    (folder / "question.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        load_question(folder / "question.yaml")
    return str(error.value).replace(f"{folder}/", "")


PROMISED = (
    "set: {service_levels.priorities: {P2: {resolve: 1 business day}}, "
    "targets: {kept: {measure: resolution_time_promised, at_most: 1 business day}}}\n"
)
DAYS = (
    'set: {calendars: {office: {hours: "08:00-16:00"}}, service_levels.calendar: office, '
    "service_levels.priorities: {P2: {resolve: 1 business day}}}\n"
)

WRONG = {
    "a level that the schema refuses": (
        "sweep: {over: {teams.desk.agents: [1, -2]}}\n",
        "question.yaml:3:39: sweep.over.teams.desk.agents.1: must be at least 0",
    ),
    "an end that the schema refuses": (
        "sweep: {over: {teams.desk.agents: {from: -1, to: 4, step: 1}}}\n",
        "question.yaml:3:42: sweep.over.teams.desk.agents.from: must be at least 0",
    ),
    "half a person": (
        "sweep: {over: {teams.desk.agents: {from: 1, to: 4, step: 0.5}}}\n",
        "question.yaml:3:42: sweep.over.teams.desk.agents.from: must be a whole number",
    ),
    "a step of another kind": (
        "sweep: {over: {demand.volume: {from: 80 %, to: 120 %, step: 1 h}}}\n",
        "question.yaml:3:31: sweep.over.demand.volume: a step of 1 h does not lead from 80 % to 120 %",
    ),
    "a step of nothing": (
        "sweep: {over: {demand.volume: {from: 80 %, to: 120 %, step: 0 %}}}\n",
        "sweep.over.demand.volume: a step of 0 % does not lead",
    ),
    "more values than are tried": (
        "sweep: {over: {demand.volume: {from: 80 %, to: 120 %, step: 0.01 %}}}\n",
        "sweep.over.demand.volume: from 80 % to 120 % there would be 4,001 values; at most 1,000 are tried",
    ),
    "more runs than anybody waits for": (
        "sweep: {over: {demand.volume: {from: 80 %, to: 120 %, step: 0.05 %}, teams.desk.agents: [1, 2, 3]}}\n"
        "replications: 100\n",
        "sweep.over: 2,403 points with 100 replications each would be 240,300 replications",
    ),
    "ends in the wrong order": (
        "sweep: {over: {demand.volume: {from: 120 %, to: 80 %}}}\n",
        "sweep.over.demand.volume: 80 % is not more than 120 %; write the smaller value first",
    ),
    "a list for a spread design": (
        "sweep: {over: {demand.volume: [80 %, 120 %]}, design: sobol, points: 8}\n",
        "sweep.over.demand.volume: a spread design needs the ends; write from and to instead of a list",
    ),
    "no power of two": (
        "sweep: {over: {demand.volume: {from: 80 %, to: 120 %}}, design: sobol, points: 10}\n",
        "question.yaml:3:80: sweep.points: points must be a power of two, not 10; take 8 or 16",
    ),
    "a trade of what nobody wants": (
        "sweep: {over: {demand.volume: [1, 2]}, trade: [first_wait, contacts_per_week]}\n",
        "question.yaml:3:60: sweep.trade.1: neither less nor more of this is better",
    ),
    "shares that sum to more than one": (
        "set: {demand.priority: {P1: 50 %, P2: 30 %, P3: 20 %}}\n"
        "sweep: {over: {demand.priority.P1: [10 %, 60 %], demand.priority.P2: [10 %, 60 %]}}\n",
        "sweep.over: demand.priority: the shares of the priorities must sum to 100 %",
    ),
    "a low end that the schema refuses": (
        "sensitivity: {factors: {teams.desk.agents: {low: -1, high: 3}}, of: first_wait}\n",
        "question.yaml:3:50: sensitivity.factors.teams.desk.agents.low: must be at least 0",
    ),
    "ends exchanged": (
        "sensitivity: {factors: {demand.volume: {low: 110 %, high: 90 %}}, of: first_wait}\n",
        "sensitivity.factors.demand.volume: low must be below high, not 110 % and 90 %",
    ),
    "a standard error of a word": (
        "sensitivity: {factors: {teams.desk.discipline: {standard_error: 10 %}}, of: first_wait}\n",
        "sensitivity.factors.teams.desk.discipline: is no number that could be known to within a part of it",
    ),
    "a standard error that is too large": (
        "sensitivity: {factors: {demand.volume: {standard_error: 60 %}}, of: first_wait}\n",
        "a standard error must be above 0 and below 51 % of the value",
    ),
    "words for a walk": (
        "sensitivity: {factors: {teams.desk.discipline: {low: fifo, high: lifo}}, of: first_wait, method: morris}\n",
        "nothing lies between fifo and lifo; only a tornado tries such values",
    ),
    "too many walks": (
        "sensitivity: {factors: {demand.volume: {low: 1, high: 2}}, of: first_wait, method: morris, points: 60000}\n",
        "sensitivity.points: 120,000 points with",
    ),
    "headroom of a word": (
        "headroom: {of: teams.desk.discipline, up_to: lifo}\n",
        "question.yaml:3:46: headroom.up_to: up_to must be a number, a share, a time or a rate",
    ),
    "headroom of a whole number in per cent": (
        "headroom: {of: teams.desk.agents}\n",
        "headroom.of: teams.desk.agents is 1 today; write up_to in the same way",
    ),
    "a step that is larger than the way": (
        "headroom: {up_to: 200 %, step: 150 %}\n",
        "question.yaml:3:32: headroom.step: step must be written like up_to and fit into the way, not '150 %'",
    ),
    "a last value that the schema refuses": (
        "headroom: {up_to: 200000 %}\n", "headroom.up_to: must be at most 1000",
    ),
    "no target to look at": (
        "headroom: {targets: []}\n", "headroom.targets: must not be empty; remove it, and every target is looked at",
    ),
    "growth beyond everything": (
        "headroom: {growth: 90 %, years: 20}\n", "headroom.growth: must be at most 1000",
    ),
    "more people than a team may have": (
        "staff: {teams: {desk: {from: 1, to: 200000}}}\n",
        "question.yaml:3:37: staff.teams.desk.to: must be at most 100000",
    ),
    "the larger number of people first": (
        "staff: {teams: {desk: {from: 5, to: 1}}}\n", "staff.teams.desk: 1 is not more than 5",
    ),
    "no team to staff": (
        "staff: {teams: {}}\n", "staff.teams: no team has one number of agents that could be varied",
    ),
    "levels of slack beyond everything": (
        "slack: {team: desk, agents: [1, 200000]}\n",
        "question.yaml:3:33: slack.agents.1: must be at most 100000",
    ),
    "no difference that matters": (
        "rank: {among: {a: {}, b: {teams.desk.agents: 2}}, by: first_wait, indifference: 0}\n",
        "rank.indifference: must be more than 0",
    ),
    "a budget for fewer candidates": (
        "rank: {among: {a: {}, b: {}, c: {}, d: {}, e: {}, f: {}}, by: first_wait, indifference: 1 min, budget: 10}\n",
        "rank.budget: is too small for 6 candidates, of which each needs 2 runs; state at least 12",
    ),
    "business time by the wall clock": (
        "rank: {among: {a: {}, b: {}}, by: first_wait, indifference: 1 business hour}\n",
        "rank.indifference: first_wait runs by the wall clock, on which business time has no length",
    ),
    "a bound in business time by the wall clock": (
        "compare: {b: {teams.desk.agents: 2}}\ndecide: {measure: resolution_time, falls_by: 1 business day}\n",
        "question.yaml:4:46: decide.falls_by: resolution_time runs by the wall clock",
    ),
    "a desk with seasons": (
        "steady: {}\n", "steady: A small desk for a few days: tickets of incident come at some hours"
    ),
    "no mean wait": (
        "set: {demand.profile: flat}\nsteady: {of: backlog}\n",
        "question.yaml:4:14: steady.of: backlog is not made of successive waits",
    ),
    "a shift that fits nowhere": (
        'shifts: {team: desk, hours: "08:00-12:00"}\n',
        "shifts: no shift of these lengths fits between 08:00 and 12:00",
    ),
    "a week without Sunday": (
        "shifts: {team: desk}\n", "when 1 are needed; offer other hours, lengths or days of shifts",
    ),
    "a quick look that is refused": (
        "compare: {b: {teams.desk.agents: 2}}\nquick: {set: {teams.desk.agents: -1}}\n",
        "question.yaml:4:34: quick.set.teams.desk.agents: must be at least 0",
    ),
    "a level by whose clock a target means nothing": (
        PROMISED + "sweep: {over: {service_levels.priorities.P2.resolve: [1 business day, 4 h]}}\n",
        "sweep.over.service_levels.priorities.P2.resolve.1: targets.kept.at_most: resolution_time_promised runs by the",
    ),
    "an end by whose clock a target means nothing": (
        PROMISED + "sensitivity: {of: first_wait, "
        "factors: {service_levels.priorities.P2.resolve: {low: 4 h, high: 8 h}}}\n",
        "low: targets.kept.at_most: resolution_time_promised runs by the wall clock where the promise does, as for P2",
    ),
    "a candidate without tickets": (
        "rank: {among: {a: {}, none: {demand.volume: 0}}, by: first_wait, indifference: 1 min}\n",
        "question.yaml:3:29: rank.among.none: no ticket comes of which first_wait could be told; leave this candidate",
    ),
    "a candidate without such tickets": (
        "rank: {among: {a: {}, none: {demand.priority: {P2: 100 %}}}, by: first_wait:P1, indifference: 1 min}\n",
        "rank.among.none: no ticket comes of which first_wait:P1 could be told",
    ),
    "precision of nothing": (
        "set: {demand.volume: 0}\nprecision: {}\n",
        "question.yaml:4:12: precision: no ticket comes of which first_wait could be told; watch something else",
    ),
    "precision of something watched that is not there": (
        "set: {demand.contacts: 0 per day}\nprecision: {}\nwatch: [total_cost, resolution_time]\n",
        "question.yaml:5:21: watch.1: no ticket comes of which resolution_time could be told",
    ),
    "precision of tickets that were opened before": (
        "set: {demand.volume: 0, run.open_at_start: {desk: {incident: {count: 9, oldest: 1 h}}}}\nprecision: {}\n"
        "watch: [first_wait]\n",
        "watch.0: no ticket comes of which first_wait could be told",
    ),
    "a walk to no tickets": (
        "sensitivity: {factors: {demand.volume: {low: 0, high: 1}}, of: first_wait, method: morris}\n",
        "sensitivity.factors.demand.volume.low: no ticket comes of which first_wait could be told at 0",
    ),
    "shares of the variance of nothing": (
        "set: {demand.volume: 0}\n"
        "sensitivity: {factors: {teams.desk.agents: {low: 1, high: 2}}, of: first_wait, method: sobol, points: 4}\n",
        "sensitivity.of: no ticket comes of which first_wait could be told",
    ),
    "the long run of nothing": (
        "set: {demand.volume: 0, demand.profile: flat}\nsteady: {}\n",
        "steady: no ticket comes of which first_wait could be told",
    ),
    "an alternative that promises by the wall clock": (
        DAYS + "compare: {fast: {service_levels.priorities.P2.resolve: 4 h}}\n"
        "decide: {measure: resolution_time_promised, at_most: 1 business day}\n",
        "question.yaml:5:54: decide.at_most: with 'fast', resolution_time_promised runs by the wall clock where",
    ),
    "a candidate that promises by the wall clock": (
        DAYS + "rank: {among: {a: {}, fast: {service_levels.priorities.P2.resolve: 4 h}}, "
        "by: resolution_time_promised, indifference: 1 business hour}\n",
        "rank.indifference: with 'fast', resolution_time_promised runs by the wall clock",
    ),
    "a target that is swept": (
        "sweep: {over: {targets.at-once.at_most: [1 min, 2 min]}}\n",
        "all sides must be measured alike; state it under set, for all of them",
    ),
}  # fmt: skip
"""What is wrong below the first two lines, and what is said."""


@pytest.mark.parametrize("mistake", WRONG)
def test_what_an_answer_would_refuse_is_told_before(folder: Path, mistake: str):
    """At its line; and no option is named that nobody typed."""
    text, wanted = WRONG[mistake]

    said = told(folder, HEAD + text)

    assert wanted in said
    assert "--" not in said


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("slack: {team: desk}\n", "slack.team: 'desk' states the agents of each shift"),
        ("staff: {teams: {desk: {from: 1, to: 3}}}\n", "staff.teams.desk: 'desk' states the agents of each shift"),
        ("staff: {}\n", "staff: no team has one number of agents that could be varied"),
        ("staff: {}\n", "staff: needs at least 2 runs of each desk, and the desk has run.replications: 1"),
        ("warm_up: {}\n", "warm_up: needs at least 2 runs of each desk"),
        ("set: {targets: {at-once: {at_most: 1 business day}}}\nwarm_up: {}\n", "set.targets: "),
    ],
)
def test_what_a_desk_cannot_be_asked_is_told_before(folder: Path, text: str, wanted: str):
    """A desk whose shifts state their agents, and that is simulated once."""
    assert wanted in told(folder, HEAD_OF_SHIFTS + text)


@pytest.mark.parametrize(
    "text",
    [
        "set: {demand.volume: 0}\nprecision: {}\nwatch: [total_cost, 'occupancy:desk', backlog]\n",
        "rank: {among: {a: {}, none: {demand.volume: 0}}, by: total_cost, indifference: 1}\n",
        "set: {demand.volume: 0, run.open_at_start: {desk: {incident: {count: 9}}}}\nprecision: {}\n",
        "sensitivity: {factors: {demand.volume: {low: 0, high: 1}}, of: first_wait}\n",
        DAYS + 'compare: {longer: {calendars.office.hours: "08:00-20:00"}}\n'
        "decide: {measure: resolution_time_promised, at_most: 8 business hours}\n",
        DAYS + 'compare: {longer: {calendars.office.hours: "08:00-20:00"}}\n'
        "decide: {measure: resolution_time_promised, at_most: 1 business day}\n",
        DAYS + 'rank: {among: {a: {}, longer: {calendars.office.hours: "08:00-20:00"}}, by: resolution_time_business, '
        "indifference: 1 business day}\n",
        DAYS + "compare: {fast: {service_levels.priorities.P2.resolve: 4 h}, more: {teams.desk.agents: 2}}\n"
        "decide: {measure: resolution_time_promised, alternative: more, at_most: 1 business day}\n",
    ],
)
def test_what_has_an_answer_is_not_refused(folder: Path, text: str):
    """Costs and lists need no tickets that come; a business day is that of the desk as it stands."""
    (folder / "question.yaml").write_text(HEAD + text, encoding="utf-8")

    assert refusal(folder / "question.yaml") is None


amounts = st.sampled_from(
    ["80 %", "120 %", 1, 2, 3.5, 0, -1, "1 h", "8 business hours", "10 per day", "fifo", 10**6, None]
)
paths = st.sampled_from(
    ["teams.desk.agents", "demand.volume", "teams.desk.discipline", "demand.contacts", "run.length", "nowhere",
     "demand.types.incident.work.tier_1.exponential.mean", "demand.priority.P1", "service_levels.target_share"]
)  # fmt: skip
measures = st.sampled_from(
    ["first_wait", "total_cost", "contacts_per_week", "queue_wait:desk", "resolution_sla", "foo"]
)
sizes = st.sampled_from(["1 min", "1 business day", "5 points", "20 %", 500, 0])
changes = st.dictionaries(paths, amounts, max_size=2)
ranges = st.builds(lambda a, b, c: {"from": a, "to": b, **({"step": c} if c else {})}, amounts, amounts, amounts)
levels = ranges | st.lists(amounts, min_size=1, max_size=3)
asked = st.one_of(
    st.fixed_dictionaries({"compare": st.dictionaries(st.sampled_from("ab"), changes, min_size=1)}),
    st.builds(
        lambda over, spread: {"sweep": {"over": over, **spread}},
        st.dictionaries(paths, levels, min_size=1, max_size=2),
        st.sampled_from([{}, {"design": "sobol", "points": 8}, {"design": "latin_hypercube", "points": 5}]),
    ),
    st.builds(lambda agents: {"slack": {"team": "desk", "agents": agents}}, levels),
    st.builds(lambda levels: {"staff": {"teams": {"desk": levels}}}, ranges),
    st.builds(
        lambda among, by, size: {"rank": {"among": among, "by": by, "indifference": size}},
        st.dictionaries(st.sampled_from("abc"), changes, min_size=2), measures, sizes,
    ),
    st.builds(
        lambda factors, of, method: {"sensitivity": {"factors": factors, "of": of, "method": method}},
        st.dictionaries(
            paths,
            st.builds(lambda a, b: {"low": a, "high": b}, amounts, amounts)
            | st.builds(lambda share: {"standard_error": share}, st.sampled_from(["5 %", "60 %", 0.1])),
            min_size=1, max_size=2,
        ),
        measures, st.sampled_from(["tornado", "morris", "sobol"]),
    ),
    st.builds(lambda of, up_to, step: {"headroom": {"of": of, "up_to": up_to, "step": step}}, paths, amounts, amounts),
)  # fmt: skip


@given(asked, changes)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_accepted_is_asked_whole_and_quick(folder: Path, question: dict[str, Any], quick: dict[str, Any]):
    """Random values of every kind: either they are refused in words with a line, or nothing refuses them later."""
    text = HEAD + dump({**question, "quick": {"set": quick}} if quick else question)
    (folder / "question.yaml").write_text(text, encoding="utf-8")
    refused = refusal(folder / "question.yaml")

    assert refused is None or all(problem.line for problem in refused.problems)
    assert "--" not in str(refused)
    for is_quick in (False, True) if refused is None else ():
        with pytest.raises(StartedError), Idle() as lab:
            ask(folder / "question.yaml", quick=is_quick, lab=lab)


def refusal(file: Path) -> ScenarioError | None:
    """What is wrong with a question, if anything."""
    try:
        load_question(file)
    except ScenarioError as error:
        return error
    return None
