"""Taking a batch in: what happens before the transaction, and what in it."""

from bot.desk import Desk
from bot.listening import Listener
from bot.sift.sift import Sifter
from bot.sources import Batch
from config.languages import language_packs
from tests.people import ANA, post


def test_a_colleague_can_claim_while_a_batch_is_being_sifted(office, hear):
    hear(post())

    class ClaimsMeanwhile(Sifter):
        def sift(self, post, *, earlier_language=None):
            Desk(office).claim(1, by=ANA)
            return super().sift(post, earlier_language=earlier_language)

    listener = Listener(office, ClaimsMeanwhile(office.playbook, language_packs()))
    assert listener.take("test", Batch([post()])).stored == 1
    assert Desk(office).view(1).case.owner == ANA


def test_a_post_that_stands_twice_in_one_batch_is_stored_once(listener):
    twice = post()
    taken = listener.take("test", Batch([twice, twice]))
    assert (taken.stored, taken.repeated) == (1, 1)


def test_the_language_of_an_author_s_earlier_post_in_the_batch_helps_with_the_next(hear):
    clear = post("Jeg har ventet i tre uger på min nye kaffemaskine, og ingen svarer mig @TindraCare")
    short = post("Tindra?!", author=clear.author)
    assert [m.language for m in hear(clear, short)] == ["da", "da"]
