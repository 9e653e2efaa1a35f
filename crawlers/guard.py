"""The address guard: only public addresses are ever connected to, whatever a link, a redirect or a DNS answer says.

Two doors, since either alone lets something through. A host written as an address, in any notation, is judged before the request is
queued. A name is judged by what it resolves to at the moment of connecting, which a rebinding name cannot get around. The resolver has
to be installed on the reactor itself: set through Scrapy's settings it is never called beside another event loop.
"""

import ipaddress
import re
import socket
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer, provider

# What the standard library's `is_global` lets pass: site-local, documentation, and the old 6to4 relays.
_NOT_PUBLIC = [ipaddress.ip_network(text) for text in ("fec0::/10", "3fff::/20", "192.88.99.0/24")]
_ODD = re.compile(r"[\s%@/\\\x00-\x20\x7f]")


class RefusedAddressError(ValueError):
    """A host that may not be connected to."""


def stated_address(host: str, hosts: Mapping[str, str]) -> str | None:
    """Return the address that the settings state for a host or one of its parent domains."""
    labels = host.lower().rstrip(".").split(".")
    return next((hosts[suffix] for n in range(len(labels)) if (suffix := ".".join(labels[n:])) in hosts), None)


def check_host(host: str, hosts: Mapping[str, str]) -> None:
    """Refuse a host that is an address outside the public net, in whatever notation.

    Raises:
        RefusedAddressError: it is one.
    """
    if stated_address(host, hosts):
        return
    # Full-width digits, circled letters and percent escapes are read by others as what they look like.
    name = unicodedata.normalize("NFKC", unquote(host)).replace("。", ".").strip("[]").rstrip(".")
    if _ODD.search(name):
        raise RefusedAddressError(f"{plain_host(host)} is no host name")
    if not name or name.lower() == "localhost" or name.lower().endswith(".localhost"):
        raise RefusedAddressError(f"{host or 'an empty host'} is this machine itself")
    literal = _literal(name)
    if literal is not None and not is_public(literal):
        raise RefusedAddressError(f"{host} is not a public address")


def plain_host(host: str) -> str:
    """Return a host as it can be shown: what is not ASCII or printable is escaped."""
    return host.encode("ascii", "backslashreplace").decode("ascii")[:200]


def is_public(address: str) -> bool:
    """Return whether an address belongs to the public net, looking inside mapped and tunnelled ones."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return is_public(str(inner))
        if ip in ipaddress.ip_network("64:ff9b::/96"):
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    if any(ip.version == net.version and ip in net for net in _NOT_PUBLIC):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _literal(name: str) -> str | None:
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        pass
    try:
        # The C library's own reading of 2130706433, 0x7f.1 and 127.1: what it takes for an address, a connection would too.
        return socket.inet_ntoa(socket.inet_aton(name))
    except (OSError, UnicodeError):
        return None


@implementer(IHostnameResolver)
class GuardedResolver:
    """A resolver that gives only public addresses, and the stated ones of the settings."""

    def __init__(self, inner: Any, hosts: Mapping[str, str]) -> None:
        self._inner = inner
        self._hosts = hosts

    def resolveHostName(  # noqa: N802 - Twisted's name
        self,
        resolutionReceiver: Any,  # noqa: N803 - Twisted's name
        hostName: str,  # noqa: N803 - Twisted's name
        portNumber: int = 0,  # noqa: N803 - Twisted's name
        addressTypes: Sequence[type[Any]] | None = None,  # noqa: N803 - Twisted's name
        transportSemantics: str = "TCP",  # noqa: N803 - Twisted's name
    ) -> Any:
        """Resolve a name; addresses that are not public are dropped, so that nothing is left to connect to."""
        stated = stated_address(hostName, self._hosts)
        if stated:
            return _answer(resolutionReceiver, hostName, stated, portNumber)
        return self._inner.resolveHostName(
            _public_only(resolutionReceiver), hostName, portNumber, addressTypes, transportSemantics
        )


def _public_only(receiver: Any) -> Any:
    @provider(IResolutionReceiver)
    class PublicOnly:
        resolutionBegan = staticmethod(receiver.resolutionBegan)  # noqa: N815 - Twisted's name
        resolutionComplete = staticmethod(receiver.resolutionComplete)  # noqa: N815 - Twisted's name

        @staticmethod
        def addressResolved(address: Any) -> None:  # noqa: N802 - Twisted's name
            if is_public(address.host):
                receiver.addressResolved(address)

    return PublicOnly


def _answer(receiver: Any, name: str, address: str, port: int) -> Any:
    @provider(IHostResolution)
    class Resolution:
        pass

    Resolution.name = name  # type: ignore[attr-defined] # IHostResolution asks for this attribute
    receiver.resolutionBegan(Resolution)
    kind = IPv6Address if ":" in address else IPv4Address
    receiver.addressResolved(kind("TCP", address, port))
    receiver.resolutionComplete()
    return Resolution
