"""The closed form behind an expected number: names and numbers of the table of cases → `simdesk.queueing`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simdesk import queueing
from simdesk.errors import SimdeskError
from simdesk.queueing import Moments
from simdesk.verification.cases import Formula


def closed_form(formula: Formula) -> float:
    """The number that a formula gives.

    Besides plain numbers, its arguments may hold laws of work, such as `work: {lognormal: [1.0, 1.5]}` (a constructor
    of `Moments` and what it takes), alone or in a list, and `hourly`: arrival rates of the 24 hours of every day.

    Raises:
        SimdeskError: for an unknown formula.
    """
    if formula.name not in queueing.__all__:
        raise SimdeskError(f"simdesk.queueing has no formula '{formula.name}'")
    function: Callable[..., Any] = getattr(queueing, formula.name)
    answer = function(**_arguments(formula.arguments))
    for part in formula.gives.split(".") if formula.gives else ():
        answer = answer[int(part)] if part.lstrip("-").isdigit() else getattr(answer, part)
    return float(answer(formula.at) if callable(answer) else answer)


def _arguments(written: Mapping[str, Any]) -> dict[str, Any]:
    arguments = dict(written)
    if "work" in arguments:
        arguments["work"] = _work(arguments["work"])
    if "hourly" in arguments:
        rates = arguments.pop("hourly")
        arguments["arrival_rate"] = lambda t: rates[int(t) % 24]
        arguments["rate_jumps"] = [float(hour) for hour in range(1, int(arguments["end"]))]
    if "staffing" in arguments:
        arguments["staffing"] = [(float(start), agents) for start, agents in arguments["staffing"]]
    return arguments


def _work(written: Any) -> Any:
    if isinstance(written, Mapping):
        [(law, parameters)] = written.items()
        constructor: Callable[..., Moments] = getattr(Moments, law)
        return constructor(*parameters)
    if isinstance(written, list):
        return [_work(one) for one in written]
    return written
