"""Payloads to words and back, one file per dialect."""
