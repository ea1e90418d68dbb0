"""Known answers with their sources, and the storm of calls that several tests ask about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from simdesk.queueing import TimeVaryingQueue, time_varying_queue

Case = dict[str, Any]
KNOWN_ANSWERS = Path(__file__).parent / "verification" / "known_answers.yaml"
CASES: list[Case] = yaml.safe_load(KNOWN_ANSWERS.read_text(encoding="utf-8"))["cases"]


def storm(**options: Any) -> TimeVaryingQueue:
    return time_varying_queue(
        lambda t: 30.0 if 8 <= t < 10 else 5.0,
        1.0,
        staffing=[(0.0, 10)],
        end=12.0,
        rate_jumps=[8.0, 10.0],
        **options,
    )
