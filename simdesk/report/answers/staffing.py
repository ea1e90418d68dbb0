"""What a search for the cheapest staffing says: the plan, its certificate, and what was tried besides."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import Final

from simdesk.experiment.staffing.certificate import Proof
from simdesk.experiment.staffing.plans import Goal, Visit
from simdesk.experiment.staffing.search import Staffing
from simdesk.experiment.staffing.start import Plan
from simdesk.experiment.targets import Verdict
from simdesk.report.differences import name_of
from simdesk.report.panels import Panel, Sign
from simdesk.report.plans import MARKS, plans
from simdesk.report.tables import Cell, Column, Table
from simdesk.report.told import Told
from simdesk.report.words import DASH, about, listed, value

_SEEN: Final = {
    Verdict.MET: "keeps all", Verdict.MISSED: "misses", Verdict.UNDECIDED: "too close to call",
}  # fmt: skip
_MOST_TEAMS: Final = 6
"""Teams whose people are told one by one in a sentence."""
_NUMBERS: Final = {1: "the target", 2: "both targets"}
_WORTH_A_WORD: Final = 0.01
"""Share of the tickets from which it is told that they go wrong in a way no target speaks of."""
_FULL: Final = 0.95
"""Part of what a team can do from which every small rise overloads it."""


def tell_staffing(result: Staffing) -> Told:
    """The cheapest staffing in words, a figure and tables.

    Args:
        result: of the search.
    """
    table = visited_table(result)
    signs = tuple(
        Sign("○" if "open" in symbol else "×" if symbol == "x-thin" else "●", colour, what)
        for what, (symbol, colour) in MARKS.items()
        if what in table.texts("seen")
    )
    panel = Panel(
        "Every plan that was simulated",
        f"{len(result.visited)} plans by their cost {'a month' if result.staff.priced else 'in people'} and by the "
        "target that each keeps least, as a part of its bound; on the line it is just kept. The ring is the plan of "
        "the answer; plans of more than twice its cost are in the table only. What the search saw is not the "
        "certificate.",
        partial(plans, table, result.scenario.money.currency if result.staff.priced else ""),
        table,
        (*signs, Sign("◯", "ink", "the plan of the answer")),
        wide=True,
    )
    return Told(
        sentence=_sentence(result),
        details=tuple(_details(result)),
        warnings=tuple(_warnings(result)),
        panels=(panel,),
        tables=(
            ("The plan and others", plan_table(result)),
            (f"The certificate: {result.certifying:,} fresh runs", certificate_table(result)),
            ("Every plan that was simulated", table),
        ),
    )


# -- sentences -----------------------------------------------------------------------------------------------------


def _sentence(result: Staffing) -> str:
    which = _targets(result)
    plan = f"{people_of(result.plan)}{_costing(result, result.plan)}"
    sure = f"certified with {result.certifying:,} fresh runs at {about(result.confidence)} confidence"
    if result.certified and result.plan == result.today.plan and result.complete:
        return f"Today's staffing is already the cheapest that keeps {which}: {plan}, {sure}."
    if result.certified:
        found = "" if result.complete else " found"
        return f"The cheapest staffing{found} that keeps {which} is {plan}, {sure}."
    if result.out_of_reach:
        return f"No staffing keeps {which}: even with {people_of(result.most)}, {_out_of_reach(result)}."
    tried = "" if result.issued.attempt == 1 else f"the last of {result.issued.attempt} that were tried, "
    weak = "; ".join(_weakness(proof) for proof in result.certificate if not proof.kept)
    return f"No staffing was certified to keep {which}: with {tried}{plan}, {weak}."


def _targets(result: Staffing) -> str:
    count = len(result.certificate)
    return _NUMBERS.get(count, f"all {count} targets")


def people_of(plan: Plan) -> str:
    """People of each team: `7 + 11 + 9 people`; of many teams their sum."""
    total = sum(plan)
    noun = "person" if total == 1 else "people"
    if len(plan) > _MOST_TEAMS:
        return f"{total:,} {noun} in {len(plan)} teams"
    return f"{' + '.join(f'{people:,}' for people in plan)} {noun}"


def _costing(result: Staffing, plan: Plan) -> str:
    return f", {_money(result, result.staff.cost(plan))} a month" if result.staff.priced else ""


def _money(result: Staffing, amount: float) -> str:
    if result.staff.priced:
        return value(amount, "money", result.scenario.money.currency)
    return f"{amount:,.0f} {'person' if round(amount) == 1 else 'people'}"


def _weakness(proof: Proof) -> str:
    """Why a target is not certified."""
    goal = proof.goal
    if math.isnan(proof.bound):
        return f"{goal.name} has no bound: {_reason(proof.estimate.note)}"
    shown, needed = (f"{_side(goal)} {text}" for text in (_told(goal, proof.bound), _needed(goal)))
    return f"{goal.name} is only shown to be {shown}, and {needed} is needed"


def _reason(note: str) -> str:
    """Why there is no bound, as the end of a sentence."""
    return f"it {note}" if note.startswith("needs") else note or "there are too few runs"


def _out_of_reach(result: Staffing) -> str:
    parts = []
    for proof in result.certificate:
        if proof.goal.name in result.out_of_reach:
            goal = proof.goal
            at_best = f"at {'most' if goal.sign > 0 else 'least'} {_told(goal, proof.at_best)}"
            parts.append(f"{goal.name} is {at_best} ({about(result.confidence)} confidence), not {_needed(goal)}")
    return "; ".join(parts)


def _side(goal: Goal) -> str:
    return "at least" if goal.sign > 0 else "at most"


def _needed(goal: Goal) -> str:
    """The bound, as it was written in business time."""
    return goal.written or _told(goal, goal.bound)


def _told(goal: Goal, number: float) -> str:
    return value(number, goal.unit)


def _details(result: Staffing) -> Iterator[str]:
    for name in result.out_of_reach:
        ceiling = result.issued.ceilings.get(name)
        if ceiling is not None and not math.isnan(ceiling.value):
            yield (
                f"{name}: more people do not buy it. Of the tickets that are resolved, {value(ceiling.value, 'share')} "
                "would be in time if nobody ever queued; the rest lack time for other reasons."
            )
    if result.certified:
        yield from _against_today(result)
        yield from _in_single_runs(result)
    if (second := result.second_best) is not None and result.certified:
        more = _money(result, second.cost - result.cost)
        plan = people_of(second.plan)
        yield (
            f"Of the plans that were simulated the next cheapest that looked good is {plan}; it costs {more} "
            f"more{_monthly(result)}."
        )
    if (miss := result.near_miss) is not None and not result.out_of_reach:
        yield f"Of the cheaper plans {people_of(miss.plan)} came nearest: {_lost(miss, result)}."
    if result.certified and result.complete:
        yield (
            "Every cheaper plan was ruled out under the luck of the search, on the understanding that fewer people "
            "are never better."
        )
    if result.lower_bound is not None:
        who = " but that of users who may give up" if result.scenario.patience else ""
        cost = _costing(result, result.lower_bound)
        yield f"To serve all work{who} takes at least {people_of(result.lower_bound)}{cost}, whatever the targets."
    yield (
        f"{len(result.visited):,} plans were simulated, in {result.replications:,} runs; the certificate used "
        f"{result.certifying:,} others."
    )


def _monthly(result: Staffing) -> str:
    return " a month" if result.staff.priced else ""


def _against_today(result: Staffing) -> Iterator[str]:
    today = result.today
    if today.plan == result.plan:
        return
    change = result.cost - today.cost
    amount = f"{_money(result, abs(change))} {'less' if change < 0 else 'more'}{_monthly(result)} than today's"
    same = "as much as today's" if not round(change, 2) else amount
    seen = {
        Verdict.MET: "which keeps them too",
        Verdict.MISSED: f"which misses {today.worst.goal.name}",
        Verdict.UNDECIDED: f"of which {today.worst.goal.name} is too close to call",
    }[today.verdict]
    yield f"It costs {same} {people_of(today.plan)}, {seen} in the search."


def _in_single_runs(result: Staffing) -> Iterator[str]:
    """In what share of the runs the target that is kept least often is kept."""
    known = [proof for proof in result.certificate if not math.isnan(proof.alone)]
    least = min(known, key=lambda proof: proof.alone, default=None)
    if least is not None and least.alone < 1:
        teams = result.scenario.teams.values()
        hires = any(team.speed_cv and (team.people or result.scenario.people) == "drawn" for team in teams)
        own = "weeks and people" if hires else "weeks"
        yield (
            f"Targets hold on average; of single runs of {result.scenario.run.length}, each with {own} of its own, "
            f"{value(least.alone, 'share')} keep {least.goal.name}."
        )


def _lost(visit: Visit, result: Staffing) -> str:
    """Why a cheaper plan lost, by its certificate if it came so far, else by what the search saw of it."""
    for issued in result.refused:
        if issued.plan == visit.plan:
            failed = [proof.goal.name for proof in issued.proofs if not proof.kept]
            return f"it looked good in the search, but fresh runs did not confirm {listed(failed)}"
    worst = visit.worst
    goal, found = worst.goal, worst.estimate
    if math.isnan(found.value):
        return f"{goal.name} has nothing to measure"
    needed = f"{_side(goal)} {_needed(goal)}"
    seen = f"{goal.name} was {_told(goal, found.value)} in the search, where {needed} is needed"
    return seen if visit.verdict is Verdict.MISSED else f"{seen}; after {visit.replications:,} runs too close to call"


def _warnings(result: Staffing) -> Iterator[str]:
    if result.note:
        yield f"{result.note[0].upper()}{result.note[1:]}."
    if not result.complete and result.certified:
        yield "Not every cheaper plan was ruled out; a cheaper one may keep the targets too."
    spoken = {proof.goal.key.measure for proof in result.certificate}
    gone, still = result.issued.gave_up.value, result.issued.still_open.value
    if gone > _WORTH_A_WORD and "abandonment" not in spoken:
        yield f"Under this plan users give up on {value(gone, 'share')} of the tickets; no target limits that."
    if still > _WORTH_A_WORD and "still_open" not in spoken:
        yield (
            f"Under this plan {value(still, 'share')} of the tickets were not over when the run ended; the times of "
            "those that were look better than they are."
        )
    for team, ratio in _asked(result):
        if ratio > _FULL:
            yield (
                f"Under this plan {team} is asked for {about(ratio)} of what it can do: a little more work, and its "
                "queue grows without end."
            )


def _asked(result: Staffing) -> Iterator[tuple[str, float]]:
    """Teams that stand alone, and what part of their time they are asked for."""
    staff = result.staff
    for at, team in enumerate(staff.every):
        alone = len(staff.serves[at]) == 1 and sum(at in queues for queues in staff.serves) == 1
        people = result.plan[staff.teams.index(team)] if team in staff.teams else staff.now[at]
        if alone and people and staff.able[at] and staff.due[at] == staff.offered[at]:
            yield team, float(staff.offered[at] / staff.able[at] / people)


# -- tables --------------------------------------------------------------------------------------------------------


def plan_table(result: Staffing) -> Table:
    """The plan beside today's, the first guess, the bound, the next cheapest and the nearest cheaper one."""
    others: list[tuple[str, Plan | None, str]] = [
        ("the answer" if result.certified else "the last that was tried", result.plan, _judged(result)),
        ("today", result.today.plan, _SEEN[result.today.verdict]),
        ("next cheapest", *_known(result.second_best)),
        ("nearest of the cheaper", *_known(result.near_miss)),
        ("least that can serve all work", result.lower_bound, DASH),
        ("first guess", result.start, DASH),
    ]
    unit = "money" if result.staff.priced else "number"
    columns = (
        Column("what", "Plan"),
        *(Column(f"team {team}", team, "count") for team in result.teams),
        Column("cost", "Cost a month" if result.staff.priced else "People of the desk", unit),
        Column("more", "More than the answer", unit),
        Column("seen", "Targets"),
    )
    rows: list[tuple[Cell, ...]] = []
    for what, plan, seen in others:
        if plan is not None:
            cost = result.staff.cost(plan)
            rows.append((what, *(float(people) for people in plan), cost, cost - result.cost, seen))
    return Table(columns, tuple(rows))


def _judged(result: Staffing) -> str:
    return "certified" if result.certified else "out of reach" if result.out_of_reach else "not certified"


def _known(visit: Visit | None) -> tuple[Plan | None, str]:
    return (None, DASH) if visit is None else (visit.plan, f"{_SEEN[visit.verdict]} in the search")


def certificate_table(result: Staffing) -> Table:
    """Every target with its one-sided bound."""
    columns = (
        Column("target", "Target"),
        Column("measure", "Measure"),
        Column("needed", "Needed"),
        Column("value", "Simulated"),
        Column("bound", f"Shown, all together at {about(result.confidence)} confidence"),
        Column("best", "At best"),
        Column("kept", "Target"),
        Column("alone", "Single runs that keep it", "share"),
        Column("ceiling", "Without any queue", "share"),
    )
    rows: list[tuple[Cell, ...]] = []
    for proof in result.certificate:
        goal = proof.goal
        ceiling = result.issued.ceilings.get(goal.name)
        rows.append(
            (
                goal.name, name_of(goal.key), f"{_side(goal)} {_needed(goal)}",
                _told(goal, proof.estimate.value), f"{_side(goal)} {_told(goal, proof.bound)}",
                _told(goal, proof.at_best), "kept" if proof.kept else "missed" if proof.missed else "not shown",
                proof.alone,
                math.nan if ceiling is None else ceiling.value,
            )
        )  # fmt: skip
    return Table(columns, tuple(rows))


def visited_table(result: Staffing) -> Table:
    """Every plan that was simulated, the cheapest first, with the target that it keeps least."""
    columns = (
        Column("people", " + ".join(result.teams)),
        Column(
            "cost", "Cost a month" if result.staff.priced else "People", "money" if result.staff.priced else "number"
        ),
        Column("seen", "Targets"),
        Column("target", "Kept least"),
        Column("value", "Simulated"),
        Column("margin", "Margin, of its bound", "share"),
        Column("replications", "Runs", "count"),
        Column("chosen", "The answer"),
    )
    rows: list[tuple[Cell, ...]] = []
    for visit in result.visited:
        worst = visit.worst
        margin = worst.relative if math.isfinite(worst.relative) else math.nan
        rows.append(
            (
                " + ".join(map(str, visit.plan)), visit.cost, _SEEN[visit.verdict], worst.goal.name,
                _told(worst.goal, worst.estimate.value), margin, float(visit.replications),
                "yes" if visit.plan == result.plan else "",
            )
        )  # fmt: skip
    return Table(columns, tuple(rows))
