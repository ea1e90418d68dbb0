"""Twins of real service operations: what their logs say, ready to be written into a scenario."""
