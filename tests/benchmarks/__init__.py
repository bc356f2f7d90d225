"""What homectl costs: `python -m tests.benchmarks` measures it here and now, beside a yardstick of the same run."""
