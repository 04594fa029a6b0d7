"""How often the witnesses of a head contradict each other: ``python benchmarks/people/heads.py RUN…``.

``RUN`` is the folder of ``siseon run people CLIP --out RUN --set pose_rate=5 --set video=none``. Of the boxes with
joints so sure that they need no other witness, and with a face of the same tracklet, it counts those whose face lies
elsewhere: one of the two is wrong then. And it counts the broad boxes, in which a head may be anywhere unless it is
told.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import orjson

from siseon.applications.people.contracts import ChunkSeen
from siseon.applications.people.heads import BROAD, joints_head, told_head


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", nargs="+", type=Path)
    broad = told = witnessed = elsewhere = 0
    for chunk in _chunks(parser.parse_args().runs):
        poses = {(one.id, pose.t_ms): pose.points for one in chunk.tracklets for pose in one.poses}
        for moment in chunk.moments:
            faces = {face.id: face.box for face in moment.faces}
            for seen in moment.boxes:
                points = poses.get((seen.id, moment.t_ms))
                if seen.box.x2 - seen.box.x1 > BROAD * (seen.box.y2 - seen.box.y1):
                    broad += 1
                    told += told_head(seen.box, points, moment.faces) is not None
                face, alone = faces.get(seen.id), joints_head(points)
                if face is not None and alone is not None and told_head(seen.box, points, ()) is not None:
                    witnessed += 1
                    far = np.linalg.norm(
                        np.array(face).reshape(2, 2).mean(0) - np.array(alone).reshape(2, 2).mean(0)
                    )
                    elsewhere += bool(far > 0.6 * max(face.x2 - face.x1, face.y2 - face.y1))
    print(f"{told} of {broad} broad boxes have a head that is told")
    print(f"{elsewhere} of {witnessed} heads told by joints alone have a face elsewhere")


def _chunks(runs: list[Path]) -> Iterator[ChunkSeen]:
    for run in runs:
        with (run / "results.jsonl").open("rb") as lines:
            for line in lines:
                yield ChunkSeen.model_validate(orjson.loads(line)["result"]["data"])


if __name__ == "__main__":
    main()
