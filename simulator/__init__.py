"""A simulated home: pure and seeded worlds, and how their devices speak."""
