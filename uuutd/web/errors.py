"""What can be wrong with a request before anybody looks at what it asks for."""

from ..errors import Error


class Unreadable(Error):
    """The request is not what it says it is: its body cannot be read."""

    code = "unreadable"
    title = "The request cannot be read"


class TooSlow(Error):
    """The body did not arrive in time."""

    code = "too-slow"
    title = "The request took too long"


class TooLarge(Error):
    """The body is larger than it may be."""

    code = "too-large"
    title = "The request is too large"


class UnknownType(Error):
    """The body is of a type that this address does not take."""

    code = "unsupported-type"
    title = "This type of body is not taken here"


class WrongHost(Error):
    """The request was meant for a host that this daemon is not."""

    code = "wrong-host"
    title = "Not a name of this daemon"
