"""Red flags in procurement data of anyone who publishes it as OCDS (docs/flags.md)."""

from almoner.flags.count import flags
from almoner.flags.decoding import UnreadableError
from almoner.flags.reading import FileError
from almoner.flags.results import Report
from almoner.flags.settings import Settings, SettingsError, read_settings, settings_for

__all__ = [
    "FileError",
    "Report",
    "Settings",
    "SettingsError",
    "UnreadableError",
    "flags",
    "read_settings",
    "settings_for",
]
