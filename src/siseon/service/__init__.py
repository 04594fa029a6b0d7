"""Pipelines over HTTP: applications, models, the Open Inference Protocol, health and metrics.

``create_app(siseon.hosting.Host(settings))`` is an ASGI application; ``siseon serve`` runs it.
"""

from siseon.service.app import create_app

__all__ = ["create_app"]
