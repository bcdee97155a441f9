"""What routes share: authentication, permissions, responses, errors, limits, uploads."""
