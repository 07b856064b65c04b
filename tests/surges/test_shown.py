"""Surges on Home, in the digest, and in Slack's limits, whatever customers write."""

from datetime import timedelta

from sqlalchemy import select

from bot.blocks.digest import digest
from bot.blocks.home import home
from bot.blocks.surge import alarm_message, called_message
from bot.home import Homes
from bot.surges.chart import surge_chart
from bot.surges.crisis import Crises, Plan
from bot.surges.knowing import surge_view
from bot.switches import Switches
from models.mention import DELETED, Mention
from models.outbox import Outbox
from models.surge import Surge
from models.switch import ALL
from tests.people import ANA, GRY
from tests.slack_limits import assert_message, assert_view

MEAN = "<!channel> *bold* ```leaks``` <https://evil.example|click> \u202e & `x` " + "tindra leaks " * 400


def of_home(office, member):
    with office.db.reading() as session:
        blocks = home(Homes(office).view(session, member))
    assert_view({"type": "home", "blocks": blocks})
    return str(blocks)


def alarm(office):
    with office.db.reading() as session:
        view = surge_view(office, session, session.get_one(Surge, 1))
        text, blocks = alarm_message(view, "surge:1")
        called = called_message(view, "surge_called:1:UGRY")
    assert_message({"text": text, "blocks": blocks})
    assert_message({"text": called[0], "blocks": called[1]})
    return str(blocks)


def test_home_shows_leads_what_goes_on_and_until_when_it_learns(surges, writes, office, clock):
    writes(1, "The Tindra manual is missing")
    assert "learning what is usual until 24 Mar" in of_home(office, GRY)
    clock.pass_(days=15)
    writes(20, by="feed forum")
    assert "learning what is usual at feed forum until" in of_home(office, GRY)
    writes(9)
    surges.look()
    shown = of_home(office, GRY)
    assert "*Leaks* since" in shown
    assert "9 people in the last quarter of an hour, usually next to nobody" in shown
    assert "Leaks* since" not in of_home(office, ANA)


def test_everybodys_home_shows_the_crisis_of_a_surge(surges, known, writes, office):
    writes(9)
    surges.look()
    Crises(office).open(1, Plan("gaskets", [ALL]), by=GRY)
    assert "about Leaks" in of_home(office, ANA)


def test_the_digest_tells_the_days_surges_with_their_crises(surges, known, writes, office, digests, clock):
    writes(9)
    surges.look()
    clock.pass_(minutes=10)
    Crises(office).open(1, Plan("gaskets", [ALL]), by=GRY)
    clock.pass_(minutes=50)
    Switches(office).stand_down(1, by=GRY)
    surges.look()
    clock.pass_(minutes=31)
    surges.look()
    figures = digests.today_so_far(GRY)
    text, blocks = digest(figures, office.playbook, "digest:1")
    assert_message({"text": text, "blocks": blocks})
    said = next(str(one) for one in blocks if one["block_id"] == "digest:1|surges")
    assert "*Leaks* from 12:45 to 14:31: at most 9 people in a quarter of an hour, at 13:00" in said
    assert f"crisis by <@{GRY}> from 13:10 to 14:00, <@{GRY}> stood it down" in said
    assert "switched" not in str([one["block_id"] for one in blocks])
    clock.pass_(days=2)
    assert "|surges" not in str(digest(digests.today_so_far(GRY), office.playbook, "digest:2")[1])


def test_whatever_customers_write_pings_nobody_and_stays_in_slacks_limits(surges, known, writes, office):
    for n in range(9):
        fields = {"author": f"<!here>{n}" * 10, "author_name": "*Mia* <@UGRY>", "url": "javascript:alert(1)"}
        writes(1, MEAN, metrics={"followers": 10**12, "reposts": 10**9}, **fields)
    surges.look()
    shown = alarm(office)
    assert "<!" not in shown
    assert "<@UGRY>" not in shown
    assert "<https://evil" not in shown
    assert "javascript" not in shown


def test_a_post_with_personal_data_is_withheld_in_the_alarm(surges, known, writes, office):
    writes(8)
    writes(1, "tindra leaks, call Mia on +45 20 12 34 56", metrics={"followers": 99999})
    surges.look()
    shown = alarm(office)
    assert "Withheld here" in shown
    assert "20 12 34 56" not in shown


def test_reposts_make_a_post_loud_and_not_many(surges, known, writes, office):
    writes(8)
    writes(1, metrics={"reposts": 900}, author="loud_one")
    surges.look()
    shown = alarm(office)
    assert "900 reposts" in shown
    assert "9 people within a quarter" in shown


def test_the_chart_is_a_picture_with_words_for_those_who_do_not_see_it(surges, known, writes, office, clock):
    for minutes in (200, 100, 50):
        writes(2, at=clock.now - timedelta(minutes=minutes))
    writes(9)
    surges.look()
    with office.db.reading() as session:
        row = session.query(Outbox).filter(Outbox.key == "surge_chart:1:1").one()
        picture = surge_chart(session, row, office)
    assert picture.name == "surge_chart-1-1.png"
    assert picture.alt == "Bars: 9 people in the last quarter of an hour, at most 9, usually 0.0."
    assert picture.draw().startswith(b"\x89PNG")


def test_a_post_that_its_author_deleted_is_not_among_the_loudest(surges, known, writes, office, db, clock):
    writes(8)
    writes(1, "tindra leaks, what a scandal", metrics={"followers": 5000})
    surges.look()
    assert "what a scandal" in alarm(office)
    with db.transaction() as session:
        loud = session.scalars(select(Mention).where(Mention.text.contains("scandal"))).one()
        loud.withdraw(DELETED, at=clock.now)
    assert "what a scandal" not in alarm(office)


def versions(db, begins):
    with db.reading() as session:
        rows = session.scalars(select(Outbox).where(Outbox.key.startswith(begins)).order_by(Outbox.id))
        return [row.version for row in rows]


def test_while_a_crisis_lasts_longer_than_its_surge_the_alarm_stays_current(
    surges, known, writes, office, db, clock
):
    writes(9)
    surges.look()
    Crises(office).open(1, Plan("gaskets", [ALL]), by=GRY)
    for _ in range(3):
        clock.pass_(minutes=30)
        surges.look()
    [before] = versions(db, "surge:1")
    assert surges.look() == 0
    assert versions(db, "surge:1") == [before + 1]
    Switches(office).stand_down(1, by=GRY)
    assert versions(db, "surge:1") == [before + 2]
    surges.look()
    assert versions(db, "surge:1") == [before + 2]
