"""What a client of the service may have it connect to and read: the owner's networks and folder, and nothing beside.

Whoever has a shell on this machine may name any address. A client over HTTP must not make the service its way into the
network around it, or a reader of its files.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path

from siseon.applications.build import options
from siseon.contracts import FailureCode, InputError
from siseon.hosting.host import Host
from siseon.jobs.webhooks import check as check_webhook
from siseon.media.addresses import networks
from siseon.settings import Settings
from siseon.streams.address import MASK, Address, may_connect
from siseon.streams.kept_options import KeptOptions

CALIBRATION = "calibration"


def admitted(settings: Settings, source: str) -> str:
    """The source as it is kept, where a client may name it.

    Raises:
        InputError: ``url_blocked``; ``file_unreadable`` for a file that is not there, or not in the open folder.
    """
    address = Address.written(source)
    if address.scheme == "v4l2":
        raise InputError(
            "a camera of this machine itself is not named over HTTP",
            code=FailureCode.url_blocked,
            hint="who has a shell on it adds it: siseon streams add NAME /dev/video0",
        )
    if address.scheme == "file":
        return str(_file(settings.streams_folder, source))
    if MASK in address.userinfo:
        raise InputError(
            f"the address has {MASK} in the place of user and password",
            code=FailureCode.url_blocked,
            hint="state it whole, or leave it out to keep the one there is",
        )
    try:
        host = ip_address(address.host)
    except ValueError:
        return source  # a name: it is judged when it is looked up
    if not may_connect(address, host, networks(settings.streams_allow)):
        raise InputError(
            "the network of that address is not allowed",
            code=FailureCode.url_blocked,
            hint="start the service with the cameras' networks: SISEON_STREAMS_ALLOW=192.168.1.0/24",
        )
    return source


def check_application(host: Host, name: str, values: Mapping[str, object]) -> None:
    """Whether the application runs here with these options.

    Raises:
        InputError: ``pipeline_not_found``, or an option that it does not take.
    """
    application = host[name].application
    if CALIBRATION in values:
        raise InputError(
            "a calibration is not stated as a file over HTTP",
            hint="PUT /v1/streams/NAME/calibration takes the calibration itself",
        )
    options(name, application, host.settings, values)


def check_told(host: Host, application: str, how: KeptOptions) -> None:
    """Whether what is watched for can be seen, and told to where it is to be.

    Raises:
        InputError: alarms of an application without figures, or a webhook that cannot be sent.
    """
    if how.alarms and host[application].application.measure is None:
        raise InputError(
            f"{application} gives no figures that could raise alarms", hint="gauges does, for example"
        )
    if how.webhook is not None:
        if MASK in how.webhook:
            raise InputError(
                f"the webhook has {MASK} in the place of its path",
                code=FailureCode.url_blocked,
                hint="state it whole, or leave it out to keep the one there is",
            )
        secret = host.settings.jobs_webhook_secret
        check_webhook(how.webhook, secret.get_secret_value() if secret else None)


def _file(folder: Path | None, source: str) -> Path:
    """A video file below the folder, links followed; what lies elsewhere looks the same as what is not there."""
    if folder is None:
        raise InputError(
            "no folder of video files is open to clients of this service",
            code=FailureCode.file_unreadable,
            hint="the service's owner opens one with SISEON_STREAMS_FOLDER",
        )
    try:
        root = folder.resolve()
        path = (root / source).resolve()
        if path.is_relative_to(root) and path.is_file():
            return path
    except (OSError, ValueError):  # too long, a loop of links, a NUL
        pass
    raise InputError("there is no such file in the open folder", code=FailureCode.file_unreadable)
