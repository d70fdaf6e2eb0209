"""What can become of an attempt to send: refused for good, or put off."""

from shinrai.units.errors import UserError
from shinrai.units.text import Text


class NotDelivered(UserError):
    """The message did not reach its target, and another attempt would not either.

    `what` tells a program what is wrong with the target: "refused", "gone"; or is empty.
    """

    what = ""


class AddressRefused(NotDelivered):
    """The mail server takes nothing for this address: it bounced."""

    what = "refused"


class TargetGone(NotDelivered):
    """There is no such target any more: a browser that subscribed does not any longer."""

    what = "gone"


class PutOff(NotDelivered):
    """The message did not get through now; `after_s` is the wait that the server asked for."""

    def __init__(self, text: Text, *, after_s: float | None = None) -> None:
        super().__init__(text)
        self.after_s = after_s


NO_ANSWER = Text("{host} gave no answer")
