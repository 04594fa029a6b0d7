"""``/v1/jobs``: work that must survive, over HTTP. The service accepts and tells; workers run."""

from siseon.service.jobs.desk import Desk
from siseon.service.jobs.routes import job_routes

__all__ = ["Desk", "job_routes"]
