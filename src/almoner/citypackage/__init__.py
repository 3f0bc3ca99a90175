"""The exchange format of a city's purchased services: schema, reader, validator, writer."""

from almoner.citypackage.faults import Fault, Report
from almoner.citypackage.reader import Reader, check, read
from almoner.citypackage.schema import SCHEMA, Column, ForeignKey, Schema, Table
from almoner.citypackage.writer import write

__all__ = [
    "SCHEMA",
    "Column",
    "Fault",
    "ForeignKey",
    "Reader",
    "Report",
    "Schema",
    "Table",
    "check",
    "read",
    "write",
]
