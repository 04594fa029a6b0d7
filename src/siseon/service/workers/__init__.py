"""One service in several processes: a parent that owns the port, and workers that each run the whole service.

::

    client ──► parent: accepts, counts, gives the connection to the worker with the fewest   (parent.py)
                 │  socket pair "door": open connections, as descriptors
                 │  socket pair "talk": one JSON object a line, both ways                    (talk.py)
                 │  "board": counters in memory that all of them see                         (board.py)
                 ▼
               worker 0 … N−1: uvicorn, the application, the models                          (worker.py)

A process has one interpreter lock: where the Python of requests fills a core, a second process is what helps.

- *Connections are given out, not fought for.* Workers that accept from one port share by luck: with eight persistent
  connections and two workers 6:2 is common, and stays. The parent gives each to the worker that has the fewest; a
  worker that has two more than another closes one after an answer (``Connection: close``), and its client comes back
  to the parent. So a worker that was restarted has its share again after a few answers.
- *One limit.* Requests in flight are counted on the board, so ``max_in_flight`` holds for the service; the predicted
  wait is each worker's own, since a request waits in the worker that its connection belongs to.
- *One set of figures.* ``/metrics`` on any worker asks the parent, which asks all and adds up; what a dead worker had
  counted is kept, so that a counter never falls. No files: nothing is stale after ``kill -9``.
- *One life.* Ready when all workers are (afterwards, while at least one is); a dead worker is restarted, with growing
  pauses; SIGTERM or SIGHUP drains all of them; when the parent dies the workers end.
- *One set of models.* They cannot be changed while several workers serve them: that is refused by name.
"""
