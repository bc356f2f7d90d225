"""Between MQTT and the words."""
