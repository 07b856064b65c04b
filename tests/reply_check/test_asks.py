"""What a draft asks for in public."""

import pytest

from bot.reply_check import Finding, check_reply
from tests.reply_check.score import DRAFTS, TINDRA, drafts, scores


def check(text: str, language: str | None = "en") -> Finding:
    return check_reply(text, language, TINDRA)


@pytest.mark.parametrize(
    "text",
    [
        "What's your order number?",
        "Could I have your booking reference?",
        "pop your postcode over here",
        "what's the email on the account?",
        "Can you share your tracking number so I can look?",
        "Please reply with your phone number",
        "send us your account details",
        "Which address was it sent to?",
        "mind sharing which phone number you signed up with?",
        "Reply with your account number and we'll look into it.",
        "I'd need your surname to go any further.",
        "Great, now your postcode.",
        "Order number, thanks.",
        "I'd raise it with the depot, but we don't have your tracking number yet.",
        "Hard to say without your booking reference. Care to share it?",
        "Don't worry about DMing, just answer here: what's your account number?",
    ],
)
def test_a_draft_that_asks_for_personal_data_in_public_is_stopped(text: str):
    finding = check(text)
    assert finding.asks_in_public
    assert "where everyone can read the answer" in finding.stops[0]


@pytest.mark.parametrize(
    "text",
    [
        "we'd never ask for your password",
        "what city are you in?",
        "Please send us your order number in a private message",
        "please DM your order number",
        "DM us with your email and we'll look",
        "please don't post your phone number here",
        "what's your order number? Please DM it to us",
        "Your order number is on the receipt",
        "we'll send you a new phone number",
        "do you have your order number at hand? Send it to us in a DM",
        "follow this link to enter your details: https://tindra.example/f",
        "call us on 0800 496 0123 with your order number",
        "what model is it?",
        "Thanks for your order number, it helped.",
        "You'll find the serial number on the base.",
        "For future reference, the button is on the left.",
        "Don't worry, no account number is needed.",
        "As this page is public, kindly ring the hotel and mention your reservation number.",
        "Everything's been updated: name, email and delivery address.",
        "Keep your claim number safe. You will need to quote it whenever you contact us.",
        "We've found your order number, thanks.",
    ],
)
def test_a_draft_that_asks_for_nothing_or_in_private_is_left_alone(text: str):
    assert not check(text).asks_in_public


@pytest.mark.parametrize("language", sorted(file.stem for file in DRAFTS.glob("*.jsonl")))
def test_the_development_drafts_score_above_the_floor(language: str):
    table = scores(draft for draft in drafts() if draft["language"] == language)
    for (_, what), score in table.items():
        assert score.recall >= 0.97, what
        assert score.precision >= 0.93, what


def test_there_are_forty_development_drafts_in_each_language():
    languages = [draft["language"] for draft in drafts()]
    known = ("en", "da", "nl", "de", "fr", "es", "it", "pt", "sv", "no", "ja", "zh")
    assert all(languages.count(language) >= 40 for language in known)


@pytest.mark.parametrize("language", [None, "unknown", "fi"])
def test_without_a_pack_every_pack_is_tried(language: str | None):
    assert check("Wie lautet deine Bestellnummer?", language).asks_in_public
    assert check("Hvad er dit ordrenummer?", language).asks_in_public
    assert not check("Glad to hear it, enjoy the coffee!", language).asks_in_public


def test_a_private_message_said_to_be_one_of_two_ways_protects_nothing():
    assert check("Reply here or DM us with your order number.").asks_in_public
    assert check("What's your order number? If you'd rather, send us a DM.").asks_in_public


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("You can ring us or just leave your number below.", "en"),
        ("Een berichtje sturen mag, maar je kunt ook hier je telefoonnummer neerzetten.", "nl"),
        ("Du må gerne ringe, ellers kan du bare lægge din adresse her.", "da"),
        ("Schick uns eine DM oder poste deine Kundennummer einfach hier.", "de"),
    ],
)
def test_an_open_place_named_beside_a_private_one_is_public(text: str, language: str):
    assert check(text, language).asks_in_public


@pytest.mark.parametrize(
    "text",
    [
        "Card number and date of birth, and I'll look.",
        "One more thing: your mobile number, so the driver can reach you.",
        "With your order number I can see what happened.",
        "Please add a photo of the receipt.",
        "Name and address.",
    ],
)
def test_a_thing_that_stands_where_people_ask_is_asked_for(text: str):
    assert check(text).asks_in_public


@pytest.mark.parametrize(
    "text",
    [
        "Please check your address in the app.",
        "Please have your passport ready at the gate.",
        "Never share your PIN, password or card details with anyone.",
        "Please remove that photo: your boarding pass is readable.",
        "Have you changed your e-mail address lately?",
    ],
)
def test_a_thing_that_is_only_spoken_about_is_not_asked_for(text: str):
    assert not check(text).asks_in_public


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "C’est quoi l’adresse de livraison ?"),
        ("fr", "Pouvez-vous nous donner votre numero de telephone s'il vous plait ?"),
        ("es", "¿Cual es tu numero de pedido?"),
        ("es", "¡Hola! ¿Me das el nº de pedido?"),
        ("it", "Qual e il tuo codice postale?"),
        ("pt", "Qual o codigo de rastreio?"),
    ],
)
def test_elisions_turned_marks_and_accents_left_out_hide_nothing(language: str, text: str):
    assert check(text, language).asks_in_public


def test_our_own_private_message_does_not_make_the_public_question_private():
    assert check("What's your order number, and I'll send you a DM?").asks_in_public
    assert not check("I've sent you a DM, please reply to it with your order number.").asks_in_public


def test_the_problem_names_everything_asked_for_once():
    finding = check("What's your order number? And your order number and postcode, please.")
    assert finding.problems[0].startswith("This asks for the order number and the postcode ")
    assert finding.problems[0].count("order number") == 1


def test_unseen_and_full_width_letters_hide_nothing():
    assert check("What’s your or\u200bder num\u00adber?").asks_in_public
    assert check("Ｗｈａｔ ｉｓ ｙｏｕｒ ｏｒｄｅｒ ｎｕｍｂｅｒ？").asks_in_public
    assert check("Could you (please (really)) share [your] *order number*?!?!").asks_in_public


@pytest.mark.parametrize(
    "piece",
    [
        "send us your order number and ",
        "please, ",
        "or ",
        "dm ",
        "((((",
        "your ",
        "a",
        "bitte sie uns ",
        "1234 ",
        "@",
        "– Ana ",
        "can you please just also ",
        "wij willen graag even nog ",
        "har du ",
        "call us on ",
        "ご注文番号をお知らせください、",
        "请提供您的订单号，",
        "いただき",
        "\n- ",
        "\n",
        "ｗ\u200b",
        "merci de nous envoyer votre numéro et votre ",
        "nos puedes dar por favor el número de ",
        "ci puoi mandare il tuo numero e la tua ",
        "pode nos enviar o seu número e o seu ",
        "l'",
        "mp ou ",
        "your x (it's on ",
        "but we don't have ",
    ],
)
def test_a_long_hostile_draft_is_read_in_bounded_time_by_every_pack(piece: str):
    check((piece * 10_000)[:10_000] + " what's your order number", None)
