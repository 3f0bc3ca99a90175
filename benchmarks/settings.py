"""The settings of an installation, with an empty view beside its pages."""

from almoner.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.urls"
