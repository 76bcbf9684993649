"""Result codes: data with flags, read once from ``codes.toml``."""

from domain.codes.catalogue import Code, Group, catalogue

__all__ = ["Code", "Group", "catalogue"]
