"""A desk and its alternatives under the same luck: every measure of each, and the paired differences from the base."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from simdesk.errors import RunError
from simdesk.experiment.difference import Difference, bonferroni, difference, holm
from simdesk.experiment.estimate import CONFIDENCE
from simdesk.experiment.lab import Lab, at_work
from simdesk.experiment.refusals import refuse_run_changes
from simdesk.experiment.replications import Replications
from simdesk.experiment.sheet import Key, describe
from simdesk.scenario.loading import alternative
from simdesk.scenario.model import Scenario

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Comparison:
    """What the replications of a base and its alternatives say of each other.

    Attributes:
        base: the desk as it stands.
        alternatives: the others, by name; replication r of each met the luck of replication r of the base.
        confidence: of each interval, or of all alternatives' intervals of a measure together.
        together: which of the two; Bonferroni's correction.
    """

    base: Replications
    alternatives: Mapping[str, Replications]
    confidence: float = CONFIDENCE
    together: bool = False

    def difference(self, name: str, key: Key) -> Difference:
        """An alternative less the base, in one measure."""
        return self.differences[name, key]

    @cached_property
    def differences(self) -> Mapping[tuple[str, Key], Difference]:
        """Every measure that both sides have, for every alternative."""
        each = bonferroni(self.confidence, len(self.alternatives)) if self.together else self.confidence
        found = {}
        for name, runs in self.alternatives.items():
            for key in self.base.estimates:
                if key in runs.estimates:
                    pair = ([sheet.readings[key] for sheet in side.sheets] for side in (self.base, runs))
                    found[name, key] = difference(*pair, confidence=each)
        return found

    @cached_property
    def adjusted(self) -> Mapping[tuple[str, Key], float]:
        """p-values of no difference, adjusted by Holm for the alternatives that were compared in the same measure."""
        found: dict[tuple[str, Key], float] = {}
        for key in self.base.estimates:
            family = [name for name in self.alternatives if (name, key) in self.differences]
            p_values = holm([self.differences[name, key].p_value for name in family])
            found |= {(name, key): p for name, p in zip(family, p_values, strict=True)}
        return found

    def table(self) -> pd.DataFrame:
        """Every difference, tidy: one row for each alternative and measure.

        Columns: `alternative, measure, by, of, label, unit, base, value, difference, low, high, sure, positive,
        p_value, p_adjusted, reduction, replications, note`. Times are in seconds; the rest is as in `Difference`.
        """
        import pandas as pd

        rows = []
        for (name, key), found in self.differences.items():
            label, unit, _, _ = describe(key)
            rows.append(
                {
                    "alternative": name, **key._asdict(), "label": label,
                    "unit": "seconds" if unit == "time" else unit,
                    "base": found.base, "value": found.other, "difference": found.value,
                    "low": found.low, "high": found.high, "sure": found.sure, "positive": found.positive,
                    "p_value": found.p_value, "p_adjusted": self.adjusted[name, key],
                    "reduction": found.reduction, "replications": found.replications, "note": found.note,
                }
            )  # fmt: skip
        return pd.DataFrame(rows)


def compare(
    scenario: Scenario,
    alternatives: Mapping[str, Mapping[str, Any]],
    *,
    replications: int | None = None,
    confidence: float = CONFIDENCE,
    together: bool = False,
    wanted: Collection[Key] | None = None,
    lab: Lab | None = None,
) -> Comparison:
    """Simulate a desk and its alternatives with the same luck.

    Args:
        scenario: the base.
        alternatives: by name, the dotted paths that each changes, with their values.
        replications: of each; the scenario's own number unless stated.
        confidence: of the intervals.
        together: let the intervals of all alternatives hold together with this confidence, and not each for itself.
        wanted: measures to read; all of them unless stated.
        lab: where it is simulated.

    Raises:
        RunError: there is no alternative, or one changes how long or with what luck it is measured.
        ScenarioError: an alternative changes what cannot be changed.
    """
    if not alternatives:
        raise RunError("there is nothing to compare with: state at least one alternative")
    for name, changes in alternatives.items():
        refuse_run_changes(changes, f"alternative '{name}'")
    varied = [alternative(scenario, dict(changes)) for changes in alternatives.values()]
    with at_work(lab) as here:
        base, *others = here.many([scenario, *varied], replications, wanted=wanted)
    return Comparison(base, dict(zip(alternatives, others, strict=True)), confidence, together)
