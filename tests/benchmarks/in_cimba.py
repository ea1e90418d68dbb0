"""Both desks in Cimba's Python language: compiled to machine code, a coroutine of its C engine for each ticket."""

from __future__ import annotations

import cimba as cb
import numba
import numpy as np
from cimba import random as chance

import desks
from outcome import Outcome, Reading

_GAVE_UP = 1
"""The signal of a user's patience."""
_SHARES = np.cumsum(desks.PRIORITIES)
_RATES = np.array(desks.RATES)
_PEAK = float(max(desks.RATES))
_MU = np.array(desks.MU)
_ESCALATED = np.array(desks.ESCALATED)


class OneTeam(cb.Model):
    """Erlang A."""

    agents: cb.Resource = cb.Resource(capacity=desks.W1_AGENTS)
    waits: cb.Dataset = cb.Dataset()
    left_at: cb.Dataset = cb.Dataset()
    tickets: cb.Output[int]

    @cb.process
    def arrivals(self):
        count = 0
        while True:
            cb.hold(chance.exponential(1 / desks.W1_RATE))
            count += 1
            self.tickets = count
            cb.spawn(Call, desk=self)


class Call(cb.Model):
    """A ticket of `OneTeam`."""

    desk: cb.Ref[OneTeam]

    @cb.process
    def life(self):
        queued_at = cb.now()
        user = cb.this_process()
        user.timer_set(chance.exponential(desks.W1_PATIENCE), _GAVE_UP)
        signal = self.desk.agents.acquire()
        user.timers_clear()
        self.desk.waits.record(cb.now() - queued_at)
        if signal == 0:
            cb.hold(chance.exponential(desks.W1_WORK))
            self.desk.agents.release()
        else:
            self.desk.left_at.record(cb.now())


class ThreeTiers(cb.Model):
    """The second desk."""

    first: cb.Resource = cb.Resource(capacity=desks.AGENTS[0])
    second: cb.Resource = cb.Resource(capacity=desks.AGENTS[1])
    third: cb.Resource = cb.Resource(capacity=desks.AGENTS[2])
    waits_1: cb.Dataset = cb.Dataset()
    waits_2: cb.Dataset = cb.Dataset()
    waits_3: cb.Dataset = cb.Dataset()
    left_at: cb.Dataset = cb.Dataset()
    tickets: cb.Output[int]

    @cb.process
    def arrivals(self):
        count = 0
        while True:
            cb.hold(chance.exponential(1 / _PEAK))
            if chance.uniform() < _RATES[int(cb.now() / 60) % 24] / _PEAK:
                count += 1
                self.tickets = count
                cb.spawn(Ticket, desk=self)


@numba.njit
def _climb(desk, urgency, patience):
    """From the first tier as far up as it must; False if the user gave up."""
    queued_at = cb.now()
    user = cb.this_process()
    if patience > 0:
        user.timer_set(patience, _GAVE_UP)
    signal = desk.first.acquire(1, urgency)
    if patience > 0:
        user.timers_clear()
    desk.waits_1.record(cb.now() - queued_at)
    if signal != 0:
        desk.left_at.record(cb.now())
        return False
    cb.hold(chance.lognormal(_MU[0], desks.SIGMA))
    desk.first.release()
    if chance.uniform() >= _ESCALATED[0]:
        return True
    queued_at = cb.now()
    desk.second.acquire(1, urgency)
    desk.waits_2.record(cb.now() - queued_at)
    cb.hold(chance.lognormal(_MU[1], desks.SIGMA))
    desk.second.release()
    if chance.uniform() >= _ESCALATED[1]:
        return True
    queued_at = cb.now()
    desk.third.acquire(1, urgency)
    desk.waits_3.record(cb.now() - queued_at)
    cb.hold(chance.lognormal(_MU[2], desks.SIGMA))
    desk.third.release()
    return True


class Ticket(cb.Model):
    """A ticket of `ThreeTiers`."""

    desk: cb.Ref[ThreeTiers]

    @cb.process
    def life(self):
        drawn = chance.uniform()
        priority = 0
        while priority < desks.IMPATIENT and drawn >= _SHARES[priority]:
            priority += 1
        patience = 0.0
        if priority == desks.IMPATIENT:
            patience = chance.exponential(desks.W2_PATIENCE)
        if _climb(self.desk, -priority, patience) and chance.uniform() < desks.REOPENED:
            cb.hold(chance.exponential(desks.REOPENED_AFTER))
            _climb(self.desk, -priority, 0.0)


def w1(tickets: int, seed: int) -> Reading:
    """Erlang A."""
    model = OneTeam()
    return _run(model, (model.waits,), desks.w1_days(tickets) * desks.DAY, seed)


def w2(days: int, seed: int) -> Reading:
    """Three tiers."""
    model = ThreeTiers()
    return _run(model, (model.waits_1, model.waits_2, model.waits_3), days * desks.DAY, seed)


def _run(model, tiers, end, seed) -> Reading:
    for dataset in (*tiers, model.left_at):
        dataset.capture()
    names = [name for name, value in vars(model).items() if any(value is tier for tier in tiers)]
    experiment = cb.Experiment(model, window=cb.Window(duration=end), seed=seed)
    result = experiment.run(workers=1, on_failure="raise")[model]
    return lambda: Outcome(
        tickets=int(result.tickets.values[0, 0]),
        minutes=end,
        waits=tuple(_kept(getattr(result, name)) for name in names),
        left_at=_kept(result.left_at),
    )


def _kept(signal) -> np.ndarray:
    return signal.trial(0, 0)[1]
