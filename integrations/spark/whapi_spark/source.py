"""The data source, which Spark calls: options and channels on the driver, a channel on an executor."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Iterator, Sequence

import pyarrow as pa
from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition
from pyspark.sql.types import StructType

from . import program
from .channels import choose
from .errors import WhapiError
from .options import Options
from .schema import SCHEMA, batch

LOG = logging.getLogger("whapi_spark")


class WhapiDataSource(DataSource):
    """The format ``whapi``: contacts of the channels of a config.toml."""

    @classmethod
    def name(cls) -> str:
        return "whapi"

    def __init__(self, options: dict[str, str]) -> None:
        super().__init__(options)
        self._options = Options.parse(options)

    def schema(self) -> StructType:
        return SCHEMA

    def reader(self, schema: StructType) -> DataSourceReader:
        if schema != SCHEMA:
            raise WhapiError("the columns are always the same; leave out schema(), and select what you need")
        return WhapiReader(self._options)


@dataclass(frozen=True)
class Channel(InputPartition):
    """A partition: a channel by its name in config.toml."""

    name: str


class WhapiReader(DataSourceReader):
    """Reads each channel by a child process."""

    def __init__(self, options: Options) -> None:
        self._options = options

    def partitions(self) -> Sequence[InputPartition]:
        return [Channel(name) for name in choose(self._options)]

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        assert isinstance(partition, Channel)
        channel, options = partition.name, self._options
        try:
            program.check_version(options.whapi)
            for lines in program.run(options.whapi, options.arguments(channel)):
                yield batch(channel, lines)
        except program.ExitStatus as status:
            if status.code != program.INCOMPLETE:
                raise WhapiError(f"channel `{channel}`: {status}") from None
            if not options.allow_incomplete:
                raise WhapiError(
                    f"channel `{channel}` is incomplete: {status}; the option `allow_incomplete` delivers what there is"
                ) from None
            LOG.warning("channel `%s` is incomplete: %s", channel, status)
        except WhapiError as error:
            raise WhapiError(f"channel `{channel}`: {error}") from None
