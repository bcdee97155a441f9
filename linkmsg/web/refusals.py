"""Log lines for refused sign-ins and tokens, which tools such as fail2ban can read."""

from ipaddress import ip_address

from flask import current_app, request


def log_refusal(what: str, why: str) -> None:
    """Log that something was refused, with the client's address, and nothing that was typed."""
    current_app.logger.warning("%s refused for %s: %s", what, client_address(), why)


def client_address() -> str:
    """Return the IP address of the client; "unknown" if a proxy has sent something else."""
    try:
        return str(ip_address((request.remote_addr or "").partition("%")[0]))
    except ValueError:
        return "unknown"
