"""Words of the map of a flight over oil, and of its tables."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OilWords:
    """In one language."""

    map: str
    map_name: str
    """``{slicks}`` ``{frames}``"""
    hint: str
    hint_phone: str
    closer: str
    farther: str
    whole: str
    north: str
    layers: str
    footprints: str
    cameras: str
    grid: str
    later: str
    """``{done}`` ``{total}``"""
    preliminary: str
    preliminary_name: str
    """``{slicks}`` ``{frames}``"""
    growing: str
    """``{done}`` ``{total}``"""
    cancelled: str
    unplaced_so_far: str
    """``{count}``"""
    pieces_left_out: str
    """``{count}``"""
    unread_so_far: str
    """``{count}``"""
    first_frames: str
    """``{count}``"""
    making: str
    not_made: str
    unanswered: str
    no_files: str
    no_positions: str
    no_positions_more: str
    none_found: str
    no_frames_file: str
    reading: str
    left_out_slicks: str
    """``{drawn}`` ``{total}``"""
    left_out_frames: str
    """``{drawn}`` ``{total}``"""
    dashed: str
    failed: str
    """``{count}``"""
    failed_more: str
    """``{count}``"""
    area: str
    area_of: str
    without_code: str
    """``{area}``"""
    volume: str
    volume_note: str
    slicks: str
    frames_placed: str
    frames: str
    twice_note: str
    """``{area}``"""
    by_class: str
    look: str
    code: str
    count: str
    least: str
    most: str
    no_bound: str
    at_least: str
    """``{least}``"""
    between: str
    """``{least}`` ``{most}``"""
    all_of_it: str
    number: str
    seen: str
    ce90: str
    score: str
    position_from: str
    of_frames: str
    more_frames: str
    """``{names}`` ``{count}``"""
    filled: str
    twice: str
    note: str
    frame: str
    time: str
    says: str
    place: str
    on_map: str
    oil: str
    unsure: str
    no_oil: str
    not_the_sea: str
    not_optical: str
    sheen: str
    rainbow: str
    metallic: str
    discontinuous: str
    true_colour: str
    emulsion: str
    other: str
    previous: str
    next: str
    shown: str
    """``{first}`` ``{last}`` ``{total}``"""
    no_slicks: str
    no_frames: str
    show_on_map: str
    """``{number}``"""
    open_frame: str
    """``{name}``"""
    picture: str
    """``{name}``"""
    result: str
    no_item: str
    report_html: str
    report_pdf: str
    limits: str


EN = OilWords(
    map="Map of the flight",
    map_name="Map of the flight: {slicks} slicks, {frames} frames",
    hint=(
        "Drag or use the arrow keys to move, + and − to zoom, 0 for all of it, N and P to go from "
        "one to the next, Enter to open it. Ctrl and the wheel zoom too."
    ),
    hint_phone="Pinch to zoom, then drag to move.",
    closer="Zoom in",
    farther="Zoom out",
    whole="Show all of it",
    north="N",
    layers="Shown on the map",
    footprints="Footprints of frames",
    cameras="Camera and its course",
    grid="Longitude and latitude",
    later="The map is drawn as frames are answered: {done} of {total} are.",
    preliminary="Preliminary",
    preliminary_name="Preliminary map of the flight: {slicks} outlines of oil, {frames} frames",
    growing=(
        "{done} of {total} frames have ended. Each is drawn as it was answered: where frames overlap, oil is drawn "
        "twice, and positions may still change. Area, volume and drift are told when all are put together."
    ),
    cancelled=(
        "The job was cancelled. The frames that were answered are drawn as they are. They were not put "
        "together, so there is no area and no volume."
    ),
    unplaced_so_far="Without a position so far: {count}.",
    pieces_left_out="The smallest outlines are left out here: {count}.",
    unread_so_far="Answers that could not be drawn: {count}.",
    first_frames="Only the first {count} frames are drawn before the job has ended.",
    making="All frames are answered; the map is being made.",
    not_made="There is no map: what is made of all results could not be made.",
    unanswered="There is no map: the job was cancelled, or no frame was answered.",
    no_files="This job has no map.",
    no_positions="No frame has a position, so there is no map.",
    no_positions_more="Frames below say what is missing.",
    none_found="No oil was found in the frames that have a position.",
    no_frames_file=("The frames of this job are not on the map: it was made by an earlier version."),
    reading="Drawing the map",
    left_out_slicks=("The {drawn} largest of {total} slicks are drawn. The tables and files have all."),
    left_out_frames=("{drawn} of {total} frames with a position are drawn. The table and files have all."),
    dashed="Dashed: the position was filled in from other frames.",
    failed="Frames that failed and are not on the map: {count}",
    failed_more="and {count} more, in the inputs below",
    area="Oil on the map",
    area_of="Area",
    without_code="without {area} of looks that have no code",
    volume="Volume",
    volume_note="Bonn code, least to most",
    slicks="Slicks",
    frames_placed="Frames on the map",
    frames="Frames",
    twice_note="{area} may be counted twice",
    by_class="Area and volume by appearance",
    look="Appearance",
    code="Bonn code",
    count="Slicks",
    least="Least",
    most="Most",
    no_bound="no upper bound",
    at_least="at least {least}",
    between="{least} to {most}",
    all_of_it="All",
    number="No.",
    seen="Seen (UTC)",
    ce90="Position error (CE90)",
    score="Score",
    position_from="Position from",
    of_frames="In frames",
    more_frames="{names} and {count} more",
    filled="filled in from other frames",
    twice="may be counted twice",
    note="Note",
    frame="Frame",
    time="Time (UTC)",
    says="Found",
    place="Place",
    on_map="on the map",
    oil="oil",
    unsure="unsure",
    no_oil="no oil",
    not_the_sea="not the sea",
    not_optical="not optical",
    sheen="Sheen",
    rainbow="Rainbow",
    metallic="Metallic",
    discontinuous="Discontinuous true colour",
    true_colour="Continuous true colour",
    emulsion="Emulsion",
    other="Other",
    previous="Earlier ones",
    next="Further ones",
    shown="{first} to {last} of {total}",
    no_slicks="No slick was found.",
    no_frames="No frame was answered.",
    show_on_map="Show slick {number} on the map",
    open_frame="Open the result of {name}",
    picture="{name} with what was found",
    result="Result as JSON",
    no_item="The result of this frame could not be found among the job's inputs.",
    report_html="Report (HTML)",
    report_pdf="Report (PDF)",
    limits=(
        "Volumes follow from area and appearance by the Bonn Agreement Oil Appearance Code. "
        "Appearance is told by a network that was trained on drawn pictures: a person must look at "
        "the frames before anything rests on this."
    ),
)
