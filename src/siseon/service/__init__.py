"""Pipelines over HTTP: applications, models, the Open Inference Protocol, health and metrics.

``siseon.service.app.create_app(siseon.hosting.Host(settings))`` is an ASGI application; ``siseon serve`` runs it.
Nothing is imported here: the parent of several workers lives in this package and stays small.
"""
