"""The wire: who is connected here, and what they are told. Frames are hints: rows are true."""
