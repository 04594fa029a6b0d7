"""The Open Inference Protocol v2 over REST, with the binary-tensor extension, for models and for pipelines."""

from siseon.service.oip.routes import protocol_routes

__all__ = ["protocol_routes"]
