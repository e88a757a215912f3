"""Names and places to choose from. Any likeness to a living person is chance."""

from __future__ import annotations

PLACES = {
    "Prato": "G999",
    "Firenze": "D612",
    "Pistoia": "G713",
    "Napoli": "F839",
    "Palermo": "G273",
    "Caserta": "B963",
    "Cosenza": "D086",
    "Albania": "Z100",
    "Cina": "Z210",
    "Marocco": "Z330",
    "Nigeria": "Z335",
    "Pakistan": "Z236",
    "Romania": "Z129",
}
"""Birth place to its code in fiscal codes (ANPR archive of municipalities and states)."""

SURNAMES = {
    "italian": (
        "Rossi Bianchi Conti Gori Bartolini Innocenti Cecchi Martini Benelli Fabbri Esposito "
        "Russo Romano Greco Ferrara Mancini Santini Nesti Vannucci Pacini"
    ).split(),
    "albanian": "Hoxha Shehu Gjoka Leka Kola Prifti Dervishi Marku Cela Rama Lleshi Gjoni".split(),
    "chinese": "Hu Chen Zhang Lin Wang Wu Zheng Huang Xu Zhou Jin Pan Ye Zhu".split(),
    "moroccan": "Idrissi Benali Alaoui Bennani Tazi Amrani Chraibi Haddad Mansouri Fassi".split(),
    "nigerian": "Okafor Osagie Eze Balogun Adeyemi Obi Nwosu Omoruyi Ehigie Bello".split(),
    "pakistani": "Khan Ahmed Hussain Iqbal Malik Butt Akhtar Mahmood Shah Rehman".split(),
    "romanian": "Popescu Ionescu Stan Dumitru Munteanu Radu Stoica Marin Lungu Ciobanu".split(),
}

GIVEN = {
    "italian": {
        "F": "Maria Anna Lucia Elena Sara Francesca Paola Silvia Chiara Laura Rosa Giulia".split(),
        "M": "Marco Andrea Luca Paolo Antonio Giuseppe Stefano Roberto Fabio Mario".split(),
    },
    "albanian": {
        "F": "Mirela Elona Valbona Teuta Drita Anila Blerta Majlinda".split(),
        "M": "Arben Ilir Besnik Dritan Agim Gentian Altin Fatmir".split(),
    },
    "chinese": {
        "F": "Xiaoli Jing Li Yan Hong Hui Meiling Lihua Xiuying".split(),
        "M": "Wei Jun Ming Lei Ping Jianguo Haitao Zhiqiang Xiaodong".split(),
    },
    "moroccan": {
        "F": "Fatima Khadija Naima Amina Latifa Hanane Samira Zineb".split(),
        "M": "Mohamed Youssef Hassan Rachid Abdellah Karim Mustapha Said".split(),
    },
    "nigerian": {
        "F": "Blessing Joy Precious Grace Faith Patience Gift Mercy".split(),
        "M": "Emeka Osas Chidi Tunde Samuel Felix Collins Kelvin".split(),
    },
    "pakistani": {
        "F": "Ayesha Saima Nadia Sana Rabia Shazia Bushra".split(),
        "M": "Imran Asif Tariq Usman Nadeem Bilal Waqas".split(),
    },
    "romanian": {
        "F": "Elena Mihaela Ioana Daniela Cristina Gabriela Alina".split(),
        "M": "Mihai Ion Andrei Florin Gheorghe Vasile Adrian".split(),
    },
}

CHILDREN = {
    "F": "Sofia Aurora Giulia Emma Alice Viola Matilde Noemi Greta Asia".split(),
    "M": "Leonardo Lorenzo Mattia Tommaso Gabriele Samuel Diego Elia Nicolas Pietro".split(),
}

STREETS = (
    "Via dei Tessitori",
    "Via della Gualchiera",
    "Via del Fuso",
    "Via dell'Orditoio",
    "Via delle Lane",
    "Piazza del Telaio",
    "Via della Spola",
    "Viale dei Cardatori",
)
"""Streets that Prato does not have, though it might."""

EMPLOYERS = (
    "Rifinizione del Bisenzio",
    "Confezioni Stella Alpina",
    "Pulizie Acqua Chiara",
    "Trattoria del Gelso",
    "Magazzini Porta Nuova",
    "Filatura Tre Ponti",
    "Assistenza Mani Amiche",
    "Vivai della Piana",
)
