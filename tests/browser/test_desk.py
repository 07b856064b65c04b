"""The desk in the browser: from Home, to a colleague and back, an approved answer, and practice."""

import re

import pytest
from playwright.sync_api import expect

from config.practice import practice_words
from tests.browser.demo import Demo, Person
from tests.slack import eventually

pytestmark = pytest.mark.browser


def home(person: Person) -> None:
    person.page.locator(".sidebar-item").filter(has_text="Listening Post").click()
    expect(person.page.get_by_text("Waiting for somebody")).to_be_visible()


def test_a_case_claimed_on_home_stands_among_my_cases_with_its_next_step(demo: Demo, person: Person):
    person.acts_as("Ana Ribeiro")
    person.opens("mentions")
    expect(person.card(6)).to_be_visible()
    home(person)
    person.page.get_by_role("button", name="Claim the most urgent").click()
    mine = person.page.get_by_text(re.compile("Next: A reply helps here"))
    expect(mine).to_be_visible()
    person.picture("home-employee", mine)


def test_handing_over_needs_the_colleagues_yes(person: Person):
    person.acts_as("Ana Ribeiro")
    person.opens("mentions")
    person.types("/claim 6")
    expect(person.told("It is yours.")).to_be_visible()
    person.types("/case handover 6 <@UBO>")
    expect(person.told("asked")).to_be_visible()
    expect(person.card(6)).to_contain_text("@Ana Ribeiro has it")

    person.acts_as("Bo Lindqvist")
    person.opens("Bo Lindqvist")
    offer = person.message("asks you to take")
    person.picture("handover-offer", offer)
    offer.get_by_role("button", name="Yes").click()
    person.opens("mentions")
    expect(person.card(6)).to_contain_text("@Bo Lindqvist has it")
    person.picture("handover-taken", person.card(6))


def test_an_approved_answer_fills_the_draft(person: Person):
    person.acts_as("Ana Ribeiro")
    person.opens("mentions")
    person.types("/case 1")
    sheet = person.told("Case 1 ·")
    if sheet.get_by_role("button", name="Claim").count():
        sheet.get_by_role("button", name="Claim").click()
    fits = person.modal.filter(has_text="An approved answer may fit")

    def suggested() -> bool:
        """Right after the start what is suggested is still being made ready."""
        person.told("Case 1 ·").get_by_role("button", name="Reply…").last.click()
        expect(person.modal).to_be_visible()
        if not fits.count():
            person.modal.get_by_role("button", name="Close").click()
            expect(person.modal).to_have_count(0)
        return bool(fits.count())

    eventually(suggested, within=90)
    expect(fits).to_be_visible()
    person.picture("answer-suggested")
    choice = person.modal.get_by_role("combobox").first
    choice.select_option(label=choice.get_by_text("Water under the machine").inner_text())
    # At slack.com the choice fills the draft at once; the local Slack sends nothing before a press.
    person.modal.get_by_role("button", name="Check it").click()
    expect(person.modal.get_by_role("textbox").first).to_have_value(re.compile("Hi Martha, Ana here"))
    person.picture("answer-used")
    person.modal.get_by_role("button", name="Close").click()


def test_a_newcomer_practises_on_a_made_up_customer(person: Person):
    sample = practice_words("en").samples[0]
    person.acts_as("Eva Brandt")
    person.opens("mentions")
    person.types("/training practice")
    person.opens("Eva Brandt")
    message = person.message(sample.title)
    message.get_by_role("button", name="Claim").click()
    message.get_by_role("button", name="Reply…").click()
    person.modal.get_by_role("textbox").first.fill("What's your order number?")
    person.modal.get_by_role("button", name="Check it").click()
    expect(person.modal).to_contain_text("pretend to be the customer")
    person.picture("practice-explained")
    person.modal.get_by_role("textbox").first.fill(sample.example.replace("{company}", "Tindra"))
    person.modal.get_by_role("button", name="Check it").click()
    expect(person.modal).to_contain_text("Good to go")
    person.modal.get_by_role("button", name="Close").click()
    expect(message).to_contain_text("TN-204418")
    while message.get_by_role("button", name="Done").count():
        step = message.get_by_text(re.compile("^Next: ")).inner_text()
        message.get_by_role("button", name="Done").click()
        expect(message.get_by_text(step, exact=True)).to_have_count(0)
    message.get_by_role("button", name="Resolve").click()
    expect(message).to_contain_text("A colleague might have written")
    person.picture("practice-resolved", message)
