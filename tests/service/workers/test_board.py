"""The counters that several processes see."""

from __future__ import annotations

import os
import subprocess
import sys

from siseon.service.workers.board import CLOSED, GIVEN, IN_FLIGHT, OPEN, Board, bytes_of, nameless


def test_what_one_process_writes_another_reads():
    memory = nameless(bytes_of(2, 1))
    board = Board(memory, 2, 1)
    write = (
        "import sys; from siseon.service.workers.board import Board, IN_FLIGHT;"
        "Board(int(sys.argv[1]), 2, 1).put(1, IN_FLIGHT, 7)"
    )
    subprocess.run([sys.executable, "-c", write, str(memory)], pass_fds=[memory], check=True)
    assert board.in_flight(0) == 7
    assert board.requests(1) == 7
    os.close(memory)


def test_a_cleared_row_leaves_the_others():
    board = Board(nameless(bytes_of(2, 2)), 2, 2)
    for worker in (0, 1):
        for column, value in ((GIVEN, 5), (CLOSED, 2), (OPEN, 1), (IN_FLIGHT + 1, 3)):
            board.put(worker, column, value)
    board.clear(0)
    assert (board.connections(0), board.connections(1)) == (0, 3)
    assert board.open_workers() == [1]
    assert board.in_flight(1) == 3
