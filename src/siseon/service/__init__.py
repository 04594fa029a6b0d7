"""Pipelines over HTTP: applications, models, the Open Inference Protocol, health and metrics.

``create_app(Host(settings))`` is an ASGI application; ``siseon serve`` runs it.
"""

from siseon.service.app import create_app
from siseon.service.host import Host

__all__ = ["Host", "create_app"]
