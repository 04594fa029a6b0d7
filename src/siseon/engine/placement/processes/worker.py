"""The program of a worker: make the stage, answer one batch after the other, end when the parent does.

Started as a new interpreter (never by a fork of a process that has threads). SIGINT, SIGTERM and SIGHUP, which a
terminal or a supervisor sends to the whole group, are left to the parent: it lets accepted work finish and then closes
its workers. If the parent ends without closing them, however it ends, the system ends them: the lifeline is a pipe
whose hang-up raises SIGKILL (on Linux; SIGIO elsewhere), which also ends a worker that computes without ever giving up
the GIL, or whose stage has blocked signals.
"""

from __future__ import annotations

import fcntl
import gc
import logging
import os
import signal
import socket
import sys
from typing import Any, NoReturn

from siseon.contracts import ContractViolation, SiseonError
from siseon.engine.mistakes import describe, named
from siseon.engine.placement.processes.batch import Batches
from siseon.engine.placement.processes.channel import TOKEN_BYTES, BrokenChannel, Channel, Message, for_ever
from siseon.engine.placement.processes.recipe import Original, plain_values, unpack_recipe
from siseon.engine.placement.processes.segment import mapped
from siseon.engine.placement.processes.words import Speaker
from siseon.engine.placement.threads import Here

PARENT_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
IDLE_S = 60.0
"""Seconds without a batch after which a worker gives back what it has kept for the next one."""


def main(control: int, words: int, lifeline: int) -> NoReturn:
    """Serve until told to close.

    Args:
        control: descriptor of the socket to the parent.
        words: of the pipe for log records.
        lifeline: of the pipe that hangs up when the parent ends.
    """
    for descriptor in (control, words, lifeline):
        os.set_inheritable(descriptor, False)
    _die_with(lifeline)
    _leave_signals_to_the_parent()
    end = socket.socket(fileno=control)
    token = end.recv(TOKEN_BYTES, socket.MSG_WAITALL)
    try:
        _serve(Channel(end, token), Speaker(words))
    except BrokenChannel:
        os._exit(1)  # the parent has gone
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(0)  # threads that the stage has left behind must not keep it


def _serve(channel: Channel, speaker: Speaker) -> None:
    hello = channel.receive(for_ever)
    program = hello.facts["program"]
    root = logging.getLogger()
    root.handlers[:] = [speaker]
    root.setLevel(program.log_level)
    sys.argv[:] = program.arguments
    own = hello.facts["arena"]
    arenas = {own: mapped(hello.descriptors[0], writable=True)} if own is not None else {}
    for descriptor in hello.descriptors:
        os.close(descriptor)
    originals: list[Original] = []
    try:
        stage, originals = unpack_recipe(hello.facts["recipe"], hello.facts["plain"], program.load_main)
        before = plain_values(stage)
        here = Here(stage)
        here.open()
    except BaseException as error:  # noqa: BLE001 - told to the parent, whose start fails by it
        channel.send(Message("failed", _sent(error)), for_ever)
        return
    changed = {
        name: value for name, value in plain_values(stage).items() if before.get(name, channel) != value
    }
    del hello
    gc.collect()
    gc.freeze()  # what lives as long as the worker is not looked at again by every collection
    channel.send(Message("ready", {"plain": changed, "reports": reports(originals)}), for_ever)
    batches = Batches(here, stage.label, arenas, own, program.load_main)
    while (message := _next(channel, originals)).kind == "run":
        facts, bodies = batches.answer(message)
        facts["reports"] = reports(originals)
        channel.send(Message("done", facts, bodies), for_ever)
        del message, facts, bodies
    channel.send(Message("closed", _closed(here)), for_ever)


def _next(channel: Channel, originals: list[Original], idle_s: float = IDLE_S) -> Message:
    """The next message; while none comes, the copies are told so."""
    while not channel.comes_within(idle_s):
        for one in originals:
            try:
                one.idle()
            except Exception:
                logging.getLogger("siseon.engine").exception("an idle %s failed", type(one).__name__)
    return channel.receive(for_ever)


def reports(originals: list[Original]) -> list[Any]:
    """What the copies report, by the number of their originals; a report that fails is none."""
    told: list[Any] = []
    for one in originals:
        try:
            told.append(one.report())
        except Exception:
            logging.getLogger("siseon.engine").exception("a report of %s failed", type(one).__name__)
            told.append(None)
    return told


def _closed(here: Here) -> dict[str, Any] | None:
    """Tear down; the failure, if there was one."""
    try:
        here.close()
    except BaseException as error:  # noqa: BLE001 - told to the parent
        return _sent(error)
    return None


def _sent(error: BaseException) -> dict[str, Any]:
    """An exception as plain values: its class need not exist in the parent."""
    if isinstance(error, SiseonError):
        known = error
    else:
        logging.getLogger("siseon.engine").error("a worker could not go on", exc_info=error)
        known = named(error, "")
        known.message = describe(error)
    return {
        "named": isinstance(error, SiseonError),
        "code": known.code,
        "message": known.message,
        "hint": known.hint,
        "violation": isinstance(error, ContractViolation),
    }


def _die_with(lifeline: int) -> None:
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    if hasattr(fcntl, "F_SETSIG"):
        fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
    flags = fcntl.fcntl(lifeline, fcntl.F_GETFL)
    fcntl.fcntl(lifeline, fcntl.F_SETFL, flags | os.O_ASYNC | os.O_NONBLOCK)
    try:
        if not os.read(lifeline, 1):  # it has hung up before the signal was asked for
            os._exit(1)
    except BlockingIOError:
        pass


def _leave_signals_to_the_parent() -> None:
    """By handlers, not by ignoring: a program that the stage starts gets its own behaviour back."""
    for number in PARENT_SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
            signal.signal(number, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, PARENT_SIGNALS)
