"""Pulls against a real HTTPS server on loopback: broken off, changed, wrong, refused."""

from __future__ import annotations

import hashlib
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import trustme

from siseon.contracts import FailureCode, ModelError
from siseon.models.card import ModelCard
from siseon.models.find import locate
from siseon.models.pull import Pulled, pull

BODY = bytes(range(256)) * 8192
SHA = hashlib.sha256(BODY).hexdigest()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        state = self.server.state  # type: ignore[attr-defined]
        state["requests"].append((self.path, self.headers.get("Range")))
        if self.path == "/missing.onnx":
            self.send_error(404)
            return
        if self.path == "/plain.onnx":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:1/x.onnx")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        start = 0
        wanted = self.headers.get("Range")
        if wanted and self.headers.get("If-Range") == state["etag"]:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
        body = state["body"][start:]
        self.send_response(206 if start else 200)
        self.send_header("ETag", state["etag"])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if state["break_after"] and state["breaks"]:
            state["breaks"] -= 1
            self.wfile.write(body[: state["break_after"]])
            self.wfile.flush()
            self.close_connection = True
            self.connection.close()
            return
        self.wfile.write(body)


class Server:
    def __init__(self, url: str, state: dict, tls: ssl.SSLContext) -> None:
        self.url, self.state, self.tls = url, state, tls

    def card(self, path: str = "/net.onnx", sha256: str | None = SHA, **file: object) -> ModelCard:
        return ModelCard.model_validate(
            {
                "name": "net",
                "version": "1",
                "task": "detect",
                "licence": "MIT",
                "files": [
                    {"name": "net.onnx", "sha256": sha256, "sources": [{"url": self.url + path}], **file}
                ],
                "output": {"decoder": "yolox"},
            }
        )


@pytest.fixture
def server() -> Iterator[Server]:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    trusted = ssl.create_default_context()
    authority.configure_trust(trusted)
    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.state = {"body": BODY, "etag": '"one"', "break_after": 0, "breaks": 0, "requests": []}  # type: ignore[attr-defined]
    http.socket = context.wrap_socket(http.socket, server_side=True)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Server(f"https://127.0.0.1:{http.server_address[1]}", http.state, trusted)  # type: ignore[attr-defined]
    http.shutdown()
    thread.join()
    http.server_close()


def fetch(server: Server, card: ModelCard, cache, **more: object) -> Pulled:
    (pulled,) = pull(card, cache, tls=server.tls, **more)  # type: ignore[arg-type]
    return pulled


def test_a_file_is_pulled_verified_and_found_afterwards(server, tmp_path) -> None:
    seen: list[tuple[int, int | None]] = []
    pulled = fetch(server, server.card(), tmp_path, progress=lambda done, total: seen.append((done, total)))
    assert pulled.path.read_bytes() == BODY
    assert seen[-1] == (len(BODY), len(BODY))
    assert locate(server.card(), [], tmp_path)[0].path == pulled.path
    assert {path.suffix for path in pulled.path.parent.iterdir()} <= {".onnx", ".lock"}


def test_a_file_that_is_there_is_not_pulled_again(server, tmp_path) -> None:
    fetch(server, server.card(), tmp_path)
    fetch(server, server.card(), tmp_path)
    assert len(server.state["requests"]) == 1


def test_a_broken_connection_is_resumed_where_it_stopped(server, tmp_path) -> None:
    server.state |= {"break_after": 1_500_000, "breaks": 1}
    assert fetch(server, server.card(), tmp_path).sha256 == SHA
    first, second = server.state["requests"]
    assert first[1] is None
    assert second[1] is not None
    assert second[1].startswith("bytes=")


def test_what_broke_off_for_good_is_resumed_by_the_next_pull(server, tmp_path) -> None:
    server.state |= {"break_after": 400_000, "breaks": 3}
    with pytest.raises(ModelError) as failed:
        fetch(server, server.card(), tmp_path)
    assert failed.value.code is FailureCode.pull_failed
    assert not (tmp_path / "net" / "1" / "net.onnx").exists()
    assert fetch(server, server.card(), tmp_path).sha256 == SHA
    assert server.state["requests"][-1][1] is not None


def test_a_file_that_changed_in_between_is_pulled_from_the_start(server, tmp_path) -> None:
    server.state |= {"break_after": 400_000, "breaks": 3, "body": b"old" * 500_000}
    with pytest.raises(ModelError):
        fetch(server, server.card(), tmp_path)
    server.state |= {"body": BODY, "etag": '"two"'}
    assert fetch(server, server.card(), tmp_path).path.read_bytes() == BODY


def test_a_wrong_hash_keeps_nothing(server, tmp_path) -> None:
    with pytest.raises(ModelError) as wrong:
        fetch(server, server.card(sha256="0" * 64), tmp_path)
    assert wrong.value.code is FailureCode.weights_mismatch
    assert not [path for path in (tmp_path / "net" / "1").iterdir() if path.suffix in (".onnx", ".part")]


def test_without_a_published_hash_the_first_pull_pins_it(server, tmp_path) -> None:
    card = server.card(sha256=None)
    first = fetch(server, card, tmp_path)
    assert first.pinned
    assert locate(card, [], tmp_path)[0].pinned
    first.path.write_bytes(b"tampered")
    with pytest.raises(ModelError) as wrong:
        locate(card, [], tmp_path)
    assert wrong.value.code is FailureCode.weights_mismatch


@pytest.mark.parametrize(("path", "word"), [("/missing.onnx", "404"), ("/plain.onnx", "without TLS")])
def test_an_answer_that_is_no_file_is_named(server, tmp_path, path, word) -> None:
    with pytest.raises(ModelError, match=word) as failed:
        fetch(server, server.card(path), tmp_path)
    assert failed.value.code is FailureCode.pull_failed
    assert len(server.state["requests"]) == 1


def test_a_file_larger_than_the_card_says_is_refused_before_it_comes(server, tmp_path) -> None:
    with pytest.raises(ModelError, match="limit is 1,000"):
        fetch(server, server.card(size=1000), tmp_path)


def test_no_network_is_a_named_failure(server, tmp_path) -> None:
    card = server.card()
    nowhere = card.model_validate_json(card.model_dump_json().replace(server.url, "https://127.0.0.1:9"))
    with pytest.raises(ModelError, match="ConnectError") as failed:
        fetch(server, nowhere, tmp_path)
    assert failed.value.failure().retryable
    assert "put net.onnx into a folder on SISEON_MODEL_PATH" in str(failed.value.hint)


def test_a_certificate_that_nobody_trusts_is_refused(server, tmp_path) -> None:
    with pytest.raises(ModelError, match="CERTIFICATE_VERIFY_FAILED"):
        list(pull(server.card(), tmp_path))


def test_a_model_without_an_address_says_how_to_get_it(server, tmp_path) -> None:
    card = server.card()
    bare = card.model_copy(update={"files": (card.files[0].model_copy(update={"sources": ()}),)})
    with pytest.raises(ModelError, match="no address"):
        list(pull(bare, tmp_path))


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_file_of_authorities_that_cannot_be_used_is_named_with_its_variable(
    server, tmp_path, monkeypatch, content
) -> None:
    file = tmp_path / "authorities.pem"
    if content is not None:
        file.write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with pytest.raises(ModelError) as failed:
        list(pull(server.card(), tmp_path / "cache"))
    assert failed.value.code is FailureCode.pull_failed
    assert failed.value.message.startswith(f"SSL_CERT_FILE names {file}, which cannot be used: ")
    assert "unset SSL_CERT_FILE" in (failed.value.hint or "")


def test_a_cache_that_cannot_be_written_is_a_named_failure(server, tmp_path) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be")
    with pytest.raises(ModelError, match="cannot be kept in") as failed:
        fetch(server, server.card(), tmp_path / "cache")
    assert failed.value.code is FailureCode.storage_failed
    assert "SISEON_CACHE_DIR" in str(failed.value.hint)
