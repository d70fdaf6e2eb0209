"""The declared measures of satisfaction; scales never mix, and a changed wording is another one."""

from shinrai.units.measure import Measure

GRAIN = ("workspace_id", "survey", "wording", "wave")

CSAT = Measure(
    key="csat",
    version=1,
    question="How many of those who answered are satisfied?",
    owner="satisfaction",
    grain=GRAIN,
    unit="answers",
    numerator="answers of 4 or 5",
    denominator="answers from 1 to 5; who was asked and kept silent is not in it",
    better="higher",
    unknown_when="nobody answered",
    of_cases=False,
)
NPS = Measure(
    key="nps",
    version=1,
    question="Would they recommend us?",
    owner="satisfaction",
    grain=GRAIN,
    unit="points from -100 to 100",
    numerator="answers of 9 and 10, less answers of 0 to 6",
    denominator="answers from 0 to 10",
    better="higher",
    unknown_when="nobody answered",
    of_cases=False,
)
CES = Measure(
    key="ces",
    version=1,
    question="How easy was it for them?",
    owner="satisfaction",
    grain=GRAIN,
    unit="the scale of the question",
    numerator="the sum of answers; how many gave the best one stands beside it",
    denominator="answers on the scale",
    better="higher",
    unknown_when="nobody answered",
    of_cases=False,
)
RESPONSE = Measure(
    key="response_share",
    version=1,
    question="How many of those who were asked answered?",
    owner="satisfaction",
    grain=GRAIN,
    unit="persons",
    numerator="who answered anything",
    denominator="who was asked; whoever a cap or the draw left out was not",
    better="higher",
    unknown_when="a file holds answers alone",
    of_cases=False,
)
MEASURES = (CSAT, NPS, CES, RESPONSE)
