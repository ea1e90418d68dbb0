"""Questions as files: a desk, what is varied, what is asked, in at most thirty lines of YAML. Never code."""
