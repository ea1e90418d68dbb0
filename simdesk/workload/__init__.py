"""Scenario + seed → Workload: the demand side as arrays. All chance is in here."""
