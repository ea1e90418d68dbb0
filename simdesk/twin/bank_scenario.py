"""Writes the shelf scenario `bank-1999` from the estimates: aggregates in, YAML out, nothing chosen by hand.

python -m simdesk.twin.bank_scenario FOLDER_OF_THE_LOG > scenarios/bank-1999.yaml
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from simdesk.twin.anonymous_bank import EVENING, HOURS, estimate

CATEGORIES = {"PS": "regular", "NW": "prospect", "NE": "stock"}
"""Types of the log and what they are called in the scenario."""
DAYS = {"sunday": "Sun", "monday": "Mon", "tuesday": "Tue", "wednesday": "Wed", "thursday": "Thu"}
PARTS = {"day": range(HOURS.start, EVENING), "evening": range(EVENING, HOURS.stop)}
LAST_CALLERS = "00:15"
"""Nobody calls after midnight; who is there then stays until now for those who still wait."""

HEADER = """\
# A twin of a real call centre, estimated call by call. Written by a command; do not edit it, change the command:
#   python -m simdesk.twin.bank_scenario FOLDER_OF_THE_LOG > scenarios/bank-1999.yaml
#
# Source, with thanks: I. Guedj and A. Mandelbaum (2000), "Anonymous Bank" call-center data, Technion; analysed in
# Brown, Gans, Mandelbaum, Sakov, Shen, Zeltyn and Zhao (2005), JASA 100, 36-50. Only aggregates are in this file.
#
# What it rests on: {calls:,} calls of {days} ordinary weekdays, January to July 1999. Weekends, holidays and their
# eves, days with missing hours and days with a surge are left out: by calls and calendar, never by waits.
#
# Traps of the log, and what was done:
# * Phantom calls and calls that ended in the voice menu never waited for anybody; they are out.
# * The internet help line (IN) has agents of its own, and in a call-back (TT) the bank calls; both are out, and an
#   agent who is busy with one is not there for the callers.
# * Services under 10 s are calls too. Without them the others look longer than they are.
# * A call occupies an agent for longer than the service: ringing and after-call work, seen as the pause between two
#   calls while callers wait, add {wrap_up} s. Where a service overlaps the same agent's next, it is cut.
# * A caller who was served says only that he would have waited longer: patience is a Kaplan-Meier estimate.
# * Nobody wrote down who was logged in. Staffing is what the agents' calls imply, in whole agents.
#
# What was chosen, and what is left out:
# * Handle times and patience are tables of the measured quantiles, so that no formula is fitted to them.
# * Callers of high priority are credited with 1.5 minutes of waiting, as they were in reality. Prospects, who had no
#   credit, still wait shorter here than there, and fewer of them hang up (by day 30 %, in reality 38 %).
# * The number of agents differs between days and within an hour, by about one. Agents seem to react to the queue, so
#   that drawing it at random would make bad hours that there were not; here it is the same every week.
# * Days are busy or calm as a whole; within a day calls come by chance alone.
#
# How good it is: over 80 replications callers wait 71.0 s (70.1 to 71.9), in reality 67.6 s; 16.0 % (15.8 to 16.1) hang
# up, in reality 17.0 %; half of the hours are within 14 % of their real mean wait. Weak hours: 07 is 70 % too long, 10,
# 11 and 23 a quarter to a third; 19 to 21 are 30 to 40 % too short, for there, most of all, fewer agents were present
# while callers waited than on average. No parameter was fitted to the waits, but they were known when one of several
# variants was chosen (whole agents or fractions, tables or formulas, with the credit or without). The days of the
# log differ so much that its own mean wait is known to 5 s only, and an hour's to 10 to 20 % (bootstrap, 95 %).
# The yardstick is an Erlang-A queue for every hour of the average weekday, with as many agents as a caller who has to
# wait finds busy in the log. On nine months with holidays and surges it gives 60.6 s for 57.9 s and 15.6 % for 18.1 %,
# and half of the hours within 18 % (12 % with that number rounded; so near is a matter of luck). The tests hold this
# file to the 18 %: tests/verification/test_bank_1999.py.
title: A bank's call centre in 1999
story: >
  Some 1,460 customers a weekday call an Israeli bank, where two to seven agents answer from seven to midnight. They
  wait 68 seconds on average, and one in six hangs up. The log of that year is the classic of its field. This desk is
  estimated from it, and what really happened stands beside the simulation. Try one more agent in every hour.

try:
  - {{path: teams.phones.shifts.one-more.agents, from: 0, to: 3, step: 1, label: More agents in every hour}}
  - {{path: demand.volume, from: 70 %, to: 130 %, step: 5 %, label: Volume against 1999}}
  - {{path: demand.busyness_cv, from: 0, to: 0.3, step: 0.05, label: How much days differ}}

run:
  start: 1999-01-03            # a Sunday; Friday and Saturday are left out, and so is every holiday
  time_zone: Asia/Jerusalem
  length: 12 weeks             # every night begins with an empty desk, so there is no warm-up
  cool_down: 1 day
  replications: 20
  seed: 1999

"""


def scenario_text(found: Mapping[str, Any]) -> str:
    """The scenario file, from what `estimate` found."""
    wrap_up = found["handle_times"]["wrap_up"]["mean"]
    header = HEADER.format(calls=found["calls"], days=found["days"], wrap_up=wrap_up)
    chapters = [_demand(found), _teams(found["staffing"]), _patience(found["patience"]), _observed(found)]
    return header + "\n".join("\n".join(lines) + "\n" for lines in chapters)


def _demand(found: Mapping[str, Any]) -> Iterator[str]:
    arrivals = found["arrivals"]
    high = arrivals["priority_2_of_queued"]
    yield "demand:                        # from the log [data]; `hours` are calls an hour on Sunday"
    yield f"  busyness_cv: {arrivals['busyness_cv']}"
    yield "  channels: {phone: 100 %}"
    yield "  types:                       # from 16:00 calls are shorter, so they are types of their own"
    for kind, category in CATEGORIES.items():
        for part, hours in PARTS.items():
            calls = {day: _of_part(arrivals["calls_per_hour"][kind][day], hours) for day in DAYS}
            weekdays = ", ".join(f"{DAYS[day]}: {sum(row):.1f}" for day, row in calls.items())
            first, *others = calls.items()
            yield f"    {category}-{part}:"
            yield "      kind: enquiry"
            yield f"      category: {category}"
            yield f"      priority: {{P2: {100 * high[kind]:.1f} %, P3: {100 * (1 - high[kind]):.1f} %}}"
            yield f"      contacts: {sum(map(sum, calls.values())):.1f} per week"
            yield "      profile:"
            yield f"        weekdays: {{{weekdays}}}"
            yield f"        hours: {_list(first[1])}"
            yield "        hours_on:"
            yield from (f"          {DAYS[day]}: {_list(row)}" for day, row in others)
            yield "      work:                    # service, ringing and after-call work"
            yield from _table(found["handle_times"][kind][part]["quantiles"], "        ")


def _of_part(calls: Sequence[float], hours: range) -> list[float]:
    """Calls in each of the 24 hours, 0 outside some hours."""
    staffed = dict(zip(HOURS, calls, strict=True))
    return [staffed[hour] if hour in hours else 0.0 for hour in range(24)]


def _list(numbers: Sequence[float]) -> str:
    return f"[{', '.join(f'{number:.1f}' if number else '0' for number in numbers)}]"


def _table(quantiles: Mapping[float, float], indent: str) -> Iterator[str]:
    """An empirical distribution through quantiles."""
    yield f"{indent}empirical:"
    yield from _wrapped(f"{indent}  values: ", [f"{seconds:.0f} s" for seconds in quantiles.values()])
    yield from _wrapped(f"{indent}  at: ", [f"{100 * share:.6g} %" for share in quantiles])


def _wrapped(label: str, words: Sequence[str], width: int = 118) -> Iterator[str]:
    """A flow list, broken where a line is full."""
    line = f"{label}[{words[0]}"
    for word in words[1:]:
        if len(line) + len(word) + 2 > width:
            yield f"{line},"
            line = f"{' ' * (len(label) + 1)}{word}"
        else:
            line += f", {word}"
    yield f"{line}]"


def _teams(staffing: Mapping[str, Any]) -> Iterator[str]:
    yield "calendars:"
    yield f'  lines: {{days: "{_days(list(DAYS.values()))}", hours: "07:00-{LAST_CALLERS}"}}'
    yield ""
    yield "teams:"
    yield "  phones:"
    yield "    calendar: lines            # by which waits and users' hours are judged, whoever is there"
    yield "    discipline: aging          # P2 callers are credited with 90 s at entry: the bank's rule"
    yield "    promote_after: 90 s"
    yield "    at_shift_end: finish       # nobody hangs up on a caller"
    yield "    shifts:                    # how many, not who: the last seats are filled in the peaks only [data]"
    for name, shift in shifts({day: staffing[day]["whole"] for day in DAYS}).items():
        yield f'      {name}: {{agents: {shift["agents"]}, days: "{shift["days"]}", hours: "{shift["hours"]}"}}'
    everyday = _days(list(DAYS.values()))
    yield f'      one-more: {{agents: 0, days: "{everyday}", hours: "07:00-{LAST_CALLERS}"}}    # to be tried'


def shifts(whole: Mapping[str, Sequence[int]]) -> dict[str, dict[str, Any]]:
    """Shifts that add up to so many agents by weekday and hour of `HOURS`.

    The k-th seat of a day is filled in every hour that has k agents or more, so an agent leaves only where the number
    falls. Days on which a seat has the same hours share a shift, and so do neighbouring seats that agree on every day.
    """
    found: dict[str, dict[str, Any]] = {}
    before: dict[str, list[str]] = {}
    first = 1
    for seat in range(1, max(map(max, whole.values())) + 1):
        days_by_hours: dict[str, list[str]] = {}
        for day, agents in whole.items():
            if hours := _hours_of_seat(agents, seat):
                days_by_hours.setdefault(hours, []).append(DAYS[day])
        if days_by_hours != before:
            before, first = days_by_hours, seat
        for hours, days in days_by_hours.items():
            name = f"seat-{first}-{days[0].lower()}"
            found[name] = {"agents": seat - first + 1, "days": _days(days), "hours": hours}
    return found


def _days(days: Sequence[str]) -> str:
    """Days as a scenario writes them."""
    whole = list(DAYS.values())
    return f"{whole[0]}-{whole[-1]}" if list(days) == whole else ", ".join(days)


def _hours_of_seat(agents: Sequence[int], seat: int) -> str:
    """Hours of a day in which a seat is filled; empty if it never is."""
    filled = [hour for hour, there in zip(HOURS, agents, strict=True) if there >= seat]
    begins = [hour for hour in filled if hour - 1 not in filled]
    ends = [hour + 1 for hour in filled if hour + 1 not in filled]
    return ", ".join(
        f"{begin:02d}:00-{f'{end:02d}:00' if end < HOURS.stop else LAST_CALLERS}"
        for begin, end in zip(begins, ends, strict=True)
    )


def _patience(patience: Mapping[str, Any]) -> Iterator[str]:
    yield "patience:                      # measured up to 5 minutes, then at the rate of the later ones [data]"
    for kind, category in CATEGORIES.items():
        yield f"  {category}:"
        yield f"    when: {{category: {category}}}"
        yield "    gives_up_after:"
        yield from _table(patience[kind]["quantiles"], "      ")


def _observed(found: Mapping[str, Any]) -> Iterator[str]:
    yield "observed:"
    yield "  source: >-"
    yield '    Guedj and Mandelbaum (2000), "Anonymous Bank" call-center data, Technion, with thanks;'
    yield "    see Brown et al. (2005), JASA 100, 36-50"
    yield f"  days: {found['days']} ordinary weekdays (Sunday to Thursday), January to July 1999"
    yield "  by_hour:                     # calls a day, mean wait of all of them, share who hung up while they waited"
    for hour, seen in found["reality"].items():
        yield (
            f'    "{int(hour):02d}:00": {{offered: {seen["calls_per_day"]:.1f}, wait: {seen["mean_wait"]:.1f} s, '
            f"abandoned: {100 * seen['abandonment']:.1f} %}}"
        )


if __name__ == "__main__":
    sys.stdout.write(scenario_text(estimate(Path(sys.argv[1]))))
