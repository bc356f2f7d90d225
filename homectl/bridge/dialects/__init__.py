"""Payloads to words and back: two dialects, `zigbee2mqtt` and `home_assistant`, and what they are made of."""
