"""A network in int8: calibrated on pictures, with any of its layers kept in float. Needs the package ``onnx``."""
