"""How floods are kept out: so many sendings within a time, by whoever sends."""

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from almoner.rules.refusal import Refused

HOUR = 60 * 60


def limit(request: HttpRequest, what: str, most: int) -> None:
    """Refused("too_many_sent") from the sending number `most` + 1 within an hour and address on."""
    if count(what, address_of(request), HOUR) > most:
        raise Refused("too_many_sent")


def address_of(request: HttpRequest) -> str:
    """From where a request was sent."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    if settings.SECURE_PROXY_SSL_HEADER:  # behind a proxy, whose own line is the last
        address = request.META.get("HTTP_X_FORWARDED_FOR", address).rpartition(",")[2].strip()
    return address


def count(what: str, whose: str, seconds: int) -> int:
    """One more of something; how many there were since the first, at most `seconds` ago.

    `whose` (an address, a name) is kept nowhere: only a keyed fingerprint, in memory.
    """
    counts, key = caches["limits"], _key(what, whose)
    counts.add(key, 0, seconds)
    try:
        return counts.incr(key)
    except ValueError:  # it ran out between the two lines
        return 1


def counted(what: str, whose: str) -> int:
    """How many there were so far, without one more."""
    return int(caches["limits"].get(_key(what, whose), 0))


def _key(what: str, whose: str) -> str:
    return f"sent:{what}:{salted_hmac('almoner.limits', whose).hexdigest()}"
