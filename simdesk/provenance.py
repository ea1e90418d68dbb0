"""Where a number comes from: the scenario's hash, the seed, and what computed it. On every result."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from hashlib import sha256
from importlib.metadata import version
from platform import python_version
from typing import Final

from simdesk import __version__
from simdesk.scenario.loading import canonical
from simdesk.scenario.model import Scenario
from simdesk.zones import edition

_LIBRARIES: Final = ("simpy", "numba", "numpy", "scipy", "pandas", "holidays")


@dataclass(frozen=True, slots=True)
class Provenance:
    """What somebody needs to compute the same numbers again.

    Attributes:
        title: of the scenario.
        scenario: SHA-256 of the scenario with every default filled in.
        seed, replications: of the run.
        engine: that simulated.
        simdesk, python, libraries, time_zones: versions; the last is the edition of the time-zone database.
        logs: SHA-256 over the ticket logs of all replications.
    """

    title: str
    scenario: str
    seed: int
    replications: int
    engine: str
    simdesk: str
    python: str
    libraries: dict[str, str]
    time_zones: str
    logs: str

    def json(self) -> str:
        """As indented JSON."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"


def scenario_hash(scenario: Scenario) -> str:
    """SHA-256 of the scenario's canonical form; titles and stories count too."""
    text = json.dumps(canonical(scenario), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


def provenance(scenario: Scenario, *, replications: int, engine: str, digests: list[str]) -> Provenance:
    """Provenance of a finished run; `digests` are those of its logs, in the order of the replications."""
    return Provenance(
        title=scenario.title,
        scenario=scenario_hash(scenario),
        seed=scenario.run.seed,
        replications=replications,
        engine=engine,
        simdesk=__version__,
        python=python_version(),
        libraries={name: version(name) for name in _LIBRARIES},
        time_zones=edition(),
        logs=sha256("".join(digests).encode()).hexdigest(),
    )
