"""Reads the headers of the frames of which sound in MP3 and AAC consists."""

# kbit/s of Layer III by the index in a frame (ISO/IEC 11172-3 and 13818-3), for MPEG 1 and 2.
BITRATES_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
BITRATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
SAMPLE_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def mp3_frame_size(data: bytes) -> int:
    """Return the size in bytes of the MP3 frame at the start of `data`; 0 if there is none."""
    sync, flags = int.from_bytes(data[:2]), int.from_bytes(data[2:4])
    version, bitrate, rate = sync >> 3 & 3, flags >> 12, flags >> 10 & 3
    if sync & 0xFFE6 != 0xFFE2 or version not in SAMPLE_RATES or bitrate in {0, 15} or rate == 3:
        return 0
    speed = (BITRATES_1 if version == 3 else BITRATES_2)[bitrate] * 1000
    return (144 if version == 3 else 72) * speed // SAMPLE_RATES[version][rate] + (flags >> 9 & 1)


def adts_frame_size(data: bytes) -> int:
    """Return the size in bytes of the frame of AAC in ADTS at the start of `data`; 0 if none.

    Source: ISO/IEC 13818-7, 6.2.
    """
    if len(data) < 7 or int.from_bytes(data[:2]) & 0xFFF6 != 0xFFF0:
        return 0
    size = int.from_bytes(data[3:7]) >> 13 & 0x1FFF
    return size if size >= 7 else 0
