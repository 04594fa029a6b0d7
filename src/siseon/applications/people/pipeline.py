"""Looks at the people of one chunk of a video: all that sees pixels, and says it without any.

What a chunk says is a function of the file, the chunk's place in it and the options alone: its tracker is made anew, no
call of a network holds pictures of two chunks, and nothing is kept from one to the next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.answer import answered
from siseon.applications.people.appearance import Look, LookAtColours, LookByNetwork, look_of
from siseon.applications.people.closer import FILLS_RATE, closer, fills
from siseon.applications.people.contracts import IDS_A_CHUNK, MOST_BOXES, ChunkSeen
from siseon.applications.people.crops import Held, best, cut, held, worth
from siseon.applications.people.dark import lit
from siseon.applications.people.detect import FACES, PEOPLE, Find
from siseon.applications.people.faces import Express
from siseon.applications.people.faces.looking import FaceSeen, expressed, faces_of, wanting
from siseon.applications.people.faces.turned import is_turned
from siseon.applications.people.footage import Footage, ReadFootage, Sighting, Wanted
from siseon.applications.people.motion import Camera, CameraMotion, Walk
from siseon.applications.people.options import DEFAULTS, PeopleChoices, PeopleOptions
from siseon.applications.people.pose import FindPose, Joints, around
from siseon.applications.people.privacy.allowed import check, record
from siseon.applications.people.still import stand_ins
from siseon.applications.people.track import SURE, Track, Watched
from siseon.applications.people.visiting import visited
from siseon.contracts import Crop, Detections, FailureCode, Image, InputError
from siseon.engine import Pipeline, step
from siseon.engine.machine import cores
from siseon.media.adopt import Picture
from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds
from siseon.media.film.parts import VideoPart
from siseon.models import ModelManager

COLOURS = "colours"
"""The option's word for looks without a network."""


class People(Pipeline[Picture, ChunkSeen]):
    """One chunk at a time; what all chunks of a video say together is ``conclude``'s."""

    def __init__(
        self,
        models: ModelManager,
        options: PeopleOptions = DEFAULTS,
        *,
        bounds: MediaBounds = DEFAULT_BOUNDS,
    ) -> None:
        """Nothing is loaded before the pipeline is entered.

        Raises:
            InputError: expressions are asked for, but not what they need; ``consent_missing``: the record of consents
                does not allow what is asked for; it cannot be read.
        """
        self._consents = record(options)
        check(options, self._consents, date.today())
        if options.expressions is not None and None in (options.faces, options.pose):
            raise InputError(
                "expressions need faces, and joints that tell a face from the back of a head",
                hint="name networks for faces and pose too, or leave out expressions",
            )
        self.options = options
        self.max_at_work = cores()  # a chunk's pictures take up to 140 MB, and one chunk keeps a core busy
        self.decode = ReadFootage(longest=options.longest, bounds=bounds)
        self.detect = Find(models[options.detector], PEOPLE)
        self.motion = CameraMotion()
        self.track = Track(options.tracker, options.least_score)
        self.appearance = (
            LookAtColours() if options.appearance == COLOURS else LookByNetwork(models[options.appearance])
        )
        self.pose = FindPose(models[options.pose]) if options.pose else None
        self.faces = Find(models[options.faces], FACES) if options.faces else None
        self.expressions = Express(models[options.expressions]) if options.expressions else None

    async def run(self, item: Picture, *, choices: PeopleChoices | None = None) -> ChunkSeen:
        """What is seen in one chunk.

        Raises:
            InputError: ``unsupported_media``: it is a picture; ``consent_missing``: somebody's has ended since;
                ``forbidden``: a choice that these options do not allow.
        """
        rate = self.options.chosen(choices).rate
        check(self.options, self._consents, date.today())
        if not isinstance(item, VideoPart):
            raise InputError(
                "people are looked for in videos, not in single pictures",
                code=FailureCode.unsupported_media,
                hint="siseon run people clip.mp4 --out out/",
            )
        return await self.look(await self.decode(Wanted(item, rate)), rate)

    async def look(self, footage: Footage, rate: float) -> ChunkSeen:
        """What is seen in the pictures of one chunk, so many a second; within a ``run``."""
        with step("still"):
            light = [lit(shot.image) for shot in footage.shots]
            served = stand_ins(light)
            images = [light[at] for at in served]
        found = await _looked(self.detect, images, served)
        with step("gather"):
            sightings = [_sighting(shot.t_ms, one) for shot, one in zip(footage.shots, found, strict=True)]
        # Who is followed keeps one core busy: the other one looks for faces.
        (cameras, numbers), (faces_found, turned), between = await asyncio.gather(
            self._followed(footage, images, sightings, rate),
            self._faces_found(footage, images, served, found),
            visited(footage, sightings, find_people=self.detect, find_faces=self.faces),
        )
        tracklets = held(numbers)
        looks, joints, faces = await asyncio.gather(
            self._looks(footage, sightings, tracklets),
            self._joints(footage, sightings, tracklets),
            self._faces(footage, sightings, numbers, faces_found),
        )
        if self.expressions is not None and self.pose is not None:
            joints |= await self._joints_of_faces(self.pose, footage, sightings, tracklets, joints, faces)
            faces |= await self._expressions(self.expressions, footage, joints, faces)
        with step("answer"):
            return answered(
                footage,
                sightings,
                cameras,
                numbers,
                looks,
                joints,
                faces,
                self.appearance.descriptor,
                between=between,
                turned=turned,
            )

    async def _followed(
        self, footage: Footage, images: Sequence[Image], sightings: Sequence[Sighting], rate: float
    ) -> tuple[Sequence[Camera], list[NDArray[np.int64]]]:
        """Where the camera was at each picture, and the numbers of its boxes' tracklets."""
        cameras = await self.motion(Walk(images, [one.xyxy[one.scores >= SURE] for one in sightings]))
        numbers = await self.track(Watched(sightings, cameras, rate, footage.cuts))
        return cameras, [np.where(one < IDS_A_CHUNK, one, 0) for one in numbers]

    async def _faces_found(
        self,
        footage: Footage,
        images: Sequence[Image],
        served: Sequence[int],
        people: Sequence[Detections],
    ) -> tuple[list[Detections], bool]:
        """The faces in each whole picture, and whether the people of the chunk lie on their side."""
        if self.faces is None:
            return [], False
        found = await _looked(self.faces, images, served)
        turned = await is_turned(
            footage.shots, served, people, found, find_people=self.detect, find_faces=self.faces
        )
        return found, turned

    async def _looks(
        self, footage: Footage, sightings: Sequence[Sighting], tracklets: Sequence[Held]
    ) -> dict[int, Look]:
        """By number of the tracklet, of those that can be seen well enough; all crops go through the stage at once."""
        size = footage.frame.width, footage.frame.height
        with step("crops"):
            worths = [worth(one, size) for one in sightings]
            chosen = [
                (tracklet.number, moment) for tracklet in tracklets for moment in best(tracklet, worths)
            ]
            crops = [
                cut(footage.shots[moment.shot].image, sightings[moment.shot].xyxy[moment.row])
                for _, moment in chosen
            ]
        vectors = await self.appearance([crop for crop in crops if crop is not None])
        shown = [one for one, crop in zip(chosen, crops, strict=True) if crop is not None]
        looks: dict[int, Look] = {}
        for tracklet in tracklets:
            rows = [row for row, (number, _) in enumerate(shown) if number == tracklet.number]
            look = look_of(vectors[rows], np.array([shown[row][1].quality for row in rows]))
            if look is not None:
                looks[tracklet.number] = look
        return looks

    async def _joints(
        self, footage: Footage, sightings: Sequence[Sighting], tracklets: Sequence[Held]
    ) -> dict[tuple[int, int], Joints]:
        """By number of the tracklet and index of the picture: at a rate, oftener of who fills the picture, and in all
        about a raised hand."""
        if self.pose is None:
            return {}
        looked = _every(footage, self.options.pose_rate)
        often = looked | _every(footage, FILLS_RATE)
        places = [
            (tracklet.number, shot, row)
            for tracklet in tracklets
            for shot, row in zip(tracklet.shots.tolist(), tracklet.rows.tolist(), strict=True)
            if shot in (often if fills(sightings[shot].xyxy[row], footage.frame.height) else looked)
        ]
        joints = await self._joints_at(self.pose, footage, sightings, places)
        with step("closer"):
            more = closer(footage, sightings, tracklets, joints)
        return joints | await self._joints_at(self.pose, footage, sightings, more)

    async def _joints_at(
        self,
        pose: FindPose,
        footage: Footage,
        sightings: Sequence[Sighting],
        places: Sequence[tuple[int, int, int]],
    ) -> dict[tuple[int, int], Joints]:
        """``places``: number of the tracklet, index of the picture, row of its box."""
        with step("crops"):
            crops = [
                cut(footage.shots[shot].image, around(sightings[shot].xyxy[row])) for _, shot, row in places
            ]
        seen = [(place, crop) for place, crop in zip(places, crops, strict=True) if crop is not None]
        joints = await pose.map([Crop(index, crop) for index, (_, crop) in enumerate(seen)])
        return {(number, shot): one for ((number, shot, _), _), one in zip(seen, joints, strict=True)}

    async def _joints_of_faces(
        self,
        pose: FindPose,
        footage: Footage,
        sightings: Sequence[Sighting],
        tracklets: Sequence[Held],
        joints: dict[tuple[int, int], Joints],
        faces: dict[int, list[FaceSeen]],
    ) -> dict[tuple[int, int], Joints]:
        """Where a face looks is told by the joints: of those that nobody has looked at yet, and that could be told."""
        with step("closer"):
            wanted = wanting(faces, footage, self._expressive(footage), joints)
            places = [
                (one.number, shot, row)
                for one in tracklets
                for shot, row in zip(one.shots.tolist(), one.rows.tolist(), strict=True)
                if (one.number, shot) in wanted
            ]
        return await self._joints_at(pose, footage, sightings, places)

    async def _faces(
        self,
        footage: Footage,
        sightings: Sequence[Sighting],
        numbers: Sequence[NDArray[np.int64]],
        found: Sequence[Detections],
    ) -> dict[int, list[FaceSeen]]:
        """By index of the picture; ``found``: in whole pictures."""
        if self.faces is None:
            return {}
        looked = self._expressive(footage) if self.expressions else frozenset[int]()
        return await faces_of(footage, sightings, numbers, found=found, find=self.faces, looked=looked)

    async def _expressions(
        self,
        express: Express,
        footage: Footage,
        joints: dict[tuple[int, int], Joints],
        faces: dict[int, list[FaceSeen]],
    ) -> dict[int, list[FaceSeen]]:
        """The faces of the pictures in which expressions are asked for, by index of the picture."""
        looked = sorted(self._expressive(footage))
        told = await asyncio.gather(
            *(expressed(faces[at], footage.shots[at].image, at, joints, express) for at in looked)
        )
        return dict(zip(looked, told, strict=True))

    def _expressive(self, footage: Footage) -> frozenset[int]:
        return _every(footage, self.options.expression_rate)


async def _looked(find: Find, images: Sequence[Image], served: Sequence[int]) -> list[Detections]:
    """What is found in each picture; ``served``: whose look serves for it."""
    looked = sorted(set(served))
    found = dict(zip(looked, await find.map([images[at] for at in looked]), strict=True))
    return [found[at] for at in served]


def _sighting(t_ms: int, found: Detections) -> Sighting:
    best_ones = found[slice(0, MOST_BOXES)].to(found.frame.root_frame)
    return Sighting(t_ms, best_ones.boxes.xyxy, best_ones.scores)


def _every(footage: Footage, rate: float) -> frozenset[int]:
    """Indices of the pictures that are the first at or after each of a rate's steps, counted from the video's start, so
    that chunks of any length look at the same ones."""
    looked, before = set(), -1
    for index, shot in enumerate(footage.shots):
        now = int(shot.t_ms * rate / 1000)
        if now != before:
            looked.add(index)
        before = now
    return frozenset(looked)
