"""Settings of Hypothesis: `suite` tries the same examples in every run, `explore` new ones."""

from hypothesis import settings


def load_hypothesis_profile() -> None:
    """Register both profiles and load `suite`; --hypothesis-profile=explore overrides it."""
    settings.register_profile(
        "suite", deadline=None, derandomize=True, database=None, max_examples=200
    )
    settings.register_profile("explore", deadline=None, max_examples=2000)
    settings.load_profile("suite")
