"""The one place that reads the machine's clock."""

import datetime as dt


def machine_now() -> dt.datetime:
    """The machine's time in UTC: for leases, time-outs, pongs and settle times."""
    return dt.datetime.now(dt.UTC)


class SystemClock:
    """Programme time is the machine's time: what every deployment on Slack itself runs on."""

    def now(self) -> dt.datetime:
        """The present instant in UTC."""
        return machine_now()
