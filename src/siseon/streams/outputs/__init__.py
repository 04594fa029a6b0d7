"""Figures of streams for the systems of a plant: an MQTT broker, Modbus TCP, OPC UA.

Each is a ``streams.sink.Sink``. They know measurements with tags, nothing of what was measured, and never slow a
stream.
"""
