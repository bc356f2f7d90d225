"""Recorded messages as readings: joins the formats of the journal's readers with the dialects of the bridge."""

from homectl.captures.interpreter import BridgeInterpreter

__all__ = ["BridgeInterpreter"]
