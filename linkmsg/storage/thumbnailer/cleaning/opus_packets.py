"""Reads how long packets of sound in Opus last (RFC 6716, 3.1)."""

# Milliseconds of a frame by the configuration: SILK has 4 lengths, then hybrid 2, then CELT 4.
SILK, HYBRID, CELT = (10, 20, 40, 60), (10, 20), (2.5, 5, 10, 20)


def opus_milliseconds(packet: bytes) -> float:
    """Return how many milliseconds a packet lasts; 0 if it is empty."""
    if not packet:
        return 0
    configuration, code = packet[0] >> 3, packet[0] & 3
    frame: float
    if configuration < 12:
        frame = SILK[configuration % 4]
    elif configuration < 16:
        frame = HYBRID[configuration % 2]
    else:
        frame = CELT[configuration % 4]
    if code < 3:
        return frame * (1 if code == 0 else 2)
    return frame * (packet[1] & 63 if len(packet) > 1 else 0)
