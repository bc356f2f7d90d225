"""A journal through the decision path on a told clock."""
