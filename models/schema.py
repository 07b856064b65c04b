"""Every table in one place, for migrations: all modules of this package are read, so that none is missing."""

import pkgutil
from importlib import import_module

import models
from models.base import Base

for _module in pkgutil.iter_modules(models.__path__):
    if not _module.ispkg:
        import_module(f"models.{_module.name}")

metadata = Base.metadata
