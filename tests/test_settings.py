"""Settings come from the environment, once."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest
from pydantic import ValidationError

from siseon.contracts import InputError
from siseon.settings import Settings, mistyped, read_settings, unheard, wants_cuda_stream


def test_the_model_path_is_split_like_a_path(monkeypatch) -> None:
    monkeypatch.setenv("SISEON_MODEL_PATH", os.pathsep.join(["/a", "/b"]))
    assert Settings().model_path == (Path("/a"), Path("/b"))


def test_an_empty_model_path_is_no_folder(monkeypatch) -> None:
    monkeypatch.setenv("SISEON_MODEL_PATH", "")
    assert Settings().model_path == ()


def test_threads_must_be_a_positive_number(monkeypatch) -> None:
    monkeypatch.setenv("SISEON_THREADS", "0")
    with pytest.raises(ValidationError):
        Settings()


@pytest.mark.parametrize(
    ("variable", "value", "message", "hint"),
    [
        ("SISEON_PIPELINES", "foo", "SISEON_PIPELINES is not JSON", '{"text": {}}'),
        ("SISEON_PIPELINES", "[1]", "SISEON_PIPELINES: Input should be a valid dictionary", '{"text": {}}'),
        ("SISEON_PIPELINES", '{"text": 3}', "SISEON_PIPELINES, at text: Input should be", '{"text": {}}'),
        (
            "SISEON_PORT",
            "x",
            "SISEON_PORT: Input should be a valid integer",
            "SISEON_PORT; 0 takes a free one.",
        ),
        ("SISEON_PORT", "tcp://10.0.0.7:8000", "SISEON_PORT: Input should be", "enableServiceLinks: false"),
        ("SISEON_WORKERS", "many", "or: Input should be 'auto'", "SISEON_WORKERS: processes behind the port"),
        (
            "SISEON_PLACEMENT",
            "gpu",
            "SISEON_PLACEMENT: Input should be 'threads' or 'processes'",
            "where stages",
        ),
        (
            "SISEON_PLACEMENT",
            "{",
            "SISEON_PLACEMENT: Input should be 'threads' or 'processes'",
            "where stages",
        ),
        ("SISEON_TOKEN", "my-secret", "SISEON_TOKEN: it has fewer than 16 characters", "bearer token"),
        ("SISEON_CONFIG", "no-such-file", "SISEON_CONFIG names no-such-file", "unset SISEON_CONFIG"),
        ("SISEON_CONFIG", ".", "which is not a file that can be read", "siseon.toml"),
    ],
)
def test_what_a_variable_cannot_be_is_said_with_its_name_and_what_it_may_be(
    monkeypatch, tmp_path, variable, value, message, hint
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(variable, value)
    with pytest.raises(InputError) as refused:
        read_settings()
    assert message in refused.value.message
    assert hint in refused.value.hint
    assert "my-secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (b"port = 99999", "port in siseon.toml: Input should be less than or equal to 65535", "SISEON_PORT"),
        (b"prot = 1", "prot in siseon.toml: there is no such setting", "did you mean port?"),
        (
            b"[pipelines.text]\nday = 1979-05-27",
            "pipelines in siseon.toml, at text.day: ",
            "SISEON_PIPELINES",
        ),
        (b"port = ", "siseon.toml cannot be read: Invalid value", "mend the file"),
        (b"\xff", "siseon.toml cannot be read: 'utf-8' codec", "mend the file"),
        (b"x = " + b"[" * 20_000, "siseon.toml cannot be read: it is nested too deeply", "mend the file"),
    ],
)
def test_what_the_file_cannot_say_is_said_with_its_name(monkeypatch, tmp_path, text, message, hint) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "siseon.toml").write_bytes(text)
    with pytest.raises(InputError) as refused:
        read_settings()
    assert message in refused.value.message
    assert hint in refused.value.hint


def test_an_option_of_the_command_is_named_as_one(monkeypatch) -> None:
    monkeypatch.setenv("SISEON_PLACEMENT", "threads")
    with pytest.raises(InputError, match="--placement: Input"):
        read_settings(placement="rays")


@pytest.mark.parametrize(
    ("variable", "likely"),
    [
        ("SISEON_TOKNE", "SISEON_TOKEN"),
        ("siseon_worker", "SISEON_WORKERS"),
        ("SISEON_MODELPATH", "SISEON_MODEL_PATH"),
        ("SISEON_CONFIGURATION", "SISEON_CONFIG"),
        ("SISEON_TOKEN", None),
        ("siseon_token", None),  # as good
        ("SISEON_TEST_DATA", None),  # the tests'
        ("SISEON_SERVICE_HOST", None),  # Kubernetes', for a service of that name
        ("MODEL_PATH", None),
    ],
)
def test_a_variable_that_is_almost_a_settings_is_found_with_the_likely_one(
    monkeypatch, variable, likely
) -> None:
    monkeypatch.setenv(variable, "some-secret-of-16-characters")
    assert mistyped() == ({variable: likely} if likely else {})


@pytest.mark.parametrize(
    ("variable", "found"),
    [
        ("SISEON_NONSENSE", {"SISEON_NONSENSE": None}),
        ("SISEON_TOKNE", {"SISEON_TOKNE": "SISEON_TOKEN"}),
        ("SISEON_CONFIG", {}),
        ("siseon_token", {}),
        ("SISEON_CHAOS", {}),  # the tests'
        ("NONSENSE", {}),
    ],
)
def test_a_variable_with_our_prefix_that_nothing_reads_is_found(monkeypatch, variable, found) -> None:
    monkeypatch.setenv(variable, "some-secret-of-16-characters")
    assert unheard() == found


def test_the_names_of_an_earlier_service_are_heard_after_ours_and_before_the_file(
    monkeypatch, tmp_path
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("siseon.toml").write_text("port = 1111\n", encoding="utf-8")
    monkeypatch.setenv("PORT", "5000")
    monkeypatch.setenv("TRT_MODEL_PATH", "/models/gauge.onnx")
    assert (read_settings().port, read_settings().own_network) == (5000, Path("/models/gauge.onnx"))
    monkeypatch.setenv("SISEON_PORT", "6000")
    assert read_settings().port == 6000
    assert read_settings(port=7000).port == 7000


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("PORT", "many", "PORT: Input should be a valid integer"),
        ("PORT", "99999", "PORT: Input should be less"),
    ],
)
def test_a_bad_value_under_an_earlier_name_is_said_with_that_name(
    monkeypatch, tmp_path, name, value, message
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(name, value)
    with pytest.raises(InputError, match=message):
        read_settings()


@pytest.mark.parametrize(
    ("value", "wanted"), [("1", True), ("True", True), ("0", False), ("off", False), ("", None)]
)
def test_whether_a_cuda_stream_is_wanted_is_told_as_a_switch(monkeypatch, value, wanted) -> None:
    monkeypatch.setenv("USE_CUDA_STREAM", value)
    assert wants_cuda_stream() is wanted


def test_a_switch_that_is_neither_on_nor_off_is_refused(monkeypatch) -> None:
    monkeypatch.setenv("USE_CUDA_STREAM", "maybe")
    with pytest.raises(InputError, match="USE_CUDA_STREAM is neither true nor false"):
        wants_cuda_stream()


def test_providers_are_a_list_of_known_words(monkeypatch) -> None:
    monkeypatch.setenv("SISEON_PROVIDERS", "cuda, cpu")
    assert read_settings().providers == ("cuda", "cpu")
    monkeypatch.setenv("SISEON_PROVIDERS", "tpu")
    with pytest.raises(InputError, match="SISEON_PROVIDERS: Input should be 'tensorrt'"):
        read_settings()


def test_what_is_said_of_a_pipeline_that_is_not_served_counts_for_its_jobs() -> None:
    stated = Settings(pipelines={"people": {"chunk_s": 4}, "text": {"lines": 1}})

    jobs_only = pickle.loads(pickle.dumps(stated.serving({})))
    served = stated.serving({"text": {"lines": 2}})

    assert (jobs_only.pipelines, jobs_only.options_of("people")) == ({}, {"chunk_s": 4})
    assert (served.options_of("text"), served.options_of("people")) == ({"lines": 2}, {"chunk_s": 4})
    assert served.options_of("gauges") == {}
