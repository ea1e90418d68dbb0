"""How many people, when: the cheapest staffing that keeps every target, and the shifts and rosters that provide it."""
