"""What the program does with its memory once it has started."""

import ctypes
import gc


def settle() -> None:
    """Gives back what only the start needed, and spares all that stays from being looked through again and
    again: the collector would stop everybody for a tenth of a second each time."""
    gc.collect()
    gc.freeze()
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return  # not glibc: others give back by themselves, or can't be asked
    trim(0)
