"""Each setting once: its name, its environment variable, what it takes, and its default."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from platformdirs import user_cache_path
from pydantic import Field, JsonValue, PrivateAttr, SecretStr, field_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from siseon.settings.environment import PREFIX, config, earlier

Place = Literal["threads", "processes"]
Provider = Literal["tensorrt", "cuda", "openvino", "cpu"]
_TOPIC = r"^[A-Za-z0-9_-]{1,64}(/[A-Za-z0-9_-]{1,64}){0,7}$"


class Settings(BaseSettings):
    """Each option once: its name, its environment variable and its default."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    model_path: Annotated[tuple[Path, ...], NoDecode] = ()
    """``SISEON_MODEL_PATH``: folders of weights and cards, searched in order, separated as in ``PATH``."""
    cache_dir: Path = Field(default_factory=lambda: user_cache_path("siseon"))
    """``SISEON_CACHE_DIR``: where pulled weights are kept."""
    threads: int = Field(default=1, ge=1)
    """``SISEON_THREADS``: threads that compute one call of a model; a stage runs as many calls at once as there are
    cores for. When not set one, and all cores for ``siseon run`` with one picture."""

    providers: Annotated[tuple[Provider, ...], NoDecode] = ()
    """``SISEON_PROVIDERS``: where networks run, best first, of ``tensorrt,cuda,openvino,cpu``; when not set all
    that are there but TensorRT, which compiles for minutes at the first start."""
    own_network: Path | None = None
    """``SISEON_OWN_NETWORK``: an ONNX file that is loaded at the start under its name; a ``card.toml`` beside it says
    what it takes and answers, where that is more than tensors."""
    warm_up: int = Field(default=1, ge=1, le=100)
    """``SISEON_WARM_UP``: times that each network is run when it is loaded, before its first request; not by
    ``siseon run`` with one picture."""

    host: str = "127.0.0.1"
    """``SISEON_HOST``: address to listen at. Any but loopback needs a ``token``."""
    port: int = Field(default=8000, ge=0, le=65535)
    """``SISEON_PORT``; 0 takes a free one."""
    workers: Annotated[int, Field(ge=1, le=64)] | Literal["auto"] = 1
    """``SISEON_WORKERS``: processes behind the port; ``auto`` is one a core, where no accelerator computes."""
    token: SecretStr | None = Field(default=None, min_length=16)
    """``SISEON_TOKEN``: bearer token that every request but the health checks must carry."""
    console: bool | None = None
    """``SISEON_CONSOLE``: the page for people at ``/console/``; when not set it is there where one process listens at
    this machine only and its library is installed (``pip install 'siseon[console]'``)."""
    pipelines: dict[str, dict[str, JsonValue]] = Field({"text": {}}, min_length=1)
    """``SISEON_PIPELINES``: which to serve, each with its options, as JSON: ``{"text": {}}``; in ``siseon.toml`` tables
    ``[pipelines.NAME]``. A command that runs one takes its options from here too."""
    request_timeout_s: float = Field(default=30.0, gt=0)
    """``SISEON_REQUEST_TIMEOUT_S``: seconds allowed for a request; ``X-Request-Timeout`` may ask for less."""
    run_timeout_s: float = Field(default=60.0, gt=0)
    """``SISEON_RUN_TIMEOUT_S``: seconds that one run of a network may take; a registered one may never end."""
    registered_bytes: int = Field(default=2 << 30, ge=1 << 20)
    """``SISEON_REGISTERED_BYTES``: what all registered networks together may compute in, their weights not counted."""
    max_loaded_models: int | None = Field(default=None, ge=1)
    """``SISEON_MAX_LOADED_MODELS``: that clients may have loaded at once, those of pipelines not counted; one more
    takes the place of the one that was used longest ago."""
    log_figures_s: float = Field(default=300.0, ge=0)
    """``SISEON_LOG_FIGURES_S``: seconds between two lines in the log about each model that has run; 0 for none."""
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

    jobs_database: SecretStr | None = None
    """``SISEON_JOBS_DATABASE``: where jobs are kept, ``sqlite:///PATH`` or ``postgresql://USER:PASSWORD@HOST/NAME``; a
    file in ``cache_dir`` when not set. SQLite is for processes of one machine, never on a network file system."""
    jobs_artifacts: SecretStr | None = None
    """``SISEON_JOBS_ARTIFACTS``: where inputs and results of jobs lie, a folder or ``s3://BUCKET/PREFIX``; a folder in
    ``cache_dir`` when not set."""
    jobs_carrier: SecretStr | None = None
    """``SISEON_JOBS_CARRIER``: carries items to workers, ``redis://HOST:6379/0`` or ``amqp://USER:PASSWORD@HOST/``
    (RabbitMQ); without one they ask the database."""
    jobs_queue_items: int = Field(default=1_000_000, ge=1)
    """``SISEON_JOBS_QUEUE_ITEMS``: items of all jobs that may wait; beyond it a new job gets 503 ``queue_full``."""
    jobs_keep_s: float = Field(default=7 * 24 * 3600.0, gt=0)
    """``SISEON_JOBS_KEEP_S``: seconds that a finished job and its artifacts are kept."""
    jobs_folder: Path | None = None
    """``SISEON_JOBS_FOLDER``: below it clients of the service may name folders of pictures; nowhere when not set."""
    jobs_items: int = Field(default=100_000, ge=1)
    """``SISEON_JOBS_ITEMS``: pictures in one job that comes over HTTP."""
    jobs_video_bytes: int = Field(default=2 << 30, ge=1024)
    """``SISEON_JOBS_VIDEO_BYTES``: length of one video that comes over HTTP."""
    jobs_video_s: float = Field(default=4 * 3600.0, gt=0)
    """``SISEON_JOBS_VIDEO_S``: seconds that it may last."""
    jobs_video_pixels: int = Field(default=36_000_000, ge=1)
    """``SISEON_JOBS_VIDEO_PIXELS``: width × height of its pictures."""
    jobs_video_frames: int = Field(default=1_000_000, ge=1)
    """``SISEON_JOBS_VIDEO_FRAMES``: pictures in it."""
    jobs_upload_s: float = Field(default=3600.0, gt=0)
    """``SISEON_JOBS_UPLOAD_S``: seconds that the upload of one job may take."""
    jobs_timeout_s: float = Field(default=300.0, gt=0)
    """``SISEON_JOBS_TIMEOUT_S``: seconds that a worker gives one picture."""
    jobs_webhook_secret: SecretStr | None = Field(default=None, min_length=16)
    """``SISEON_JOBS_WEBHOOK_SECRET``: key that signs the bodies of webhooks."""

    streams_allow: str = ""
    """``SISEON_STREAMS_ALLOW``: private networks of cameras that streams added over HTTP may be of, written as for
    ``url_allow``; those of `siseon streams add` may be anywhere."""
    streams_ca: Path | None = None
    """``SISEON_STREAMS_CA``: file of certificates (PEM) that cameras behind ``rtsps://`` are verified with."""
    streams_folder: Path | None = None
    """``SISEON_STREAMS_FOLDER``: below it streams added over HTTP may name video files; nowhere when not set."""
    streams_most: int = Field(default=100, ge=1, le=1000)
    """``SISEON_STREAMS_MOST``: streams that are kept at most, for what is added over HTTP."""
    stream_viewers: int = Field(default=64, ge=1, le=4096)
    """``SISEON_STREAM_VIEWERS``: connections that watch streams at once; beyond it they get 503."""
    clips_keep_s: float = Field(default=7 * 24 * 3600.0, gt=0)
    """``SISEON_CLIPS_KEEP_S``: seconds that clips of streams are kept."""
    clips_most: int = Field(default=1000, ge=1, le=100_000)
    """``SISEON_CLIPS_MOST``: clips that are kept, of all streams; the oldest go first."""
    clips_bytes: int = Field(default=10 << 30, ge=1 << 20)
    """``SISEON_CLIPS_BYTES``: of all clips that are kept."""
    figures_stale_s: float = Field(default=10.0, ge=0.1, le=86_400)
    """``SISEON_FIGURES_STALE_S``: seconds after which a figure is not the present's any more for the systems of a
    plant; one that does not change is told to MQTT again after a third of it."""

    mqtt_url: SecretStr | None = None
    """``SISEON_MQTT_URL``: broker that gets the figures of streams, ``mqtts://USER:PASSWORD@HOST:8883``; ``mqtt://`` is
    not encrypted."""
    mqtt_ca: Path | None = None
    """``SISEON_MQTT_CA``: file of certificates (PEM) that the broker is verified with; those of the system when not
    set."""
    mqtt_certificate: Path | None = None
    """``SISEON_MQTT_CERTIFICATE``: file (PEM) of the certificate that the broker knows this service by, with its chain;
    for brokers that ask for one."""
    mqtt_key: Path | None = None
    """``SISEON_MQTT_KEY``: file (PEM) of its key, without a password."""
    mqtt_topic: str = Field(default="siseon", pattern=_TOPIC)
    """``SISEON_MQTT_TOPIC``: first levels of all topics: letters, digits, ``-``, ``_`` and ``/`` between them."""
    mqtt_discovery: str = Field(default="homeassistant", pattern=f"^$|{_TOPIC}")
    """``SISEON_MQTT_DISCOVERY``: first levels of the topics that Home Assistant finds sensors by; empty for none."""
    mqtt_keep: int = Field(default=100_000, ge=1, le=10_000_000)
    """``SISEON_MQTT_KEEP``: figures kept while the broker is away; beyond it the oldest are dropped."""
    modbus_port: int | None = Field(default=None, ge=0, le=65535)
    """``SISEON_MODBUS_PORT``: where figures are shown over Modbus TCP, 502 by custom; not at all when not set."""
    modbus_host: str = "127.0.0.1"
    """``SISEON_MODBUS_HOST``: address to listen at. Modbus knows no passwords: whoever reaches it can read."""
    modbus_words: Literal["big", "little"] = "big"
    """``SISEON_MODBUS_WORDS``: ``big`` puts the high word of a value first, ``little`` the low one."""
    opcua_port: int | None = Field(default=None, ge=0, le=65535)
    """``SISEON_OPCUA_PORT``: where programs of this machine read figures and alarms over OPC UA, 4840 by custom; not at
    all when not set."""
    opcua_acknowledge: bool = False
    """``SISEON_OPCUA_ACKNOWLEDGE``: whether they may acknowledge alarms there too, without a token."""

    _besides: Mapping[str, dict[str, JsonValue]] = PrivateAttr(default_factory=dict)

    def serving(self, pipelines: dict[str, dict[str, JsonValue]]) -> Settings:
        """The same with these pipelines. What was said of others is kept: jobs for them are accepted nevertheless."""
        chosen = self.model_copy(update={"pipelines": pipelines})
        chosen._besides = {**self._besides, **self.pipelines}
        return chosen

    def options_of(self, name: str) -> dict[str, JsonValue]:
        """What is said of a pipeline, be it served or not."""
        return self.pipelines.get(name, self._besides.get(name, {}))

    @property
    def jobs_database_url(self) -> str:
        """The URL of ``jobs_database``, password included."""
        if self.jobs_database is None:
            return f"sqlite:///{self.cache_dir / 'jobs.db'}"
        return self.jobs_database.get_secret_value()

    @property
    def jobs_artifacts_place(self) -> str:
        """The folder or URL of ``jobs_artifacts``."""
        if self.jobs_artifacts is None:
            return str(self.cache_dir / "artifacts")
        return self.jobs_artifacts.get_secret_value()

    @property
    def audit(self) -> Path:
        """Folder of the logs of what was done with people in jobs, one an application; they stay when jobs go."""
        return self.cache_dir / "audit"

    @property
    def registered(self) -> Path:
        """Folder of the models that clients of a service have registered; they are known again after a restart."""
        return self.cache_dir / "registered"

    @field_validator("model_path", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part for part in value.split(os.pathsep) if part) if isinstance(value, str) else value

    @field_validator("providers", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

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
        return (
            init_settings,
            env_settings,
            InitSettingsSource(settings_cls, earlier()),
            TomlConfigSettingsSource(settings_cls, toml_file=config()),
        )
