"""What a twin of the "Anonymous Bank" call centre (1999) needs, estimated from its call-by-call log.

It knows the log and its traps; it knows no scenario and no engine, and fits nothing to the callers' waits.
Source: I. Guedj and A. Mandelbaum (2000), "Anonymous Bank" Call-Center Data, Technion. Only aggregates leave.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Seconds = NDArray[np.int64]
Floats = NDArray[np.float64]

HOURS = range(7, 24)
"""The centre is staffed from 07:00 to midnight, Sunday to Thursday."""
WEEKDAYS = {6: "sunday", 0: "monday", 1: "tuesday", 2: "wednesday", 3: "thursday"}
CALLER_TYPES = ("PS", "NW", "NE")
"""Those who wait for the general agents, with PE and AA (0.4 %) counted as PS. IN has its own queue, TT is the bank
calling back; agents on IN or TT calls are seen as occupied elsewhere."""
UNUSUAL_DAYS = {
    "holiday": "03-02 03-31 04-01 04-04 04-05 04-06 04-07 04-20 04-21 05-17 05-20 07-22",
    "hours_missing": "01-13 02-21 03-08 03-15 03-22",
    "surge": "02-14 05-13 05-16 05-23 05-30 06-16 07-05",
}
"""Holidays, their eves and the election; days that lack the calls of an hour or more; days with an hour of
over 2.5 times its usual calls. Judged by calls and calendar, never by waits."""
NOBODY = -1

WRAP_UP_LIMIT = 120
"""An agent who leaves callers waiting for longer than this after a call is away, not wrapping up. Seconds."""
PRESSING = 10
"""A free agent would have taken a caller who has waited this long; ringing alone takes 4 to 6 seconds."""
LONGEST_IDLE = 30 * 60
"""An agent without a call for longer has left."""
EDGE = 5 * 60
"""An agent is there this long before the first and after the last call of a spell, unless callers press."""
OWN_TYPE_SHARE = 0.05
"""An agent can serve the types that make up at least this share of the calls he or she took."""
OBSERVED_PATIENCE = 300
"""Up to here enough callers are still waiting for an empirical patience. Seconds."""
EVENING = 16
"""Calls are shorter from this hour."""
PATIENCE_LEVELS = np.array([0, 0.01, 0.02, 0.03, 0.05, *np.arange(0.1, 0.96, 0.05), 0.98, 0.99, 0.999, 1]).round(3)
HANDLE_LEVELS = np.array([*np.arange(0, 0.96, 0.05), 0.97, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9999, 1]).round(4)
DAY = 86_400


@dataclass(frozen=True)
class CallLog:
    """The calls of ordinary weekdays, and what was left out to get there."""

    calls: pd.DataFrame
    """One row per call: day, kind, priority, joined_at, queued, wait, served, served_at, service, agent.
    Seconds since midnight; agents are numbers; a service ends when its agent starts another call."""
    excluded: dict[str, int]
    """Rows left out, by reason."""

    @property
    def callers(self) -> pd.DataFrame:
        """The calls that wait for the general agents, in the hours in which there are any."""
        hour = self.calls.joined_at // 3600
        return self.calls[self.calls.kind.isin(CALLER_TYPES) & hour.isin(HOURS)]

    @property
    def days(self) -> pd.DatetimeIndex:
        """The days of the log, in order."""
        return pd.DatetimeIndex(sorted(self.calls.day.unique()))


def read_calls(folder: Path) -> CallLog:
    """Read the monthly files; keep ordinary Sundays to Thursdays, and count what is dropped and why."""
    months = sorted(folder.glob("*.txt.gz"))
    text = [pd.read_csv(m, sep="\t", dtype=str, keep_default_na=False, encoding="latin-1") for m in months]
    rows = pd.concat(text, ignore_index=True)
    rows.columns = rows.columns.str.strip().str.replace("+", "_")
    rows = rows.apply(lambda column: column.str.strip())
    day = pd.to_datetime("19" + rows.date, format="%Y%m%d", errors="coerce")
    date = day.dt.strftime("%m-%d")
    number = rows[["vru_time", "q_time", "ser_time", "priority"]].apply(pd.to_numeric, errors="coerce")
    clock = rows[["vru_exit", "q_start", "ser_start"]].apply(pd.to_timedelta, errors="coerce")
    clock //= pd.Timedelta(seconds=1)
    queued = (clock.q_start > 0) | (number.q_time > 0)
    served = rows.outcome == "AGENT"
    reasons = {
        "unreadable": day.isna() | ~rows.outcome.isin(["AGENT", "HANG", "PHANTOM"]),
        "phantom": rows.outcome == "PHANTOM",
        "negative_vru_time": number.vru_time < 0,
        "waited_over_two_hours": number.q_time > 7200,
        "weekend": ~day.dt.day_of_week.isin(list(WEEKDAYS)),
        **{why: date.isin(days.split()) for why, days in UNUSUAL_DAYS.items()},
        "hung_up_in_vru": ~served & ~queued,
    }
    excluded, keep = {}, pd.Series(True, index=rows.index)
    for reason, applies in reasons.items():
        excluded[reason] = int((keep & applies).sum())
        keep &= ~applies
    renamed = {"vru_exit": "joined_at", "q_time": "wait", "ser_start": "served_at", "ser_time": "service"}
    numbers = clock.join(number).rename(columns=renamed)[keep]
    numbers = numbers[["priority", *renamed.values()]].astype("int64")
    kind, agent = rows.type.replace(["AA", "PE"], "PS"), _pseudonyms(rows.server, served)
    calls = numbers.assign(day=day, kind=kind, queued=queued, served=served, agent=agent)
    # A call answered after midnight is on the clock of the next day.
    calls["served_at"] += DAY * (calls.served & (calls.served_at < calls.joined_at - DAY // 2))
    calls = calls.sort_values(["day", "joined_at"], ignore_index=True)
    return CallLog(_one_call_at_a_time(calls), excluded)


def _pseudonyms(server: pd.Series[str], served: pd.Series[bool]) -> pd.Series[int]:
    """Agents as numbers, the one with most calls first."""
    # Before publication "NA" became "NO_SERVER" everywhere, also inside names.
    names = server.where(served & ~server.isin(["NO_SERVER", ""])).str.replace("NO_SERVER", "NA")
    number = {name: i for i, name in enumerate(names.value_counts().index)}
    return names.map(number).fillna(NOBODY).astype("int64")


def _one_call_at_a_time(calls: pd.DataFrame) -> pd.DataFrame:
    """End a service when its agent starts the next: 2 % of services overlap, often by a missed hang-up."""
    named = calls[calls.served & (calls.agent != NOBODY)].sort_values("served_at", kind="stable")
    following = named.groupby(["day", "agent"]).served_at.shift(-1)
    ended = (following - named.served_at).fillna(DAY).clip(0, named.service)
    return calls.assign(service=ended.reindex(calls.index).fillna(calls.service).astype("int64"))


def reality(log: CallLog) -> pd.DataFrame:
    """What a twin must reproduce, by hour: calls a day, mean wait of all, share who hung up waiting."""
    callers = log.callers
    hourly = callers.groupby((callers.joined_at // 3600).rename("hour"))
    columns = {"calls_per_day": hourly.size() / len(log.days), "mean_wait": hourly.wait.mean()}
    return pd.DataFrame({**columns, "abandonment": 1 - hourly.served.mean()})


def arrivals(log: CallLog) -> dict[str, Any]:
    """Calls a week, mix of types, calls by type, weekday and hour, and how days differ beyond chance."""
    callers, days = log.callers, log.days
    weekdays = [d for d in WEEKDAYS if d in days.day_of_week]
    by_day = callers.groupby("day").size().reindex(days, fill_value=0)
    mean = by_day.groupby(days.day_of_week).mean()
    usual = np.asarray(mean.loc[days.day_of_week], np.float64)
    queued = callers[callers.queued]
    cells = callers.groupby(["kind", callers.day.dt.day_of_week, callers.joined_at // 3600]).size()

    def hourly(kind: str, d: int) -> list[float]:
        return [round(float(cells.get((kind, d, h), 0) / (days.day_of_week == d).sum()), 2) for h in HOURS]

    return {
        "hours": list(HOURS),
        "calls_per_week": round(float(mean.sum()), 1),
        "calls_per_weekday": {WEEKDAYS[d]: round(float(mean.loc[d]), 1) for d in weekdays},
        "busyness_cv": round(overdispersion(np.asarray(by_day, np.float64), usual), 3),
        "shares": callers.kind.value_counts(normalize=True).round(4).to_dict(),
        "priority_2_of_queued": (queued.priority == 2).groupby(queued.kind).mean().round(3).to_dict(),
        "calls_per_hour": {kind: {WEEKDAYS[d]: hourly(kind, d) for d in weekdays} for kind in CALLER_TYPES},
    }


def overdispersion(count: Floats, expected: Floats) -> float:
    """Coefficient of variation of a mean-1 factor behind the spread of counts beyond Poisson chance."""
    excess = ((count - expected) ** 2 - count).sum() / (expected**2).sum()
    return float(np.sqrt(max(excess, 0.0)))


def kaplan_meier(time: Seconds, happened: NDArray[np.bool_]) -> tuple[Seconds, Floats]:
    """Distinct event times and the share that lasts longer than each, with censoring."""
    order = np.argsort(time)
    events, deaths = np.unique(time[happened], return_counts=True)
    at_risk = len(time) - np.searchsorted(time[order], events, side="left")
    return events, np.cumprod(1 - deaths / at_risk, dtype=np.float64)


def patience(log: CallLog) -> dict[str, Any]:
    """How long callers wait before they hang up, by type: Kaplan-Meier with the served as censored."""
    queued = log.callers[log.callers.queued]
    return {str(kind): _patience(group) for kind, group in [("all", queued), *queued.groupby("kind")]}


def _patience(group: pd.DataFrame) -> dict[str, Any]:
    wait, hung_up = group.wait.to_numpy(), ~group.served.to_numpy()
    time, survival = kaplan_meier(wait, hung_up)
    within = time <= OBSERVED_PATIENCE
    time, share = time[within], 1 - survival[within]
    late = max((hung_up & (wait > OBSERVED_PATIENCE)).sum(), 1)
    tail = float(np.maximum(wait - OBSERVED_PATIENCE, 0).sum() / late)
    left = 1 - share[-1] if len(share) else 1.0
    # Few wait longer; from there the table goes on at the rate of those who did.
    beyond = OBSERVED_PATIENCE + tail * np.log(np.maximum(left / (1 - PATIENCE_LEVELS[:-1]), 1))
    beyond = np.append(beyond, beyond[-1] + 2 * tail)  # a last straight line with the mean of that tail
    at = np.searchsorted(share, PATIENCE_LEVELS)
    quantiles = np.where(at < len(time), np.append(time, 0)[np.minimum(at, len(time))], beyond)
    return {
        "queued": len(group),
        "hung_up": int(hung_up.sum()),
        "exponential_mean": round(float(wait.sum() / max(hung_up.sum(), 1)), 1),
        "mean_beyond_observed": round(tail, 1),
        "quantiles": dict(zip(PATIENCE_LEVELS.tolist(), quantiles.round(0).tolist(), strict=True)),
    }


@dataclass(frozen=True)
class Trace:
    """One agent's calls of one day, in order, with the moments when callers pressed."""

    kind: NDArray[np.str_]
    starts: Seconds
    ends: Seconds
    pressed_before: Seconds
    """For each second: the last earlier one in which a caller of this agent's types pressed, or -1."""
    pressed_after: Seconds
    """For each second: the next in which one presses."""
    quiet_from: Seconds
    """For each second: the next in which no such caller waits at all."""


def traces(log: CallLog) -> Iterator[tuple[pd.Timestamp, int, Trace]]:
    """Every agent's day, in the order of the days."""
    served = log.calls[log.calls.served & (log.calls.agent != NOBODY)]
    often = pd.crosstab(served.agent, served.kind, normalize="index") >= OWN_TYPE_SHARE
    day: Any
    agent: Any
    for day, calls in log.calls.groupby("day"):
        seen: dict[tuple[str, ...], tuple[Seconds, Seconds, Seconds]] = {}
        mine = calls[calls.served & (calls.agent != NOBODY)].sort_values("served_at", kind="stable")
        for agent, own in mine.groupby("agent"):
            kinds = tuple(kind for kind in CALLER_TYPES if kind in often and often.loc[agent, kind])
            if kinds not in seen:
                seen[kinds] = _pressure(calls[calls.kind.isin(kinds)])
            starts = own.served_at.clip(upper=DAY - 1).to_numpy()
            ends = (own.served_at + own.service).clip(upper=DAY - 1).to_numpy()
            yield day, int(agent), Trace(own.kind.to_numpy(str), starts, ends, *seen[kinds])


def _pressure(calls: pd.DataFrame) -> tuple[Seconds, Seconds, Seconds]:
    """`pressed_before`, `pressed_after` and `quiet_from` of a `Trace`."""
    pressing, waiting = _pressing(calls), _pressing(calls, after=0)
    last = np.maximum.accumulate(np.where(pressing, np.arange(DAY), -1))
    return np.concatenate([[-1], last[:-1]]), _next(pressing), _next(~waiting)


def _pressing(calls: pd.DataFrame, *, after: int = PRESSING) -> NDArray[np.bool_]:
    """For each second: does anybody wait who has waited so long?"""
    joined_at, wait = calls.joined_at.to_numpy(), calls.wait.to_numpy()
    return _covered(joined_at + after, joined_at + wait) > 0


def _next(true_at: NDArray[np.bool_]) -> Seconds:
    """For each second, the first from there on in which it is true, or the end of the day."""
    second = np.where(true_at, np.arange(DAY), DAY)
    return np.minimum.accumulate(second[::-1])[::-1]


def _covered(start: Seconds, end: Seconds) -> Seconds:
    """How many intervals [start, end) cover each second of the day."""
    real = end > start
    change = np.bincount(np.clip(start[real], 0, DAY), minlength=DAY + 1)
    change = change - np.bincount(np.clip(end[real], 0, DAY), minlength=DAY + 1)
    return np.cumsum(change[:DAY]).astype(np.int64)


def wrap_up(log: CallLog) -> tuple[Seconds, Floats]:
    """Survival of the pause between two calls while callers wait: ringing and after-call work.

    A pause ends with the agent's next call and is censored when nobody waits any more. Only pauses up to
    `WRAP_UP_LIMIT` count; in longer ones the agent was away.
    """
    pause, taken = [], []
    for _, _, trace in traces(log):
        ended, following = trace.ends[:-1], trace.starts[1:]
        quiet = trace.quiet_from[ended]
        usable = quiet > ended
        until = np.minimum(following, quiet)[usable]
        pause.append(until - ended[usable])
        # The queue record closes a second or two after the service record opens.
        taken.append((following <= quiet)[usable])
    time, survival = kaplan_meier(np.concatenate(pause), np.concatenate(taken))
    short = time <= WRAP_UP_LIMIT
    beyond = survival[short][-1]
    return time[short], (survival[short] - beyond) / (1 - beyond)


def presence(log: CallLog) -> dict[pd.Timestamp, Seconds]:
    """For each day, how many agents are there for the general callers in each second.

    An agent is there while serving one of them or wrapping up, and while idle: in a pause without pressing
    callers, and after the last one pressed. Who lets callers press is away; so is who is on an IN or TT call.
    """
    there = {day: np.zeros(DAY, np.int64) for day in log.days}
    for day, _, trace in traces(log):
        there[day] += _covered(*_spells(trace))
    nameless = log.callers[log.callers.served & (log.callers.agent == NOBODY)]
    for day in there:
        start, service = nameless[nameless.day == day][["served_at", "service"]].to_numpy().T
        there[day] += _covered(start, start + service)
    return there


def _spells(trace: Trace) -> tuple[Seconds, Seconds]:
    """Starts and ends of the intervals in which the agent is there."""
    ours = np.isin(trace.kind, CALLER_TYPES)
    ended, following = trace.ends[:-1], trace.starts[1:]
    pressed = trace.pressed_before[following]
    gone = following - ended > LONGEST_IDLE
    away = pressed - ended > WRAP_UP_LIMIT
    idle_from = np.where(away, pressed + 1, ended)
    logged_in = np.concatenate([trace.starts[:1], following[gone]])
    logged_out = np.concatenate([ended[gone], trace.ends[-1:]])
    before = np.maximum(np.maximum(trace.pressed_before[logged_in] + 1, logged_in - EDGE), 0)
    after = np.minimum(np.minimum(trace.pressed_after[logged_out], logged_out + EDGE), DAY - 1)
    starts = [trace.starts[ours], idle_from[~gone], before, logged_out]
    ends = [trace.ends[ours], following[~gone], logged_in, after]
    return np.concatenate(starts), np.concatenate(ends)


def handle_times(log: CallLog) -> dict[str, Any]:
    """How long a call occupies an agent, by type, before and from 16:00: service plus wrap-up.

    Short services are kept: they are calls too. The table keeps the mean.
    """
    time, survival = wrap_up(log)
    pause = time[np.searchsorted(1 - survival, (np.arange(200) + 0.5) / 200)]
    served = log.callers[log.callers.served]
    part = np.where(served.joined_at // 3600 < EVENING, "day", "evening")
    mean_pause = float((time * -np.diff(survival, prepend=1.0)).sum())
    found: dict[str, Any] = {"wrap_up": {"mean": round(mean_pause, 1), "median": float(np.median(pause))}}
    for (kind, when), service in served.service.groupby([served.kind, part]):
        handle = np.add.outer(service.to_numpy(), pause).ravel()
        table = np.quantile(handle, HANDLE_LEVELS)
        # Straight lines between quantiles lie above the curve; the mean decides the load, so it is kept.
        table = table * (handle.mean() / np.trapezoid(table, HANDLE_LEVELS))
        found.setdefault(str(kind), {})[str(when)] = {
            "served": len(service),
            "mean_service": round(float(service.mean()), 1),
            "mean": round(float(handle.mean()), 1),
            "cv": round(float(handle.std() / handle.mean()), 3),
            "quantiles": dict(zip(HANDLE_LEVELS.tolist(), table.round(1).tolist(), strict=True)),
        }
    return found


def staffing(log: CallLog) -> dict[str, Any]:
    """Agents there by weekday and hour: mean, spread between days, mean while callers press, whole agents."""
    days = log.days
    there, staffed = presence(log), slice(HOURS.start, HOURS.stop)
    agents = np.array([there[day] for day in days]).reshape(len(days), 24, 3600)[:, staffed]
    waits = {day: _pressing(calls) for day, calls in log.callers.groupby("day")}
    pressed = np.array([waits[day] for day in days]).reshape(len(days), 24, 3600)[:, staffed]
    hourly = agents.mean(axis=2)
    own_days = {name: days.day_of_week == d for d, name in WEEKDAYS.items() if d in days.day_of_week}
    whole = whole_agents(np.array([hourly[own].mean(axis=0) for own in own_days.values()]))
    within = agents.std(axis=2).mean(axis=0)
    found: dict[str, Any] = {"hours": list(HOURS), "sd_within_hour": within.round(2).tolist()}
    for (name, own), rounded in zip(own_days.items(), whole, strict=True):
        seconds = np.maximum(pressed[own].sum(axis=(0, 2)), 1)
        found[name] = {
            "mean": hourly[own].mean(axis=0).round(2).tolist(),
            "sd_between_days": hourly[own].std(axis=0).round(2).tolist(),
            "mean_while_pressed": ((agents[own] * pressed[own]).sum(axis=(0, 2)) / seconds).round(2).tolist(),
            "whole": rounded.tolist(),
        }
    return found


def whole_agents(mean: Floats) -> Seconds:
    """Whole agents by weekday (rows) and hour (columns), rounded so that every hour keeps its weekly sum."""
    whole = np.floor(mean)
    for hour in range(mean.shape[1]):
        missing = round(float(mean[:, hour].sum() - whole[:, hour].sum()))
        whole[np.argsort(whole[:, hour] - mean[:, hour], kind="stable")[:missing], hour] += 1
    return whole.astype(np.int64)


def estimate(folder: Path) -> dict[str, Any]:
    """Everything a twin needs and what it must reproduce, as plain values."""
    log = read_calls(folder)
    callers = log.callers
    return {
        "source": "Guedj and Mandelbaum (2000), Anonymous Bank call-center data, Technion",
        "days": len(log.days),
        "calls": len(callers),
        "excluded": log.excluded,
        "arrivals": arrivals(log),
        "handle_times": handle_times(log),
        "patience": patience(log),
        "staffing": staffing(log),
        "mean_wait": round(float(callers.wait.mean()), 2),
        "abandonment": round(float(1 - callers.served.mean()), 4),
        "reality": reality(log).round(4).to_dict(orient="index"),
    }


if __name__ == "__main__":
    json.dump(estimate(Path(sys.argv[1])), sys.stdout, indent=1)
