"""Messages between the pool and a child process: a length, then MessagePack."""

import struct
from typing import Any, BinaryIO, Final

import msgspec

LENGTH: Final = struct.Struct("<I")
MOST_BYTES: Final = 16 << 20


class BrokenFrame(ValueError):
    """What came is no message, or too long to be one."""


def write_frame(stream: BinaryIO, message: Any) -> None:
    """Write one message and flush.

    Raises: BrokenFrame if it is too long; then nothing was written.
    """
    body = msgspec.msgpack.encode(message)
    if len(body) > MOST_BYTES:
        raise BrokenFrame(f"a message of {len(body)} bytes")
    stream.write(LENGTH.pack(len(body)) + body)
    stream.flush()


def body_length(head: bytes) -> int:
    """Return how many bytes follow.

    Raises: BrokenFrame.
    """
    length: int = LENGTH.unpack(head)[0]
    if length > MOST_BYTES:
        raise BrokenFrame(f"a message of {length} bytes")
    return length


def read_frame(stream: BinaryIO) -> Any:
    """Read one message; None at the end of the stream.

    Raises: BrokenFrame.
    """
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    body = stream.read(body_length(head))
    return msgspec.msgpack.decode(body)
