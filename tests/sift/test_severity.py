"""How grave a post is, in the languages of the packs."""

import pytest

from tests.sift.company import sift

GRAVE = [
    ("danger", "@KastoHelp la multiprise a pris feu cette nuit, on aurait pu mourir"),
    ("danger", "@KastoHelp la bouilloire m'a envoyé une decharge electrique"),
    ("danger", "@KastoHelp la tostadora echa humo y me dio una descarga"),
    ("danger", "@KastoHelp il bollitore ha preso fuoco, mio figlio al pronto soccorso"),
    ("danger", "@KastoHelp a torradeira pegou fogo e a minha filha foi às urgências"),
    ("danger", "@KastoHelp a chaleira explodiu, levei um choque eletrico"),
    ("danger", "@KastoHelp vattenkokaren började brinna i natt"),
    ("danger", "@KastoHelp vannkokeren tok fyr, vi var på legevakten"),
    ("danger", "@KastoHelp ケトルから煙が出て、子どもがやけどしました"),
    ("danger", "@KastoHelp 水壶冒烟了，差点着火"),
    ("danger", "@KastoHelp 燒水時被電到，手也燙傷了"),
    ("legal", "@NordlysCare nu anmäler jag er till Konsumentverket"),
    ("legal", "@NordlysCare dette går til Forbrukertilsynet"),
    ("legal", "@NordlysCare これ以上無視されるなら弁護士に相談します"),
    ("legal", "@NordlysCare 再不解决我就打12315投诉"),
    ("press", "@VeloraAir 新聞社の記者です。遅延について取材したいのですが"),
    ("press", "@VeloraAir 我是记者，想采访一下航班延误的事"),
    ("legal", "@NordlysCare dernier message avant la mise en demeure de mon avocate"),
    ("legal", "@NordlysCare mañana pongo una hoja de reclamaciones y hablo con mi abogado"),
    ("legal", "@NordlysCare se non rispondete procedo per vie legali con Altroconsumo"),
    ("legal", "@NordlysCare já abri reclamação no Procon e no Reclame Aqui"),
    ("press", "@VeloraAir je suis journaliste, j'écris sur vos retards, un contact ?"),
    ("press", "@VeloraAir soy periodista y preparo un reportaje sobre los retrasos"),
    ("press", "@VeloraAir sono una giornalista, vorrei un vostro commento sui ritardi"),
    ("press", "@VeloraAir sou jornalista e preparo uma reportagem sobre os atrasos"),
]
EVERYDAY = [
    "@KastoHelp la lampe est arrivée cassée, c'est nul",
    "@KastoHelp la lámpara llegó rota, qué desastre",
    "@KastoHelp la lampada è arrivata rotta, che delusione",
    "@KastoHelp stämmer det att lampan har två års garanti?",
    "@KastoHelp er lampen egentlig god på retten jeg serverer i kveld?",
    "@KastoHelp ランプが壊れて届きました。残念です",
    "@KastoHelp 收到的台灯是坏的，很失望",
    "@KastoHelp o candeeiro chegou partido, que desilusão",
]


@pytest.mark.parametrize(("label", "text"), GRAVE)
def test_danger_lawyers_and_the_press_make_a_post_severe(sifter, label, text):
    verdict = sift(sifter, text)
    assert verdict.severity == (3 if label == "danger" else 2)
    assert verdict.reason.startswith(label)


@pytest.mark.parametrize("text", EVERYDAY)
def test_an_everyday_complaint_is_not_severe(sifter, text):
    assert sift(sifter, text).severity == 0
