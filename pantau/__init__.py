"""The front door: command line, settings, schedule and the demo's newsroom.

`crawlers`, `pipeline` and `db` are generic names. Another distribution that ships a package of one of these names would
silently stand before ours, so the door stays shut until each room is known to lie beside this one.
"""

from importlib.util import find_spec
from pathlib import Path

_HOUSE = Path(__file__).resolve().parent.parent
_ROOMS = ("crawlers", "pipeline", "db")


class ForeignRoomError(ImportError):
    """A package named like one of our rooms is another project's: install Pantau in a virtual environment of its own."""


def _check_rooms() -> None:
    for room in _ROOMS:
        spec = find_spec(room)
        origin = spec.origin if spec else None
        if origin is None or Path(origin).resolve().parent != _HOUSE / room:
            raise ForeignRoomError(
                f"the package {room!r} comes from {origin or 'nowhere'}, not from Pantau:"
                " install Pantau in a virtual environment of its own"
            )


_check_rooms()
