"""Statistics of simulation output: plain functions of arrays that know no desk, no scenario and no engine."""
