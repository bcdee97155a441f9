"""How many examples hypothesis tries, and whether they are the same in every run."""

from hypothesis import settings


def load_hypothesis_profiles() -> None:
    """Try the same examples in every run; `--hypothesis-profile=explore` tries other ones."""
    settings.register_profile(
        "suite", deadline=None, derandomize=True, database=None, max_examples=200
    )
    settings.register_profile("explore", deadline=None, max_examples=2000)
    settings.load_profile("suite")
