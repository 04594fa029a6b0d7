"""What a service, jobs, streams and a console share, and nothing of HTTP.

Hosted pipelines, the model repository, admission, deadlines, metrics, telemetry, logs and drawing.
"""

from siseon.hosting.host import Host

__all__ = ["Host"]
