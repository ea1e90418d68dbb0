"""Known answers against simulated desks: what `simdesk verify` prints. The desks are ordinary YAML, run in the ordinary way."""
