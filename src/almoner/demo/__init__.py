"""The demonstration city: invented, seeded, written as a city package."""

from almoner.demo.base import AS_OF, Scale
from almoner.demo.generator import generate
from almoner.demo.people import Person, people
from almoner.demo.stories import Expected, Manifest, Story

__all__ = [
    "AS_OF",
    "Expected",
    "Manifest",
    "Person",
    "Scale",
    "Story",
    "generate",
    "people",
]
