"""From what is known to an approved command; pure, no I/O, no wall clock."""
