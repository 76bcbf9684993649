"""Result codes: data with flags, from ``codes.toml`` or from the table a house has put into its policy."""

from domain.codes.catalogue import Catalogue, Code, Group, catalogue
from domain.codes.table import CodeRow, CodeTable, GroupRow, Names, catalogue_of, problems, shipped_table

__all__ = [
    "Catalogue",
    "Code",
    "CodeRow",
    "CodeTable",
    "Group",
    "GroupRow",
    "Names",
    "catalogue",
    "catalogue_of",
    "problems",
    "shipped_table",
]
