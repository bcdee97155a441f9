"""HTTP plumbing without routes: authentication, permissions, responses, errors, limits, uploads."""
