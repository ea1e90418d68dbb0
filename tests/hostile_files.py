"""Scenario files of legal size that make a careless reader work hard: names almost alike, circles, long chains."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import yaml

Tree = dict[str, Any]

WORK: Final = {"work": {"constant": {"value": "10 min"}}, "contacts": "1 per day"}
"""A small ticket type."""


def _name(number: int) -> str:
    """One of a thousand names of forty letters that are almost alike."""
    return f"a_team_with_a_long_name_like_the_others_{number:04d}"


def _wrong(number: int) -> str:
    """A name that is none of them, and near to all."""
    return f"a_taem_with_a_lnog_name_like_the_ohters_{number:04d}"


def _desk(types: int = 1, teams: int = 1, **more: Any) -> Tree:
    return {
        "demand": {"types": {_name(number): dict(WORK) for number in range(types)}},
        "teams": {_name(number): {"agents": 1} for number in range(teams)},
        **more,
    }


def _unknown_entries(where: str, count: int) -> Tree:
    """Rules of which each names a team, or a type, that does not exist."""
    if where == "to":
        rules = {f"r{n}": {"when": {"kind": "incident"}, "to": _wrong(n)} for n in range(count)}
    else:
        rules = {f"r{n}": {"when": {where: _wrong(n)}, "to": _name(0)} for n in range(count)}
    return _desk(400, 900, flow={"routing": rules})


def _unknown_lists(count: int, each: int) -> Tree:
    rules = {
        f"r{n}": {"when": {"type": [_wrong(n * each + i) for i in range(each)]}, "to": _name(0)} for n in range(count)
    }
    return _desk(400, 1, flow={"routing": rules})


def _teams(count: int, of: Callable[[int], Tree]) -> Tree:
    return {
        "demand": {"types": {"question": dict(WORK)}},
        "teams": {f"t{n}": {"agents": 1, **of(n)} for n in range(count)},
    }


def _chain(count: int, **more: Any) -> Tree:
    """Teams of which each passes everything on to the next."""
    desk = _teams(count, lambda n: {"escalates_to": f"t{n + 1}"} if n + 1 < count else {})
    desk["demand"]["types"]["question"]["resolves"] = {"tier_1": 0.001}
    return {**desk, **more}


def _each_other(count: int, each: int) -> Tree:
    return _teams(count, lambda n: {"also_serves": [f"t{(n + 1 + i) % count}" for i in range(each)]})


def _types_and_rules(types: int, rules: int) -> Tree:
    flow = {f"r{n}": {"when": {"type": f"k{n % types}"}, "to": "t0"} for n in range(rules)}
    return {
        "demand": {"types": {f"k{n}": dict(WORK) for n in range(types)}},
        "teams": {"t0": {"agents": 1}},
        "flow": {"routing": flow},
    }


def _calendars(count: int, **hours: Any) -> Tree:
    return {**_desk(), "calendars": {f"c{n}": dict(hours) for n in range(count)}}


def _open_at_start(teams: int, types: int, name: Callable[[int], str]) -> Tree:
    desk = _desk(types, teams)
    desk["run"] = {"open_at_start": {name(t): {name(k): {"count": 1} for k in range(types)} for t in range(teams)}}
    return desk


def _sliders(count: int, path: Callable[[int], str]) -> Tree:
    return {**_desk(100, 300), "try": [{"path": path(n)} for n in range(count)]}


def _targets(count: int, **target: Any) -> Tree:
    targets = {f"g{n}": {"measure": "first_wait", "at_most": "1 h", **target} for n in range(count)}
    return {**_desk(400, 900), "targets": targets}


HOSTILE: Final[dict[str, Callable[[], Tree]]] = {
    "a thousand unknown teams in rules": lambda: _unknown_entries("to", 1000),
    "a thousand unknown types in rules": lambda: _unknown_entries("type", 1000),
    "a thousand unknown categories in rules": lambda: _unknown_entries("category", 1000),
    "a thousand unknown channels in rules": lambda: _unknown_entries("channel", 1000),
    "four thousand unknown types in lists": lambda: _unknown_lists(40, 100),
    "nine hundred unknown escalations": lambda: _teams(900, lambda n: {"escalates_to": _wrong(n)}),
    "five thousand unknown teams to serve": lambda: _teams(
        500, lambda n: {"also_serves": [f"x{n}-{i}" for i in range(10)]}
    ),
    "nine hundred unknown calendars": lambda: (
        _teams(900, lambda n: {"calendar": _wrong(n)}) | {"calendars": {_name(n): {} for n in range(900)}}
    ),
    "four thousand unknown keys": lambda: {**_desk(), **{f"demandd{n}": 1 for n in range(4000)}},
    "unknown keys in every team": lambda: _teams(900, lambda n: {f"agentss{i}": 1 for i in range(9)}),
    "unknown keys in every type": lambda: {
        **_desk(),
        "demand": {"types": {f"k{n}": {**WORK, "prioritty": 1, "chanels": 2} for n in range(500)}},
    },
    "unknown shapes of work": lambda: {
        **_desk(),
        "demand": {"types": {f"k{n}": {"work": {"lognormall": {"mean": "1 min"}}} for n in range(500)}},
    },
    "unknown disciplines": lambda: _teams(1000, lambda n: {"discipline": f"fiffo{n}", "agent_choice": f"fastst{n}"}),
    "unknown time zones": lambda: _calendars(1200, time_zone="Europe/Berlinn"),
    "different unknown time zones": lambda: {
        **_desk(),
        "calendars": {f"c{n}": {"time_zone": f"Europe/Berlinn{n:05d}"} for n in range(1200)},
    },
    "unknown countries": lambda: {**_desk(), "calendars": {f"c{n}": {"holidays": f"Germanny{n}"} for n in range(1200)}},
    "unknown parts of a country": lambda: {
        **_desk(),
        "calendars": {f"c{n}": {"holidays": f"US-{n}"} for n in range(1200)},
    },
    "unknown weekdays": lambda: {**_desk(), "calendars": {f"c{n}": {"days": f"Mo{n}"} for n in range(1200)}},
    "long lists of weekdays": lambda: _calendars(60, days=", ".join(["Mon-Sun"] * 450)),
    "unknown units": lambda: {
        **_desk(),
        "demand": {
            "types": {f"k{n}": {**WORK, "work": {"constant": {"value": f"10 minuites{n}"}}} for n in range(500)}
        },
    },
    "a chain of a thousand teams": lambda: _chain(1000),
    "a chain with every detour": lambda: _chain(1000, flow={"hand_off": {}, "misroute": {}, "pending": {}}),
    "a circle of a thousand teams": lambda: _teams(1000, lambda n: {"escalates_to": f"t{(n + 1) % 1000}"}),
    "a long way into a circle": lambda: _teams(1000, lambda n: {"escalates_to": f"t{min(n + 1, 998)}"}),
    "teams that serve each other": lambda: _each_other(130, 129),
    "a ring of teams that serve each other": lambda: _each_other(1000, 10),
    "five hundred types and a thousand rules": lambda: _types_and_rules(500, 1000),
    "five hundred types and nearly two thousand rules": lambda: _types_and_rules(500, 1900),
    "calendars that nobody uses": lambda: _calendars(1200, days="Mon-Fri", hours="08:00-18:00", holidays="DE"),
    "holidays of many regions": lambda: {
        **_desk(),
        "calendars": {f"c{n}": {"holidays": place} for n, place in enumerate(("DE", "US-CA", "FR", "IT", "ES") * 200)},
    },
    "holidays of the whole world": lambda: {
        **_desk(),
        "calendars": {f"c{n}": {"holidays": place} for n, place in enumerate(_COUNTRIES)},
    },
    "many hours in a day": lambda: _calendars(
        50, hours=", ".join(f"{m // 60:02d}:{m % 60:02d}-{m // 60:02d}:{m % 60 + 1:02d}" for m in range(0, 1000, 4))
    ),
    "dates on which it is closed": lambda: _calendars(2, closed_on=["2026-12-24"] * 9000),
    "open at the start everywhere": lambda: _open_at_start(60, 60, _name),
    "open at the start for unknown teams": lambda: _open_at_start(60, 60, _wrong),
    "thousands of sliders": lambda: _sliders(3200, lambda n: f"teams.{_name(n % 300)}.agents"),
    "thousands of sliders that lead nowhere": lambda: _sliders(3200, lambda n: f"teams.{_wrong(n)}.agents"),
    "sliders of a thousand dots": lambda: _sliders(60, lambda n: "teams" + ".a" * 1900),
    "sliders of unknown keys": lambda: _sliders(4000, lambda n: f"demandd{n}.users"),
    "two thousand targets of unknown teams": lambda: {
        **_targets(0),
        "targets": {f"g{n}": {"measure": "first_wait", "at_most": "1 h", "team": _wrong(n)} for n in range(1500)},
    },
    "targets of unknown measures": lambda: {
        **_desk(),
        "targets": {f"g{n}": {"measure": f"frist_wait{n}", "at_most": "1 h"} for n in range(3000)},
    },
    "values of the wrong form": lambda: _teams(1000, lambda n: {"agents": "a", "tier": "b", "cost": 3, "shifts": []}),
    "numbers out of range": lambda: _teams(1000, lambda n: {"agents": -1, "tier": 10, "speed_cv": 2, "shrinkage": 2}),
    "names of the wrong form": lambda: {**_desk(), "teams": {f"1 {n}": {"agents": 1} for n in range(1000)}},
    "shares that miss a hundred": lambda: {
        **_desk(),
        "demand": {"types": {f"k{n}": {**WORK, "priority": {"P1": 0.5}, "channels": {"x": 0.4}} for n in range(500)}},
    },
    "shifts by the hundred": lambda: _teams(
        8, lambda n: {"agents": None, "shifts": {f"s{i}": {"hours": "08:00-16:00"} for i in range(600)}}
    ),
    "shares of a hundred thousand agents": lambda: _teams(
        3,
        lambda n: {
            "agents": 100_000,
            "shifts": {f"s{i}": {"share": 1 / 200, "hours": "08:00-16:00"} for i in range(200)},
        },
    ),
    "tiers that nobody has": lambda: {
        **_desk(),
        "demand": {
            "types": {
                f"k{n}": {"work": {f"tier_{t}": "5 min" for t in range(1, 10)}, "contacts": "1 per day"}
                for n in range(500)
            }
        },
    },
    "patience rules": lambda: {
        **_desk(300),
        "patience": {
            f"p{n}": {"when": {"type": _wrong(n)}, "gives_up_after": "5 min", "redials": 0.5} for n in range(1000)
        },
    },
    "currencies that differ": lambda: _teams(1000, lambda n: {"cost": "35 EUR per hour"}),
    "keys and values mixed up": lambda: {f"k{n}": {"a": [n, {"b": None}]} for n in range(2400)},
    "lists within lists": lambda: {**_desk(), "teams": {"t0": {"also_serves": [[[["x"] * 3]]] * 1000}}},
    "a text of its own for every line": lambda: {**_desk(), "story": "x" * 4000, "title": "y" * 4000},
}
"""Name → the file, as plain data. Some are valid and some are not."""

_COUNTRIES = (
    "AD", "AE", "AL", "AM", "AO", "AR", "AT", "AU", "AW", "AZ", "BA", "BD", "BE", "BG", "BH", "BI", "BN", "BO", "BR",
    "BW", "BY", "CA", "CH", "CL", "CM", "CN", "CO", "CR", "CU", "CY", "CZ", "DE", "DK", "DO", "DZ", "EC", "EE", "EG",
    "ES", "ET", "FI", "FR", "GB", "GE", "GR", "GT", "HK", "HN", "HR", "HU", "ID", "IE", "IL", "IN", "IS", "IT", "JM",
    "JP", "KE", "KR", "KZ", "LT", "LU", "LV", "MA", "MX", "MY", "NG", "NI", "NL", "NO", "NZ", "PA", "PE", "PH", "PK",
    "PL", "PT", "PY", "RO", "RS", "RU", "SA", "SE", "SG", "SI", "SK", "TH", "TN", "TR", "TW", "UA", "US", "UY", "VE",
    "VN", "ZA",
)  # fmt: skip


def written(tree: Tree) -> str:
    """A hostile desk as YAML, on few bytes."""
    return yaml.dump(tree, Dumper=_WithoutAliases, default_flow_style=None, sort_keys=False, width=200)


class _WithoutAliases(yaml.CSafeDumper if yaml.__with_libyaml__ else yaml.SafeDumper):  # type: ignore[misc]  # chosen at run time
    """Writes equal values again and again, as scenarios must."""

    def ignore_aliases(self, data: Any) -> bool:
        """Never an anchor."""
        return True
