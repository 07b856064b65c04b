"""The demo from the first card to the restart, in the browser, with a picture of each step."""

import re
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import expect

from tests.browser.demo import Demo, Person

pytestmark = pytest.mark.browser
SAYS_WHAT_NOT_TO = "Hi Martha, what is your order number?"
GOOD = (
    "Hi Martha, I'm Ana from Tindra customer care. I'm sorry about the puddles, three in a week is no fun. "
    "Please send us your order number in a private message, so that I can get it mended."
)


def test_the_first_cards_come_by_themselves(person: Person):
    person.opens("mentions")
    expect(person.card(1)).to_contain_text("third puddle this week")
    expect(person.card(1)).to_contain_text("Waiting")
    expect(person.card(1).get_by_role("link", name="View on X")).to_have_attribute(
        "href", re.compile(r"^https://x\.com/marthabrews/status/")
    )
    person.picture("cards-in-mentions", person.card(1))


def test_ana_claims_by_button_and_bo_is_told_who_has_it(person: Person):
    person.acts_as("Ana Ribeiro")
    person.opens("mentions")
    person.card(6).get_by_role("button", name="Claim").click()
    expect(person.told("Case 6")).to_contain_text("It is yours.")
    expect(person.card(6)).to_contain_text("@Ana Ribeiro has it")
    person.picture("claim-by-button", person.card(6))
    person.acts_as("Bo Lindqvist")
    person.types("/claim 6")
    expect(person.told("@Ana Ribeiro has case 6")).to_be_visible()
    person.picture("claim-too-late", person.told("@Ana Ribeiro has case 6"))


def test_a_complaint_is_led_from_public_to_private_to_resolved(person: Person):
    person.acts_as("Ana Ribeiro")
    person.opens("mentions")
    person.types("/claim 1")
    sheet = person.told("Case 1 ·")
    expect(sheet).to_contain_text("It is yours.")
    person.picture("complaint-01-claimed", sheet)

    # A draft that asks for an order number in public, and says nobody's name.
    sheet.get_by_role("button", name="Reply…").click()
    modal = person.modal
    expect(modal).to_contain_text("third puddle this week")
    person.picture("complaint-02-reply")
    modal.get_by_role("textbox").first.fill(SAYS_WHAT_NOT_TO)
    modal.get_by_role("button", name="Check it").click()
    expect(modal).to_contain_text("mend this first")
    expect(modal).to_contain_text("order number")
    person.picture("complaint-03-not-yet")

    # A good one: the ways to post it.
    modal.get_by_role("textbox").first.fill(GOOD)
    modal.get_by_role("button", name="Check it").click()
    expect(modal).to_contain_text("Good to go")
    person.picture("complaint-04-good-to-go")
    address = modal.get_by_role("link").first.get_attribute("href")
    assert address is not None
    assert address.startswith("https://x.com/intent/post?")
    assert parse_qs(urlparse(address).query)["text"] == [GOOD]
    modal.get_by_role("button", name="I posted it").click()
    expect(person.told("Your reply is on record.")).to_be_visible()
    person.picture("complaint-05-on-record", person.told("Your reply is on record."))

    # The steps, one after the other; too early, Resolve names what is missing.
    sheet = person.told("Case 1 ·")
    for following in ("I said my name", "I was kind", "I asked for nothing personal", "They wrote back"):
        sheet.get_by_role("button", name="Done").click()
        expect(sheet.get_by_text(re.compile(f"Next: {following}"))).to_be_visible()
    sheet.get_by_role("button", name="Resolve").click()
    refused = person.told("can't be resolved")
    expect(refused).to_contain_text("They wrote back")
    person.picture("complaint-06-too-early", refused)
    sheet = person.told("In private")
    for following in ("I have what I need", "I told them the next step"):
        sheet.get_by_role("button", name="Done").click()
        expect(sheet.get_by_text(re.compile(f"Next: {following}"))).to_be_visible()

    # The promise.
    sheet.get_by_role("button", name="Done").click()
    expect(modal).to_contain_text("Copenhagen time")
    modal.get_by_role("combobox").select_option(label="16:00")
    person.picture("complaint-07-promise")
    modal.get_by_role("button", name="Promise").click()
    expect(sheet).to_contain_text("Promised")
    person.picture("complaint-08-promised", sheet)

    for following in ("Next: I said so in public", "Everything required is done"):
        sheet.get_by_role("button", name="Done").click()
        expect(sheet).to_contain_text(following)
    person.picture("complaint-09-all-done", sheet)
    sheet.get_by_role("button", name="Resolve").click()
    expect(person.told("Case 1 is resolved")).to_be_visible()
    expect(person.card(1)).to_contain_text("Resolved by @Ana Ribeiro")
    person.picture("complaint-10-resolved", person.card(1))


def test_a_specialist_accepts_a_case_in_a_direct_message(person: Person):
    person.acts_as("Bo Lindqvist")
    person.opens("mentions")
    person.card(7).get_by_role("combobox").select_option(label="Escalate…")
    expect(person.modal).to_contain_text("Goes to @Finn O'Shea")
    person.modal.get_by_role("textbox").first.fill("Two parcels lost in this street this week.")
    person.picture("escalate-1-to-whom")
    person.modal.get_by_role("button", name="Escalate").click()
    expect(person.told("@Finn O'Shea is asked")).to_be_visible()
    expect(person.card(7)).to_contain_text("Escalated · @Finn O'Shea is asked")
    person.picture("escalate-2-asked", person.card(7))

    person.acts_as("Finn O'Shea")
    person.opens("Finn O'Shea")
    asked = person.message("asks you to take case 7")
    expect(asked).to_contain_text("Two parcels lost")
    person.picture("escalate-3-direct-message", asked)
    asked.get_by_role("button", name="Accept").click()
    expect(person.told("You accepted it.")).to_be_visible()
    person.picture("escalate-4-accepted")
    person.opens("mentions")
    expect(person.card(7)).to_contain_text("@Finn O'Shea has it")
    person.acts_as("Bo Lindqvist")
    person.opens("Bo Lindqvist")
    expect(person.message("@Finn O'Shea accepted case 7.")).to_be_visible()
    person.picture("escalate-5-asker-is-told")


def test_a_lead_asks_how_the_day_goes(person: Person):
    person.acts_as("Gry Madsen")
    person.opens("care-leads")
    person.types("/digest")
    digest = person.told("Digest ·")
    expect(digest).to_contain_text(re.compile(r"\d+ unanswered"))
    person.picture("digest", digest)


def test_a_post_that_was_set_aside_comes_back(person: Person):
    person.acts_as("Ana Ribeiro")
    person.opens("mentions-nordic")
    person.types("/case aside")
    aside = person.told("Set aside")
    expect(aside).to_contain_text("@hallenfan97")
    person.picture("aside-1-list", aside)
    theirs = aside.locator(".bk-section").filter(has_text="@hallenfan97")
    theirs.locator("xpath=following::button[normalize-space()='Bring back'][1]").click()
    answer = person.told("takes it")
    expect(answer).to_contain_text(re.compile(r"It is case \d+ now"))
    number = int(re.findall(r"It is case (\d+)", answer.inner_text())[0])
    expect(person.card(number)).to_contain_text("Vilken match")
    person.picture("aside-2-brought-back", person.card(number))


def test_help_and_a_mistyped_command(person: Person):
    person.opens("general")
    person.types("/case help")
    expect(person.told("/claim")).to_contain_text("the most urgent one")
    person.picture("help")
    person.types("/case relaese 1")
    expect(person.told("Did you mean")).to_contain_text("/case release")
    person.types("/claim twelve")
    expect(person.told("is not a case number")).to_be_visible()
    person.types("/case mine")
    expect(person.told("Your cases").or_(person.told("You have no case"))).to_be_visible()
    person.picture("mistyped")


def test_after_a_restart_the_same_cases_are_shown_again(demo: Demo, person: Person):
    person.acts_as("Bo Lindqvist")
    person.opens("mentions-nordic")
    person.card(2).get_by_role("button", name="Claim").click()
    expect(person.card(2)).to_contain_text("@Bo Lindqvist has it")
    assert demo.stop() == 0
    demo.start()
    person.page.reload()
    person.opens("mentions-nordic")
    expect(person.card(2)).to_contain_text("@Bo Lindqvist has it")
    expect(person.card(2)).to_contain_text("Jeppe Overgaard")
    person.picture("restart", person.card(2))
