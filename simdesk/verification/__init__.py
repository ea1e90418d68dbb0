"""Known answers against simulated desks: what `simdesk verify` prints. The desks are ordinary YAML files."""

from simdesk.verification.cases import Trial, read_cases
from simdesk.verification.judge import Verdict, verify

__all__ = ["Trial", "Verdict", "read_cases", "verify"]
