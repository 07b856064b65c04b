"""The clock: its runs end before it does, also those that nudge it."""

import threading
import time

from bot.clock import DELIVERY, Clock, Job


def test_a_run_that_nudges_while_the_clock_stops_holds_nobody_up():
    running, stopping = threading.Event(), threading.Event()
    ended = threading.Event()

    def work() -> None:
        running.set()
        stopping.wait(5)
        time.sleep(0.2)  # the clock is in the middle of stopping
        clock.nudge()
        ended.set()

    clock = Clock([Job(DELIVERY, 60, lambda: None), Job("work", 60, work)])
    clock.start()
    assert running.wait(5)
    stop = threading.Thread(target=clock.stop, daemon=True)
    stop.start()
    stopping.set()
    stop.join(5)
    assert not stop.is_alive()
    assert ended.is_set()
    clock.nudge()  # nobody is there any more, and that is no error
