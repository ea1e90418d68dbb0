"""Questions to a desk: repeat it, measure it, and say how sure the answer is."""
