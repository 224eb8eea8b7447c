"""WhatsApp contacts as a data source of Spark 4: a partition is a channel, read by ``whapi export``.

::

    from whapi_spark import WhapiDataSource

    spark.dataSource.register(WhapiDataSource)
    contacts = spark.read.format("whapi").option("config", "/etc/whapi/config.toml").load()

The README has the options, the columns, and what a read costs.
"""

from .errors import WhapiError
from .source import WhapiDataSource

__version__ = "0.1.0"
__all__ = ["WhapiDataSource", "WhapiError"]
