# SPDX-License-Identifier: MIT
"""Who may open a WebSocket: RFC 6455 10.2, RFC 6454 7."""
import uri


def judge(request, _entry):
    """An absent Origin is accepted, unless one is required.  Two lines are an
    error of syntax, which no policy lets pass (RFC 6454 7.3)."""
    config = request.config
    lines = request.fields.all(b"origin")
    if not lines and config.origin_required:
        return "ORIGIN_MISSING", request.end
    if not lines:
        return None
    if len(lines) > 1:
        return "ORIGIN_REPEATED", lines[1].at
    if config.origin == "any":
        return None
    if config.origin == "callback" and config.callback:
        return None
    value, at = lines[0].value, lines[0].at
    if config.origin == "list" and value in config.origins:
        return None  # any text may be listed
    parsed = uri.origin(value)
    if parsed is None and config.origin == "callback":
        return ("ORIGIN_MALFORMED", "ORIGIN_REFUSED"), at  # nobody looks
    if parsed is None:
        return "ORIGIN_MALFORMED", at
    if config.origin.startswith("same-host") and _same_host(
            parsed, request.authority, config.origin.endswith("any-port")):
        return None
    return "ORIGIN_REFUSED", at


def _same_host(parsed, authority, any_port):
    """Host in any case and port; a port that is left out is the default of the
    Origin's scheme, on either side."""
    scheme, host, port = parsed
    default = uri.DEFAULT_PORT.get(scheme)
    own_host, own_port = uri.authority(authority)
    ports = [default if one is None else one for one in (port, own_port)]
    return host == own_host.lower() and (any_port or ports[0] == ports[1])
