"""Limits requests to a number per minute."""

from collections import deque
from collections.abc import Callable

MINUTE_S = 60.0


class RateLimit:
    """Allows at most `per_minute` requests in any 60 seconds."""

    def __init__(
        self, per_minute: int, *, clock: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._sleep = sleep
        self._taken: deque[float] = deque()

    def wait(self) -> None:
        """Wait until one more request is within the limit, and count it."""
        while True:
            now = self._clock()
            while self._taken and now - self._taken[0] >= MINUTE_S:
                self._taken.popleft()
            if len(self._taken) < self.per_minute:
                self._taken.append(now)
                return
            self._sleep(max(MINUTE_S - (now - self._taken[0]), 0.001))
