"""What a machine's owner may set: by option, by environment (``SISEON_*``), or in ``siseon.toml``.

In that order: what is nearer to the command wins. The only reader of the environment.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Annotated, Literal

from platformdirs import user_cache_path
from pydantic import Field, JsonValue, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from siseon.contracts import InputError

CONFIG = "siseon.toml"

Place = Literal["threads", "processes"]


class Settings(BaseSettings):
    """Each option once: its name, its environment variable and its default."""

    model_config = SettingsConfigDict(env_prefix="SISEON_", frozen=True, extra="forbid")

    model_path: Annotated[tuple[Path, ...], NoDecode] = ()
    """``SISEON_MODEL_PATH``: folders of weights and cards, searched in order, separated as in ``PATH``."""
    cache_dir: Path = Field(default_factory=lambda: user_cache_path("siseon"))
    """``SISEON_CACHE_DIR``: where pulled weights are kept."""
    threads: int = Field(default=1, ge=1)
    """``SISEON_THREADS``: threads that compute one call of a model; stages run several calls at once."""

    host: str = "127.0.0.1"
    """``SISEON_HOST``: address to listen at. Any but loopback needs a ``token``."""
    port: int = Field(default=8000, ge=0, le=65535)
    """``SISEON_PORT``; 0 takes a free one."""
    workers: Annotated[int, Field(ge=1, le=64)] | Literal["auto"] = 1
    """``SISEON_WORKERS``: processes behind the port; ``auto`` is one a core, where no accelerator computes."""
    token: SecretStr | None = Field(default=None, min_length=16)
    """``SISEON_TOKEN``: bearer token that every request but the health checks must carry."""
    pipelines: dict[str, dict[str, JsonValue]] = Field({"text": {}}, min_length=1)
    """Tables ``[pipelines.NAME]`` of ``siseon.toml``: which to serve, each with its options; a command that runs one
    takes its options from here too."""
    request_timeout_s: float = Field(default=30.0, gt=0)
    """``SISEON_REQUEST_TIMEOUT_S``: seconds allowed for a request; ``X-Request-Timeout`` may ask for less."""
    run_timeout_s: float = Field(default=60.0, gt=0)
    """``SISEON_RUN_TIMEOUT_S``: seconds that one run of a network may take; a registered one may never end."""
    registered_bytes: int = Field(default=2 << 30, ge=1 << 20)
    """``SISEON_REGISTERED_BYTES``: what all registered networks together may compute in, their weights not counted."""
    placement: Place | dict[str, Place | dict[str, Place]] = "threads"
    """``SISEON_PLACEMENT``: where stages compute, ``threads`` or worker ``processes``; in ``siseon.toml`` also a table
    by pipeline, or by pipeline and stage: ``[placement.inspection]`` with ``classify = "processes"``."""
    max_in_flight: int = Field(default=256, ge=1)
    """``SISEON_MAX_IN_FLIGHT``: requests at work at once in a pipeline; beyond it they get 503."""
    max_at_work: int | None = Field(default=None, ge=1)
    """``SISEON_MAX_AT_WORK``: those that run, the others wait for a turn. Two a core; all with an accelerator."""
    max_connections: int | None = Field(default=None, ge=16)
    """``SISEON_MAX_CONNECTIONS``: open at once; the process's limit of file descriptors decides when not set."""
    max_upload_bytes: int = Field(default=64 << 20, ge=1024)
    """``SISEON_MAX_UPLOAD_BYTES``: length of one picture; a batch may have four times as much."""
    max_uploads_bytes: int = Field(default=512 << 20, ge=1024)
    """``SISEON_MAX_UPLOADS_BYTES``: of all uploads in memory together; beyond it they get 503."""
    max_pixels: int = Field(default=89_000_000, ge=1)
    """``SISEON_MAX_PIXELS``: width × height of a picture, read from its header."""
    batch_items: int = Field(default=256, ge=1)
    """``SISEON_BATCH_ITEMS``: pictures in one batch request."""
    batch_in_flight: int = Field(default=8, ge=1)
    """``SISEON_BATCH_IN_FLIGHT``: pictures of one batch request at work at once."""
    url_allow: str = ""
    """``SISEON_URL_ALLOW``: private networks from which pictures may be fetched, ``192.168.1.0/24,10.0.0.5``."""
    drain_s: float = Field(default=30.0, ge=0)
    """``SISEON_DRAIN_S``: seconds that accepted work gets after SIGTERM."""
    otlp_endpoint: str | None = None
    """``SISEON_OTLP_ENDPOINT``: where OpenTelemetry spans go, ``http://127.0.0.1:4318`` for example."""

    @property
    def registered(self) -> Path:
        """Folder of the models that clients of a service have registered; they are known again after a restart."""
        return self.cache_dir / "registered"

    @field_validator("model_path", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part for part in value.split(os.pathsep) if part) if isinstance(value, str) else value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Options, then the environment, then the file ``SISEON_CONFIG`` or ``siseon.toml`` here."""
        path = Path(os.environ.get("SISEON_CONFIG", CONFIG))
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=path)


def read_settings(**options: object) -> Settings:
    """The settings, with ``options`` (those that are not None) before all else.

    Raises:
        InputError: an option, variable or line of ``siseon.toml`` that cannot be used. The value is not echoed: it
            may be a secret.
    """
    try:
        return Settings.model_validate({name: value for name, value in options.items() if value is not None})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        hint = f"see SISEON_{field.upper()}, or {field} in {CONFIG}"
        raise InputError(f"setting {field}: {first['msg']}", hint=hint) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{CONFIG} cannot be read: {error}", hint="mend the file") from None
