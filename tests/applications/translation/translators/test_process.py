import sys
import time
from contextlib import suppress

import psutil
import pytest

from siseon.applications.translation.translators.process import output_of
from siseon.contracts import TranslatorFailed


def _python(program, data=b"", timeout_s=30.0, max_bytes=1000):
    return output_of([sys.executable, "-c", program], data, timeout_s=timeout_s, max_bytes=max_bytes)


def test_what_it_writes_is_returned():
    assert _python("import sys; print(sys.stdin.read().upper(), end='')", b"abc") == b"ABC"


def test_more_than_a_pipe_holds_goes_in_and_comes_out():
    data = b"x" * 1_000_000
    program = "import sys; sys.stdout.write(sys.stdin.read())"
    assert _python(program, data, max_bytes=1_000_000) == data


def test_one_that_never_ends_is_killed_with_its_children(tmp_path):
    note = tmp_path / "pid"
    program = (
        "import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
        f"open({str(note)!r}, 'w').write(str(child.pid)); child.wait()"
    )
    with pytest.raises(TranslatorFailed, match="took longer than 5 s"):
        _python(program, timeout_s=5)
    child = int(note.read_text())
    end = time.monotonic() + 60
    while _runs(child) and time.monotonic() < end:  # it is killed, and dies when it is its turn
        time.sleep(0.01)
    assert not _runs(child)


def _runs(process):
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    return False


def test_one_that_writes_without_end_is_stopped():
    with pytest.raises(TranslatorFailed, match="more than 1,000 bytes"):
        _python("while True: print('x' * 1000)")


def test_one_that_fails_and_one_that_is_not_there_are_named():
    with pytest.raises(TranslatorFailed, match="exit code 3"):
        _python("raise SystemExit(3)")
    with pytest.raises(TranslatorFailed, match="no-such-program cannot be started"):
        output_of(["no-such-program"], b"", timeout_s=1, max_bytes=1)
