"""Recorded logs."""
