"""Settings from the environment: one documented list, a typed result, and a check in plain words. No Django."""

from sirekap.config.catalogue import SETTINGS, Kind, Setting, settings_reference_markdown
from sirekap.config.checking import check
from sirekap.config.loading import Config, ConfigError, Mode, load
from sirekap.config.problems import Problem, Severity

__all__ = [
    "SETTINGS",
    "Config",
    "ConfigError",
    "Kind",
    "Mode",
    "Problem",
    "Setting",
    "Severity",
    "check",
    "load",
    "settings_reference_markdown",
]
