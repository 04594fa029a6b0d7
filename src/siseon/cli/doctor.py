"""``siseon doctor``: what this machine can run, what is missing, and how to get it."""

from __future__ import annotations

import importlib.util
import os
import platform
from importlib.metadata import version

import typer

OPTIONAL = {
    "pillow_heif": ("HEIC pictures", "pip install 'siseon[heif]'"),
    "pycocotools": ("siseon evaluate inspection", "pip install 'siseon[coco]'"),
    "onnx": ("quantising a classifier", "pip install 'siseon[quantize]'"),
    "supervision": ("supervision.Detections", "pip install 'siseon[supervision]'"),
}


def doctor() -> None:
    """Check this installation. The exit code is 1 when something that every pipeline needs is broken."""
    from siseon.applications.build import manager
    from siseon.cli.terminal import out
    from siseon.contracts import SiseonError
    from siseon.models.runtime import choose_providers
    from siseon.settings import read_settings

    settings = read_settings()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    out.print("[bold]machine[/bold]")
    out.print(
        f"  {platform.system()} {platform.machine()}, {cores} cores, Python {platform.python_version()}"
    )
    out.print(f"  onnxruntime {version('onnxruntime')}: {', '.join(choose_providers())}")
    broken = _opencv()
    out.print("[bold]optional libraries[/bold]")
    for module, (what, command) in OPTIONAL.items():
        if importlib.util.find_spec(module) is None:
            out.print(f"  [dim]–[/dim] {what}: {command}")
        else:
            out.print(f"  [green]✓[/green] {what}")
    out.print("[bold]models[/bold]")
    models = manager(settings)
    for card, path in models.list():
        if path is None:
            out.print(f"  [dim]–[/dim] {card.name}: not here")
            continue
        try:
            models[card.name].load()
            out.print(f"  [green]✓[/green] {card.name}: {path}")
        except SiseonError as error:
            out.print(f"  [red]✗[/red] {card.name}: {error.message}\n    → {error.hint}")
        finally:
            models[card.name].unload()
    folders = os.pathsep.join(map(str, settings.model_path)) or "not set"
    out.print(f"  SISEON_MODEL_PATH: {folders}")
    out.print(f"  cache: {models.cache_dir}")
    if broken:
        raise typer.Exit(1)


def _opencv() -> bool:
    """Say which OpenCV is loaded: two builds in one environment overwrite each other."""
    from siseon.cli.terminal import out

    remedy = "pip uninstall -y opencv-python opencv-python-headless && pip install 'opencv-python-headless<5'"
    try:
        import cv2
    except ImportError as error:
        out.print(f"  [red]✗[/red] OpenCV can not be imported ({error})\n    → {remedy}")
        return True
    if cv2.__version__.startswith("4."):
        out.print(
            f"  OpenCV {cv2.__version__}, simplejpeg {version('simplejpeg')}, Pillow {version('pillow')}"
        )
        return False
    out.print(f"  [red]✗[/red] OpenCV {cv2.__version__} is installed, siseon needs 4.x\n    → {remedy}")
    return True
